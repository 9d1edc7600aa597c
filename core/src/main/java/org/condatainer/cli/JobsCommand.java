package org.condatainer.cli;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.condatainer.config.Configuration;
import org.condatainer.job.JobId;
import org.condatainer.job.JobSnapshot;
import org.condatainer.launch.LocalRecords;
import org.condatainer.launch.RecordRemoval;
import org.condatainer.launch.RunRecords;
import org.condatainer.launch.SchedulersAtHand;
import org.condatainer.launch.SchedulersAtHand.Answer;
import org.condatainer.scheduler.JobFilter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code condatainer jobs}: the user's own jobs, or those with the given ids, living or ended. */
final class JobsCommand implements Subcommand {
  @Override
  public CommandSpec spec() {
    CommandSpec spec =
        Options.command(
            "jobs",
            "Shows your living jobs on every scheduler found here, with the overlays that they"
                + " mount; or the jobs with these ids, ended ones too. Then removes the records of"
                + " your runs (runs_dir) whose jobs ended more than a week ago; what the jobs wrote"
                + " stays.");
    spec.addOption(Options.value("ID", "ask this scheduler only", "--scheduler"));
    spec.addOption(Options.flag("print the result as JSON", "--json"));
    spec.addPositional(Options.rest("[JOB…]", "ids of jobs"));
    return spec;
  }

  @Override
  public int run(ParseResult parsed, Invocation invocation) {
    Configuration configuration =
        Configuration.load(
            Installation.home(), invocation.environment().variables(), invocation::say);
    new LocalRecords(configuration.runsDirectory())
        .clean()
        .forEach(killed -> invocation.say(killed.toString()));
    OpenedSchedulers opened = OpenedSchedulers.open(parsed, configuration, invocation);
    List<String> words = parsed.matchedPositionalValue(0, List.of());
    Set<JobId> ids = KnownJobs.ids("jobs", words, opened.schedulers());
    KnownJobs jobs =
        ids.isEmpty()
            ? living(opened.schedulers())
            : KnownJobs.of(ids, opened.schedulers().ask(scheduler -> scheduler.query(ids)));
    RunRecords records = opened.records();
    if (Options.isSet(parsed, "--json")) {
      invocation.showJson(new JobJson(records).write(jobs.jobs()));
    } else if (jobs.jobs().isEmpty()) {
      invocation.say(
          jobs.unasked().isEmpty()
              ? "you have no living jobs here"
              : "there are no living jobs of yours where an answer came");
    } else {
      JobTable table = new JobTable(records, opened.schedulers().areSeveral());
      jobs.jobs().forEach(table::add);
      table.lines().forEach(invocation.out()::println);
    }
    jobs.problems().forEach(invocation::say);
    if (ids.isEmpty()) {
      removeRecords(configuration, opened.schedulers(), jobs, invocation);
    }
    return jobs.unasked().isEmpty() || !ids.isEmpty()
        ? jobs.exitCode()
        : ExitCode.SCHEDULER_UNAVAILABLE;
  }

  /** After all has been shown: nobody waits for it. */
  private static void removeRecords(
      Configuration configuration,
      SchedulersAtHand schedulers,
      KnownJobs jobs,
      Invocation invocation) {
    if (!jobs.unasked().isEmpty()) {
      return; // who did not answer would be waited for once more
    }
    int removed =
        new RecordRemoval(
                configuration.runsDirectory(), System.getProperty("user.name"), Instant.now())
            .remove(schedulers);
    if (removed > 0) {
      invocation.say(
          "removed the records of "
              + removed
              + (removed == 1 ? " run whose job" : " runs whose jobs")
              + " ended more than a week ago");
    }
  }

  private static KnownJobs living(SchedulersAtHand schedulers) {
    String user = System.getProperty("user.name");
    List<JobJson.Listed> jobs = new ArrayList<>();
    Set<String> unasked = new LinkedHashSet<>();
    List<Answer<List<JobSnapshot>>> answers =
        schedulers.ask(scheduler -> scheduler.live(JobFilter.ownedBy(user)));
    for (Answer<List<JobSnapshot>> answer : answers) {
      if (answer.problem().isPresent()) {
        if (answers.size() == 1) {
          throw answer.problem().get();
        }
        unasked.add(answer.problem().get().getMessage());
      }
      for (JobSnapshot job : answer.value().orElse(List.of())) {
        jobs.add(new JobJson.Listed(answer.provider().id(), job));
      }
    }
    return new KnownJobs(jobs, unasked);
  }
}
