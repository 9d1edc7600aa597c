package org.condatainer.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExclusiveLockTest {
  @TempDir private Path folder;
  private Path image;

  @BeforeEach
  void makeAFile() throws IOException {
    image = Files.write(folder.resolve("env.img"), new byte[4096]);
  }

  @ParameterizedTest
  @CsvSource({"ofd, read", "ofd, write", "posix, write"})
  void keepsOthersOut(String kind, String mode) throws IOException {
    try (ExclusiveLock lock = ExclusiveLock.tryAcquire(image).orElseThrow()) {
      assertThatThrownBy(() -> OtherProcess.holding(folder, kind, mode, image))
          .hasMessageEndingWith("said [refused]");
      assertThat(lock.channel().size()).isEqualTo(4096);
    }
    try (OtherProcess other = OtherProcess.holding(folder, kind, mode, image)) {
      assertThat(other.pid()).isPositive();
    }
  }

  @ParameterizedTest
  @CsvSource({"ofd, read", "ofd, write", "posix, read", "posix, write"})
  void isNotToBeHadWhileOthersHaveIt(String kind, String mode) throws IOException {
    try (OtherProcess other = OtherProcess.holding(folder, kind, mode, image)) {
      assertThat(ExclusiveLock.tryAcquire(image)).isEmpty();
      assertThat(other.pid()).isPositive();
    }
  }

  @Test
  void staysWhereItIsWhenThisProcessAsksTwice() throws IOException {
    try (ExclusiveLock lock = ExclusiveLock.tryAcquire(image).orElseThrow()) {
      assertThat(ExclusiveLock.tryAcquire(image)).isEmpty();
      assertThatThrownBy(() -> OtherProcess.holding(folder, "ofd", "read", image))
          .hasMessageEndingWith("said [refused]");
      assertThat(lock.held()).isTrue();
    }
  }

  @Test
  void needsAFile() {
    assertThatThrownBy(() -> ExclusiveLock.tryAcquire(folder.resolve("none")))
        .isInstanceOf(NoSuchFileException.class);
  }
}
