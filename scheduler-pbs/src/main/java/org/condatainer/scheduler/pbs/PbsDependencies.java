package org.condatainer.scheduler.pbs;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.condatainer.job.Dependency;
import org.condatainer.job.JobId;

/** {@code -W depend=afterok:1.server:2,afterany:3} (qsub(1B)). */
final class PbsDependencies {
  private PbsDependencies() {}

  /** Empty if any part has no neutral form: {@code on}, {@code before…}, {@code synccount}. */
  static Optional<List<Dependency>> read(String text) {
    List<Dependency> dependencies = new ArrayList<>();
    for (String part : text.split(",", -1)) {
      String[] words = part.split(":", -1);
      Optional<Dependency.Condition> condition = condition(words[0]);
      if (condition.isEmpty() || words.length < 2) {
        return Optional.empty();
      }
      List<JobId> jobs = new ArrayList<>();
      for (int i = 1; i < words.length; i++) {
        if (words[i].isBlank()) {
          return Optional.empty();
        }
        jobs.add(JobId.of(words[i]));
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
