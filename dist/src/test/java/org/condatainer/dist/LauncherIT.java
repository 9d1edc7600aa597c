package org.condatainer.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.condatainer.dist.Installed.Result;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The shell script that starts the program, under what a user's environment may hold. */
final class LauncherIT {
  @TempDir private Path parent;
  private Installed condatainer;

  @BeforeEach
  void folder() {
    assumeThat(Engines.runtimes()).as("runtimes").isNotEmpty();
    condatainer =
        Installed.in(parent, "").with("CNT_SCHEDULER", "none").with("CNT_RUNTIME", "embedded");
  }

  @ParameterizedTest(name = "LC_ALL={0}")
  @CsvSource({"C,C", "POSIX,POSIX", "'',''", "xx_XX.UTF-8,C.UTF-8", "xx_XX.ISO-8859-1,C.UTF-8"})
  void namesKeepTheirLettersAndTheCommandGetsTheUsersLocaleOrOneThatIsThere(
      String locale, String seen) {
    String name = "zwölf→.sh";
    condatainer.write(name, "#!/bin/sh\nprintf '%s|%s' \"${LC_ALL-}\" \"${CNT_LC_ALL-none}\"\n");

    Result result = condatainer.with("LC_ALL", locale).call("run", name);

    assertThat(result.exitCode()).as(result.everything()).isZero();
    assertThat(result.out()).isEqualTo(seen + "|none");
  }

  @ParameterizedTest
  @CsvSource({"dist/condatainer", "./condatainer", "link"})
  void itsFolderIsFoundWhateverCdpathSays(String how) {
    condatainer.write("elsewhere/bin/x", "");
    Path home = Path.of(condatainer.words().get(0)).getParent().getParent();
    Path folder = how.startsWith("./") ? home.resolve("bin") : home.getParent();
    String call = how.equals("dist/condatainer") ? home.getFileName() + "/bin/condatainer" : how;
    if (how.equals("link")) {
      folder = condatainer.folder();
      condatainer.asUser(List.of("ln", "-s", home + "/bin/condatainer", "a link"), "");
      call = "./a link";
    }
    Result result =
        condatainer
            .at(folder)
            .with("CDPATH", home.getParent() + ":/:" + condatainer.folder() + "/elsewhere")
            .asUser(List.of(call, "exec", "-b", "host", "sh", "-c", "echo \"$CDPATH\""), "");

    assertThat(result.exitCode()).as(result.everything()).isZero();
    assertThat(result.out()).endsWith("/elsewhere\n").doesNotContain("bin/..");
    condatainer.asUser(List.of("rm", "-f", "a link"), "");
  }

  /** Login nodes limit it, and Java reserves much more than it uses. */
  @Test
  void oneGigabyteOfVirtualMemoryIsEnough() {
    Result result =
        condatainer.asUser(
            List.of(
                "bash",
                "-c",
                "ulimit -v 1048576; exec \"$0\" overlay info \"$1\"",
                condatainer.words().get(0),
                condatainer.overlay("env.img").toString()),
            "");

    assertThat(result.exitCode()).as(result.everything()).isZero();
  }

  /** Too little of any of these, and Java speaks of itself, or dies without a word. */
  @ParameterizedTest
  @CsvSource({
    "-v 100000, 97 MiB of address space (raise it: ulimit -v ",
    "-v 500000, 488 MiB of address space (raise it: ulimit -v ",
    "-u 12, 12 processes and threads (raise it: ulimit -u ",
    "-n 12, 12 open files (raise it: ulimit -n ",
  })
  void saysWhichLimitOfTheShellIsTooLow(String limit, String words) {
    assumeThat(Engines.user()).as("nobody limits root's processes").isNotEmpty();
    condatainer = Installed.in(parent, Engines.user());

    Result result = inShell("ulimit " + limit + "; exec \"$0\" \"$@\"", "config", "paths");

    assertThat(result.exitCode()).as(result.everything()).isEqualTo(1);
    assertThat(result.err())
        .startsWith("condatainer: Java cannot work with what this shell allows: ")
        .contains(words)
        .hasLineCount(1);
  }

  private Result inShell(String text, String... arguments) {
    List<String> words = new ArrayList<>(List.of("bash", "-c", text));
    words.add(condatainer.words().get(0));
    words.addAll(List.of(arguments));
    return condatainer.asUser(words, "");
  }

  @Test
  void closedInputIsAnEmptyOne() {
    Result result = inShell("exec \"$0\" exec -b host sh -c 'cat && echo read' <&-");

    assertThat(result.exitCode()).as(result.everything()).isZero();
    assertThat(result.out()).isEqualTo("read\n");
    assertThat(result.err()).doesNotContain("descriptor");
  }

  @ParameterizedTest
  @ValueSource(strings = {">&-", ">/dev/full"})
  void outputThatCannotBeWrittenIsAFailureThatIsTold(String redirection) {
    Result result = inShell("exec \"$0\" config paths " + redirection);

    assertThat(result.exitCode()).as(result.everything()).isEqualTo(1);
    assertThat(result.err())
        .isEqualTo(
            "condatainer: standard output could not be written, so what it holds is not"
                + " complete\n");
  }

  @Test
  void jobWhoseIdCannotBeWrittenIsNamedOnStandardError() {
    condatainer.write("bin/sbatch", "#!/bin/sh\necho 4711\n");
    condatainer.write("bin/scontrol", "#!/bin/sh\nexit 1\n");
    condatainer.write("bin/sinfo", "#!/bin/sh\nexit 1\n");
    condatainer.write("job.sh", "#!/bin/sh\n#SBATCH --time=1\ntrue\n");
    Result result =
        inShell(
            "chmod +x bin/*; PATH=$PWD/bin:$PATH CNT_SCHEDULER=slurm exec \"$0\" run job.sh"
                + " >/dev/full");

    assertThat(result.exitCode()).as(result.everything()).isEqualTo(1);
    assertThat(result.err())
        .contains(
            "the job was submitted, and its id could not be written to standard output: 4711");
  }

  @Test
  void readerThatHasSeenEnoughIsNotComplainedOf() {
    Result result = inShell("{ sleep 1; exec \"$0\" --help; } | true");

    assertThat(result.err()).isEmpty();
  }

  @Test
  void argumentThatIsNotUtf8IsRefusedAndNotChanged() {
    Result result = inShell("exec \"$0\" exec -b host echo $'a\\xffb'");

    assertThat(result.exitCode()).as(result.everything()).isEqualTo(2);
    assertThat(result.err()).startsWith("condatainer: this is not written in UTF-8");
    assertThat(result.out()).isEmpty();
  }

  @Test
  void anErrorOfJavaIsToldInALine() {
    Result result = inShell("ulimit -n 20; exec \"$0\" lock status \"$1\"", "env.img");

    assertThat(result.exitCode()).as(result.everything()).isNotZero();
    assertThat(result.err()).doesNotContain("\tat ").startsWith("condatainer: ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/no/such/java", "no-such-java", "/usr", "/etc/passwd"})
  void wrongJavaIsAUsageErrorThatNamesIt(String java) {
    Result result = condatainer.with("CNT_JAVA", java).call("run", "job.sh");

    assertThat(result.exitCode()).as(result.everything()).isEqualTo(2);
    assertThat(result.err()).contains("CNT_JAVA", java);
    assertThat(result.err().lines()).hasSize(1);
  }

  /** A module that is loaded for something else may have set it. */
  @Test
  void anOldJavaHomeIsPassedOverWherePathHasAnother() {
    condatainer.write("jdk11/bin/java", "#!/bin/sh\necho old; exit 3\n");
    condatainer.write("jdk11/release", "JAVA_VERSION=\"11.0.20\"\n");
    condatainer.asUser(List.of("chmod", "+x", "jdk11/bin/java"), "");
    String old = condatainer.folder() + "/jdk11";

    Result result = condatainer.with("JAVA_HOME", old).call("--help");
    Result alone =
        condatainer.with("JAVA_HOME", old).with("CNT_JAVA", old + "/bin/java").call("--help");

    assertThat(result.exitCode()).as(result.everything()).isZero();
    assertThat(result.out()).startsWith("Usage: condatainer");
    assertThat(alone.exitCode()).as(alone.everything()).isEqualTo(1);
    assertThat(alone.err()).contains(old + "/bin/java is Java 11.0.20; it needs 17");
  }

  /** As when one version is unpacked over another: of two the older would be taken. */
  @Test
  void twoVersionsInOneFolderAreRefused() {
    Result result =
        inShell(
            "mkdir -p two && cp -rs \"$(dirname \"$(dirname \"$0\")\")\"/. two && "
                + "touch two/lib/condatainer-core-0.0.9.jar && rm two/bin/condatainer && "
                + "cp \"$0\" two/bin/ && two/bin/condatainer --help; code=$?; rm -rf two; exit $code");

    assertThat(result.exitCode()).as(result.everything()).isEqualTo(1);
    assertThat(result.err()).contains("has two versions in it, condatainer-core-0.0.9.jar");
  }

  @Test
  void standardInputAndOutputAreTheCommandsOwn() {
    condatainer.write("job.sh", "#!/bin/sh\nls /proc/self/fd | tr '\\n' ' '; cat; exit 9\n");

    Result result = condatainer.callWithInput("from stdin", "run", "job.sh");

    assertThat(result.exitCode()).as(result.everything()).isEqualTo(9);
    assertThat(result.out()).contains("from stdin");
  }

  @ParameterizedTest
  @ValueSource(strings = {"dash", "bash", "bash -p", "bash --posix"})
  void anyShellHandsOverToTheCommand(String shell) {
    List<String> words = new ArrayList<>(List.of(shell.split(" ", -1)));
    words.addAll(condatainer.words("run", "job.sh", "a b"));
    condatainer.write("job.sh", "#!/bin/sh\necho \"<$1>\"\ncat\nexit 9\n");

    Result result = condatainer.asUser(words, "from stdin");
    words.set(words.size() - 2, "missing.sh");
    Result refused = condatainer.asUser(words, "");

    assertThat(result.exitCode()).as(result.everything()).isEqualTo(9);
    assertThat(result.out()).isEqualTo("<a b>\nfrom stdin");
    assertThat(refused.exitCode()).as(refused.everything()).isEqualTo(2);
    assertThat(refused.err()).contains("missing.sh");
  }

  @Test
  void exportedFunctionsOfTheUsersShellAreKept() {
    condatainer.write("job.sh", "#!/bin/bash\nown 'a b'\n");

    Result result =
        condatainer
            .with("BASH_FUNC_own%%", "() {  echo \"own $1\"\n}")
            .with("BASH_ENV", "/no/such/file")
            .call("run", "job.sh");

    assertThat(result.out()).as(result.everything()).isEqualTo("own a b\n");
  }

  @ParameterizedTest(name = "{0} of {1}")
  @CsvSource({"TERM, sh", "INT, sh", "HUP, sh", "TERM, bash", "INT, bash"})
  void signalToTheLauncherAloneEndsTheProgram(String signal, String shell) throws Exception {
    // A submit command that does not answer.
    Path started = condatainer.folder().resolve("started");
    condatainer.write("bin/sbatch", "#!/bin/sh\necho $PPID $$ > started\nexec sleep 300\n");
    condatainer.asUser(List.of("chmod", "+x", "bin/sbatch"), "");
    condatainer.write("job.sh", "#!/bin/sh\n#SBATCH -n 1\ntrue\n");
    String path = condatainer.folder() + "/bin:" + System.getenv("PATH");
    List<String> words = new ArrayList<>(List.of(shell));
    words.addAll(condatainer.words("run", "job.sh"));
    Process launcher = condatainer.with("CNT_SCHEDULER", "slurm").with("PATH", path).start(words);
    Installed.await("it submits", () -> Files.exists(started) && started.toFile().length() > 3);
    String[] processes = Files.readString(started).strip().split(" ", -1);

    Process kill =
        new ProcessBuilder("sh", "-c", "kill -s " + signal + " " + launcher.pid()).start();

    assertThat(kill.waitFor()).isZero();
    assertThat(launcher.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(launcher.exitValue()).isGreaterThan(128);
    for (String process : processes) {
      Installed.await(
          "process " + process + " ends", () -> !Files.exists(Path.of("/proc", process)));
    }
  }
}
