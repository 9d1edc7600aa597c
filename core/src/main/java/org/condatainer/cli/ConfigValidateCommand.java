package org.condatainer.cli;

import java.util.ArrayList;
import java.util.List;
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
}
