package org.condatainer.scheduler.pbs;

import java.util.ArrayList;
import java.util.List;
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

/** How job scripts speak to PBS: {@code #PBS} lines (qsub(1B)). */
final class PbsDialect implements Dialect {
  @Override
  public String scheduler() {
    return "pbs";
  }

  @Override
  public boolean appearsIn(JobScript script) {
    for (DirectiveLine line : script.directives(QsubDirective.PREFIX)) {
      if (line.inHeader() && (line.text().startsWith(" ") || line.text().startsWith("\t"))) {
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
      lines.add(directive.line());
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
    return new PbsAmendment(overrides, diagnostics).of(directives, request);
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

  // PBS_NODEFILE has a line for every task (mpiprocs); NCPUS is that of the first chunk
  // (recordings env-*). PBS sets no variable for memory.
  private static final String GRANTED =
      """
      unset CNT_TAG
      CNT_JOB_ID=${PBS_JOBID-}
      CNT_ARRAY_INDEX=${PBS_ARRAY_INDEX-${PBS_ARRAYID-${CNT_ARRAY_INDEX-}}}
      NTASKS=0 NNODES=0 NTASKS_PER_NODE=0 cnt_first='' cnt_seen=' '
      if [ -r "${PBS_NODEFILE-}" ]; then
        while read -r cnt_host; do
          : "${cnt_first:=$cnt_host}"
          NTASKS=$((NTASKS + 1))
          if [ "$cnt_host" = "$cnt_first" ]; then NTASKS_PER_NODE=$((NTASKS_PER_NODE + 1)); fi
          case $cnt_seen in
            *" $cnt_host "*) ;;
            *) cnt_seen="$cnt_seen$cnt_host " NNODES=$((NNODES + 1)) ;;
          esac
        done <"$PBS_NODEFILE"
      fi
      if [ "$NTASKS" = 0 ]; then NTASKS=1 NNODES=1 NTASKS_PER_NODE=1; fi
      NCPUS=$((${NCPUS:-1} / NTASKS_PER_NODE))
      [ "$NCPUS" != 0 ] || NCPUS=1
      """;
}
