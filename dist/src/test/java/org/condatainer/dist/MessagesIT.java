package org.condatainer.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.stream.Stream;
import org.condatainer.dist.Installed.Result;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What the program says when something is wrong: words, a place and an exit code; no Java. */
final class MessagesIT {
  @TempDir private Path parent;
  private Installed condatainer;

  @BeforeEach
  void folder() {
    condatainer = Installed.in(parent, "").with("CNT_SCHEDULER", "none");
  }

  static Stream<Arguments> badCalls() {
    return Stream.of(
        Arguments.of(2, "there is no command \"fly\"", new String[] {"fly"}),
        Arguments.of(2, "there is no option --fast", new String[] {"--fast", "run"}),
        Arguments.of(2, "run: which script?", new String[] {"run"}),
        Arguments.of(2, "Unknown option: '--fast'", new String[] {"run", "--fast", "job.sh"}),
        Arguments.of(2, "there is no such file", new String[] {"run", "missing.sh"}),
        Arguments.of(2, "it is a folder", new String[] {"run", "."}),
        Arguments.of(2, "is not a walltime", new String[] {"run", "-t", "soon", "job.sh"}),
        Arguments.of(2, "is not a whole number above 0", new String[] {"run", "-c", "0", "job.sh"}),
        Arguments.of(2, "--env", new String[] {"run", "--env", "1A=b", "job.sh"}),
        Arguments.of(
            2,
            "no adapter for the scheduler \"pdp11\"",
            new String[] {"run", "--scheduler", "pdp11", "job.sh"}),
        Arguments.of(6, "there is no scheduler here", new String[] {"run", "--submit", "job.sh"}),
        Arguments.of(
            6,
            "to wait, a job needs a scheduler",
            new String[] {"run", "--afterok", "1", "job.sh"}),
        Arguments.of(2, "waits for nothing", new String[] {"run", "--local", "--hold", "job.sh"}),
        Arguments.of(
            5, "there is no such file", new String[] {"exec", "-o", "missing.img", "true"}),
        Arguments.of(5, "condatainer o", new String[] {"e"}),
        Arguments.of(2, "is no profile", new String[] {"o", "-t", "huge"}));
  }

  @ParameterizedTest(name = "{1}")
  @MethodSource("badCalls")
  void badCallGetsOneClearErrorAndItsExitCode(int exitCode, String words, String[] call) {
    condatainer.write("job.sh", "#!/bin/bash\ntrue\n");

    Result result = condatainer.call(call);

    assertThat(result.exitCode()).as(result.everything()).isEqualTo(exitCode);
    assertThat(result.err()).contains(words).doesNotContain("\tat ", "Exception");
    assertThat(result.out()).isEmpty();
  }

  static Stream<Arguments> badScripts() {
    return Stream.of(
        Arguments.of("", "job.sh: error: the file is empty"),
        Arguments.of("#!/bin/bash\r\ntrue\r\n", "job.sh:1:12: error: the lines end with CR LF"),
        Arguments.of(
            "\uFEFF#!/bin/bash\ntrue\n", "job.sh:1:1: error: the file begins with a UTF-8"),
        Arguments.of("#!/bin/sh\nx\0y\n", "job.sh:2:2: error: the file is not a text"),
        Arguments.of("#!/bin/sh\n#DEP: 'a b\n", "job.sh:2:7: error: the quote '"),
        Arguments.of("#!/bin/sh\n#DEP: gone.img\n", "job.sh:2:7: error: "),
        Arguments.of(
            "#!/bin/sh\n#CNT -c 2 --dry-run\n",
            "job.sh:2:11: error: #CNT: --dry-run is for the command line, not for a script"),
        Arguments.of("#!/bin/sh\n#CNT --json\n", "job.sh:2:6: error: #CNT: --json is for the"),
        Arguments.of("#!/bin/sh\n#CNT --help\n", "job.sh:2:6: error: #CNT: --help is for the"),
        Arguments.of("#!/bin/sh\n#CNT -t soon\n", "job.sh:2:9: error: #CNT: --time"));
  }

  @ParameterizedTest(name = "{1}")
  @MethodSource("badScripts")
  void badScriptIsNamedWithLineAndColumn(String script, String words) {
    condatainer.write("job.sh", script);

    Result result = condatainer.call("run", "job.sh");

    assertThat(result.exitCode()).as(result.everything()).isBetween(2, 5);
    assertThat(result.err()).contains(words).doesNotContain("\tat ");
    assertThat(condatainer.folder().resolve(".runs")).doesNotExist();
  }

  @Test
  void stackTraceIsShownOnlyWithDebug() {
    Result result = condatainer.call("--debug", "run", "missing.sh");

    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.err()).contains("\tat org.condatainer");
  }

  /**
   * As {@code sbatch --parsable} prints it where the script's {@code -M} sent the job elsewhere.
   */
  @Test
  void jobOnAnotherClusterIsNamedWithTheCluster() {
    condatainer.write("bin/sbatch", "#!/bin/sh\necho '3;other'\n").toFile().setExecutable(true);
    condatainer.write("job.sh", "#!/bin/bash\n#SBATCH -M other\ntrue\n");

    Result result =
        condatainer
            .with("CNT_SCHEDULER", "slurm")
            .with("PATH", condatainer.folder() + "/bin:/usr/bin:/bin")
            .call("run", "job.sh");

    assertThat(result.exitCode()).as(result.everything()).isZero();
    assertThat(result.out()).isEqualTo("3;other\n");
  }
}
