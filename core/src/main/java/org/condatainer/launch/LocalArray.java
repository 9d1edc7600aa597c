package org.condatainer.launch;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.condatainer.job.ArraySpec;
import org.condatainer.process.BackgroundProcess;

/**
 * An array on this machine: its tasks side by side, as many as its limit says, otherwise as many as
 * this machine has CPUs for. Each task has an output file of its own, {@code NAME_RUNID_INDEX.out}.
 */
final class LocalArray {
  private final Plan plan;
  private final ArraySpec array;
  private final Path script;
  private final Consumer<String> progress;

  LocalArray(Plan plan, ArraySpec array, Path script, Consumer<String> progress) {
    this.plan = plan;
    this.array = array;
    this.script = script;
    this.progress = progress;
  }

  private record Task(long index, Path output, BackgroundProcess process) {}

  /** How many tasks of a request run side by side on this machine. */
  static int sideBySide(ArraySpec array, int cpusPerTask) {
    int fitting = Math.max(1, Runtime.getRuntime().availableProcessors() / cpusPerTask);
    return array.limit().orElse(fitting);
  }

  /** Runs all tasks and returns the highest of their exit codes. */
  int run() {
    int atOnce = sideBySide(array, plan.request().resources().cpusPerTask().orElse(1));
    progress.accept(
        array.count()
            + " tasks, "
            + Math.min(atOnce, array.count())
            + " at a time, each with its output in "
            + output("INDEX"));
    Deque<Task> running = new ArrayDeque<>();
    int highest = 0;
    for (ArraySpec.Range range : array.ranges()) {
      for (long i = 0; i < range.count(); i++) {
        if (running.size() == atOnce) {
          highest = Math.max(highest, ended(running));
        }
        running.add(start(range.first() + i * range.step()));
      }
    }
    while (!running.isEmpty()) {
      highest = Math.max(highest, ended(running));
    }
    return highest;
  }

  private Task start(long index) {
    Path output = output(Long.toString(index));
    return new Task(
        index,
        output,
        BackgroundProcess.start(
            List.of("/bin/bash", script.toString()),
            Map.of("CNT_ARRAY_INDEX", Long.toString(index)),
            output));
  }

  private Path output(String index) {
    Optional<String> named = plan.request().name();
    String name = named.orElseGet(() -> Path.of(plan.name()).getFileName().toString());
    return Path.of(name.replace('/', '_') + "_" + plan.runId() + "_" + index + ".out");
  }

  /** Waits until any of the tasks has ended, and takes it out. */
  private int ended(Deque<Task> running) {
    List<BackgroundProcess> processes = new ArrayList<>();
    running.forEach(task -> processes.add(task.process()));
    BackgroundProcess first = BackgroundProcess.awaitAny(processes);
    Task task =
        running.stream()
            .filter(candidate -> candidate.process() == first)
            .findFirst()
            .orElseThrow();
    running.remove(task);
    int exitCode = first.exitCode();
    if (exitCode != 0) {
      progress.accept(
          "task " + task.index() + " ended with exit code " + exitCode + "; see " + task.output());
    }
    return exitCode;
  }
}
