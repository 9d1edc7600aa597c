package org.condatainer.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The commands inside a container, with a stand-in for micromamba that prints how it is called. */
class MmCommandsTest {
  private static final Path COMMANDS = Path.of("src/main/mm").toAbsolutePath();

  @TempDir private Path folder;
  private Path prefix;
  private Path mamba;

  /** What a call left. */
  private record Result(int exitCode, String text) {}

  @BeforeEach
  void makesAnEnvironment() throws IOException {
    prefix = folder.resolve("ext3/env");
    Files.createDirectories(prefix.resolve("conda-meta"));
    Files.writeString(prefix.resolve("conda-meta/xz-5.4.6-h1_0.json"), "{}");
    Files.writeString(prefix.resolve("conda-meta/xz-tools-5.5-h1_0.json"), "{}");
    mamba = Files.writeString(folder.resolve("micromamba"), "#!/bin/sh\necho \"called: $*\"\n");
    Files.setPosixFilePermissions(mamba, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private Result call(String line) {
    return call(line, Map.of());
  }

  private Result call(String line, Map<String, String> variables) {
    List<String> words = new ArrayList<>(List.of(line.split(" ", -1)));
    words.set(0, COMMANDS.resolve(words.get(0)).toString());
    try {
      Path out = folder.resolve("out");
      ProcessBuilder builder =
          new ProcessBuilder(words).redirectErrorStream(true).redirectOutput(out.toFile());
      builder.environment().put("CNT_CONDA_PREFIX", prefix.toString());
      builder.environment().put("MAMBA_EXE", mamba.toString());
      builder.environment().put("HOME", folder.toString());
      builder.environment().putAll(variables);
      Process process = builder.start();
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      return new Result(process.exitValue(), Files.readString(out));
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "mm-install r-base=4.4 -c x, install -y -p @ r-base=4.4 -c x",
    "mm-update, update -y -p @ --all",
    "mm-update numpy, update -y -p @ numpy",
    "mm-remove numpy, remove -y -p @ numpy",
    "mm-list, list -p @",
    "mm-list ^r-, list -p @ ^r-",
    "mm-search r-ggplot2, search -p @ r-ggplot2",
    "mm-export --explicit, env export -p @ --explicit",
    "mm-clean, clean -y -a",
    "mm-clean -t, clean -y -t",
  })
  void callMicromambaOnTheEnvironment(String line, String call) {
    Result result = call(line);
    assertThat(result.text()).isEqualTo("called: " + call.replace("@", prefix.toString()) + "\n");
    assertThat(result.exitCode()).isZero();
  }

  @Test
  void installMakesAnEnvironmentWhereThereIsNone() throws IOException {
    prefix = folder.resolve("new/env");
    Files.createDirectories(prefix);
    assertThat(call("mm-install zlib").text())
        .isEqualTo("called: create -y -p " + prefix + " zlib\n");
    assertThat(prefix).as("micromamba makes it itself").doesNotExist();
  }

  @Test
  void pinKeepsTheInstalledVersionAndLetsItGo() {
    assertThat(call("mm-pin xz numpy=2.1").exitCode()).isZero();
    assertThat(call("mm-pin -l").text()).isEqualTo("xz==5.4.6\nnumpy=2.1\n");
    call("mm-pin numpy=2.2 xz-tools");
    assertThat(call("mm-pin").text()).isEqualTo("xz==5.4.6\nnumpy=2.2\nxz-tools==5.5\n");
    call("mm-pin -r numpy xz");
    assertThat(call("mm-pin -l").text()).isEqualTo("xz-tools==5.5\n");
  }

  @Test
  void pinAsksForTheVersionOfWhatIsNotInstalled() {
    Result result = call("mm-pin zlib");
    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.text()).contains("zlib is not installed, so name a version");
    assertThat(call("mm-pin -l").text()).startsWith("mm-pin: nothing is pinned;");
  }

  @ParameterizedTest
  @ValueSource(strings = {"mm-pin -x", "mm-pin ", "mm-pin =1.2", "mm-pin xz ", "mm-pin -r -x"})
  void pinTakesNoPackageWithoutAName(String line) {
    Result result = call(line);
    assertThat(result.exitCode()).as(result.text()).isEqualTo(2);
    assertThat(result.text()).contains("is no package, nor one of -r and -l");
    assertThat(prefix.resolve("conda-meta/pinned")).doesNotExist();
  }

  @Test
  void pinSaysWhatWasNotPinned() {
    call("mm-pin xz");
    Result result = call("mm-pin -r numpy xz");
    assertThat(result.exitCode()).isZero();
    assertThat(result.text()).isEqualTo("mm-pin: numpy was not pinned\n");
  }

  @Test
  void channelsSayWhenNoneAreSet() {
    assertThat(call("mm-channels").text()).startsWith("mm-channels: none are set here");
  }

  @ParameterizedTest
  @ValueSource(strings = {"mm-export environment.yml", "mm-export -f environment.yml"})
  void exportPrintsAndSaysSoToWhoNamesAFile(String line) {
    Result result = call(line);
    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.text()).contains("mm-export >environment.yml").doesNotContain("called");
  }

  @ParameterizedTest
  @ValueSource(strings = {"mm-install r-base", "mm-update", "mm-remove xz"})
  void changesThatFailInAFullOverlaySayWhatMakesRoom(String line) throws IOException {
    Files.writeString(mamba, "#!/bin/sh\nexit 3\n");
    assertThat(call(line)).isEqualTo(new Result(3, ""));
    for (String full : List.of("-k", "-i")) {
      Path df =
          Files.writeString(
              folder.resolve("df"),
              "#!/bin/sh\nleft=99999999; [ $2 != "
                  + full
                  + " ] || left=7\n"
                  + "echo Filesystem all used left; echo overlay 99999999 1 $left\n");
      Files.setPosixFilePermissions(df, PosixFilePermissions.fromString("rwxr-xr-x"));
      Result result = call(line, Map.of("PATH", folder + ":" + System.getenv("PATH")));
      assertThat(result.exitCode()).isEqualTo(3);
      assertThat(result.text()).contains("mm-clean -a", "condatainer overlay resize -s SIZE");
    }
  }

  @Test
  void installThatFailsLeavesTheFolderForTheNextOne() throws IOException {
    Files.writeString(mamba, "#!/bin/sh\nexit 1\n");
    prefix = Files.createDirectories(folder.resolve("new/env"));
    assertThat(call("mm-install zlib").exitCode()).isEqualTo(1);
    assertThat(prefix).isEmptyDirectory();
  }

  @Test
  void installGoesOnFromTheChannelsOfANewOverlay() throws IOException {
    prefix = Files.createDirectories(folder.resolve("new/env"));
    assertThat(call("mm-channels conda-forge bioconda").exitCode()).isZero();
    Result result = call("mm-install zlib");
    assertThat(result.text()).isEqualTo("called: install -y -p " + prefix + " zlib\n");
    assertThat(prefix.resolve("conda-meta/history")).isEmptyFile();
    assertThat(prefix.resolve(".condarc")).content().contains("bioconda");
  }

  @Test
  void channelsAreSetWithoutTouchingTheRest() throws IOException {
    Path file =
        Files.writeString(
            prefix.resolve(".condarc"), "ssl_verify: true\nchannels:\n  - old\nauto: 1\n");
    assertThat(call("mm-channels conda-forge https://x.org/c").exitCode()).isZero();
    assertThat(file)
        .hasContent("ssl_verify: true\nauto: 1\nchannels:\n  - conda-forge\n  - https://x.org/c\n");
    assertThat(call("mm-channels").text()).contains("  - conda-forge\n");
    assertThat(call("mm-channels a;b").exitCode()).isEqualTo(2);
  }

  @Test
  void pinKeepsWhatItHasWhereNoMoreCanBeWritten() throws IOException {
    call("mm-pin xz numpy=2.1");
    Path pinned = prefix.resolve("conda-meta/pinned");
    Path full = prefix.resolve("conda-meta/pinned.new");
    Files.createSymbolicLink(full, Path.of("/dev/full"));
    Result result = call("mm-pin -r xz");
    assertThat(result.exitCode()).as(result.text()).isEqualTo(1);
    assertThat(result.text()).contains("pinned cannot be written");
    // what the link leads to has no end
    assertThat(Files.isSymbolicLink(pinned)).isFalse();
    assertThat(pinned).hasContent("xz==5.4.6\nnumpy=2.1\n");
    assertThat(full).doesNotExist();
  }

  @Test
  void channelsKeepTheRestWhereAwkIsMissing() throws IOException {
    Path file = Files.writeString(prefix.resolve(".condarc"), "ssl_verify: true\n");
    Path programs = Files.createDirectory(folder.resolve("programs"));
    for (String program : List.of("mkdir", "mv", "rm")) {
      Files.createSymbolicLink(programs.resolve(program), Path.of("/bin", program));
    }
    Result result = call("mm-channels conda-forge", Map.of("PATH", programs.toString()));
    assertThat(result.exitCode()).as(result.text()).isEqualTo(1);
    assertThat(file).hasContent("ssl_verify: true\n");
    assertThat(prefix.resolve(".condarc.new")).doesNotExist();
  }

  @Test
  void searchKeepsNothingBehindALinkThatSomebodyElseMayHavePut() throws IOException {
    Files.writeString(mamba, "#!/bin/sh\necho \"in: $MAMBA_ROOT_PREFIX\"\n");
    prefix = folder.resolve("not/there/env");
    Map<String, String> variables = Map.of("TMPDIR", folder.toString());
    String own = call("mm-search xz", variables).text().strip();
    assertThat(own).startsWith("in: " + folder + "/condatainer-mamba-");
    Path kept = Path.of(own.substring("in: ".length()));
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(kept)))
        .isEqualTo("rwx------");
    assertThat(call("mm-search xz", variables).text().strip()).isEqualTo(own);
    Files.delete(kept);
    Files.createSymbolicLink(kept, Files.createDirectory(folder.resolve("elsewhere")));
    assertThat(call("mm-search xz", variables).text().strip()).startsWith("in: ").isNotEqualTo(own);
  }

  @ParameterizedTest
  @ValueSource(strings = {"mm-install", "mm-remove", "mm-search"})
  void askForWhatIsMissing(String command) {
    assertThat(call(command).exitCode()).isEqualTo(2);
    assertThat(call(command).text()).startsWith(command + ": which package");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "mm-install",
        "mm-update",
        "mm-remove",
        "mm-list",
        "mm-search",
        "mm-pin",
        "mm-export",
        "mm-clean",
        "mm-channels"
      })
  void explainThemselvesAlsoWithoutMicromamba(String command) throws IOException {
    Files.delete(mamba);
    assertThat(call(command + " --help").text()).startsWith("Usage: " + command);
  }

  @Test
  void sayWhenThereIsNoMicromamba() throws IOException {
    Files.delete(mamba);
    Result result = call("mm-list");
    assertThat(result.text()).contains("there is no micromamba in this container");
    assertThat(result.exitCode()).isEqualTo(127);
    assertThat(call("mm-pin xz").exitCode()).isZero();
    assertThat(call("mm-channels conda-forge").exitCode()).isZero();
  }
}
