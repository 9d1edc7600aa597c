package org.condatainer.translation;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.condatainer.job.JobRequest;
import org.condatainer.job.OutputFiles;
import org.condatainer.job.OutputName;
import org.condatainer.job.RequestPart;
import org.condatainer.scheduler.Outcome;
import org.condatainer.scheduler.OutputText;
import org.condatainer.scheduler.SchedulerProvider;
import org.condatainer.script.JobScript;

/**
 * What of a request is carried over to another scheduler: without what means something at its own
 * site only, and with the names of files as they are written there.
 */
final class CarriedRequest {
  /** No folder, and nothing that a scheduler would fill in. */
  private static final Pattern PLAIN_NAME = Pattern.compile("[\\w.+ -]+");

  private final SchedulerProvider from;
  private final SchedulerProvider to;
  private final SiteNames queues;
  private final SiteNames accounts;
  private final PartOutcomes outcomes;

  CarriedRequest(
      SchedulerProvider from,
      SchedulerProvider to,
      SiteNames queues,
      SiteNames accounts,
      PartOutcomes outcomes) {
    this.from = from;
    this.to = to;
    this.queues = queues;
    this.accounts = accounts;
    this.outcomes = outcomes;
  }

  JobRequest carriedOver(JobScript script, JobRequest request) {
    JobRequest.Builder carried = request.toBuilder().nativeOptions(List.of());
    carried.queue(name(RequestPart.QUEUE, "queue_names", queues, request.queue()));
    carried.account(name(RequestPart.ACCOUNT, "account_names", accounts, request.account()));
    if (request.qos().isPresent()) {
      carried.qos(Optional.empty());
      outcomes.put(
          RequestPart.QOS,
          Outcome.LEFT_OUT,
          "a quality of service means something at its site only");
    }
    OutputFiles files = request.files();
    carried.files(
        new OutputFiles(
            files.output().map(name -> output(RequestPart.OUTPUT, name, request, script)),
            files.error().map(name -> output(RequestPart.ERROR, name, request, script)),
            files
                .input()
                .map(name -> file(RequestPart.INPUT, from.dialect().outputName(name), request)),
            files.append()));
    if (!request.dependencies().isEmpty()) {
      outcomes.put(
          RequestPart.DEPENDENCIES,
          Outcome.APPROXIMATED,
          "the ids are those of jobs on " + from.displayName() + "; put in the ids here");
    }
    return carried.build();
  }

  private Optional<String> name(
      RequestPart part, String key, SiteNames names, Optional<String> name) {
    if (name.isEmpty()) {
      return name;
    }
    Optional<String> there = names.translate(from.id(), name.get(), to.id());
    if (there.isEmpty()) {
      outcomes.put(
          part,
          Outcome.LEFT_OUT,
          "the name means something at its site only; configure "
              + key
              + ": ["
              + from.id()
              + "/"
              + name.get()
              + "="
              + to.id()
              + "/NAME]");
    }
    return there;
  }

  private String output(RequestPart part, String written, JobRequest request, JobScript script) {
    OutputFolder folder = new OutputFolder(from.dialect(), to.dialect());
    Optional<OutputName> inFolder = folder.file(part, written, request, script.name());
    if (inFolder.isEmpty()) {
      if (folder.isLeftToTheTarget(written)) {
        outcomes.put(
            part,
            Outcome.APPROXIMATED,
            "a folder, in which " + to.displayName() + " names the file in its own way");
      }
      return file(part, from.dialect().outputName(written), request);
    }
    outcomes.put(
        part,
        Outcome.APPROXIMATED,
        "a folder, and a name in it such as "
            + from.displayName()
            + " gives: "
            + to.displayName()
            + " takes no folder");
    return file(part, inFolder.get(), request);
  }

  private String file(RequestPart part, OutputName name, JobRequest request) {
    OutputName asked = request.array().isPresent() ? name : ofOneJob(name);
    OutputText text = to.dialect().outputText(asked);
    if (!text.lost().isEmpty() && request.name().isPresent()) {
      text = to.dialect().outputText(withJobName(asked, request.name().get()));
    }
    if (!text.lost().isEmpty()) {
      outcomes.put(
          part,
          Outcome.APPROXIMATED,
          to.displayName() + " has nothing for " + String.join(", ", text.lost()));
    }
    return text.text();
  }

  /** A scheduler that cannot fill in the job's name is given it, where it reads as it is. */
  private static OutputName withJobName(OutputName name, String jobName) {
    List<OutputName.Piece> pieces = new ArrayList<>();
    for (OutputName.Piece piece : name.pieces()) {
      boolean named =
          piece instanceof OutputName.Piece.Filled filled
              && filled.placeholder() == OutputName.Placeholder.JOB_NAME
              && PLAIN_NAME.matcher(jobName).matches();
      pieces.add(named ? new OutputName.Piece.Text(jobName) : piece);
    }
    return new OutputName(pieces);
  }

  /** Outside an array, the job of a task is the job. */
  private static OutputName ofOneJob(OutputName name) {
    List<OutputName.Piece> pieces = new ArrayList<>();
    for (OutputName.Piece piece : name.pieces()) {
      boolean task =
          piece instanceof OutputName.Piece.Filled filled
              && filled.placeholder() == OutputName.Placeholder.TASK_JOB_ID;
      pieces.add(task ? new OutputName.Piece.Filled(OutputName.Placeholder.JOB_ID) : piece);
    }
    return new OutputName(pieces);
  }
}
