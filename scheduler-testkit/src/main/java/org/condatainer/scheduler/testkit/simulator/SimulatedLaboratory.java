package org.condatainer.scheduler.testkit.simulator;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.condatainer.job.JobId;
import org.condatainer.job.JobRequest;
import org.condatainer.scheduler.SchedulerProvider;
import org.condatainer.scheduler.testkit.Fault;
import org.condatainer.scheduler.testkit.Laboratory;

/**
 * A simulated scheduler. Its commands are in a folder of their own at the head of PATH; they work
 * as long as this object is open, from any process.
 */
public final class SimulatedLaboratory implements Laboratory {
  private final SchedulerProvider provider;
  private final SimulatedCluster cluster;
  private final Front front;
  private final CommandServer server;
  private final String user;
  private final Set<Fault> faults = EnumSet.noneOf(Fault.class);

  private final List<List<String>> called = new CopyOnWriteArrayList<>();

  private SimulatedLaboratory(
      SchedulerProvider provider, Path folder, SimulatedCluster cluster, Front front) {
    this(provider, folder, cluster, front, System.getProperty("user.name"));
  }

  private SimulatedLaboratory(
      SchedulerProvider provider, Path folder, SimulatedCluster cluster, Front front, String user) {
    this.user = user;
    this.provider = provider;
    this.cluster = cluster;
    this.front = front;
    this.server = new CommandServer(folder, front.programs(), this::answer);
  }

  /**
   * Slurm 22.05 as the recordings show it.
   *
   * @param folder an empty folder for its commands and its spool
   * @param accounting whether it has a slurmdbd
   */
  public static SimulatedLaboratory slurm(
      SchedulerProvider provider, Path folder, boolean accounting) {
    SimulatedCluster cluster =
        new SimulatedCluster(folder.resolve("spool"), 1, new SlurmJobWords());
    return new SimulatedLaboratory(provider, folder, cluster, new SlurmFront(cluster, accounting));
  }

  /**
   * OpenPBS 23.06 as the recordings show it.
   *
   * @param folder an empty folder for its commands and its spool
   * @param history whether its server keeps a history of ended jobs, which is off by default
   */
  public static SimulatedLaboratory pbs(SchedulerProvider provider, Path folder, boolean history) {
    SimulatedCluster cluster = new SimulatedCluster(folder.resolve("spool"), 0, new PbsJobWords());
    return new SimulatedLaboratory(provider, folder, cluster, new PbsFront(cluster, history));
  }

  /**
   * volclava 2.2, with the commands of LSF, as the recordings show it.
   *
   * @param folder an empty folder for its commands and its spool
   */
  public static SimulatedLaboratory lsf(SchedulerProvider provider, Path folder) {
    SimulatedCluster cluster = new SimulatedCluster(folder.resolve("spool"), 1, new LsfJobWords());
    return new SimulatedLaboratory(provider, folder, cluster, new LsfFront(cluster, false));
  }

  /**
   * IBM Spectrum LSF 10.1 as its manual has it, where that is not as volclava.
   *
   * @param folder an empty folder for its commands and its spool
   */
  public static SimulatedLaboratory ibmLsf(SchedulerProvider provider, Path folder) {
    SimulatedCluster cluster = new SimulatedCluster(folder.resolve("spool"), 1, new LsfJobWords());
    return new SimulatedLaboratory(provider, folder, cluster, new LsfFront(cluster, true));
  }

  /**
   * HTCondor 23.9 as the recordings show it.
   *
   * @param folder an empty folder for its commands and its spool
   * @param user whose jobs they are called; they run as the user of this process
   */
  public static SimulatedLaboratory htcondor(SchedulerProvider provider, Path folder, String user) {
    Path spool = folder.resolve("spool");
    SimulatedCluster cluster = new SimulatedCluster(spool, 1, new HtcondorJobWords(spool));
    return new SimulatedLaboratory(provider, folder, cluster, new HtcondorFront(cluster), user);
  }

  @Override
  public String name() {
    return "simulated " + front.name();
  }

  @Override
  public SchedulerProvider provider() {
    return provider;
  }

  @Override
  public Map<String, String> variables() {
    Map<String, String> variables = new HashMap<>();
    variables.put("PATH", server.bin() + ":/usr/bin:/bin");
    variables.put("HOME", System.getProperty("user.home"));
    variables.put("USER", user);
    variables.put("CNT_SIMULATED_USER", user);
    variables.put("LC_ALL", "C.UTF-8");
    return variables;
  }

  @Override
  public String user() {
    return user;
  }

  @Override
  public Map<String, String> formatVariables() {
    return front.formatVariables();
  }

  @Override
  public Set<Fault> faults() {
    return front.faults();
  }

  @Override
  public void make(Fault fault) {
    synchronized (cluster) {
      if (fault == Fault.NOT_UTF8) {
        JobOrder order = new JobOrder();
        order.owner = "stranger";
        order.name = "caf\u00e9 \u00ff"; // One byte each, which is not UTF-8.
        order.script = "#!/bin/sh\n";
        order.held = true;
        cluster.submit(order);
      } else {
        faults.add(fault);
      }
    }
  }

  @Override
  public void make(Fault fault, JobId job) {
    synchronized (cluster) {
      List<SimulatedJob> jobs = front.named(job.value());
      if (jobs.isEmpty()) {
        throw new IllegalArgumentException("no job " + job);
      }
      for (SimulatedJob one : jobs) {
        switch (fault) {
          case FORGOTTEN -> one.forgotten = true;
          case STRANGE_WORD -> one.shownWord = STRANGE_WORD;
          case OF_ANOTHER_USER -> one.order.owner = "stranger";
          default -> throw new IllegalArgumentException(fault + " is not about one job");
        }
      }
    }
  }

  /**
   * Shows a job's state, and that of an array's tasks, as a word of the scheduler's, whatever it
   * does, until {@link #mend}.
   */
  public void show(JobId job, String word) {
    synchronized (cluster) {
      front.named(job.value()).forEach(one -> one.shownWord = word);
    }
  }

  @Override
  public void mend() {
    synchronized (cluster) {
      faults.clear();
      cluster.jobs(job -> true).forEach(job -> job.shownWord = "");
    }
  }

  @Override
  public JobId unknownJob(int number) {
    return front.unknownJob(number);
  }

  @Override
  public JobRequest refused() {
    return front.refused();
  }

  @Override
  public Duration patience() {
    return Duration.ofSeconds(30);
  }

  @Override
  public void close() throws IOException {
    cluster.close();
    server.close();
  }

  /** The commands that were called so far, each with its words; a list that goes on growing. */
  public List<List<String>> called() {
    return called;
  }

  private Optional<Answer> answer(Call call) {
    List<String> words = new ArrayList<>(List.of(call.program()));
    words.addAll(call.arguments());
    called.add(words);
    if (front.runsOther(call) && !isDown()) {
      return Optional.of(front.answer(call));
    }
    synchronized (cluster) {
      boolean submits = front.submits(call);
      if (faults.contains(Fault.HANGING) || (submits && faults.remove(Fault.SUBMIT_LOST))) {
        return Optional.empty();
      }
      if (faults.contains(Fault.STOPPED)) {
        return Optional.of(front.stopped(call));
      }
      if (submits) {
        Answer answer = front.answer(call);
        return faults.remove(Fault.ANSWER_LOST) ? Optional.empty() : Optional.of(answer);
      }
      return Optional.of(looked(call));
    }
  }

  private boolean isDown() {
    synchronized (cluster) {
      return faults.contains(Fault.STOPPED) || faults.contains(Fault.HANGING);
    }
  }

  private Answer looked(Call call) {
    if (faults.contains(Fault.BUSY) || faults.remove(Fault.BUSY_ONCE)) {
      return front.busy(call);
    }
    if (faults.contains(Fault.HISTORY_STOPPED) && front.asksHistory(call)) {
      return front.historyStopped(call);
    }
    Answer answer = front.answer(call);
    if (faults.contains(Fault.GARBAGE)) {
      return new Answer(0, answer.output().substring(0, answer.output().length() / 2), "");
    }
    return call.speaksEnglish() ? answer : translated(answer);
  }

  private Answer translated(Answer answer) {
    String output = answer.output();
    String errors = answer.errors();
    for (Map.Entry<String, String> word : front.foreignWords().entrySet()) {
      output = output.replace(word.getKey(), Call.bytes(word.getValue()));
      errors = errors.replace(word.getKey(), Call.bytes(word.getValue()));
    }
    return new Answer(answer.exitCode(), output, errors);
  }
}
