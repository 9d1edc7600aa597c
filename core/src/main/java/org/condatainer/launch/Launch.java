package org.condatainer.launch;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.condatainer.config.Configuration;
import org.condatainer.job.ArraySpec;
import org.condatainer.job.JobId;
import org.condatainer.lock.ProcessMark;
import org.condatainer.process.CommandRunner;
import org.condatainer.process.ForegroundProcess;
import org.condatainer.process.SystemWords;
import org.condatainer.scheduler.ClusterInfo;
import org.condatainer.scheduler.Failure;
import org.condatainer.scheduler.HostEnvironment;
import org.condatainer.scheduler.Scheduler;
import org.condatainer.scheduler.SchedulerContext;
import org.condatainer.scheduler.SchedulerException;
import org.condatainer.scheduler.Submission;
import org.condatainer.script.ShellWords;

/** Carries out plans: submits them, or starts them here. */
public final class Launch {
  /**
   * The property in which the program's launcher names the file that takes the path of a script to
   * run. It then runs the script in its own place: no JVM stays beside the user's command, and
   * signals, terminal and exit code are the command's own.
   */
  private static final String HANDOVER = "condatainer.handover";

  /** The submit asks the same server, and waits for its answer once more. */
  private static final Duration LONGEST_LOOK = Duration.ofSeconds(10);

  private final Configuration configuration;
  private final HostEnvironment environment;
  private final CommandRunner runner;
  private final Consumer<String> progress;

  public Launch(
      Configuration configuration,
      HostEnvironment environment,
      CommandRunner runner,
      Consumer<String> progress) {
    this.configuration = configuration;
    this.environment = environment;
    this.runner = runner;
    this.progress = progress;
  }

  /**
   * Submits a plan whose destination is a scheduler.
   *
   * @throws SchedulerException if it was refused or is not known to be accepted, and the run's
   *     record is kept only in the second case; or if there is a job with a fault, {@link
   *     SchedulerException#submitted}
   */
  public JobId submit(Plan plan) {
    Plan.Scheduled scheduled =
        plan.scheduled().orElseThrow(() -> new IllegalArgumentException("the plan runs here"));
    Duration limit = Duration.ofSeconds(configuration.commandTimeoutSeconds());
    SharedTime time = new SharedTime(runner);
    Scheduler scheduler =
        scheduled.provider().open(new SchedulerContext(environment, time, limit, progress));
    Duration look = limit.compareTo(LONGEST_LOOK) < 0 ? limit : LONGEST_LOOK;
    Optional<ClusterInfo> cluster = time.within(look, () -> cluster(scheduler));
    List<String> exceeded =
        cluster
            .filter(info -> !scheduler.isForAnotherCluster(plan.request()))
            .map(info -> new ClusterLimits(info, scheduler::mayLiftQueueLimits))
            .map(limits -> time.within(look, () -> limits.exceededBy(plan.request())))
            .orElse(List.of());
    if (!exceeded.isEmpty()) {
      throw new LaunchException(
          LaunchException.Kind.BAD_REQUEST,
          "this job would wait for ever: "
              + String.join("; ", exceeded)
              + " (condatainer scheduler shows the limits)");
    }
    configuration.logsDirectory().ifPresent(Launch::makeFolder);
    RunsFolder.check(
            configuration.runsDirectory(), scheduled.provider().dialect().readsScriptAtStart())
        .ifPresent(progress);
    RunRecord record = RunRecord.create(configuration.runsDirectory(), plan.runId());
    JobId id;
    try {
      Path script =
          record.writeScript(scheduled.jobScript().getFileName().toString(), plan.script().bytes());
      writeInputs(plan, record);
      plan.rankScript().ifPresent(ranks -> record.write(Ranks.FILE, ranks.bytes()));
      id =
          scheduler.submit(
              new Submission(
                  script,
                  scheduled.options(),
                  plan.request(),
                  scheduled.workingDirectory(),
                  plan.tag()));
    } catch (RuntimeException e) {
      if (e instanceof SchedulerException problem && problem.submitted().isPresent()) {
        noteDown(plan, record, problem.submitted().get(), cluster);
      } else if (!(e instanceof SchedulerException problem)
          || problem.failure().kind() != Failure.Kind.AMBIGUOUS) {
        discard(record, e);
      }
      throw e;
    }
    noteDown(plan, record, id, cluster);
    return id;
  }

  private void noteDown(Plan plan, RunRecord record, JobId id, Optional<ClusterInfo> cluster) {
    try {
      record.write(
          RunRecord.DESCRIPTION,
          PlanJson.writeRecord(plan, id, cluster.map(ClusterInfo::name).orElse("")) + "\n");
    } catch (LaunchException e) {
      // The job exists: its id must reach the user, or the run would be submitted again.
      progress.accept("job " + id + " was submitted, but not noted down: " + e.getMessage());
    }
  }

  /** Empty if the scheduler cannot be asked, which says so at the submit. */
  private static Optional<ClusterInfo> cluster(Scheduler scheduler) {
    try {
      return Optional.of(scheduler.cluster());
    } catch (SchedulerException e) {
      return Optional.empty();
    }
  }

  /** The user is to hear why nothing was submitted, and not that its record cannot be removed. */
  private static void discard(RunRecord record, RuntimeException problem) {
    try {
      record.discard();
    } catch (LaunchException e) {
      problem.addSuppressed(e);
    }
  }

  /** A scheduler fails a job whose output has no folder, and tells nobody. */
  private static void makeFolder(Path folder) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new LaunchException(
          LaunchException.Kind.FAILED,
          "the folder for the output of jobs (logs_dir) cannot be made: " + SystemWords.of(e),
          e);
    }
  }

  /**
   * Runs a plan on this machine.
   *
   * @return the command's exit code; 0 when the program's launcher takes over
   */
  public int here(Plan plan) {
    // One run takes its script at once; each task of an array takes it anew.
    RunsFolder.check(configuration.runsDirectory(), plan.request().array().isPresent());
    LocalRecords records = new LocalRecords(configuration.runsDirectory());
    records.clean().forEach(killed -> progress.accept(killed.toString()));
    if (plan.request().array().isPresent() && plan.destination() instanceof Plan.Here here) {
      return arrayHere(plan, here.files(), plan.request().array().get(), records.folder());
    }
    Path script = records.folder().resolve(plan.runId());
    String handover = System.getProperty(HANDOVER, "");
    ProcessMark mark =
        handover.isEmpty() ? ProcessMark.ofThis(plan.name()) : ProcessMark.ofParent(plan.name());
    RunRecord.writeAlone(
        script, removingItself(LocalRecords.marked(plan.script().bytes(), mark), script));
    if (!handover.isEmpty()) {
      try (OutputStream out = Files.newOutputStream(Path.of(handover))) {
        out.write(script.toString().getBytes(StandardCharsets.UTF_8));
        return 0;
      } catch (IOException e) {
        RunRecord.discardAlone(script);
        throw new LaunchException(
            LaunchException.Kind.FAILED,
            "the run could not be handed to its launcher: " + SystemWords.of(e),
            e);
      }
    }
    return ForegroundProcess.run(List.of("/bin/bash", script.toString()));
  }

  /** Every task of an array, some side by side; this process stays until the last has ended. */
  private int arrayHere(Plan plan, Plan.TaskFiles files, ArraySpec array, Path folder) {
    RunRecord record = RunRecord.create(folder, plan.runId());
    try {
      Path script =
          record.write(
              RunRecord.SCRIPT,
              LocalRecords.marked(plan.script().bytes(), ProcessMark.ofThis(plan.name())));
      writeInputs(plan, record);
      return new LocalArray(plan, files, array, script, progress).run();
    } finally {
      try {
        record.discard();
      } catch (LaunchException e) {
        // The tasks have run: what became of them is what the user is to hear.
        progress.accept(e.getMessage());
      }
    }
  }

  private static void writeInputs(Plan plan, RunRecord record) {
    plan.inputs().ifPresent(inputs -> record.write(ArrayInputs.FILE, inputs.bytes()));
  }

  /**
   * The script with a first command that removes its file: the shell has it open by then. It has no
   * folder of its own, since NFS keeps a file that is open, under another name, and so its folder.
   */
  private static byte[] removingItself(byte[] script, Path file) {
    return LocalRecords.inserted(script, "rm -f -- " + ShellWords.quote(file.toString()) + "\n");
  }
}
