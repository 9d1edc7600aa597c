package org.condatainer.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import org.condatainer.process.SystemWords;
import org.condatainer.trust.Printable;
import org.condatainer.trust.Trusted;

/**
 * What is configured, layer over layer: defaults, the site's files, the user's file, variables.
 * What the command line says is over all of them, and not here.
 */
public final class Configuration {
  /** What the key {@code runtime} takes. */
  public static final List<String> RUNTIMES =
      List.of("auto", "apptainer", "singularity", "embedded");

  private final Map<Key, Setting> settings;
  private final Map<String, String> variables;

  private Configuration(Map<Key, Setting> settings, Map<String, String> variables) {
    this.settings = settings;
    this.variables = variables;
  }

  /**
   * Reads the configuration.
   *
   * @param home the installation's folder, whose {@code etc/condatainer.yaml} is the site's
   * @param variables the environment
   * @param warnings told what does not count, a line each
   * @throws ConfigException if a file or a variable is wrong; all that are, a line each
   */
  public static Configuration load(
      Optional<Path> home, Map<String, String> variables, Consumer<String> warnings) {
    Map<Key, Setting> settings = new EnumMap<>(Key.class);
    for (Key key : Key.values()) {
      if (key.defaultValue().isPresent()) {
        settings.put(key, new Setting(List.of(key.defaultValue().get()), "default"));
      }
    }
    MisspeltVariables.warnings(variables).forEach(warnings);
    List<ConfigException> wrong = new ArrayList<>();
    for (Path file : files(home, variables)) {
      if (Files.exists(file)) {
        try {
          refuseOthers(file, home);
          settings.putAll(ConfigFile.read(file, warnings));
        } catch (ConfigException e) {
          wrong.add(e);
        }
      }
    }
    for (Key key : Key.values()) {
      String value = variables.getOrDefault(key.variable(), "");
      try {
        List<String> values = value.isEmpty() ? List.of() : valuesOf(key, value);
        if (!values.isEmpty()) {
          settings.put(key, new Setting(values, key.variable()));
        }
      } catch (ConfigException e) {
        wrong.add(e);
      }
    }
    if (!wrong.isEmpty()) {
      throw ConfigException.all(wrong);
    }
    settings.computeIfAbsent(
        Key.RUNS_DIR, key -> new Setting(List.of(ownRuns(variables).toString()), "default"));
    return new Configuration(settings, variables);
  }

  /** It names programs that run as this user. */
  private static void refuseOthers(Path file, Optional<Path> home) {
    Optional<String> objection;
    try {
      objection = Trusted.of(home).objection(file);
    } catch (IOException e) {
      throw ConfigException.ofTheMachine(file + " is not believed: " + SystemWords.of(e), e);
    }
    if (objection.isPresent()) {
      throw ConfigException.ofTheMachine(
          file + " " + objection.get() + ". It is not read, since it can name programs", null);
    }
  }

  /** The files that are read where they exist, each over the ones before it. */
  public static List<Path> files(Optional<Path> home, Map<String, String> variables) {
    List<Path> files = new ArrayList<>();
    home.ifPresent(folder -> files.add(folder.resolve("etc/condatainer.yaml")));
    files.add(Path.of("/etc/condatainer/config.yaml"));
    files.add(userFile(variables));
    return files;
  }

  /** The user's own file. */
  public static Path userFile(Map<String, String> variables) {
    return userFolder(variables, "XDG_CONFIG_HOME", ".config").resolve("condatainer/config.yaml");
  }

  private static List<String> valuesOf(Key key, String value) {
    if (!Printable.is(value)) {
      throw new ConfigException(
          key.variable() + " has a character that is not to be seen; write it anew");
    }
    if (key.kind() == Key.Kind.LIST) {
      List<String> items = new ArrayList<>();
      for (String item : value.split(":", -1)) {
        if (!item.isEmpty()) {
          items.add(item);
        }
      }
      return items;
    }
    if (key.kind() == Key.Kind.NUMBER && !isCount(value)) {
      throw new ConfigException(
          key.variable() + " takes a whole number above 0, not \"" + value + "\"");
    }
    return List.of(value);
  }

  static boolean isCount(String text) {
    boolean digits = !text.isEmpty() && text.length() < 10;
    for (int i = 0; i < text.length(); i++) {
      digits &= text.charAt(i) >= '0' && text.charAt(i) <= '9';
    }
    return digits && Integer.parseInt(text) > 0;
  }

  private static Path userFolder(Map<String, String> variables, String variable, String inHome) {
    String folder = variables.getOrDefault(variable, "");
    return folder.startsWith("/")
        ? UserPath.of(folder, Path.of("/"))
        : UserPath.home(variables).resolve(inHome);
  }

  private static Path ownRuns(Map<String, String> variables) {
    return userFolder(variables, "XDG_STATE_HOME", ".local/state").resolve("condatainer/runs");
  }

  /** A key's value and its origin, empty if nothing was said and there is no default. */
  public Optional<Setting> setting(Key key) {
    return Optional.ofNullable(settings.get(key));
  }

  /** The id of the scheduler to use, and where that was said. */
  public Optional<Setting> scheduler() {
    return setting(Key.SCHEDULER);
  }

  /**
   * What makes containers.
   *
   * @throws ConfigException if it is none of the words that there are
   */
  public String runtime() {
    Setting setting = settings.get(Key.RUNTIME);
    if (!RUNTIMES.contains(setting.value())) {
      throw new ConfigException(
          setting.origin()
              + ": runtime is auto, apptainer, singularity or embedded, not \""
              + setting.value()
              + "\"");
    }
    return setting.value();
  }

  /** The program apptainer or singularity, a path or a name. */
  public Optional<String> apptainer() {
    return setting(Key.APPTAINER).map(Setting::value);
  }

  /** The program ssh, if nodes are to be asked by it. */
  public Optional<String> nodeSsh() {
    return setting(Key.NODE_SSH).map(Setting::value);
  }

  /**
   * File systems, by their types or where they are mounted, of which the site says that their locks
   * reach all other machines.
   */
  public List<String> sharedLocks() {
    return setting(Key.SHARED_LOCKS).map(Setting::values).orElse(List.of());
  }

  /** The program micromamba, a path or a name. */
  public Optional<String> micromamba() {
    return setting(Key.MICROMAMBA).map(Setting::value);
  }

  /** Where micromamba is fetched from; {@code @PLATFORM@} stands for {@code linux-64} and such. */
  public String micromambaUrl() {
    return settings.get(Key.MICROMAMBA_URL).value();
  }

  /** Where a micromamba is kept that was fetched. */
  public Path fetchedMicromamba() {
    return userFolder(variables, "XDG_DATA_HOME", ".local/share").resolve("condatainer/micromamba");
  }

  /** {@code host}, or an image as it was written. */
  public String baseImage() {
    return settings.get(Key.BASE_IMAGE).value();
  }

  /** Folders in which overlays are looked up by name. */
  public List<Path> imageDirectories() {
    List<Path> folders = new ArrayList<>();
    for (String text : setting(Key.IMAGE_DIRS).map(Setting::values).orElse(List.of())) {
      folders.add(path(text));
    }
    return folders;
  }

  /** Environment modules to load on the node. */
  public List<String> nodeModules() {
    return setting(Key.NODE_MODULES).map(Setting::values).orElse(List.of());
  }

  /** Where the output of jobs goes that do not say it themselves. */
  public Optional<Path> logsDirectory() {
    return setting(Key.LOGS_DIR).map(setting -> path(ofUser(setting.value())));
  }

  /** Where the records of runs are. */
  public Path runsDirectory() {
    return path(ofUser(settings.get(Key.RUNS_DIR).value()));
  }

  /** How long a scheduler's command may take, in seconds. */
  public long commandTimeoutSeconds() {
    return Long.parseLong(settings.get(Key.COMMAND_TIMEOUT).value());
  }

  /** A site's folder has a place for each of its users, who could not share one. */
  private String ofUser(String text) {
    String named = variables.getOrDefault("USER", "");
    String user = named.isEmpty() ? System.getProperty("user.name") : named;
    return text.replace("${USER}", user).replaceAll("\\$USER\\b", Matcher.quoteReplacement(user));
  }

  private Path path(String text) {
    return UserPath.ofHome(text, Path.of("").toAbsolutePath(), variables);
  }
}
