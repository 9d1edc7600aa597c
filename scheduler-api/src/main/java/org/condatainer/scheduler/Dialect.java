package org.condatainer.scheduler;

import java.util.List;
import java.util.Optional;
import org.condatainer.job.JobRequest;
import org.condatainer.job.OutputName;
import org.condatainer.job.RequestPart;
import org.condatainer.script.JobScript;

/**
 * How job scripts speak to one scheduler. Pure functions of text: they work where that scheduler is
 * not installed, start nothing and read no file.
 */
public interface Dialect {
  /** The id of the scheduler that it belongs to. */
  String scheduler();

  /**
   * Whether the script has at least one directive of this dialect that the scheduler would read.
   */
  boolean appearsIn(JobScript script);

  /**
   * What the script's directives ask for. Never throws for what a script says: what the scheduler
   * would refuse is an error among the diagnostics; what is only not known here is kept and passed
   * on.
   */
  DirectiveReading read(JobScript script);

  /**
   * As {@link #read}, for the words of another scheduler: where this one has two figures for what
   * others have one for, the request has the one by which no job ends there that lives here.
   */
  default DirectiveReading readForAnother(JobScript script) {
    return read(script);
  }

  /**
   * The program that a file runs which is no job script itself, but describes a job: HTCondor's
   * submit file. Empty for a job script.
   */
  default Optional<DescribedCommand> command(JobScript script) {
    return Optional.empty();
  }

  /**
   * The script's directives for the same scheduler with the user's overrides applied: untouched
   * lines are the same bytes, what an override contradicts is commented out, and the overrides
   * become options of the submit command.
   */
  Amendment amend(JobScript script, Overrides overrides);

  /**
   * The directives that ask for a request that was written for another scheduler. Reading them back
   * gives the same request for every part that is {@link Outcome#TRANSLATED}. Nothing is invented:
   * what the request does not ask for is not in the directives.
   *
   * @param request its output files are already in this dialect's words, its native options are
   *     another scheduler's and are left alone
   */
  Rendering render(JobRequest request);

  /** An output file's name as this scheduler would understand it. */
  OutputName outputName(String written);

  /**
   * The name that this scheduler gives an output file of which only the folder is written, with a
   * {@code /} at its end. Empty where such a name is of no use.
   *
   * @param stream {@link RequestPart#OUTPUT} or {@link RequestPart#ERROR}
   * @param script the name of a job that has none of its own
   */
  default Optional<OutputName> nameInFolder(JobRequest request, RequestPart stream, String script) {
    return Optional.empty();
  }

  /** An output file's name in this scheduler's words. */
  OutputText outputText(OutputName name);

  /**
   * What the names of the variables begin with that this scheduler sets for its jobs, so that a
   * translation can point out where a script reads them: {@code SLURM_}.
   */
  default List<String> variablePrefixes() {
    return List.of();
  }

  /**
   * A fragment of POSIX shell that a job runs on its node, before everything else. From what the
   * scheduler granted, it sets (where the scheduler tells) {@code CNT_JOB_ID}, {@code NCPUS} (CPUs
   * per task), {@code MEM} (MiB per task), {@code NNODES}, {@code NTASKS}, {@code NTASKS_PER_NODE},
   * and, in an array, {@code CNT_ARRAY_INDEX}. What is not the same for all tasks, or all nodes, is
   * unset. Where ids mean something on one of several clusters only, and no variable of the
   * scheduler tells which, {@code CNT_JOB_CLUSTER} is the {@link
   * org.condatainer.job.JobId#cluster()} of the job's. Where the variables of one job reach another
   * that it submits, {@code cnt_array} tells, if it is set: empty for what is not submitted as an
   * array; it is not set for a run inside a job that submits none. It starts no process, prints
   * nothing, sets no other variable whose name does not begin with {@code cnt_}, and works under
   * {@code set -eu}.
   */
  String grantedResources();

  /**
   * A fragment of bash that a job runs on its first node, for users who want a container for each
   * task. It defines the function {@code cnt_launch_ranks COMMAND…}, which starts the command once
   * for each task that was granted, on the nodes of the job, and ends the shell with their exit
   * code. The variables of {@link #grantedResources} are set by then. What is not there on the node
   * it reports by {@code cnt_fail 5 TEXT}, which ends the job; {@code cnt_host} names the node.
   * Empty where the scheduler starts a job's program once only.
   */
  default Optional<String> rankLauncher() {
    return Optional.empty();
  }

  /**
   * Whether the batch script, and what is written beside it, is read from its file when the job
   * starts. A scheduler that takes a copy at the submit says no: nobody can exchange that.
   */
  default boolean readsScriptAtStart() {
    return false;
  }
}
