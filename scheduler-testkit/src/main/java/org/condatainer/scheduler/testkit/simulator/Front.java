package org.condatainer.scheduler.testkit.simulator;

import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.condatainer.job.JobId;
import org.condatainer.job.JobRequest;
import org.condatainer.scheduler.testkit.Fault;

/** The commands of one scheduler, over a simulated cluster whose lock is held by the caller. */
interface Front {
  /** {@code Slurm 22.05}. */
  String name();

  /** The commands that it has. */
  List<String> programs();

  /** Does what a command is asked for. */
  Answer answer(Call call);

  /** What a command says when the server is gone. */
  Answer stopped(Call call);

  /** What a command says when the server is busy for a moment. */
  Answer busy(Call call);

  /** What a command says when the history cannot be asked. */
  Answer historyStopped(Call call);

  /** Whether a command submits a job. */
  boolean submits(Call call);

  /** Whether a command asks the history, and not the queue. */
  boolean asksHistory(Call call);

  /** Whether a command runs another and gives back what that one prints. */
  boolean runsOther(Call call);

  /** What can be made to go wrong with it. */
  default Set<Fault> faults() {
    return EnumSet.allOf(Fault.class);
  }

  /** Words of its answers, and the same in another language. */
  Map<String, String> foreignWords();

  /** Variables by which a user changes what commands print. */
  Map<String, String> formatVariables();

  /** The jobs or tasks that an id names. */
  List<SimulatedJob> named(String id);

  JobId unknownJob(int number);

  JobRequest refused();
}
