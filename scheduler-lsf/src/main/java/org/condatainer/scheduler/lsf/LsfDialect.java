package org.condatainer.scheduler.lsf;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
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

/**
 * How job scripts speak to LSF: {@code #BSUB} lines, which bsub reads anywhere in a script. Numbers
 * of memory without a unit mean what the site says; a note tells where that was needed.
 */
final class LsfDialect implements Dialect {
  private final LsfSite site;

  LsfDialect(LsfSite site) {
    this.site = requireNonNull(site, "site is null");
  }

  @Override
  public String scheduler() {
    return "lsf";
  }

  @Override
  public boolean appearsIn(JobScript script) {
    for (String line : script.lines()) {
      if (BsubDirective.isDirective(line)) {
        return true;
      }
    }
    return false;
  }

  @Override
  public DirectiveReading read(JobScript script) {
    return read(script, LsfRequest::build);
  }

  @Override
  public DirectiveReading readForAnother(JobScript script) {
    return read(script, LsfRequest::buildForAnother);
  }

  private DirectiveReading read(JobScript script, Function<LsfRequest, JobRequest> build) {
    List<Diagnostic> diagnostics = new ArrayList<>();
    List<BsubDirective> directives = BsubDirective.of(script, diagnostics);
    List<DirectiveLine> lines = new ArrayList<>();
    for (BsubDirective directive : directives) {
      lines.addAll(directive.lines());
    }
    LsfRequest request = request(script, directives, diagnostics);
    JobRequest built = build.apply(request);
    return new DirectiveReading(lines, request.parts(), built, diagnostics);
  }

  private LsfRequest request(
      JobScript script, List<BsubDirective> directives, List<Diagnostic> diagnostics) {
    LsfRequest request = new LsfRequest(site, SlotRequest.slotsOfTask(script), diagnostics);
    for (BsubDirective directive : directives) {
      directive.options().forEach(request::add);
    }
    return request;
  }

  @Override
  public Amendment amend(JobScript script, Overrides overrides) {
    List<Diagnostic> diagnostics = new ArrayList<>();
    List<BsubDirective> directives = BsubDirective.of(script, diagnostics);
    JobRequest written = request(script, directives, diagnostics).build();
    diagnostics.addAll(overrides.wrongJobIds(LsfIds::isId, "LSF"));
    remark(SlotRequest.REMARK, script, directives);
    if (overrides.array().isEmpty()) {
      remark(LsfJobName.REMARK, script, directives);
    }
    return new LsfAmendment(site, overrides, directives, written, diagnostics).of();
  }

  /** Keeps a remark of ours among the directives, in its place. */
  private static void remark(String mark, JobScript script, List<BsubDirective> directives) {
    for (int i = 0; i < script.headerLines(); i++) {
      String line = script.lines().get(i);
      if (line.startsWith(mark)) {
        directives.add(before(i + 1, directives), remark(i + 1, line));
        return;
      }
    }
  }

  private static int before(int line, List<BsubDirective> directives) {
    int index = 0;
    while (index < directives.size() && directives.get(index).lines().get(0).line() < line) {
      index++;
    }
    return index;
  }

  private static BsubDirective remark(int line, String text) {
    return new BsubDirective(List.of(new DirectiveLine(line, 1, "", text, true)), List.of());
  }

  @Override
  public Rendering render(JobRequest request) {
    return new LsfRendering(request).lines();
  }

  @Override
  public OutputName outputName(String written) {
    return LsfOutputName.read(written);
  }

  @Override
  public Optional<OutputName> nameInFolder(JobRequest request, RequestPart stream, String script) {
    return Optional.of(LsfOutputName.byDefault(request, stream));
  }

  @Override
  public OutputText outputText(OutputName name) {
    return LsfOutputName.write(name);
  }

  @Override
  public List<String> variablePrefixes() {
    return List.of("LSB_", "LSF_", "LS_");
  }

  @Override
  public String grantedResources() {
    return GRANTED;
  }

  @Override
  public Optional<String> rankLauncher() {
    return Optional.of(RANKS);
  }

  // blaunch(1) starts one command on one host of the job; the first exit code that is not 0 counts.
  private static final String RANKS =
      """
      cnt_launch_ranks() {
        command -v blaunch >/dev/null ||
          cnt_fail 5 "$cnt_host has no blaunch, which was to start a container for each task (--ranks)"
        local host='' word='' rank=0 end=0 code=0 ranks=()
        for word in ${LSB_MCPU_HOSTS:-$cnt_host ${cnt_slots_of_task:-1}}; do
          if [[ -z $host ]]; then
            host=$word
            continue
          fi
          for ((end = rank + word / ${cnt_slots_of_task:-1}; rank < end; rank++)); do
            blaunch "$host" /usr/bin/env CNT_RANK="$rank" "$@" &
            ranks+=("$!")
          done
          host=''
        done
        for word in "${ranks[@]}"; do
          wait "$word" || { end=$?; ((code)) || code=$end; }
        done
        exit "$code"
      }
      """;

  // LSB_MCPU_HOSTS is "host slots host slots " (recorded of volclava; IBM's reference of
  // environment variables). How many slots and CPUs a task has, and its memory, LSF does not tell:
  // cnt_cpus and the others are written into the script at submit.
  private static final String GRANTED =
      """
      CNT_JOB_ID=${LSB_JOBID-}
      CNT_ARRAY_INDEX=
      if [ "${LSB_JOBINDEX:-0}" != 0 ]; then
        CNT_ARRAY_INDEX=$((LSB_JOBINDEX - ${cnt_index_less:-0}))
        CNT_JOB_ID="$CNT_JOB_ID[$LSB_JOBINDEX]"
      fi
      NNODES=0 cnt_slots=0 cnt_first=0 cnt_host=
      for cnt_word in ${LSB_MCPU_HOSTS-}; do
        if [ -z "$cnt_host" ]; then
          cnt_host=$cnt_word
        else
          NNODES=$((NNODES + 1))
          cnt_slots=$((cnt_slots + cnt_word))
          [ "$cnt_first" != 0 ] || cnt_first=$cnt_word
          cnt_host=
        fi
      done
      [ "$NNODES" != 0 ] || NNODES=1
      [ "$cnt_slots" != 0 ] || cnt_slots=${LSB_DJOB_NUMPROC:-1}
      [ "$cnt_first" != 0 ] || cnt_first=$cnt_slots
      NCPUS=${cnt_cpus:-1}
      NTASKS=$((cnt_slots / ${cnt_slots_of_task:-1}))
      [ "$NTASKS" != 0 ] || NTASKS=1
      NTASKS_PER_NODE=$((cnt_first / ${cnt_slots_of_task:-1}))
      [ "$NTASKS_PER_NODE" != 0 ] || NTASKS_PER_NODE=1
      MEM=${cnt_mebibytes_of_task-}
      [ -z "${cnt_mebibytes_of_host-}" ] || MEM=$((cnt_mebibytes_of_host / NTASKS_PER_NODE))
      [ -z "${cnt_mebibytes_of_job-}" ] || MEM=$((cnt_mebibytes_of_job / NTASKS))
      """;
}
