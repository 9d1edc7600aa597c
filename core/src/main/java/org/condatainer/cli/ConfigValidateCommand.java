package org.condatainer.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.condatainer.config.ConfigException;
import org.condatainer.config.Configuration;
import org.condatainer.config.Key;
import org.condatainer.config.Setting;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code condatainer config validate}: whether all that is configured can be used. */
final class ConfigValidateCommand implements Subcommand {
  private static final String NAME = "config validate";

  @Override
  public CommandSpec spec() {
    return Options.command(
        NAME,
        "Reads every configuration file and variable, and says what is wrong, with file and line."
            + " Exit code 2: something is.");
  }

  @Override
  public int run(ParseResult parsed, Invocation invocation) {
    List<String> problems = problems(invocation);
    problems.forEach(invocation::say);
    if (problems.isEmpty()) {
      invocation.say("the configuration can be used");
    }
    return problems.isEmpty() ? ExitCode.SUCCESS : ExitCode.USAGE;
  }

  /** All that is wrong; empty if it can be used. */
  static List<String> problems(Invocation invocation) {
    List<String> problems = new ArrayList<>();
    try {
      Configuration configuration =
          Configuration.load(
              Installation.home(), invocation.environment().variables(), problems::add);
      for (Key key : Key.values()) {
        Optional<Setting> setting = configuration.setting(key);
        if (setting.isPresent()) {
          try {
            ConfigValues.check(setting.get().origin(), key, setting.get().values());
            absolute(invocation, key, setting.get());
          } catch (UsageException e) {
            problems.add(e.getMessage());
          }
        }
      }
    } catch (ConfigException e) {
      problems.add(e.getMessage());
    }
    return problems;
  }

  /** What a site's file says relatively would be another folder wherever a user stands. */
  private static void absolute(Invocation invocation, Key key, Setting setting) {
    if (key != Key.LOGS_DIR && key != Key.RUNS_DIR && key != Key.IMAGE_DIRS) {
      return;
    }
    Map<String, String> variables = invocation.environment().variables();
    List<Path> site = new ArrayList<>(Configuration.files(Installation.home(), variables));
    site.remove(Configuration.userFile(variables));
    boolean ofSite = site.stream().anyMatch(file -> setting.origin().startsWith(file + ":"));
    for (String value : setting.values()) {
      if (ofSite && !value.startsWith("/") && !value.equals("~") && !value.startsWith("~/")) {
        throw new UsageException(
            setting.origin()
                + ": "
                + key.text()
                + " of a site begins with / or ~/, not \""
                + value
                + "\", which is another folder wherever one stands");
      }
    }
  }
}
