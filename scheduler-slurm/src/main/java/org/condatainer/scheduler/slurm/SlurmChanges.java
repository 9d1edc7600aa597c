package org.condatainer.scheduler.slurm;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.condatainer.job.JobId;
import org.condatainer.process.Command;
import org.condatainer.process.CommandResult;
import org.condatainer.scheduler.Attempts;
import org.condatainer.scheduler.Failure;
import org.condatainer.scheduler.SchedulerCommands;
import org.condatainer.scheduler.SchedulerException;

/** Ends, holds and releases jobs: one command for all of a cluster. */
final class SlurmChanges {
  private final SchedulerCommands commands;
  private final SlurmQueries queries;

  SlurmChanges(SchedulerCommands commands, SlurmQueries queries) {
    this.commands = commands;
    this.queries = queries;
  }

  /**
   * Does it.
   *
   * @param separator what stands between the ids
   * @throws SchedulerException for the first that was refused, when all were tried
   */
  void change(List<String> program, Set<JobId> ids, String separator) {
    Map<String, List<JobId>> byCluster = new LinkedHashMap<>();
    for (JobId id : ids) {
      if (!SlurmIds.isId(id.value())) {
        throw new SchedulerException(
            new Failure(
                Failure.Kind.INVALID_REQUEST,
                "'" + id.value() + "' is not written as a Slurm job id",
                "",
                ""));
      }
      byCluster.computeIfAbsent(id.cluster(), cluster -> new ArrayList<>()).add(id);
    }
    Attempts attempts = new Attempts();
    byCluster.forEach(
        (cluster, some) -> {
          for (List<JobId> chunk : SlurmQueries.chunks(some)) {
            Optional<Failure.Kind> problem =
                attempts.make(() -> changeSome(program, cluster, chunk, separator));
            if (problem.equals(Optional.of(Failure.Kind.UNAVAILABLE))) {
              return; // nor would this cluster hear of the others
            }
          }
        });
    attempts.throwFirst();
  }

  private void changeSome(
      List<String> program, String cluster, List<JobId> some, String separator) {
    List<String> words = new ArrayList<>(program);
    String option = queries.clusterOption(cluster);
    if (!option.isEmpty()) {
      words.addAll(1, List.of("-M", option));
    }
    List<String> values = new ArrayList<>();
    some.forEach(id -> values.add(id.value()));
    if (separator.equals(" ")) {
      words.addAll(values);
    } else {
      words.add(String.join(separator, values));
    }
    Command command = Command.of(words);
    CommandResult result =
        commands.runForResult(command, SlurmErrors.CHANGING, Failure.Kind.UNAVAILABLE);
    // Most versions say nothing of a job that has ended; one that does is right too.
    boolean gone = program.contains("scancel") && SlurmErrors.isOnlyGoneJobs(result);
    if (result.exitCode() != 0 && !gone) {
      throw commands.failed(command, result, SlurmErrors.CHANGING);
    }
  }
}
