package org.condatainer.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the system said, in words. */
final class SystemWordsTest {
  static Stream<IOException> problems() {
    return Stream.of(
        new AccessDeniedException("/f"),
        new NoSuchFileException("/f"),
        new FileAlreadyExistsException("/f"),
        new NotDirectoryException("/f"),
        new DirectoryNotEmptyException("/f"),
        new FileSystemException("/f"),
        new FileSystemException("/f", null, "No space left on device"),
        new EOFException(),
        new IOException(),
        new IOException("File too large"));
  }

  @ParameterizedTest
  @MethodSource("problems")
  void noNameOfJavaIsShown(IOException problem) {
    assertThat(SystemWords.why(problem)).isNotBlank().doesNotContain("java", "Exception", "/f");
    assertThat(SystemWords.of(problem))
        .doesNotContain("java", "Exception")
        .endsWith(SystemWords.why(problem));
  }

  @Test
  void theFileIsNamedOnce() {
    assertThat(SystemWords.of(new AccessDeniedException("/f"))).isEqualTo("/f: permission denied");
    assertThat(SystemWords.of(new IOException("File too large"))).isEqualTo("File too large");
  }

  @Test
  void aProgramThatIsNotThereIsSaidSo() {
    assertThatThrownBy(() -> PipedProcess.start(List.of("no-such-program"), Map.of()))
        .hasMessage("no-such-program could not be run: No such file or directory");
    assertThatThrownBy(() -> new ProcessRunner(Map.of()).run(Command.of("no-such-program")))
        .hasMessage("no-such-program could not be run: No such file or directory");
  }
}
