package org.condatainer.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.condatainer.config.ConfigEdit;
import org.condatainer.config.Configuration;
import org.condatainer.config.Key;
import org.condatainer.config.Setting;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code condatainer config set}: changes one key in the user's file. */
final class ConfigSetCommand implements Subcommand {
  private static final String NAME = "config set";

  @Override
  public CommandSpec spec() {
    CommandSpec spec =
        Options.command(
            NAME,
            "Sets a key in your own configuration file, and leaves the rest of it as you wrote it."
                + " Without a value the key is taken out.");
    spec.addPositional(Options.rest("KEY [VALUE…]", "the key, and its value or values"));
    spec.usageMessage()
        .footer(
            "",
            "Examples:",
            "  condatainer config set base_image /images/ubuntu.sif",
            "  condatainer config set image_dirs /project/images ~/images",
            "  condatainer config set image_dirs            no longer set");
    return spec;
  }

  /** A value may begin with a dash. */
  @Override
  public boolean stopsAtPositional() {
    return true;
  }

  /** Folders may stand with colons between them, as in the variable; a name may have a colon. */
  private static List<String> values(Key key, List<String> words) {
    if (key != Key.IMAGE_DIRS) {
      return words;
    }
    List<String> folders = new ArrayList<>();
    for (String word : words) {
      folders.addAll(List.of(word.split(":(?=[/~])")));
    }
    return folders;
  }

  @Override
  public int run(ParseResult parsed, Invocation invocation) {
    List<String> words = parsed.matchedPositionalValue(0, List.of());
    if (words.isEmpty()) {
      throw new UsageException(NAME + ": which key? (condatainer config show names them)");
    }
    Key key = ConfigValues.key(NAME, words.get(0));
    List<String> values = values(key, words.subList(1, words.size()));
    ConfigValues.check(NAME, key, values);
    Path file = Configuration.userFile(invocation.environment().variables());
    new ConfigEdit(file).set(key, values);
    Optional<Setting> holds =
        Configuration.load(Installation.home(), invocation.environment().variables(), warning -> {})
            .setting(key);
    boolean overruled =
        !values.isEmpty() && !holds.get().origin().startsWith(file.toString() + ":");
    invocation.say(
        file
            + (values.isEmpty() ? ": " + key.text() + " is not set any more" : " was changed")
            + (overruled ? ", but " + holds.get().origin() + " says otherwise, and holds" : ""));
    return ExitCode.SUCCESS;
  }
}
