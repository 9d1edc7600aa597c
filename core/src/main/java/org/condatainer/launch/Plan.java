package org.condatainer.launch;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.condatainer.container.MountedOverlay;
import org.condatainer.job.JobRequest;
import org.condatainer.job.OutputName;
import org.condatainer.lock.OverlayTag;
import org.condatainer.scheduler.SchedulerProvider;
import org.condatainer.script.Diagnostic;
import org.condatainer.script.ShellWords;
import org.condatainer.translation.Translation;

/**
 * A run, decided in full and not yet begun.
 *
 * @param runId names the run
 * @param name what is run, as the user calls it, for messages
 * @param destination where it runs
 * @param request what it asks of the scheduler
 * @param inputs what the tasks of an array get, a line each
 * @param translation what became of each directive of a script that is written for another
 *     scheduler
 * @param overlays the overlays, resolved and probed
 * @param script the batch script
 * @param rankScript what the batch script starts for each task, in runs with a container a rank
 * @param report what there is to say about the job script's lines
 * @param notes what else the user should know, a line each
 */
public record Plan(
    String runId,
    String name,
    Destination destination,
    JobRequest request,
    Optional<ArrayInputs> inputs,
    Optional<Translation> translation,
    List<MountedOverlay> overlays,
    BatchScript script,
    Optional<BatchScript> rankScript,
    List<Diagnostic> report,
    List<String> notes) {
  /** Where a run takes place. */
  public sealed interface Destination {}

  /**
   * On this machine.
   *
   * @param reason why here
   * @param files where the tasks of an array write
   */
  public record Here(String reason, TaskFiles files) implements Destination {
    public Here {
      requireNonNull(reason, "reason is null");
      requireNonNull(files, "files is null");
    }

    static Here onTerminal(String reason) {
      return new Here(reason, new TaskFiles(Optional.empty(), Optional.empty()));
    }
  }

  /**
   * The files of array tasks on this machine.
   *
   * @param output empty for {@code NAME_RUNID_INDEX.out}
   * @param error empty for where the output goes
   */
  public record TaskFiles(Optional<OutputName> output, Optional<OutputName> error) {
    public TaskFiles {
      requireNonNull(output, "output is null");
      requireNonNull(error, "error is null");
    }
  }

  /**
   * On a scheduler.
   *
   * @param provider which one
   * @param options arguments for its submit command
   * @param jobScript the user's script, absolute
   * @param workingDirectory where it is submitted, absolute
   */
  public record Scheduled(
      SchedulerProvider provider, List<String> options, Path jobScript, Path workingDirectory)
      implements Destination {
    public Scheduled {
      requireNonNull(provider, "provider is null");
      options = List.copyOf(options);
      requireNonNull(jobScript, "jobScript is null");
      requireNonNull(workingDirectory, "workingDirectory is null");
    }
  }

  public Plan {
    requireNonNull(runId, "runId is null");
    requireNonNull(name, "name is null");
    requireNonNull(destination, "destination is null");
    requireNonNull(request, "request is null");
    requireNonNull(inputs, "inputs is null");
    requireNonNull(translation, "translation is null");
    overlays = List.copyOf(overlays);
    requireNonNull(script, "script is null");
    requireNonNull(rankScript, "rankScript is null");
    report = List.copyOf(report);
    notes = List.copyOf(notes);
  }

  /** The id of the scheduler, or {@code none} for this machine. */
  public String scheduler() {
    return destination instanceof Scheduled scheduled
        ? scheduled.provider().id()
        : SchedulerChoice.NONE;
  }

  /** What the job carries so that it can be found again. */
  public String tag() {
    List<RunTag.Mark> marks = new ArrayList<>();
    for (MountedOverlay overlay : overlays) {
      marks.add(new RunTag.Mark(OverlayTag.of(overlay.path()), overlay.writable()));
    }
    return new RunTag(runId, marks).toString();
  }

  /** The plan in a few lines, as comments of the batch script that follows it. */
  public String summary() {
    StringBuilder text = new StringBuilder();
    if (destination instanceof Scheduled scheduled) {
      text.append("# submit to ").append(scheduled.provider().displayName());
      if (!scheduled.options().isEmpty()) {
        text.append(" with ").append(ShellWords.join(scheduled.options()).replace("\n", "\n# "));
      }
    } else if (destination instanceof Here here) {
      text.append("# run on this machine: ").append(here.reason());
    }
    text.append("\n# container: ").append(script.runtime().name());
    for (MountedOverlay overlay : overlays) {
      text.append("\n# overlay: ")
          .append(overlay.path().toString().replace("\n", "\n# "))
          .append(overlay.writable() ? " (writable)" : " (read-only)");
    }
    return text.toString();
  }

  /** The scheduler that this plan goes to, empty for this machine. */
  public Optional<Scheduled> scheduled() {
    return destination instanceof Scheduled scheduled ? Optional.of(scheduled) : Optional.empty();
  }
}
