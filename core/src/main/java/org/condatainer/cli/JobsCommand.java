package org.condatainer.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.condatainer.job.JobId;
import org.condatainer.job.JobSnapshot;
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
                + " mount; or the jobs with these ids, ended ones too.");
    spec.addOption(Options.value("ID", "ask this scheduler only", "--scheduler"));
    spec.addOption(Options.flag("print the result as JSON", "--json"));
    spec.addPositional(Options.rest("[JOB…]", "ids of jobs"));
    return spec;
  }

  @Override
  public int run(ParseResult parsed, Invocation invocation) {
    OpenedSchedulers opened = OpenedSchedulers.open(parsed, invocation);
    List<String> words = parsed.matchedPositionalValue(0, List.of());
    Set<JobId> ids = KnownJobs.ids("jobs", words, opened.schedulers());
    KnownJobs jobs =
        ids.isEmpty()
            ? living(opened.schedulers(), invocation)
            : KnownJobs.of(ids, opened.schedulers().ask(scheduler -> scheduler.query(ids)));
    RunRecords records = opened.records();
    if (Options.isSet(parsed, "--json")) {
      invocation.out().println(new JobJson(records).write(jobs.jobs()));
    } else if (jobs.jobs().isEmpty()) {
      invocation.say("you have no living jobs here");
    } else {
      JobTable table = new JobTable(records);
      jobs.jobs().forEach(job -> table.add(job.job()));
      table.lines().forEach(invocation.out()::println);
    }
    jobs.problems().forEach(invocation::say);
    return jobs.exitCode();
  }

  private static KnownJobs living(SchedulersAtHand schedulers, Invocation invocation) {
    String user = System.getProperty("user.name");
    List<JobJson.Listed> jobs = new ArrayList<>();
    List<Answer<List<JobSnapshot>>> answers =
        schedulers.ask(scheduler -> scheduler.live(JobFilter.ownedBy(user)));
    for (Answer<List<JobSnapshot>> answer : answers) {
      if (answer.problem().isPresent()) {
        if (answers.size() == 1) {
          throw answer.problem().get();
        }
        invocation.say(answer.problem().get().getMessage());
      }
      for (JobSnapshot job : answer.value().orElse(List.of())) {
        jobs.add(new JobJson.Listed(answer.provider().id(), job));
      }
    }
    return new KnownJobs(jobs);
  }
}
