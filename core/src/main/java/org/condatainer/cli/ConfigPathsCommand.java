package org.condatainer.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.condatainer.config.ConfigException;
import org.condatainer.config.Configuration;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code condatainer config paths}: the files and folders that are used, there or not. */
final class ConfigPathsCommand implements Subcommand {
  @Override
  public CommandSpec spec() {
    return Options.command(
        "config paths",
        "Shows the configuration files in the order in which they are read, each over the ones"
            + " before, and the folders that are used.");
  }

  @Override
  public int run(ParseResult parsed, Invocation invocation) {
    List<List<String>> rows = new ArrayList<>(List.of(List.of("WHAT", "PATH", "STATE")));
    for (Path file :
        Configuration.files(Installation.home(), invocation.environment().variables())) {
      rows.add(row("configuration", file));
    }
    try {
      folders(invocation, rows);
    } catch (ConfigException e) {
      // where the files are is what somebody asks who has to mend one
      TextTable.of(rows).forEach(invocation.out()::println);
      throw e;
    }
    TextTable.of(rows).forEach(invocation.out()::println);
    return ExitCode.SUCCESS;
  }

  private static void folders(Invocation invocation, List<List<String>> rows) {
    Configuration configuration =
        Configuration.load(
            Installation.home(), invocation.environment().variables(), invocation::say);
    rows.add(row("runs_dir", configuration.runsDirectory()));
    configuration.logsDirectory().ifPresent(folder -> rows.add(row("logs_dir", folder)));
    for (Path folder : configuration.imageDirectories()) {
      rows.add(row("image_dirs", folder));
    }
    rows.add(row("fetched micromamba", configuration.fetchedMicromamba()));
  }

  private static List<String> row(String what, Path path) {
    String state = "not there";
    if (Files.exists(path)) {
      state = Files.isReadable(path) ? "there" : "there, and you cannot read it";
    }
    return List.of(what, path.toString(), state);
  }
}
