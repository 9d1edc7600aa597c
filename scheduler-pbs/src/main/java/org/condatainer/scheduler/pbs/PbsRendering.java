package org.condatainer.scheduler.pbs;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.condatainer.job.ArraySpec;
import org.condatainer.job.JobEnvironment;
import org.condatainer.job.JobRequest;
import org.condatainer.job.Mail;
import org.condatainer.job.RequestPart;
import org.condatainer.job.Walltime;
import org.condatainer.scheduler.Rendering;

/** A request as {@code #PBS} lines. */
final class PbsRendering {
  private final JobRequest request;
  private final Rendering.Builder rendering = Rendering.builder();

  PbsRendering(JobRequest request) {
    this.request = request;
  }

  Rendering lines() {
    name();
    option(RequestPart.QUEUE, "q", request.queue());
    option(RequestPart.ACCOUNT, "A", request.account());
    if (request.qos().isPresent()) {
      rendering.leftOut(RequestPart.QOS, "PBS has no quality of service");
    }
    walltime();
    new ResourceRendering(request, rendering).lines();
    files();
    if (request.workingDirectory().isPresent()) {
      rendering.refused(
          RequestPart.WORKING_DIRECTORY,
          "qsub has no option for it: submit from that folder, or begin the script with cd");
    }
    request.array().ifPresent(this::array);
    if (!request.dependencies().isEmpty()) {
      dependencies();
    }
    if (request.held()) {
      rendering.line("#PBS -h");
      rendering.translated(RequestPart.HOLD, "-h");
    }
    begin();
    option(RequestPart.REQUEUE, "r", request.requeue().map(again -> again ? "y" : "n"));
    if (request.comment().isPresent()) {
      rendering.leftOut(RequestPart.COMMENT, "PBS lets users set no comment");
    }
    request.mail().ifPresent(this::mail);
    environment();
    return rendering.build();
  }

  private void dependencies() {
    String value = PbsDependencies.write(request.dependencies());
    if (PbsDependencies.read(value).equals(Optional.of(request.dependencies()))) {
      option(RequestPart.DEPENDENCIES, "W", Optional.of("depend=" + value));
    } else {
      rendering.refused(
          RequestPart.DEPENDENCIES, "-W depend: an id is not written as PBS writes them");
    }
  }

  private void name() {
    if (request.name().isEmpty()) {
      return;
    }
    String name = request.name().get();
    String legal = PbsName.legal(name);
    rendering.line("#PBS -N " + legal);
    if (legal.equals(name)) {
      rendering.translated(RequestPart.NAME, "-N " + legal);
    } else {
      rendering.approximated(
          RequestPart.NAME, "-N " + legal + ": qsub takes letters, digits and ._+- in a name");
    }
  }

  private void walltime() {
    if (request.walltime().isEmpty()) {
      return;
    }
    if (request.walltime().get() instanceof Walltime.Limit limit) {
      String text = "-l walltime=" + PbsValues.time(limit.duration());
      rendering.line("#PBS " + text);
      if (limit.duration().toNanosPart() == 0) {
        rendering.translated(RequestPart.WALLTIME, text);
      } else {
        rendering.approximated(RequestPart.WALLTIME, text + ": rounded up to whole seconds");
      }
    } else {
      rendering.leftOut(RequestPart.WALLTIME, "without a walltime the queue's own limit holds");
    }
  }

  private void files() {
    file(RequestPart.OUTPUT, "o", request.files().output());
    file(RequestPart.ERROR, "e", request.files().error());
    if (request.files().output().isPresent() && request.files().error().isEmpty()) {
      rendering.line("#PBS -j oe");
    }
    if (request.files().input().isPresent()) {
      rendering.refused(
          RequestPart.INPUT, "qsub has no option for it: redirect the input in the script");
    }
    if (request.files().append().isPresent()) {
      rendering.approximated(
          RequestPart.APPEND, "PBS replaces an output file, and has no option for it");
    }
  }

  private void file(RequestPart part, String letter, Optional<String> name) {
    option(part, letter, name.map(PbsOutputName::path));
    if (name.isEmpty()) {
      return;
    }
    if (PbsOutputName.hasVariables(name.get(), request.array())) {
      rendering.approximated(
          part, "PBS fills in no variable of the job in it; condatainer run does");
    } else if (!PbsOutputName.isPrintable(name.get())) {
      rendering.approximated(
          part, "qsub takes plain characters alone in it; condatainer run writes the file itself");
    } else if (!PbsOutputName.path(name.get()).equals(name.get())) {
      rendering.approximated(part, "./ before it: what stands before a colon is a host for qsub");
    }
  }

  private void array(ArraySpec array) {
    if (array.ranges().size() == 1 && array.count() > 1) {
      String limit = array.limit().isPresent() ? "%" + array.limit().getAsInt() : "";
      option(RequestPart.ARRAY, "J", Optional.of(array.ranges().get(0) + limit));
    } else if (array.count() == 1) {
      rendering.approximated(
          RequestPart.ARRAY,
          "PBS has no array of one task: a job with "
              + PbsVariables.ARRAY_INDEX
              + "="
              + array.ranges().get(0).first());
    } else {
      rendering.refused(
          RequestPart.ARRAY, "PBS takes one range of indexes: submit one job for each range");
    }
  }

  private void begin() {
    if (request.begin().isEmpty()) {
      return;
    }
    Optional<String> text = PbsValues.begin(request.begin().get());
    if (text.isEmpty()) {
      rendering.refused(
          RequestPart.BEGIN, "PBS knows no delay from the submit on: give the time itself");
    } else {
      option(RequestPart.BEGIN, "a", text);
    }
  }

  private void mail(Mail mail) {
    StringBuilder letters = new StringBuilder();
    if (mail.events().contains(Mail.Event.FAIL)) {
      letters.append('a');
    }
    if (mail.events().contains(Mail.Event.BEGIN)) {
      letters.append('b');
    }
    if (mail.events().contains(Mail.Event.END)) {
      letters.append('e');
    }
    if (!letters.isEmpty()) {
      option(RequestPart.MAIL, "m", Optional.of(letters.toString()));
    }
    option(RequestPart.MAIL, "M", mail.address());
    if (mail.events().contains(Mail.Event.REQUEUE)) {
      rendering.approximated(RequestPart.MAIL, "PBS writes nothing about a requeue");
    }
    if (mail.events().isEmpty() && mail.address().isEmpty()) {
      option(RequestPart.MAIL, "m", Optional.of("n"));
    }
  }

  /** The variables, in one {@code -v}: of several, qsub takes the last alone. */
  private void environment() {
    JobEnvironment environment =
        request
            .environment()
            .orElse(new JobEnvironment(JobEnvironment.Inherited.DEFAULT, List.of()));
    if (environment.inherited() == JobEnvironment.Inherited.ALL) {
      rendering.line("#PBS -V");
      rendering.translated(RequestPart.ENVIRONMENT, "-V");
    } else if (environment.inherited() == JobEnvironment.Inherited.NONE) {
      rendering.approximated(
          RequestPart.ENVIRONMENT, "PBS passes no variables but its own by itself");
    }
    Optional<String> text = PbsVariables.write(environment.variables());
    Optional<String> word = text.flatMap(QsubWords::word);
    List<String> all = new ArrayList<>();
    if (word.isEmpty()) {
      rendering.refused(
          RequestPart.ENVIRONMENT,
          "a value has a quote, a backslash or a line feed; set it in the script");
    } else if (!environment.variables().isEmpty()) {
      rendering.translated(RequestPart.ENVIRONMENT, "-v " + text.get());
      all.add(text.get());
    }
    if (request.array().isPresent() && request.array().get().count() == 1) {
      long index = request.array().get().ranges().get(0).first();
      all.add(PbsVariables.ARRAY_INDEX + "=" + index);
    }
    if (!all.isEmpty()) {
      String line = "#PBS -v " + QsubWords.word(String.join(",", all)).orElseThrow();
      rendering.line(line);
    }
  }

  private void option(RequestPart part, String letter, Optional<String> value) {
    if (value.isEmpty()) {
      return;
    }
    Optional<String> word = QsubWords.word(value.get());
    if (word.isEmpty()) {
      rendering.refused(
          part,
          "-" + letter + ": a directive of PBS cannot have both kinds of quotes or a line feed");
      return;
    }
    rendering.line("#PBS -" + letter + " " + word.get());
    rendering.translated(part, "-" + letter + " " + value.get());
  }
}
