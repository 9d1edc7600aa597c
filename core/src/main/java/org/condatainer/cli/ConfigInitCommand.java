package org.condatainer.cli;

import java.nio.file.Path;
import org.condatainer.config.ConfigEdit;
import org.condatainer.config.Configuration;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code condatainer config init}: a configuration file to fill in. */
final class ConfigInitCommand implements Subcommand {
  @Override
  public CommandSpec spec() {
    return Options.command(
        "config init",
        "Writes your own configuration file, in which every key is explained and none is set, if"
            + " you have none yet.");
  }

  @Override
  public int run(ParseResult parsed, Invocation invocation) {
    Path file = Configuration.userFile(invocation.environment().variables());
    new ConfigEdit(file).init();
    invocation.out().println(file);
    return ExitCode.SUCCESS;
  }
}
