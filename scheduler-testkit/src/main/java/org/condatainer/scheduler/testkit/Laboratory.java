package org.condatainer.scheduler.testkit;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.condatainer.job.JobId;
import org.condatainer.job.JobRequest;
import org.condatainer.process.CommandRunner;
import org.condatainer.scheduler.SchedulerProvider;

/**
 * A scheduler to try an adapter on: a simulator or a real engine. It runs jobs on this machine, or
 * on one that shares the folder of the tests.
 */
public interface Laboratory extends AutoCloseable {
  /** The word of {@link Fault#STRANGE_WORD}. */
  String STRANGE_WORD = "QUANTUM";

  /** What it is, for the report: {@code simulated Slurm 22.05}. */
  String name();

  /** The adapter to try. */
  SchedulerProvider provider();

  /** The environment in which the adapter works, PATH included. */
  Map<String, String> variables();

  /**
   * The variables by which a user changes what the scheduler's commands print; they are set beside
   * {@link #variables} in a test of rule 4.
   */
  Map<String, String> formatVariables();

  /** Starts the adapter's commands. Programs are looked up in PATH of the given environment. */
  default CommandRunner runner(Map<String, String> environment) {
    return new PathRunner(environment);
  }

  /** What it can make go wrong. */
  Set<Fault> faults();

  /** Makes something go wrong until {@link #mend}; for a fault that needs no job. */
  void make(Fault fault);

  /** Makes something go wrong with a job. */
  void make(Fault fault, JobId job);

  /** Everything works again. Jobs stay as they are. */
  void mend();

  /**
   * An id that the scheduler could have given and has not.
   *
   * @param number from 0; every number gives another id
   */
  JobId unknownJob(int number);

  /** A request that the scheduler refuses at the submit, such as one for a queue that is not. */
  JobRequest refused();

  /** The user whose jobs they are. */
  default String user() {
    return System.getProperty("user.name");
  }

  /** How long a job of no length may take from its submit to its end. */
  Duration patience();

  @Override
  void close() throws IOException;
}
