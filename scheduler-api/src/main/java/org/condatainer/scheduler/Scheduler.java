package org.condatainer.scheduler;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.condatainer.job.JobId;
import org.condatainer.job.JobRequest;
import org.condatainer.job.JobSnapshot;
import org.condatainer.process.CommandResult;

/**
 * A batch scheduler in use. Its promises are the numbered rules of this package. Safe for use by
 * several threads at once.
 */
public interface Scheduler {
  /**
   * Submits a job (rules 5 to 8).
   *
   * @return the job's id, of an array the array's own; with the cluster where ids mean something on
   *     one of several only
   * @throws SchedulerException if it was refused, or it is not known whether it was accepted; with
   *     {@link SchedulerException#submitted} if there is a job that is not quite what was asked for
   */
  JobId submit(Submission submission);

  /**
   * What is known of each job (rules 1 to 4). Never throws for a scheduler that does not answer:
   * that is an answer.
   *
   * @return an entry for every id that was asked for, by the very id; for no ids an empty map
   */
  Map<JobId, JobSnapshot> query(Set<JobId> ids);

  /**
   * The jobs that have not ended, array tasks each on its own.
   *
   * @return an empty list if the scheduler answered and there are none
   * @throws SchedulerException if the scheduler could not be asked
   */
  List<JobSnapshot> live(JobFilter filter);

  /**
   * Asks for the end of jobs. Returns when the request was taken, not when they have ended. A job
   * that ended before is no error.
   *
   * @throws SchedulerException if the request was refused or not taken
   */
  void cancel(Set<JobId> ids);

  /**
   * Keeps waiting jobs from starting.
   *
   * @throws SchedulerException if it was refused, or the scheduler cannot
   */
  default void hold(Set<JobId> ids) {
    throw SchedulerException.unsupported("holding jobs", this);
  }

  /**
   * Lets held jobs start.
   *
   * @throws SchedulerException if it was refused, or the scheduler cannot
   */
  default void release(Set<JobId> ids) {
    throw SchedulerException.unsupported("releasing jobs", this);
  }

  /**
   * Queues, limits and nodes. Asked for before a submit, so it should take a moment only.
   *
   * @throws SchedulerException if the scheduler could not be asked
   */
  ClusterInfo cluster();

  /**
   * Whether something beside the queue may grant a job more walltime and nodes than its queue does,
   * such as a quality of service. Asked only for a job that is beyond a queue's limits, which is
   * not submitted otherwise. Who cannot tell says yes.
   */
  default boolean mayLiftQueueLimits(JobRequest request) {
    return request.qos().isPresent();
  }

  /**
   * Whether a job goes to another cluster or server than the one that {@link #cluster} tells of,
   * whose limits do not hold for it.
   */
  default boolean isForAnotherCluster(JobRequest request) {
    return false;
  }

  /**
   * Runs a command on the first node of a running job, inside its allocation.
   *
   * @param command the program and its arguments; they arrive there as they are
   * @return what it printed there, with its own exit code
   * @throws SchedulerException if the job is not running, the scheduler cannot, or the command did
   *     not end within {@link SchedulerContext#timeout}
   */
  default CommandResult runOnNode(JobId job, List<String> command) {
    throw SchedulerException.unsupported("running a command on a job's node", this);
  }

  /**
   * Whether it hears from its nodes, by their names in {@link JobSnapshot#nodes}. A scheduler whose
   * jobs end only when their nodes have said so need not tell.
   *
   * @param cluster as in {@link JobId#cluster}
   * @return all nodes; empty if it does not tell
   * @throws SchedulerException if the scheduler could not be asked
   */
  default Map<String, NodeState> nodeStates(String cluster) {
    return Map.of();
  }

  /**
   * Whether it holds the processes of its jobs together. Asked where nothing but the end of a job
   * speaks for the end of its processes.
   *
   * @param cluster as in {@link JobId#cluster}
   * @throws SchedulerException if the scheduler could not be asked
   */
  default ProcessTracking processTracking(String cluster) {
    return ProcessTracking.NOT_TOLD;
  }

  /**
   * What a user types to run a command on a node in a new job of his own, and to see what it prints
   * or where that goes. Nobody types anything into the command itself.
   *
   * @param cluster as in {@link JobId#cluster}
   * @param node as in {@link JobSnapshot#nodes}
   * @param command the program and its arguments
   * @return words, not yet quoted for the user's shell; empty if there is no such command
   */
  default List<String> commandOnNode(String cluster, String node, List<String> command) {
    return List.of();
  }

  /** What it can do here. What is not in this set fails with {@link Failure.Kind#UNSUPPORTED}. */
  Set<Capability> capabilities();

  /** Whether an id is written as those of its jobs are. One that is not names no job. */
  default boolean isJobId(JobId id) {
    return true;
  }

  /**
   * How one task of an array is named, if an id names the array as a whole: {@link #cancel} would
   * end all of its tasks. Asked before the job of one process is cancelled, where an array's own id
   * may stand for one of its tasks too; a scheduler whose tasks always tell their own ids need not
   * say.
   *
   * @param id of a job that has not ended
   * @return a form to show, such as {@code 84_INDEX}; empty if the id names one job or one task
   * @throws SchedulerException if the scheduler could not be asked
   */
  default Optional<String> taskOfArray(JobId id) {
    return Optional.empty();
  }

  /** The name to use in messages: {@code Slurm}. */
  String displayName();
}
