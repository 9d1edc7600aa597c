package org.condatainer.scheduler.slurm;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.condatainer.job.JobRequest;
import org.condatainer.job.OutputName;
import org.condatainer.scheduler.Amendment;
import org.condatainer.scheduler.Dialect;
import org.condatainer.scheduler.DirectiveReading;
import org.condatainer.scheduler.OutputText;
import org.condatainer.scheduler.Overrides;
import org.condatainer.scheduler.Rendering;
import org.condatainer.script.Diagnostic;
import org.condatainer.script.DirectiveLine;
import org.condatainer.script.JobScript;

/** How job scripts speak to Slurm: {@code #SBATCH} lines (sbatch(1)). */
final class SlurmDialect implements Dialect {
  @Override
  public String scheduler() {
    return "slurm";
  }

  @Override
  public boolean appearsIn(JobScript script) {
    for (DirectiveLine line : script.directives(SbatchDirective.PREFIX)) {
      if (line.inHeader()) {
        return true;
      }
    }
    return false;
  }

  @Override
  public DirectiveReading read(JobScript script) {
    return read(script, SlurmRequest::build);
  }

  @Override
  public DirectiveReading readForAnother(JobScript script) {
    return read(script, SlurmRequest::buildForAnother);
  }

  private static DirectiveReading read(JobScript script, Function<SlurmRequest, JobRequest> built) {
    List<Diagnostic> diagnostics = new ArrayList<>();
    List<SbatchDirective> directives = SbatchDirective.of(script, diagnostics);
    List<DirectiveLine> lines = new ArrayList<>();
    for (SbatchDirective directive : directives) {
      lines.add(directive.line());
    }
    SlurmRequest request = request(directives, diagnostics);
    JobRequest all = built.apply(request);
    return new DirectiveReading(lines, request.parts(), all, diagnostics);
  }

  private static SlurmRequest request(
      List<SbatchDirective> directives, List<Diagnostic> diagnostics) {
    SlurmRequest request = new SlurmRequest(diagnostics);
    for (SbatchDirective directive : directives) {
      if (directive.separator()) {
        request.separate(directive.line());
      }
      directive.options().forEach(request::add);
    }
    return request;
  }

  @Override
  public Amendment amend(JobScript script, Overrides overrides) {
    List<Diagnostic> diagnostics = new ArrayList<>();
    List<SbatchDirective> directives = SbatchDirective.of(script, diagnostics);
    JobRequest written = request(directives, diagnostics).build();
    diagnostics.addAll(overrides.wrongJobIds(id -> SlurmIds.isId(id.split(";", 2)[0]), "Slurm"));
    return new SlurmAmendment(overrides, diagnostics).of(directives, written);
  }

  @Override
  public Rendering render(JobRequest request) {
    return new SlurmRendering(request).lines();
  }

  @Override
  public OutputName outputName(String written) {
    return SlurmOutputName.read(written);
  }

  @Override
  public OutputText outputText(OutputName name) {
    return SlurmOutputName.write(name);
  }

  @Override
  public List<String> variablePrefixes() {
    return List.of("SLURM_");
  }

  @Override
  public String grantedResources() {
    return GRANTED;
  }

  @Override
  public Optional<String> rankLauncher() {
    return Optional.of(RANKS);
  }

  // A step of srun does not inherit --cpus-per-task (srun(1), since 22.05), nor the variables of a
  // job that was submitted with --export.
  private static final String RANKS =
      """
      cnt_launch_ranks() {
        command -v srun >/dev/null ||
          cnt_fail 5 "$cnt_host has no srun, which was to start a container for each task (--ranks)"
        exec srun --export=ALL ${SLURM_CPUS_PER_TASK:+"--cpus-per-task=$SLURM_CPUS_PER_TASK"} "$@"
      }
      """;

  // SLURM_NTASKS and SLURM_CPUS_PER_TASK are set only for jobs that ask for them;
  // SLURM_TASKS_PER_NODE is always there, as 2(x3),1 for an uneven distribution (sbatch(1)). Then
  // no
  // number is true of all nodes: NTASKS_PER_NODE is unset, and what would be shared out by it.
  private static final String GRANTED =
      """
      CNT_JOB_ID=${SLURM_JOB_ID-}
      CNT_ARRAY_INDEX=${SLURM_ARRAY_TASK_ID-}
      # A job that a task of an array submits inherits the task's variables, but for its own number.
      if [ -n "${cnt_array-}${SBATCH_ARRAY_INX-}" ] || [ "${SLURM_ARRAY_JOB_ID-}" = "$CNT_JOB_ID" ]; then
        CNT_JOB_ID=${SLURM_ARRAY_JOB_ID:-$CNT_JOB_ID}${CNT_ARRAY_INDEX:+_$CNT_ARRAY_INDEX}
      elif [ -z "${cnt_array-1}" ]; then
        CNT_ARRAY_INDEX=''
      fi
      NNODES=${SLURM_JOB_NUM_NODES:-1}
      unset NTASKS_PER_NODE NCPUS MEM
      cnt_rest=${SLURM_TASKS_PER_NODE:-1}
      case $cnt_rest in *,*) ;; *) NTASKS_PER_NODE=${cnt_rest%%[(]*} ;; esac
      NTASKS=${SLURM_NTASKS-}
      if [ -z "$NTASKS" ]; then
        NTASKS=0
        while [ -n "$cnt_rest" ]; do
          cnt_part=${cnt_rest%%,*}
          cnt_nodes=1
          case $cnt_part in *x*) cnt_nodes=${cnt_part#*x} cnt_nodes=${cnt_nodes%)} ;; esac
          cnt_tasks=${cnt_part%%[(]*}
          NTASKS=$((NTASKS + cnt_tasks * cnt_nodes))
          case $cnt_rest in *,*) cnt_rest=${cnt_rest#*,} ;; *) cnt_rest='' ;; esac
        done
      fi
      if [ -n "${SLURM_CPUS_PER_TASK-}" ]; then
        NCPUS=$SLURM_CPUS_PER_TASK
      elif [ -n "${NTASKS_PER_NODE-}" ]; then
        NCPUS=$((${SLURM_CPUS_ON_NODE:-1} / NTASKS_PER_NODE))
        [ "$NCPUS" != 0 ] || NCPUS=1
      fi
      if [ -n "${SLURM_MEM_PER_CPU-}" ]; then
        [ -z "${NCPUS-}" ] || MEM=$((SLURM_MEM_PER_CPU * NCPUS))
      elif [ -z "${NTASKS_PER_NODE-}" ]; then
        :
      elif [ "${SLURM_MEM_PER_NODE:-0}" != 0 ]; then
        MEM=$((SLURM_MEM_PER_NODE / NTASKS_PER_NODE))
      elif [ -n "${SLURM_MEM_PER_GPU-}" ] && [ -n "${SLURM_GPUS_ON_NODE-}" ]; then
        MEM=$((SLURM_MEM_PER_GPU * SLURM_GPUS_ON_NODE / NTASKS_PER_NODE))
      fi
      """;
}
