package org.condatainer.scheduler.slurm;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.condatainer.job.Dependency;
import org.condatainer.job.JobId;

/** {@code --dependency} (sbatch(1)): {@code afterok:12:13,afternotok:14}. */
final class SlurmDependencies {
  private SlurmDependencies() {}

  /**
   * What a value says in neutral words; empty if any part of it has none: alternatives ({@code ?}),
   * delays ({@code +5}), {@code singleton}, {@code aftercorr}.
   */
  static Optional<List<Dependency>> read(String text) {
    List<Dependency> dependencies = new ArrayList<>();
    for (String part : text.split(",", -1)) {
      int colon = part.indexOf(':');
      Optional<Dependency.Condition> condition =
          condition(colon < 0 ? part : part.substring(0, colon));
      if (condition.isEmpty() || colon < 0 || text.indexOf('?') >= 0 || text.indexOf('+') >= 0) {
        return Optional.empty();
      }
      List<JobId> jobs = new ArrayList<>();
      for (String id : part.substring(colon + 1).split(":", -1)) {
        if (id.isBlank()) {
          return Optional.empty();
        }
        jobs.add(JobId.of(id));
      }
      dependencies.add(new Dependency(condition.get(), jobs));
    }
    return Optional.of(dependencies);
  }

  private static Optional<Dependency.Condition> condition(String word) {
    return switch (word) {
      case "after" -> Optional.of(Dependency.Condition.STARTED);
      case "afterok" -> Optional.of(Dependency.Condition.SUCCEEDED);
      case "afternotok" -> Optional.of(Dependency.Condition.FAILED);
      case "afterany" -> Optional.of(Dependency.Condition.ENDED);
      default -> Optional.empty();
    };
  }

  static String write(List<Dependency> dependencies) {
    StringBuilder text = new StringBuilder();
    for (Dependency dependency : dependencies) {
      text.append(text.isEmpty() ? "" : ",")
          .append(
              switch (dependency.condition()) {
                case STARTED -> "after";
                case SUCCEEDED -> "afterok";
                case FAILED -> "afternotok";
                case ENDED -> "afterany";
              });
      for (JobId job : dependency.jobs()) {
        text.append(':').append(job.value());
      }
    }
    return text.toString();
  }
}
