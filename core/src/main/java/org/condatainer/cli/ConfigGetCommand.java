package org.condatainer.cli;

import java.util.List;
import java.util.Optional;
import org.condatainer.config.Configuration;
import org.condatainer.config.Key;
import org.condatainer.config.Setting;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code condatainer config get}: one value, for scripts. */
final class ConfigGetCommand implements Subcommand {
  private static final String NAME = "config get";

  @Override
  public CommandSpec spec() {
    CommandSpec spec =
        Options.command(
            NAME,
            "Prints the value of a key, each value of a list on a line of its own. Exit code 1: it"
                + " has none; 2: the key does not take it.");
    spec.addPositional(Options.rest("KEY", "the key, as config show names it"));
    return spec;
  }

  @Override
  public int run(ParseResult parsed, Invocation invocation) {
    List<String> words = parsed.matchedPositionalValue(0, List.of());
    if (words.size() != 1) {
      throw new UsageException(NAME + ": name one key (condatainer config show names them)");
    }
    Key key = ConfigValues.key(NAME, words.get(0));
    Configuration configuration =
        Configuration.load(
            Installation.home(), invocation.environment().variables(), invocation::say);
    Optional<Setting> setting = configuration.setting(key);
    if (setting.isEmpty()) {
      invocation.say(key.text() + " has no value (" + key.description() + ")");
      return ExitCode.FAILURE;
    }
    ConfigValues.check(setting.get().origin(), key, setting.get().values());
    setting.get().values().forEach(invocation.out()::println);
    return ExitCode.SUCCESS;
  }
}
