package org.condatainer.cli;

import java.util.Optional;
import org.condatainer.config.Configuration;
import org.condatainer.launch.RunRecords;
import org.condatainer.launch.SchedulersAtHand;
import org.condatainer.process.ProcessRunner;
import picocli.CommandLine.ParseResult;

/**
 * The schedulers that a command with the option {@code --scheduler} asks.
 *
 * @param schedulers the named one, otherwise all that are found
 * @param records what is known of this user's runs
 */
record OpenedSchedulers(SchedulersAtHand schedulers, RunRecords records) {
  static OpenedSchedulers open(ParseResult parsed, Invocation invocation) {
    Configuration configuration =
        Configuration.load(
            Installation.home(), invocation.environment().variables(), invocation::say);
    return open(parsed, configuration, invocation);
  }

  static OpenedSchedulers open(
      ParseResult parsed, Configuration configuration, Invocation invocation) {
    return new OpenedSchedulers(
        SchedulersAtHand.open(
            Optional.ofNullable(parsed.matchedOptionValue("--scheduler", null)),
            configuration,
            Installation.schedulers(),
            invocation.environment(),
            new ProcessRunner(invocation.environment().variables()),
            invocation::say),
        new RunRecords(configuration.runsDirectory()));
  }
}
