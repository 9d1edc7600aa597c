package org.condatainer.scheduler.lsf;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.condatainer.process.Command;
import org.condatainer.process.CommandResult;
import org.condatainer.process.CommandRunner;
import org.condatainer.scheduler.HostEnvironment;
import org.condatainer.scheduler.SchedulerContext;
import org.condatainer.scheduler.testkit.Recording;

/** LSF with commands that are not run: a test answers, mostly from recordings of volclava. */
final class AnsweredLsf {
  private static final Path FOLDER = Path.of("src/test/resources/recordings/volclava");

  /** What was called. */
  final List<Command> ran = new ArrayList<>();

  /** What the user was told. */
  final List<String> told = new ArrayList<>();

  private final Path folder;

  /** A folder without LSF's configuration. */
  AnsweredLsf(Path folder) {
    this.folder = folder;
  }

  static CommandResult read(String name) {
    return Recording.read(FOLDER.resolve(name + ".txt")).result();
  }

  /** An LSF that gives these answers, at once. */
  LsfScheduler lsf(CommandRunner runner) {
    return new LsfScheduler(
        new SchedulerContext(
            new HostEnvironment(Map.of("LSF_ENVDIR", folder.toString())),
            command -> {
              ran.add(command);
              return runner.run(command);
            },
            Duration.ofSeconds(5),
            told::add),
        time -> {});
  }
}
