package org.condatainer.scheduler.lsf;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.condatainer.job.ArraySpec;
import org.condatainer.job.BeginTime;
import org.condatainer.job.Dependency;
import org.condatainer.job.GpuRequest;
import org.condatainer.job.JobEnvironment;
import org.condatainer.job.JobRequest;
import org.condatainer.job.Mail;
import org.condatainer.job.OutputFiles;
import org.condatainer.job.RequestPart;
import org.condatainer.job.Walltime;
import org.condatainer.scheduler.Rendering;

/** A request in options of bsub. */
final class LsfRendering {
  private final JobRequest request;
  private final Rendering.Builder rendering = Rendering.builder();

  LsfRendering(JobRequest request) {
    this.request = request;
  }

  Rendering lines() {
    nameAndArray();
    text(RequestPart.QUEUE, "q", request.queue());
    text(RequestPart.ACCOUNT, "P", request.account());
    text(RequestPart.QOS, "sla", request.qos());
    request.walltime().ifPresent(this::walltime);
    new LsfResourceRendering(rendering).add(request.resources(), request.furtherComponents());
    gpus(request.resources().gpus());
    if (request.resources().exclusive()) {
      flag(RequestPart.EXCLUSIVE, "x");
    }
    files(request.files());
    text(RequestPart.WORKING_DIRECTORY, "cwd", request.workingDirectory());
    if (!request.dependencies().isEmpty()) {
      dependencies(request.dependencies());
    }
    if (request.held()) {
      flag(RequestPart.HOLD, "H");
    }
    request.begin().ifPresent(this::begin);
    request.requeue().ifPresent(again -> flag(RequestPart.REQUEUE, again ? "r" : "rn"));
    text(RequestPart.COMMENT, "Jd", request.comment());
    request.mail().ifPresent(this::mail);
    request.environment().ifPresent(this::environment);
    return rendering.build();
  }

  private void name() {
    LsfJobName read = LsfJobName.read(request.name().orElse(""));
    if (read.array().isPresent() || read.problem().isPresent()) {
      rendering.refused(
          RequestPart.NAME, "-J: this name would be an array; give the job another one");
    } else {
      text(RequestPart.NAME, "J", request.name());
    }
  }

  private void nameAndArray() {
    String name = request.name().orElse("");
    if (request.array().isEmpty()) {
      name();
      return;
    }
    ArraySpec array = request.array().get();
    if (!LsfJobName.hasLimit(array)) {
      rendering.refused(RequestPart.ARRAY, "LSF has no array of which no element may run");
      name();
      return;
    }
    // bsub's manual knows no array without a name.
    String value =
        (request.name().isPresent() ? name : "array")
            + LsfJobName.indexes(LsfJobName.fitted(array));
    if (line(RequestPart.ARRAY, "J", value)) {
      if (LsfJobName.fits(array)) {
        rendering.translated(RequestPart.ARRAY, "-J " + value);
      } else {
        rendering.line(LsfJobName.REMARK + LsfJobName.less(array));
        rendering.approximated(
            RequestPart.ARRAY,
            "-J "
                + value
                + ": LSF's indexes begin at 1; in a run, CNT_ARRAY_INDEX is one less, and %I is"
                + " LSF's");
      }
      if (request.name().isPresent()) {
        rendering.translated(RequestPart.NAME, "-J " + value);
      }
    } else if (request.name().isPresent()) {
      rendering.refused(RequestPart.NAME, "-J: the name cannot be written in a directive");
    }
  }

  private void walltime(Walltime walltime) {
    if (!(walltime instanceof Walltime.Limit limit)) {
      rendering.approximated(
          RequestPart.WALLTIME, "no -W: the limit of the queue holds, if it has one");
      return;
    }
    Duration time = limit.duration();
    String value = LsfValues.runLimit(time);
    boolean whole = time.equals(Duration.ofMinutes(time.toMinutes()));
    rendering.line("#BSUB -W " + value);
    if (whole) {
      rendering.translated(RequestPart.WALLTIME, "-W " + value);
    } else {
      rendering.approximated(RequestPart.WALLTIME, "-W " + value + ": rounded up to whole minutes");
    }
  }

  private void gpus(List<GpuRequest> all) {
    if (all.isEmpty()) {
      return;
    }
    List<GpuRequest> gpus = GpuRequest.counting(all);
    GpuRequest gpu = gpus.get(0);
    if (gpus.size() > 1) {
      rendering.refused(RequestPart.GPUS, "-gpu asks for one model of GPU");
    } else if (gpu.count() == 0) {
      rendering.approximated(RequestPart.GPUS, "no -gpu: without it a job gets none");
    } else if (gpu.type().isPresent() && !isModel(gpu.type().get())) {
      rendering.refused(
          RequestPart.GPUS, "-gpu cannot name a model with a colon, or blanks at an end");
    } else if (gpu.scope() == GpuRequest.Scope.PER_SOCKET) {
      rendering.refused(RequestPart.GPUS, "-gpu counts GPUs by host or by task, not by socket");
    } else if (gpu.scope() == GpuRequest.Scope.PER_JOB) {
      SlotRequest slots = SlotRequest.of(request.resources());
      int onHost = slots.tasksOnHost().orElse(slots.tasks());
      long hosts = ((long) slots.tasks() + onHost - 1) / onHost;
      GpuRequest each =
          new GpuRequest(gpu.type(), (gpu.count() + hosts - 1) / hosts, GpuRequest.Scope.PER_NODE);
      String value = GpuRequirement.write(each);
      if (line(RequestPart.GPUS, "gpu", value)) {
        rendering.approximated(
            RequestPart.GPUS, "-gpu " + value + ": GPUs of the job, on each of its hosts");
      }
    } else if (all.size() > 1) {
      String value = GpuRequirement.write(gpu);
      if (line(RequestPart.GPUS, "gpu", value)) {
        rendering.approximated(
            RequestPart.GPUS, "-gpu " + value + ": how they are spread is told in one way");
      }
    } else {
      text(RequestPart.GPUS, "gpu", Optional.of(GpuRequirement.write(gpu)));
    }
  }

  private static boolean isModel(String text) {
    return text.indexOf(':') < 0 && text.equals(text.strip()) && !text.isEmpty();
  }

  private void files(OutputFiles files) {
    boolean replace = files.append().isPresent() && !files.append().get();
    boolean named = text(RequestPart.OUTPUT, replace ? "oo" : "o", files.output());
    named |= text(RequestPart.ERROR, replace ? "eo" : "e", files.error());
    text(RequestPart.INPUT, "i", files.input());
    if (files.append().isEmpty()) {
      return;
    }
    if (!named) {
      rendering.leftOut(RequestPart.APPEND, "no output file is named: LSF sends a mail");
    } else if (replace) {
      rendering.translated(RequestPart.APPEND, "-oo and -eo replace a file");
    } else {
      rendering.approximated(RequestPart.APPEND, "-o and -e continue a file by themselves");
    }
  }

  private void dependencies(List<Dependency> dependencies) {
    Optional<String> value = LsfDependencies.write(dependencies);
    if (value.isEmpty()) {
      rendering.refused(RequestPart.DEPENDENCIES, "-w: an id is not written as LSF writes them");
    } else if (line(RequestPart.DEPENDENCIES, "w", value.get())) {
      if (LsfDependencies.read(value.get()).equals(Optional.of(dependencies))) {
        rendering.translated(RequestPart.DEPENDENCIES, "-w " + value.get());
      } else {
        rendering.approximated(
            RequestPart.DEPENDENCIES, "-w " + value.get() + ": the same, joined");
      }
    }
  }

  private void begin(BeginTime begin) {
    if (begin instanceof BeginTime.After) {
      rendering.refused(
          RequestPart.BEGIN, "-b takes a time of the clock, not one after the submit");
      return;
    }
    boolean seconds;
    String value;
    if (begin instanceof BeginTime.At at) {
      value = LsfValues.begin(at.time());
      seconds = !at.time().equals(at.time().truncatedTo(ChronoUnit.MINUTES));
    } else {
      BeginTime.TimeOfDay clock = (BeginTime.TimeOfDay) begin;
      value = LsfValues.clock(clock.time());
      seconds = !clock.time().equals(clock.time().truncatedTo(ChronoUnit.MINUTES));
    }
    rendering.line("#BSUB -b " + value);
    if (seconds) {
      rendering.approximated(RequestPart.BEGIN, "-b " + value + ": without the seconds");
    } else {
      rendering.translated(RequestPart.BEGIN, "-b " + value);
    }
  }

  private void mail(Mail mail) {
    Set<Mail.Event> events = mail.events();
    boolean end = events.contains(Mail.Event.END);
    boolean fail = events.contains(Mail.Event.FAIL);
    if (events.contains(Mail.Event.BEGIN)) {
      flag(RequestPart.MAIL, "B");
    }
    if (end) {
      flag(RequestPart.MAIL, "N");
    } else if (fail) {
      flag(RequestPart.MAIL, "Ne");
    }
    if (end && fail) {
      rendering.approximated(RequestPart.MAIL, "-N tells of every end, also of a failure");
    }
    if (events.contains(Mail.Event.REQUEUE)) {
      rendering.approximated(RequestPart.MAIL, "LSF does not tell of a job that is put back");
    }
    text(RequestPart.MAIL, "u", mail.address());
    if (events.isEmpty() && mail.address().isEmpty()) {
      rendering.approximated(RequestPart.MAIL, "no -B and no -N: no mail");
    }
  }

  private void environment(JobEnvironment environment) {
    Optional<String> value = LsfEnvironment.write(environment);
    if (value.isEmpty()) {
      rendering.refused(
          RequestPart.ENVIRONMENT, "a value has a single quote, which -env cannot say");
    } else if (line(RequestPart.ENVIRONMENT, "env", value.get())) {
      if (LsfEnvironment.read(value.get()).equals(Optional.of(environment))) {
        rendering.translated(RequestPart.ENVIRONMENT, "-env " + value.get());
      } else {
        rendering.approximated(
            RequestPart.ENVIRONMENT, "-env " + value.get() + ": what bsub does by itself");
      }
    }
  }

  private void flag(RequestPart part, String option) {
    rendering.line("#BSUB -" + option);
    rendering.translated(part, "-" + option);
  }

  /** Whether there is a value and it could be written. */
  private boolean text(RequestPart part, String option, Optional<String> value) {
    boolean written = value.isPresent() && line(part, option, value.get());
    if (written) {
      rendering.translated(part, "-" + option + " " + value.get());
    }
    return written;
  }

  /** Whether the line could be written; a refusal is reported. */
  private boolean line(RequestPart part, String option, String value) {
    Optional<String> word = BsubWord.quoted(value);
    if (word.isEmpty()) {
      rendering.refused(
          part, "-" + option + ": a directive cannot hold both kinds of quotes, or a line end");
      return false;
    }
    rendering.line("#BSUB -" + option + " " + word.get());
    return true;
  }
}
