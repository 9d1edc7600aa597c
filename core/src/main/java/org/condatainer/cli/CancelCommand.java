package org.condatainer.cli;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.condatainer.job.JobId;
import org.condatainer.job.JobSnapshot;
import org.condatainer.job.JobState;
import org.condatainer.launch.SchedulersAtHand.Answer;
import org.condatainer.scheduler.Scheduler;
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
    if (opened.schedulers().areSeveral()) {
      refuseAmbiguous(ids, opened.schedulers().ask(scheduler -> scheduler.query(ids)));
    }
    KnownJobs jobs =
        KnownJobs.of(ids, opened.schedulers().ask(scheduler -> cancelled(scheduler, ids)));
    if (Options.isSet(parsed, "--json")) {
      invocation.out().println(new JobJson(opened.records()).write(jobs.jobs()));
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
      List<String> living = new ArrayList<>();
      for (Answer<Map<JobId, JobSnapshot>> answer : answers) {
        JobSnapshot job = answer.value().orElse(Map.of()).get(id);
        if (job != null && job.state() instanceof JobState.Alive) {
          living.add(answer.provider().id());
        }
      }
      if (living.size() > 1) {
        throw new UsageException(
            "cancel: "
                + id
                + " is a living job of "
                + String.join(" and of ", living)
                + "; say which: --scheduler "
                + living.get(0));
      }
    }
  }

  /** The jobs as they were; those that lived are asked to end. */
  private static Map<JobId, JobSnapshot> cancelled(Scheduler scheduler, Set<JobId> ids) {
    Map<JobId, JobSnapshot> jobs = scheduler.query(ids);
    Set<JobId> living = new LinkedHashSet<>();
    jobs.forEach(
        (id, job) -> {
          if (job.state() instanceof JobState.Alive) {
            living.add(id);
          }
        });
    if (!living.isEmpty()) {
      scheduler.cancel(living);
    }
    return jobs;
  }
}
