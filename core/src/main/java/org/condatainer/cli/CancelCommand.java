package org.condatainer.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.condatainer.job.JobId;
import org.condatainer.job.JobSnapshot;
import org.condatainer.job.JobState;
import org.condatainer.launch.LaunchException;
import org.condatainer.launch.SchedulersAtHand;
import org.condatainer.launch.SchedulersAtHand.Answer;
import org.condatainer.scheduler.SchedulerProvider;
import org.condatainer.script.ShellWords;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code condatainer cancel}: asks for the end of jobs, on whichever scheduler knows them. */
final class CancelCommand implements Subcommand {
  @Override
  public CommandSpec spec() {
    CommandSpec spec =
        Options.command(
            "cancel",
            "Asks the scheduler to end jobs, and returns when it took the request; they may take a"
                + " moment to end. A job that has ended is no error.");
    spec.addOption(Options.value("ID", "ask this scheduler only", "--scheduler"));
    spec.addOption(Options.flag("print the jobs, as they were before, as JSON", "--json"));
    spec.addPositional(Options.rest("JOB…", "ids of jobs"));
    return spec;
  }

  @Override
  public int run(ParseResult parsed, Invocation invocation) {
    List<String> words = parsed.matchedPositionalValue(0, List.of());
    if (words.isEmpty()) {
      throw new UsageException("cancel: which jobs?\nTry: condatainer cancel --help");
    }
    OpenedSchedulers opened = OpenedSchedulers.open(parsed, invocation);
    Set<JobId> ids = KnownJobs.ids("cancel", words, opened.schedulers());
    List<Answer<Map<JobId, JobSnapshot>>> before =
        opened.schedulers().ask(scheduler -> scheduler.query(ids));
    if (opened.schedulers().areSeveral()) {
      refuseAmbiguous(ids, before);
    }
    KnownJobs jobs = KnownJobs.of(ids, before);
    cancel(before, opened.schedulers());
    if (Options.isSet(parsed, "--json")) {
      invocation.showJson(new JobJson(opened.records()).write(jobs.jobs()));
      jobs.problems().forEach(invocation::say);
      return jobs.exitCode();
    }
    for (JobJson.Listed listed : jobs.jobs()) {
      JobState state = listed.job().state();
      invocation.say(
          "job "
              + listed.job().id()
              + (state instanceof JobState.Alive ? ": asked to end; it was " : ": ")
              + JobTable.state(state));
    }
    jobs.problems().forEach(invocation::say);
    return jobs.exitCode();
  }

  /** Each scheduler counts for itself: of two jobs with one id, only one was meant. */
  private static void refuseAmbiguous(
      Set<JobId> ids, List<Answer<Map<JobId, JobSnapshot>>> answers) {
    for (JobId id : ids) {
      List<SchedulerProvider> living = new ArrayList<>();
      for (Answer<Map<JobId, JobSnapshot>> answer : answers) {
        JobSnapshot job = answer.value().orElse(Map.of()).get(id);
        if (job != null && job.state() instanceof JobState.Alive) {
          living.add(answer.provider());
        }
      }
      if (living.size() > 1) {
        throw new UsageException(
            "cancel: "
                + id
                + " is a living job of "
                + joined(living, SchedulerProvider::displayName, " and of ")
                + ", and none was cancelled; say which: "
                + joined(living, provider -> "--scheduler " + provider.id(), " or "));
      }
      refuseUnsure(id, living, answers);
    }
  }

  /** One that cannot be asked may have such a job as well, and it may be the one that was meant. */
  private static void refuseUnsure(
      JobId id, List<SchedulerProvider> living, List<Answer<Map<JobId, JobSnapshot>>> answers) {
    for (Answer<Map<JobId, JobSnapshot>> answer : answers) {
      JobSnapshot job = answer.value().orElse(Map.of()).get(id);
      boolean unasked = job != null && job.state() instanceof JobState.Unavailable;
      if (!living.isEmpty() && (unasked || answer.problem().isPresent())) {
        throw new LaunchException(
            LaunchException.Kind.NO_SCHEDULER,
            id
                + " is a living job of "
                + living.get(0).displayName()
                + "; "
                + answer.provider().displayName()
                + ", which cannot be asked now, may have one of the same id, so none was"
                + " cancelled\n  next: condatainer cancel --scheduler "
                + living.get(0).id()
                + " "
                + ShellWords.quote(id.toString()));
      }
    }
  }

  private static String joined(
      List<SchedulerProvider> providers, Function<SchedulerProvider, String> text, String between) {
    return providers.stream().map(text).collect(Collectors.joining(between));
  }

  /** Asks for the end of those that lived. */
  private static void cancel(
      List<Answer<Map<JobId, JobSnapshot>>> before, SchedulersAtHand schedulers) {
    Map<SchedulerProvider, Set<JobId>> living = new LinkedHashMap<>();
    for (Answer<Map<JobId, JobSnapshot>> answer : before) {
      Set<JobId> ids = new LinkedHashSet<>();
      answer
          .value()
          .orElse(Map.of())
          .forEach(
              (id, job) -> {
                if (job.state() instanceof JobState.Alive) {
                  ids.add(id);
                }
              });
      living.put(answer.provider(), ids);
    }
    List<Answer<Boolean>> cancelled =
        schedulers.ask(
            (provider, scheduler) -> {
              Set<JobId> ids = living.getOrDefault(provider, Set.of());
              if (!ids.isEmpty()) {
                scheduler.cancel(ids);
              }
              return true;
            });
    for (Answer<Boolean> answer : cancelled) {
      if (answer.problem().isPresent()) {
        throw answer.problem().get();
      }
    }
  }
}
