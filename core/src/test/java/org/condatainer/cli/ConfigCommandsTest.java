package org.condatainer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.condatainer.config.Key;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The commands about the configuration, on a user's file. */
final class ConfigCommandsTest {
  @TempDir private Path folder;
  private final Map<String, String> variables = new HashMap<>();
  private Path file;

  @BeforeEach
  void home() {
    variables.put("HOME", folder.toString());
    variables.put("XDG_CONFIG_HOME", folder.resolve("config").toString());
    file = folder.resolve("config/condatainer/config.yaml");
  }

  @Test
  void showTellsWhereEachValueWasSaid() throws IOException {
    write("# mine\nbase_image: /b.sif\nimage_dirs: [/a, /b]\n");
    variables.put("CNT_LOGS_DIR", "/logs");

    ProgramCall shown = call("config", "show");

    assertThat(shown.out())
        .containsPattern("base_image +/b.sif +" + file + ":2\n")
        .containsPattern("image_dirs +/a, /b +" + file + ":3\n")
        .containsPattern("logs_dir +/logs +CNT_LOGS_DIR\n")
        .containsPattern("command_timeout +60 +default\n")
        .containsPattern("apptainer +- +-\n");
    for (Key key : Key.values()) {
      assertThat(shown.out()).contains(key.text());
    }
  }

  /** A folder is in its place: what no user may read root reads. */
  @Test
  void fileThatCannotBeReadIsNoWrongUsageAndPathsShowsWhereItIs() throws IOException {
    Files.createDirectories(file);

    for (String command : List.of("show", "paths")) {
      ProgramCall refused = call("config", command);
      assertThat(refused.exitCode()).as(refused.err()).isEqualTo(1);
      assertThat(refused.err()).contains(file + " cannot be read: ");
    }
    assertThat(call("config", "paths").out()).containsPattern("configuration +" + file + " +there");
    variables.put("CNT_COMMAND_TIMEOUT", "soon");
    assertThat(call("config", "show").exitCode()).isEqualTo(2);
  }

  /** A script that asks for it must not go on with a word that nothing else takes. */
  @Test
  void getRefusesAValueThatTheKeyDoesNotTake() throws IOException {
    write("logs_dir: /logs\nruntime: docker\n");

    ProgramCall refused = call("config", "get", "runtime");

    assertThat(refused.exitCode()).isEqualTo(2);
    assertThat(refused.out()).isEmpty();
    assertThat(refused.err()).contains(file + ":2: runtime is one of auto", "not \"docker\"");
    assertThat(call("config", "get", "logs_dir").out()).isEqualTo("/logs\n");
  }

  @Test
  void aRelativeFolderIsAnErrorInTheSitesFileAlone() throws IOException {
    Path site = folder.resolve("home/etc/condatainer.yaml");
    Files.createDirectories(site.getParent());
    Files.writeString(site, "runtime: auto\nlogs_dir: logs\n");
    System.setProperty("condatainer.home", folder.resolve("home").toString());
    try {
      ProgramCall refused = call("config", "validate");
      assertThat(refused.exitCode()).isEqualTo(2);
      assertThat(refused.err()).contains(site + ":2: logs_dir of a site begins with / or ~/");
      Files.delete(site);
      write("logs_dir: logs\n");
      assertThat(call("config", "validate").exitCode()).isZero();
    } finally {
      System.clearProperty("condatainer.home");
    }
  }

  @Test
  void nothingOfAFileSteersTheTerminal() throws IOException {
    write("base_image: \"/b\\e]0;t\\a\"\n\"k\\u009b2J\": 1\n");

    for (String command : List.of("validate", "show", "paths")) {
      ProgramCall call = call("config", command);
      assertThat(call.out() + call.err())
          .doesNotContainPattern("[\\x00-\\x09\\x0b-\\x1f\\x7f-\\x9f]");
      assertThat(call.err()).contains("base_image has a character that is not to be seen");
    }
    write("");
    ProgramCall missing = call("overlay", "info", "n\no\u001b]0;t\u0007\u202e.img");
    assertThat(missing.err()).contains("n o?]0;t??.img").doesNotContain("\u001b", "\u202e");
  }

  @Test
  void getPrintsEachValueOnALine() throws IOException {
    write("image_dirs: [/a, '/b c']\n");

    assertThat(call("config", "get", "image_dirs").out()).isEqualTo("/a\n/b c\n");
    assertThat(call("config", "get", "runtime").out()).isEqualTo("auto\n");
    ProgramCall none = call("config", "get", "apptainer");
    assertThat(none.exitCode()).isEqualTo(1);
    assertThat(none.out()).isEmpty();
    assertThat(call("config", "get", "nonsense").exitCode()).isEqualTo(2);
  }

  @Test
  void setMakesTheFileAndLeavesWhatIsThere() throws IOException {
    assertThat(call("config", "set", "base_image", "/a.sif").exitCode()).isZero();
    assertThat(file).hasContent("base_image: /a.sif\n");

    write(
        """
        # first
        base_image: /a.sif   # gone with its line
        # about folders
        image_dirs:
          - /one
          # two
          - /two

        # about runs
        runs_dir: /runs
        unknown: 1
        """);
    call("config", "set", "image_dirs", "/x", "a b \"c\" \\ #d: e");
    call("config", "set", "base_image", "host");
    call("config", "set", "command_timeout", "7");

    assertThat(file)
        .hasContent(
            """
            # first
            base_image: host
            # about folders
            image_dirs: [/x, "a b \\"c\\" \\\\ #d: e"]

            # about runs
            runs_dir: /runs
            unknown: 1
            command_timeout: 7
            """);
    assertThat(call("config", "get", "image_dirs").out()).isEqualTo("/x\na b \"c\" \\ #d: e\n");
  }

  @Test
  void foldersWithColonsBetweenThemAreSeveral() {
    call("config", "set", "image_dirs", "/a:/b c:~/d", "/e:f");

    assertThat(call("config", "get", "image_dirs").out()).isEqualTo("/a\n/b c\n~/d\n/e:f\n");
  }

  @Test
  void validateNamesEveryWrongNumber() throws IOException {
    write("command_timeout: soon\nbase_image: [/a]\n");
    variables.put("CNT_COMMAND_TIMEOUT", "0");

    ProgramCall call = call("config", "validate");

    assertThat(call.exitCode()).isEqualTo(2);
    assertThat(call.err())
        .contains(file + ":1:")
        .contains("not \"soon\"")
        .contains(file + ":2:")
        .contains("CNT_COMMAND_TIMEOUT takes a whole number above 0, not \"0\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"set base_image host", "init"})
  void folderThatCannotBeMadeIsTheMachinesFault(String words) throws IOException {
    Path home = Files.writeString(folder.resolve("home"), "a file");
    variables.put("XDG_CONFIG_HOME", home.toString());

    ProgramCall call = call(("config " + words).split(" ", -1));

    assertThat(call.exitCode()).as(call.err()).isEqualTo(1);
    assertThat(call.err()).contains(home.toString()).doesNotContain("Exception");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-b", "true", "~", "null", "1e5", "0x10", "é ü", "'", "%a", "@b", "!c", "*d", "? e"
      })
  void valueIsReadBackAsItWasGiven(String value) {
    assertThat(call("config", "set", "micromamba", value).exitCode()).isZero();

    assertThat(call("config", "get", "micromamba").out()).isEqualTo(value + "\n");
  }

  @Test
  void setWithoutAValueTakesTheKeyOut() throws IOException {
    write("runs_dir: /runs\n# about images\nimage_dirs:\n- /one\n- /two\n");

    call("config", "set", "image_dirs");

    assertThat(file).hasContent("runs_dir: /runs\n# about images\n");
    assertThat(call("config", "set", "image_dirs").exitCode()).isZero();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "command_timeout|soon|whole number",
        "runtime|docker|auto, apptainer, singularity, embedded",
        "scheduler|cobalt|none",
        "queue_names|gpu|SCHEDULER/NAME=SCHEDULER/NAME",
        "no_such_key|1|config show",
        "base_image|''|empty"
      })
  void wrongValueLeavesTheFileAsItWas(String key, String value, String message) throws IOException {
    write("runs_dir: /runs\n");

    ProgramCall refused = call("config", "set", key, value);

    assertThat(refused.exitCode()).as(refused.err()).isEqualTo(2);
    assertThat(refused.err()).contains(message);
    assertThat(file).hasContent("runs_dir: /runs\n");
    assertThat(names()).containsExactly("config.yaml");
  }

  @Test
  void fileThatCannotBeUnderstoodIsNotChanged() throws IOException {
    for (String text : List.of("a: [\n", "{runs_dir: /a, logs_dir: /b}\n", "runs_dir: /a\n...\n")) {
      write(text);

      ProgramCall refused = call("config", "set", "base_image", "host");

      assertThat(refused.exitCode()).as(refused.err()).isEqualTo(2);
      assertThat(refused.err()).contains(file.toString()).doesNotContain(".config");
      assertThat(file).hasContent(text);
    }
    assertThat(names()).containsExactly("config.yaml");
  }

  @Test
  void linkAndPermissionsStay() throws IOException {
    Path real = Files.writeString(folder.resolve("dotfile"), "runs_dir: /a\n");
    Files.setPosixFilePermissions(real, PosixFilePermissions.fromString("rw-------"));
    Files.createDirectories(file.getParent());
    Files.createSymbolicLink(file, real);

    call("config", "set", "runs_dir", "/b");

    assertThat(file).isSymbolicLink();
    assertThat(real).hasContent("runs_dir: /b\n");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(real)))
        .isEqualTo("rw-------");
  }

  @Test
  void setSaysWhatHoldsInstead() {
    variables.put("CNT_BASE_IMAGE", "/other");

    assertThat(call("config", "set", "base_image", "host").err()).contains("CNT_BASE_IMAGE");
  }

  @Test
  void initExplainsEveryKeyAndSetsNone() throws IOException {
    ProgramCall made = call("config", "init");

    assertThat(made.out()).isEqualTo(file + "\n");
    String text = Files.readString(file);
    for (Key key : Key.values()) {
      assertThat(text).contains("# " + key.description() + "\n#" + key.text() + ":");
    }
    assertThat(call("config", "validate").exitCode()).isZero();
    assertThat(call("config", "show").out()).doesNotContain(file.toString());
    assertThat(call("config", "init").exitCode()).isEqualTo(2);
    assertThat(file).hasContent(text);

    // what is uncommented is YAML, with the defaults
    write(text.replaceAll("(?m)^#([a-z_]+: [^\\n]+)$", "$1"));
    assertThat(call("config", "get", "command_timeout").out()).isEqualTo("60\n");
  }

  @Test
  void validateNamesEveryProblem() throws IOException {
    write("bsae_image: /x\nruntime: docker\nqueue_names: [gpu]\n");

    ProgramCall wrong = call("config", "validate");

    assertThat(wrong.exitCode()).isEqualTo(2);
    assertThat(wrong.err())
        .contains(file + ":1: there is no key \"bsae_image\"; do you mean base_image?")
        .contains(file + ":2: runtime is one of")
        .contains(file + ":3: queue_names: ");
    write("runtime: 'auto\n");
    assertThat(call("config", "validate").err()).contains(file + ":1:8: this is not YAML");
  }

  @Test
  void pathsAreShownThereOrNot() throws IOException {
    write("logs_dir: " + folder + "\n");

    assertThat(call("config", "paths").out())
        .containsPattern("configuration +" + file + " +there\n")
        .containsPattern("configuration +/etc/condatainer/config.yaml +")
        .containsPattern("logs_dir +" + folder + " +there\n")
        .containsPattern("runs_dir +" + folder + "/.local/state/condatainer/runs +not there\n");
  }

  private ProgramCall call(String... words) {
    return ProgramCall.in(folder, variables, words);
  }

  private void write(String text) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(file.getParent())) {
      return files.map(path -> path.getFileName().toString()).toList();
    }
  }
}
