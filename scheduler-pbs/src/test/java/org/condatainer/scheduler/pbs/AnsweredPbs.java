package org.condatainer.scheduler.pbs;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.condatainer.job.JobId;
import org.condatainer.process.Command;
import org.condatainer.process.CommandResult;
import org.condatainer.process.CommandRunner;
import org.condatainer.scheduler.HostEnvironment;
import org.condatainer.scheduler.SchedulerContext;

/** PBS with commands that are not run: a test answers. */
final class AnsweredPbs {
  /** What was called. */
  final List<Command> ran = new ArrayList<>();

  static Set<JobId> ids(String... texts) {
    Set<JobId> ids = new LinkedHashSet<>();
    for (String text : texts) {
      ids.add(JobId.of(text));
    }
    return ids;
  }

  static String job(String id, String state, String variables) {
    return "Job Id: "
        + id
        + "\n    Job_Name = x\n    Job_Owner = me@node1\n    job_state = "
        + state
        + "\n    queue = workq\n    Variable_List = PBS_O_HOME=/home/me,"
        + variables
        + ",PBS_O_HOST=node1\n\n";
  }

  static CommandResult arrayOfTwentySeven(Command command) {
    StringBuilder errors = new StringBuilder();
    StringBuilder output = new StringBuilder();
    for (String word : command.words()) {
      if (word.startsWith("27[]")) {
        output.append(command.program().equals("qstat") ? job("27[].node1", "B", "A=1") : "");
      } else if (Character.isDigit(word.charAt(0))) {
        // qdel names a job as it was asked.
        boolean server = !word.endsWith(".node1") && !command.program().equals("qdel");
        String id = server ? word + ".node1" : word;
        errors.append(command.program()).append(": Unknown Job Id ").append(id).append('\n');
      }
    }
    return new CommandResult(errors.isEmpty() ? 0 : 153, output.toString(), errors.toString());
  }

  /** A PBS that gives these answers, at once. */
  PbsScheduler pbs(CommandRunner runner) {
    CommandRunner recorded =
        command -> {
          ran.add(command);
          return runner.run(command);
        };
    return new PbsScheduler(
        new SchedulerContext(
            new HostEnvironment(Map.of()), recorded, Duration.ofSeconds(60), text -> {}),
        pause -> {});
  }
}
