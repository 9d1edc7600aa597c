package org.condatainer.scheduler.pbs;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.condatainer.job.ArraySpec;
import org.condatainer.job.BeginTime;
import org.condatainer.job.Dependency;
import org.condatainer.job.JobEnvironment;
import org.condatainer.job.JobRequest;
import org.condatainer.job.Mail;
import org.condatainer.job.NativeOption;
import org.condatainer.job.OutputFiles;
import org.condatainer.job.RequestPart;
import org.condatainer.scheduler.DirectivePart;
import org.condatainer.script.Diagnostic;
import org.condatainer.script.TemplateHole;

/** Collects options of qsub, one after the other, into a request; later ones go over earlier. */
final class PbsRequest {
  private final List<Diagnostic> diagnostics;
  private final JobRequest.Builder request = JobRequest.empty().toBuilder();
  private final List<NativeOption> nativeOptions = new ArrayList<>();
  private final List<DirectivePart> parts = new ArrayList<>();
  private final PbsResourceList resources;
  private OutputFiles files = OutputFiles.defaults();
  private Optional<Mail> mail = Optional.empty();
  private JobEnvironment.Inherited inherited = JobEnvironment.Inherited.DEFAULT;
  private List<JobEnvironment.Variable> variables = List.of();
  private boolean accountGiven;
  private boolean joined;

  PbsRequest(List<Diagnostic> diagnostics) {
    this.diagnostics = diagnostics;
    this.resources = new PbsResourceList(diagnostics, parts, nativeOptions);
  }

  static PbsRequest of(List<QsubDirective> directives, List<Diagnostic> diagnostics) {
    PbsRequest request = new PbsRequest(diagnostics);
    for (QsubDirective directive : directives) {
      directive.options().forEach(request::add);
    }
    return request;
  }

  List<DirectivePart> parts() {
    return List.copyOf(parts);
  }

  /** The resources as they were asked for. */
  PbsResourceList resources() {
    return resources;
  }

  JobRequest build() {
    mail.ifPresent(request::mail);
    if (inherited != JobEnvironment.Inherited.DEFAULT || !variables.isEmpty()) {
      request.environment(new JobEnvironment(inherited, variables));
    }
    resources.into(request);
    if (joined) {
      // -e has no meaning then (qsub(1B), "-j").
      files = new OutputFiles(files.output(), Optional.empty(), files.input(), files.append());
    }
    return request.files(files).nativeOptions(nativeOptions).build();
  }

  private void add(QsubDirective.Given option) {
    String value = option.value().orElse("");
    TemplateHole.find(value).ifPresent(hole -> error(option, "nothing was filled in for " + hole));
    if (option.letter() == 'l') {
      resources.add(option, value);
      return;
    }
    if (option.letter() == 'W') {
      attributes(option, value);
      return;
    }
    int nativesBefore = nativeOptions.size();
    RequestPart part = read(option, value);
    boolean becameNative = nativeOptions.size() > nativesBefore;
    parts.add(
        new DirectivePart(
            option.line(),
            option.column(),
            option.text(),
            becameNative ? RequestPart.NATIVE : part));
  }

  private RequestPart read(QsubDirective.Given option, String value) {
    switch (option.letter()) {
      case 'N' -> {
        request.name(value);
        if (!PbsName.isLegal(value)) {
          refused(option, "a name of letters, digits and ._+- alone, at most 230 of them");
        }
        return RequestPart.NAME;
      }
      case 'q' -> {
        request.queue(value);
        return RequestPart.QUEUE;
      }
      case 'A', 'P' -> {
        return account(option, value);
      }
      case 'o' -> {
        files = files.withOutput(value);
        return RequestPart.OUTPUT;
      }
      case 'e' -> {
        files = files.withError(value);
        return RequestPart.ERROR;
      }
      case 'j' -> {
        return join(option, value);
      }
      case 'h' -> {
        request.held(true);
        return RequestPart.HOLD;
      }
      case 'r' -> {
        request.requeue(value.equals("y"));
        return RequestPart.REQUEUE;
      }
      case 'a' -> {
        Optional<BeginTime> begin = PbsValues.begin(value);
        begin.ifPresentOrElse(request::begin, () -> nativeOption(option));
        return RequestPart.BEGIN;
      }
      case 'J', 't' -> {
        return array(option, value);
      }
      case 'm', 'M' -> {
        return mail(option, value);
      }
      case 'V' -> {
        inherited = JobEnvironment.Inherited.ALL;
        return RequestPart.ENVIRONMENT;
      }
      case 'v' -> {
        return variables(value);
      }
      case 'd', 'w' -> {
        request.workingDirectory(value);
        return RequestPart.WORKING_DIRECTORY;
      }
      case 'I' -> {
        diagnostics.add(
            Diagnostic.error(
                option.line(), option.column(), "-I asks for an interactive job: remove it"));
        return RequestPart.NATIVE;
      }
      default -> {
        nativeOption(option);
        return RequestPart.NATIVE;
      }
    }
  }

  private void nativeOption(QsubDirective.Given option) {
    nativeOptions.add(
        new NativeOption(
            Character.toString(option.letter()), option.value(), option.line(), option.column()));
  }

  /** Sites charge by either: {@code -A} where both are given, the project is then kept as it is. */
  private RequestPart account(QsubDirective.Given option, String value) {
    if (option.letter() == 'P' && accountGiven) {
      nativeOption(option);
      return RequestPart.NATIVE;
    }
    accountGiven |= option.letter() == 'A';
    request.account(value);
    return RequestPart.ACCOUNT;
  }

  /** PBS has no array of one task: the variable is the way to write one (see PbsRendering). */
  private RequestPart variables(String value) {
    variables = new ArrayList<>(PbsVariables.read(value));
    OptionalLong index = OptionalLong.empty();
    for (JobEnvironment.Variable variable : variables) {
      if (variable.name().equals(PbsVariables.ARRAY_INDEX)) {
        index = PbsValues.digits(variable.value().orElse(""));
      }
    }
    if (index.isPresent()) {
      variables.removeIf(variable -> variable.name().equals(PbsVariables.ARRAY_INDEX));
      long only = index.getAsLong();
      request.array(
          new ArraySpec(List.of(new ArraySpec.Range(only, only, 1)), OptionalInt.empty()));
    }
    return index.isPresent() && variables.isEmpty() ? RequestPart.ARRAY : RequestPart.ENVIRONMENT;
  }

  private RequestPart join(QsubDirective.Given option, String value) {
    if (value.equals("eo")) {
      nativeOption(option);
    } else if (!value.equals("oe") && !value.equals("n")) {
      refused(option, "oe, eo or n");
    }
    joined = value.equals("oe");
    return RequestPart.ERROR;
  }

  private RequestPart array(QsubDirective.Given option, String value) {
    Optional<ArraySpec> array =
        option.letter() == 'J' ? PbsValues.array(value) : PbsValues.torqueArray(value);
    if (array.isEmpty()) {
      refused(option, "a range of at least two indexes such as 1-10, 1-99:2 or 1-10%5");
    } else {
      request.array(array.get());
    }
    return RequestPart.ARRAY;
  }

  private RequestPart mail(QsubDirective.Given option, String value) {
    Set<Mail.Event> events = EnumSet.noneOf(Mail.Event.class);
    mail.ifPresent(before -> events.addAll(before.events()));
    Optional<String> address = mail.flatMap(Mail::address);
    if (option.letter() == 'M') {
      address = Optional.of(value);
    } else {
      events.clear();
      for (int i = 0; i < value.length(); i++) {
        switch (value.charAt(i)) {
          case 'a' -> events.add(Mail.Event.FAIL);
          case 'b' -> events.add(Mail.Event.BEGIN);
          case 'e' -> events.add(Mail.Event.END);
          case 'n' -> events.clear();
          case 'j' -> {
            // for array tasks too: has no neutral form and changes nothing else
          }
          default -> {
            refused(option, "n, or letters of a, b, e, j");
            return RequestPart.MAIL;
          }
        }
      }
    }
    mail = Optional.of(new Mail(events, address));
    return RequestPart.MAIL;
  }

  private void attributes(QsubDirective.Given option, String value) {
    for (PbsAttribute found : PbsAttribute.of(value)) {
      String attribute = found.text();
      QsubDirective.Place place = option.place(found.start());
      boolean waits = found.name().equals("depend");
      if (waits) {
        Optional<List<Dependency>> dependencies = PbsDependencies.read(found.value());
        if (dependencies.isPresent()) {
          request.dependencies(dependencies.get());
          parts.add(
              new DirectivePart(place.line(), place.column(), attribute, RequestPart.DEPENDENCIES));
          continue;
        }
      }
      int equals = attribute.indexOf('=');
      nativeOptions.add(
          new NativeOption(
              "W " + found.name(),
              equals < 0 ? Optional.empty() : Optional.of(found.value()),
              place.line(),
              place.column()));
      // What it waits for stays that, in whatever words, so that nobody takes it for nothing.
      parts.add(
          new DirectivePart(
              place.line(),
              place.column(),
              attribute,
              waits ? RequestPart.DEPENDENCIES : RequestPart.NATIVE));
    }
  }

  private void refused(QsubDirective.Given option, String forms) {
    error(option, "\"" + option.value().orElse("") + "\" is not " + forms);
  }

  private void error(QsubDirective.Given option, String what) {
    diagnostics.add(
        Diagnostic.error(option.line(), option.column(), "-" + option.letter() + ": " + what));
  }
}
