package org.condatainer.scheduler.pbs;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.condatainer.job.JobRequest;
import org.condatainer.job.OutputName;
import org.condatainer.job.RequestPart;
import org.condatainer.scheduler.Amendment;
import org.condatainer.scheduler.Dialect;
import org.condatainer.scheduler.DirectiveReading;
import org.condatainer.scheduler.OutputText;
import org.condatainer.scheduler.Overrides;
import org.condatainer.scheduler.Rendering;
import org.condatainer.script.Diagnostic;
import org.condatainer.script.DirectiveLine;
import org.condatainer.script.JobScript;

/** How job scripts speak to PBS: {@code #PBS} lines (qsub(1B)). */
final class PbsDialect implements Dialect {
  @Override
  public String scheduler() {
    return "pbs";
  }

  @Override
  public boolean appearsIn(JobScript script) {
    for (QsubDirective directive : QsubDirective.of(script, new ArrayList<>())) {
      if (!directive.lines().get(0).text().isBlank()) {
        return true;
      }
    }
    return false;
  }

  @Override
  public DirectiveReading read(JobScript script) {
    List<Diagnostic> diagnostics = new ArrayList<>();
    List<QsubDirective> directives = QsubDirective.of(script, diagnostics);
    List<DirectiveLine> lines = new ArrayList<>();
    for (QsubDirective directive : directives) {
      lines.addAll(directive.lines());
    }
    PbsRequest request = PbsRequest.of(directives, diagnostics);
    JobRequest built = request.build();
    return new DirectiveReading(lines, request.parts(), built, diagnostics);
  }

  @Override
  public Amendment amend(JobScript script, Overrides overrides) {
    List<Diagnostic> diagnostics = new ArrayList<>();
    List<QsubDirective> directives = QsubDirective.of(script, diagnostics);
    PbsRequest request = PbsRequest.of(directives, diagnostics);
    diagnostics.addAll(
        overrides.wrongJobIds(id -> PbsQueries.isId(id) && id.indexOf(',') < 0, "PBS"));
    return new PbsAmendment(overrides, request, diagnostics).of(directives);
  }

  @Override
  public Rendering render(JobRequest request) {
    return new PbsRendering(request).lines();
  }

  @Override
  public OutputName outputName(String written) {
    return PbsOutputName.read(written);
  }

  @Override
  public Optional<OutputName> nameInFolder(JobRequest request, RequestPart stream, String script) {
    return Optional.of(PbsOutputName.byDefault(request, stream, script));
  }

  @Override
  public OutputText outputText(OutputName name) {
    return PbsOutputName.write(name);
  }

  @Override
  public List<String> variablePrefixes() {
    return List.of("PBS_");
  }

  @Override
  public String grantedResources() {
    return GRANTED;
  }

  @Override
  public Optional<String> rankLauncher() {
    return Optional.of(RANKS);
  }

  // PBS has no launcher of its own for a parallel job: it is MPI's, and both families of it take
  // these options.
  private static final String RANKS =
      """
      cnt_launch_ranks() {
        command -v mpiexec >/dev/null ||
          cnt_fail 5 "$cnt_host has no mpiexec, which was to start a container for each task (--ranks);" \
            "is a module to be loaded (node_modules)?"
        exec mpiexec -n "$NTASKS" ${PBS_NODEFILE:+-machinefile "$PBS_NODEFILE"} "$@"
      }
      """;

  // PBS_NODEFILE has a line for every task (mpiprocs). NCPUS is the threads of a task where
  // ompthreads is asked for, else the CPUs of the first chunk, which may have several tasks
  // (recordings env-*): where it is no task's, and for memory, the batch script has the request's
  // word (PbsAmendment).
  private static final String GRANTED =
      """
      unset CNT_TAG
      CNT_JOB_ID=${PBS_JOBID-}
      # qsub -V hands the variables of a task to the jobs that it submits. The only task of an array
      # is a plain job here, which has its index from the script or from qsub -v.
      case ${CNT_JOB_ID%%.*} in
        *[[-]*) CNT_ARRAY_INDEX=${PBS_ARRAY_INDEX-${PBS_ARRAYID-}} ;;
        *) [ -n "${cnt_array-1}" ] || CNT_ARRAY_INDEX='' ;;
      esac
      NTASKS=0 NNODES=0 cnt_seen=' ' cnt_host='' cnt_lines=0
      cnt_count() {
        [ -n "$cnt_host" ] || return 0
        case $cnt_seen in
          *" $cnt_host="*)
            cnt_rest=${cnt_seen#*" $cnt_host="}
            cnt_lines=$((cnt_lines + ${cnt_rest%% *}))
            cnt_seen="${cnt_seen%%" $cnt_host="*} ${cnt_rest#* }"
            ;;
          *) NNODES=$((NNODES + 1)) ;;
        esac
        cnt_seen="$cnt_seen$cnt_host=$cnt_lines "
      }
      if [ -r "${PBS_NODEFILE-}" ]; then
        while read -r cnt_line; do
          NTASKS=$((NTASKS + 1))
          if [ "$cnt_line" != "$cnt_host" ]; then
            cnt_count
            cnt_host=$cnt_line cnt_lines=0
          fi
          cnt_lines=$((cnt_lines + 1))
        done <"$PBS_NODEFILE"
        cnt_count
      fi
      if [ "$NTASKS" = 0 ]; then NTASKS=1 NNODES=1; fi
      NTASKS_PER_NODE=$((NTASKS / NNODES))
      for cnt_line in $cnt_seen; do
        if [ "${cnt_line##*=}" != "${NTASKS_PER_NODE-}" ]; then unset NTASKS_PER_NODE; fi
      done
      NCPUS=${cnt_cpus_per_task-${NCPUS:-1}}
      [ -n "$NCPUS" ] || unset NCPUS
      MEM=${cnt_memory_per_task-}
      [ -n "$MEM" ] || unset MEM
      """;
}
