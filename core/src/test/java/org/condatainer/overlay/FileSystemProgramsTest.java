package org.condatainer.overlay;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.condatainer.process.Command;
import org.condatainer.process.CommandResult;
import org.condatainer.process.CommandRunner;
import org.condatainer.process.ProcessRunner;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileSystemProgramsTest {
  private static final CommandRunner RUNNER = new ProcessRunner(System.getenv());

  @TempDir private Path folder;

  private CommandResult touch(CommandRunner runner) {
    return new FileSystemPrograms(runner, Progress.SILENT)
        .run("touching", "touch", List.of(folder.resolve("file").toString()));
  }

  @Test
  void runsAProgramWithItsArguments() {
    assertThat(touch(RUNNER).exitCode()).isZero();
    assertThat(folder.resolve("file")).exists();
  }

  /** Killed between fork and the kernel's promise to end the program with it. */
  @Test
  void startsNothingForACommandThatHasEnded() {
    String self = Long.toString(ProcessHandle.current().pid());
    CommandRunner orphaned =
        command -> {
          List<String> words = new ArrayList<>(command.words());
          words.replaceAll(word -> word.equals(self) ? "1" : word);
          return RUNNER.run(Command.of(words));
        };
    assertThat(touch(orphaned).exitCode()).isEqualTo(126);
    assertThat(folder.resolve("file")).doesNotExist();
  }

  @Test
  void doesWithoutASetprivThatDoesNotKnowHow() {
    CommandRunner old =
        command ->
            command.program().equals("setpriv")
                ? new CommandResult(1, "", "setpriv: unrecognized option '--pdeathsig'\n")
                : RUNNER.run(command);
    assertThat(touch(old).exitCode()).isZero();
    assertThat(folder.resolve("file")).exists();
  }
}
