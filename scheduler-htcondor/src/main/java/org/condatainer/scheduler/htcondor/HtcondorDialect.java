package org.condatainer.scheduler.htcondor;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.condatainer.job.JobRequest;
import org.condatainer.job.OutputName;
import org.condatainer.scheduler.Amendment;
import org.condatainer.scheduler.DescribedCommand;
import org.condatainer.scheduler.Dialect;
import org.condatainer.scheduler.DirectiveReading;
import org.condatainer.scheduler.OutputText;
import org.condatainer.scheduler.Overrides;
import org.condatainer.scheduler.Rendering;
import org.condatainer.script.Diagnostic;
import org.condatainer.script.DirectiveLine;
import org.condatainer.script.JobScript;

/**
 * How jobs speak to HTCondor: submit files, and {@code #CONDOR} lines of job scripts
 * (condor_submit(1); see the package).
 */
final class HtcondorDialect implements Dialect {
  @Override
  public String scheduler() {
    return "htcondor";
  }

  @Override
  public boolean appearsIn(JobScript script) {
    return !SubmitParser.lines(script).isEmpty();
  }

  @Override
  public DirectiveReading read(JobScript script) {
    List<Diagnostic> diagnostics = new ArrayList<>();
    List<DirectiveLine> lines = SubmitParser.lines(script);
    SubmitReading reading = SubmitReading.of(SubmitParser.statements(lines), diagnostics);
    HtcondorRequest request = new HtcondorRequest(reading, diagnostics);
    JobRequest asked = request.build();
    List<DirectiveLine> directives = new ArrayList<>();
    for (DirectiveLine line : lines) {
      // A submit file's blank lines and comments ask for nothing.
      if (!line.prefix().isEmpty()
          || !(line.text().isBlank() || line.text().strip().startsWith("#"))) {
        directives.add(line);
      }
    }
    ignored(script, diagnostics);
    return new DirectiveReading(directives, request.parts(), asked, diagnostics);
  }

  private static void ignored(JobScript script, List<Diagnostic> diagnostics) {
    for (DirectiveLine line : script.directives(SubmitParser.PREFIX)) {
      if (!line.inHeader() && SubmitParser.endsPrefix(line.text())) {
        diagnostics.add(
            Diagnostic.warning(
                line.line(),
                1,
                SubmitParser.PREFIX + " is ignored here: it stands after the first command"));
      }
    }
  }

  @Override
  public Optional<DescribedCommand> command(JobScript script) {
    if (!SubmitParser.isSubmitFile(script)) {
      return Optional.empty();
    }
    SubmitReading reading =
        SubmitReading.of(SubmitParser.statements(SubmitParser.lines(script)), new ArrayList<>());
    SubmitStatement executable = reading.assignments().get("executable");
    if (executable == null) {
      return Optional.empty();
    }
    List<String> words =
        reading.value("arguments", "args").flatMap(SubmitWords::arguments).orElse(List.of());
    return Optional.of(
        new DescribedCommand(
            reading.macros().expand(executable.value()),
            SubmitWords.shell(words),
            executable.line(),
            executable.column()));
  }

  @Override
  public Amendment amend(JobScript script, Overrides overrides) {
    DirectiveReading read = read(script);
    return new HtcondorAmendment(overrides, read).of(SubmitParser.lines(script));
  }

  @Override
  public Rendering render(JobRequest request) {
    return new HtcondorRendering(request).lines();
  }

  @Override
  public OutputName outputName(String written) {
    return HtcondorOutputName.read(written);
  }

  @Override
  public OutputText outputText(OutputName name) {
    return HtcondorOutputName.write(name);
  }

  @Override
  public List<String> variablePrefixes() {
    return List.of("_CONDOR_");
  }

  // The executable is transferred when the job starts (condor_submit(1), copy_to_spool is false),
  // and
  // DAGMan reads its files as it goes.
  @Override
  public boolean readsScriptAtStart() {
    return true;
  }

  @Override
  public String grantedResources() {
    return GRANTED;
  }

  // The starter writes what the job is and what its slot has into two files (manual, "Services for
  // Running Jobs"). A job gets no PATH; bash has one then, and does not export it.
  private static final String GRANTED =
      """
      CNT_JOB_ID='' CNT_ARRAY_INDEX='' NCPUS='' MEM='' NNODES=1 NTASKS=1 NTASKS_PER_NODE=1
      CNT_JOB_CLUSTER='' cnt_cluster='' cnt_process='' cnt_dag='' cnt_task=''
      if [ -r "${_CONDOR_JOB_AD-}" ]; then
        while IFS=' ' read -r cnt_key cnt_equals cnt_value; do
          case $cnt_key in
            ClusterId) cnt_cluster=$cnt_value ;;
            ProcId) cnt_process=$cnt_value ;;
            GlobalJobId) cnt_value=${cnt_value#'"'} CNT_JOB_CLUSTER=${cnt_value%%'#'*} ;;
            DAGManJobId) cnt_dag=$cnt_value ;;
            CondatainerTask) cnt_task=$cnt_value ;;
            CondatainerIndex) CNT_ARRAY_INDEX=$cnt_value ;;
          esac
        done <"$_CONDOR_JOB_AD"
      fi
      if [ -r "${_CONDOR_MACHINE_AD-}" ]; then
        while IFS=' ' read -r cnt_key cnt_equals cnt_value; do
          case $cnt_key in
            Cpus) NCPUS=${cnt_value%%.*} ;;
            Memory) MEM=${cnt_value%%.*} ;;
          esac
        done <"$_CONDOR_MACHINE_AD"
      fi
      if [ -n "$cnt_dag" ] && [ -n "$cnt_task" ]; then
        cnt_cluster=$cnt_dag cnt_process=$cnt_task
      fi
      CNT_JOB_ID=$cnt_cluster${CNT_ARRAY_INDEX:+.$cnt_process}
      export PATH
      """;
}
