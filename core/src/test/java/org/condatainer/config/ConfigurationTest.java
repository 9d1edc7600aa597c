package org.condatainer.config;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.condatainer.trust.Ownership;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Configuration in layers. */
final class ConfigurationTest {
  @TempDir private Path home;
  private final List<String> warnings = new ArrayList<>();
  private final Map<String, String> variables = new HashMap<>();

  @Test
  void defaultsHoldWhenNothingIsSaid() {
    Configuration configuration = load();

    assertThat(configuration.scheduler()).isEmpty();
    assertThat(configuration.runtime()).isEqualTo("auto");
    assertThat(configuration.baseImage()).isEqualTo("host");
    assertThat(configuration.runsDirectory())
        .isEqualTo(home.resolve(".local/state/condatainer/runs"));
    assertThat(configuration.commandTimeoutSeconds()).isEqualTo(60);
  }

  /** {@code config show} and {@code config get} tell it as any other. */
  @Test
  void runsFolderHasADefaultThatIsASettingAsOthers() {
    assertThat(load().setting(Key.RUNS_DIR))
        .contains(
            new Setting(
                List.of(home.resolve(".local/state/condatainer/runs").toString()), "default"));
    variables.put("XDG_STATE_HOME", "/state");
    assertThat(load().setting(Key.RUNS_DIR).orElseThrow().value())
        .isEqualTo("/state/condatainer/runs");
    variables.put("CNT_RUNS_DIR", "/own");
    assertThat(load().setting(Key.RUNS_DIR)).contains(new Setting(List.of("/own"), "CNT_RUNS_DIR"));
  }

  @Test
  void aSitesFolderHasAPlaceForEachUser() throws IOException {
    write("etc/condatainer.yaml", "logs_dir: /s/logs/$USER\nruns_dir: /s/${USER}/x$USERS\n");
    variables.put("USER", "bob");

    assertThat(load().logsDirectory()).contains(Path.of("/s/logs/bob"));
    assertThat(load().runsDirectory()).isEqualTo(Path.of("/s/bob/x$USERS"));
  }

  @ParameterizedTest
  @CsvSource({"etc/condatainer.yaml", ".config/condatainer/config.yaml"})
  void aFileThatOthersCanWriteIsNotRead(String name) throws IOException {
    write(name, "apptainer: /proj/evil\n");
    Path file = home.resolve(name);
    Files.setAttribute(file, "unix:mode", 0666);
    assertThatThrownBy(this::load)
        .isInstanceOfSatisfying(ConfigException.class, e -> assertThat(e.isOfTheMachine()).isTrue())
        .hasMessageStartingWith(file + " can be written by everybody");

    Files.setAttribute(file, "unix:mode", 0644);
    Files.setAttribute(file.getParent(), "unix:mode", 0777);
    assertThatThrownBy(this::load).hasMessageStartingWith(file + " is not safe where it is");

    Files.setAttribute(file.getParent(), "unix:mode", 0755);
    assertThat(load().apptainer()).contains("/proj/evil");
    assumeThat(Ownership.ofThisProcess()).isZero();
    Files.setAttribute(file, "unix:uid", 41002);
    assertThatThrownBy(this::load).hasMessageStartingWith(file + " belongs to 41002");
  }

  @Test
  void userGoesOverSiteAndVariablesGoOverBoth() throws IOException {
    write("etc/condatainer.yaml", "scheduler: slurm\nruntime: apptainer\nbase_image: /site.sif\n");
    write(".config/condatainer/config.yaml", "# mine\nruntime: embedded\nbase_image: /mine.sif\n");
    variables.put("CNT_BASE_IMAGE", "/shell.sif");

    Configuration configuration = load();

    assertThat(configuration.scheduler().orElseThrow().origin())
        .isEqualTo(home.resolve("etc/condatainer.yaml") + ":1");
    assertThat(configuration.runtime()).isEqualTo("embedded");
    assertThat(configuration.baseImage()).isEqualTo("/shell.sif");
    assertThat(configuration.setting(Key.BASE_IMAGE).orElseThrow().origin())
        .isEqualTo("CNT_BASE_IMAGE");
  }

  @Test
  void listsAreYamlListsOrTextsJoinedByColons() throws IOException {
    write("etc/condatainer.yaml", "image_dirs:\n  - /a b\n  - ~/images\nnode_modules: apptainer\n");
    assertThat(load().imageDirectories()).containsExactly(Path.of("/a b"), home.resolve("images"));
    assertThat(load().nodeModules()).containsExactly("apptainer");

    variables.put("CNT_NODE_MODULES", "gcc/12:apptainer/1.4");
    assertThat(load().nodeModules()).containsExactly("gcc/12", "apptainer/1.4");
  }

  @Test
  void unknownKeyIsAWarningWithItsPlaceAndTheNearestKey() throws IOException {
    write("etc/condatainer.yaml", "runtime: embedded\nbase_imag: {a: [1, 2]}\nscheduler: none\n");

    assertThat(load().scheduler().orElseThrow().value()).isEqualTo("none");
    assertThat(warnings)
        .containsExactly(
            home.resolve("etc/condatainer.yaml")
                + ":2: there is no key \"base_imag\"; do you mean base_image?");
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '~',
      textBlock =
          """
          runtime: [a] | :1:10: runtime takes one value, not a list
          scheduler: | :1:
          command_timeout: soon | :1:18: command_timeout takes a whole number above 0
          image_dirs: [{a: b}] | :1:14: image_dirs takes a text
          just a text | :1:1: a configuration is a list of lines
          runtime: "open | this is not YAML
          ~runtime: auto\\n\\nruntime: embedded~ | :3:1: runtime has a value already (line 1)
          ~x: 1\\nx: 2~ | :2:1: x has a value already (line 1)
          ~runtime: auto\\n---\\nscheduler: none~ | :3:1: a configuration is one YAML document
          image_dirs: [/a, ""] | :1:18: image_dirs has an empty value
          ~image_dirs: [/a, null]~ | :1:18: image_dirs has an empty value
          apptainer: "" | :1:12: apptainer has an empty value
          """,
      delimiter = '|')
  void wrongFileIsNamedWithLineAndColumn(String yaml, String message) throws IOException {
    Path file = write("etc/condatainer.yaml", yaml.replace("\\n", "\n") + "\n");

    assertThatThrownBy(this::load)
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith(file.toString())
        .hasMessageContaining(message);
  }

  @Test
  void fileThatIsNotUtf8IsNamedWithThePlace() throws IOException {
    Path file = write("etc/condatainer.yaml", "");
    Files.writeString(file, "scheduler: none\nbase_image: /caf\u00e9.sif\n", ISO_8859_1);

    assertThatThrownBy(this::load)
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith(file + ":2:17: this is not UTF-8");
  }

  @Test
  void emptyItemsOfListsInVariablesDoNotCount() {
    variables.put("CNT_IMAGE_DIRS", ":/a::/b:");
    variables.put("CNT_NODE_MODULES", "::");

    assertThat(load().imageDirectories()).containsExactly(Path.of("/a"), Path.of("/b"));
    assertThat(load().nodeModules()).isEmpty();
  }

  @Test
  void outputOfJobsHasAFolderIfOneIsGiven() throws IOException {
    assertThat(load().logsDirectory()).isEmpty();

    write("etc/condatainer.yaml", "logs_dir: ~/logs\n");
    assertThat(load().logsDirectory()).contains(home.resolve("logs"));
  }

  @Test
  void wrongVariableIsNamed() {
    variables.put("CNT_COMMAND_TIMEOUT", "-1");
    assertThatThrownBy(this::load)
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("CNT_COMMAND_TIMEOUT");

    variables.clear();
    variables.put("CNT_RUNTIME", "docker");
    assertThatThrownBy(() -> load().runtime()).hasMessageStartingWith("CNT_RUNTIME: ");
  }

  @Test
  void emptyFileSaysNothing() throws IOException {
    write("etc/condatainer.yaml", "# nothing\n");

    assertThat(load().runtime()).isEqualTo("auto");
  }

  private Configuration load() {
    Map<String, String> all = new HashMap<>(variables);
    all.put("HOME", home.toString());
    return Configuration.load(Optional.of(home), all, warnings::add);
  }

  private Path write(String name, String text) throws IOException {
    Path file = home.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }

  @Test
  void misspeltVariableIsToldWithTheOneThatWasMeant() {
    assertThat(
            MisspeltVariables.warnings(
                Map.of(
                    "CNT_SCHEDULR", "none",
                    "CNT_scheduler", "none",
                    "CNT_RUN_DIR", "/x",
                    "CNT_RUNS_DIR", "/x",
                    "CNT_JAVA", "/x",
                    "CNT_ARRAY_INDEX", "3",
                    "CNT_OF_SOMETHING_ELSE", "1",
                    "SCHEDULR", "1")))
        .containsExactly(
            "warning: the variable CNT_RUN_DIR is not known, and does nothing; did you mean"
                + " CNT_RUNS_DIR?",
            "warning: the variable CNT_SCHEDULR is not known, and does nothing; did you mean"
                + " CNT_SCHEDULER?");
  }
}
