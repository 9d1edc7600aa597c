package org.condatainer.scheduler.lsf;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.condatainer.job.Dependency;
import org.condatainer.job.Dependency.Condition;
import org.condatainer.job.JobId;

/** The value of {@code -w}: {@code done(1) && ended(2)} (bsub -w, "dependency conditions"). */
final class LsfDependencies {
  private static final String AND = "&&";

  private LsfDependencies() {}

  /**
   * Conditions on job ids that must all hold; a bare id is {@code done(id)}. Conditions that follow
   * each other and are the same are one. Empty for what has no neutral form: {@code ||}, {@code !},
   * names, conditions on numbers of elements or on exit codes.
   */
  static Optional<List<Dependency>> read(String text) {
    List<Dependency> all = new ArrayList<>();
    int start = 0;
    while (true) {
      int end = text.indexOf(AND, start);
      Optional<Dependency> one = term(text.substring(start, end < 0 ? text.length() : end).strip());
      if (one.isEmpty()) {
        return Optional.empty();
      }
      append(all, one.get());
      if (end < 0) {
        return Optional.of(all);
      }
      start = end + AND.length();
    }
  }

  private static void append(List<Dependency> all, Dependency one) {
    Dependency last = all.isEmpty() ? null : all.get(all.size() - 1);
    if (last != null && last.condition() == one.condition()) {
      List<JobId> jobs = new ArrayList<>(last.jobs());
      jobs.addAll(one.jobs());
      all.set(all.size() - 1, new Dependency(one.condition(), jobs));
    } else {
      all.add(one);
    }
  }

  private static Optional<Dependency> term(String text) {
    int open = text.indexOf('(');
    boolean bare = open < 0;
    if (!bare && !text.endsWith(")")) {
      return Optional.empty();
    }
    String id = bare ? text : text.substring(open + 1, text.length() - 1).strip();
    Condition condition =
        switch (bare ? "done" : text.substring(0, open).strip()) {
          case "done" -> Condition.SUCCEEDED;
          case "exit" -> Condition.FAILED;
          case "ended" -> Condition.ENDED;
          case "started" -> Condition.STARTED;
          default -> null;
        };
    return condition == null || !LsfIds.isId(id)
        ? Optional.empty()
        : Optional.of(new Dependency(condition, List.of(JobId.of(id))));
  }

  /** Empty if a job's id is not written as LSF writes them. */
  static Optional<String> write(List<Dependency> dependencies) {
    return write(dependencies, "exit(ID)");
  }

  /**
   * The same for jobs that may be arrays: {@code exit(id)} holds where every element failed (seen
   * live), and who waits for a failure waits for any.
   */
  static Optional<String> writeForArrays(List<Dependency> dependencies) {
    return write(dependencies, "ended(ID) " + AND + " !done(ID)");
  }

  private static Optional<String> write(List<Dependency> dependencies, String failed) {
    List<String> terms = new ArrayList<>();
    for (Dependency dependency : dependencies) {
      for (JobId job : dependency.jobs()) {
        if (!LsfIds.isId(job.value())) {
          return Optional.empty();
        }
        String form =
            switch (dependency.condition()) {
              case STARTED -> "started(ID)";
              case SUCCEEDED -> "done(ID)";
              case FAILED -> failed;
              case ENDED -> "ended(ID)";
            };
        terms.add(form.replace("ID", job.value()));
      }
    }
    return Optional.of(String.join(" " + AND + " ", terms));
  }
}
