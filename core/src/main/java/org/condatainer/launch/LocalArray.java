package org.condatainer.launch;

import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.condatainer.job.ArraySpec;
import org.condatainer.job.OutputName;
import org.condatainer.process.BackgroundProcess;
import org.condatainer.process.SystemWords;

/**
 * An array on this machine: its tasks side by side, as many as its limit says, otherwise as many as
 * this machine has CPUs for. Each task has an output file of its own, {@code NAME_RUNID_INDEX.out}
 * where the user names none.
 */
final class LocalArray {
  private final Plan plan;
  private final ArraySpec array;
  private final Path script;
  private final Consumer<String> progress;
  private final Plan.TaskFiles files;

  LocalArray(
      Plan plan, Plan.TaskFiles files, ArraySpec array, Path script, Consumer<String> progress) {
    this.plan = plan;
    this.files = files;
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
    refuseMissingFolders();
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
    try {
      return new Task(
          index,
          output,
          BackgroundProcess.start(
              List.of("/bin/bash", script.toString()),
              Map.of("CNT_ARRAY_INDEX", Long.toString(index)),
              output,
              error(Long.toString(index))));
    } catch (UncheckedIOException e) {
      throw new LaunchException(
          LaunchException.Kind.FAILED,
          "task " + index + " cannot be started: " + SystemWords.of(e.getCause()),
          e);
    }
  }

  private void refuseMissingFolders() {
    Set<Path> folders = new LinkedHashSet<>();
    for (ArraySpec.Range range : array.ranges()) {
      for (long i = 0; i < range.count(); i++) {
        String index = Long.toString(range.first() + i * range.step());
        folders.add(output(index).toAbsolutePath().getParent());
        error(index).ifPresent(file -> folders.add(file.toAbsolutePath().getParent()));
      }
    }
    for (Path folder : folders) {
      if (!Files.isDirectory(folder)) {
        throw new LaunchException(
            LaunchException.Kind.BAD_REQUEST,
            "the folder for the tasks' output is not there: " + folder + "; make it first");
      }
    }
  }

  private Path output(String index) {
    return files
        .output()
        .map(name -> filled(name, index))
        .orElseGet(() -> Path.of(name() + "_" + plan.runId() + "_" + index + ".out"));
  }

  private Optional<Path> error(String index) {
    return files.error().map(name -> filled(name, index));
  }

  private String name() {
    Optional<String> named = plan.request().name();
    return named.orElseGet(() -> Path.of(plan.name()).getFileName().toString()).replace('/', '_');
  }

  private Path filled(OutputName name, String index) {
    StringBuilder text = new StringBuilder();
    for (OutputName.Piece piece : name.pieces()) {
      if (piece instanceof OutputName.Piece.Text plain) {
        text.append(plain.text());
      } else if (piece instanceof OutputName.Piece.Native unknown) {
        text.append(unknown.text());
      } else {
        text.append(
            switch (((OutputName.Piece.Filled) piece).placeholder()) {
              case JOB_ID -> plan.runId();
              case ARRAY_INDEX -> index;
              case TASK_JOB_ID -> plan.runId() + "_" + index;
              case JOB_NAME -> name();
              case USER -> System.getProperty("user.name");
              case NODE -> "localhost";
            });
      }
    }
    return Path.of(text.toString());
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
