package org.condatainer.launch;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.condatainer.container.Base;
import org.condatainer.script.JobScript;
import org.condatainer.script.Shebang;
import org.condatainer.script.ShellWords;

/** Writes a {@link BatchScript} down. */
final class BatchText {
  private BatchText() {}

  static byte[] of(BatchScript batch) {
    Charset charset = UTF_8;
    if (batch.payload() instanceof BatchScript.Payload.Script payload) {
      charset = payload.script().charset();
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes("#!/bin/bash\n".getBytes(UTF_8));
    for (String line : batch.directiveLines()) {
      out.writeBytes((line + "\n").getBytes(charset));
    }
    StringBuilder text = new StringBuilder(header(batch));
    text.append(PRELUDE);
    text.append("cnt_run_id=").append(ShellWords.quote(batch.runId())).append('\n');
    text.append("\n# What the job was granted, by the same names on every scheduler.\n");
    text.append("cnt_array=").append(batch.arrayCount() > 0 ? "1" : "''").append('\n');
    text.append(batch.grantedResources());
    if (!batch.grantedResources().endsWith("\n")) {
      text.append('\n');
    }
    if (batch.arrayCount() > 0) {
      text.append("CNT_ARRAY_COUNT=").append(batch.arrayCount()).append('\n');
    }
    text.append(RESOURCES);
    modules(batch.nodeModules(), text);
    if (batch.payload() instanceof BatchScript.Payload.Ranks payload) {
      text.append('\n').append(payload.launcher());
      text.append(LAUNCH_RANKS.replace("@FILE@", ShellWords.quote(payload.script().toString())));
      out.writeBytes(text.toString().getBytes(UTF_8));
      return out.toByteArray();
    }
    text.append('\n').append(batch.runtime().shellFunction(batch.container())).append('\n');
    for (String note : batch.notes()) {
      text.append("printf '%s\\n' ").append(ShellWords.quote(note)).append(" >&2\n");
    }
    if (batch.payload() instanceof BatchScript.Payload.Script payload) {
      script(payload, text, out);
    } else if (batch.payload() instanceof BatchScript.Payload.Words payload) {
      words(batch, payload, text);
      out.writeBytes(text.toString().getBytes(UTF_8));
    }
    return out.toByteArray();
  }

  private static String header(BatchScript batch) {
    String what = "a command";
    if (batch.payload() instanceof BatchScript.Payload.Script payload) {
      what = payload.path().toString();
    } else if (batch.payload() instanceof BatchScript.Payload.Ranks payload) {
      what = payload.script() + " once for each task, each";
    }
    StringBuilder shown = new StringBuilder();
    for (int i = 0; i < what.length(); i++) {
      char c = what.charAt(i);
      shown.append(c < ' ' || c == 0x7f ? '?' : c);
    }
    return "\n# Run "
        + batch.runId()
        + " of condatainer: runs "
        + shown
        + "\n# in a container ("
        + batch.runtime().name()
        + "). All that it takes is in this file; it was written for this run, so do not edit"
        + " it.\n\n";
  }

  private static void modules(List<String> modules, StringBuilder text) {
    if (!modules.isEmpty()) {
      text.append(MODULES.replace("@MODULES@", ShellWords.join(modules)));
    }
  }

  private static void script(
      BatchScript.Payload.Script payload, StringBuilder text, ByteArrayOutputStream out) {
    JobScript script = payload.script();
    byte[] content = script.content();
    boolean ended = content[content.length - 1] == '\n';
    String path = ShellWords.quote(payload.path().toString());
    Optional<Shebang> shebang = script.shebang();
    if (shebang.isEmpty()) {
      text.append("cnt_note \"the script has no interpreter line (#!); it is run by /bin/bash\"\n");
    }
    List<String> interpreter = shebang.map(Shebang::words).orElse(List.of("/bin/bash"));
    text.append(ended ? COPY : COPY_CUT);
    payload.inputs().ifPresent(file -> text.append(inputs(file)));
    text.append("cnt_script=").append(path).append('\n').append(ABSENT).append("set -- ");
    text.append(ShellWords.join(interpreter)).append(" \"$cnt_path\"");
    if (payload.inputs().isPresent()) {
      text.append(" \"${cnt_words[@]}\"");
    }
    for (String argument : payload.arguments()) {
      text.append(' ').append(ShellWords.quote(argument));
    }
    if (!payload.shellArguments().isEmpty()) {
      text.append(' ').append(payload.shellArguments());
    }
    // A scheduler may give the batch script arguments of its own: HTCondor's "arguments".
    text.append(" \"$@\"\n# The script as it was when the run was planned.\n");
    String delimiter = delimiter(script);
    text.append("exec 7<<'").append(delimiter).append("'\n");
    out.writeBytes(text.toString().getBytes(UTF_8));
    out.writeBytes(content);
    out.writeBytes(((ended ? "" : "\n") + delimiter + "\ncnt_container \"$@\"\n").getBytes(UTF_8));
  }

  /** The words of this task's line; the file was written for this run, each word quoted. */
  private static String inputs(Path file) {
    return INPUTS.replace("@FILE@", ShellWords.quote(file.toString()));
  }

  /** A line that the script does not have. */
  private static String delimiter(JobScript script) {
    String delimiter = "END_OF_THE_SCRIPT";
    for (int i = 1; script.lines().contains(delimiter); i++) {
      delimiter = "END_OF_THE_SCRIPT_" + i;
    }
    return delimiter;
  }

  private static void words(
      BatchScript batch, BatchScript.Payload.Words payload, StringBuilder text) {
    text.append("cnt_script=''\n");
    if (!payload.words().isEmpty()) {
      text.append("cnt_container ").append(ShellWords.join(payload.words()));
      text.append(payload.shellArguments().isEmpty() ? "" : " " + payload.shellArguments());
      text.append(" \"$@\"\n");
      return;
    }
    text.append("cnt_container ");
    if (payload.prompt().isPresent()) {
      // bash runs it before its first prompt, after the start-up files that set their own. It is
      // set inside, since Apptainer has one of its own there.
      String command =
          "PS1="
              + ShellWords.quote("(" + promptText(payload.prompt().get()) + ") ")
              + "\"$PS1\"; unset PROMPT_COMMAND";
      text.append("/bin/sh -c 'export PROMPT_COMMAND=\"$1\"; exec \"$2\"' sh ");
      text.append(ShellWords.quote(command)).append(' ');
    }
    boolean host = batch.container().base() instanceof Base.Host;
    text.append(host ? "\"${SHELL:-/bin/bash}\"" : "/bin/bash").append('\n');
  }

  /** A text for PS1, where backslash, dollar and backquote would mean something. */
  private static String promptText(String text) {
    List<String> parts = new ArrayList<>();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      parts.add(c == '\\' || c == '$' || c == '`' ? "_" : String.valueOf(c));
    }
    return String.join("", parts);
  }

  private static final String PRELUDE =
      """
      # shellcheck disable=SC2015,SC2016,SC2034,SC2140
      set -u
      cnt_note() { printf 'condatainer: %s\\n' "$*" >&2; }
      cnt_fail() {
        local code=$1
        shift
        cnt_note "$*"
        exit "$code"
      }
      """;

  private static final String RESOURCES =
      """
      [[ -z ${MEM-} ]] || MEM_GB=$((MEM / 1024))
      [[ -z ${NCPUS-} || -n ${OMP_NUM_THREADS-} ]] || OMP_NUM_THREADS=$NCPUS
      export NCPUS MEM MEM_GB NNODES NTASKS NTASKS_PER_NODE OMP_NUM_THREADS
      export CNT_JOB_ID CNT_JOB_CLUSTER CNT_ARRAY_INDEX CNT_ARRAY_COUNT
      """;

  private static final String MODULES =
      """

      # Modules that the runtime needs here. In a job, module is often not yet defined.
      cnt_modules() {
        local file
        for file in "${LMOD_PKG:-/usr/share/lmod/lmod}/init/bash" \\
          "${MODULESHOME:-/usr/share/modules}/init/bash" /usr/share/Modules/init/bash \\
          /etc/profile.d/{modules,lmod,z00_lmod,00-modulepath,z01_lmod}.sh; do
          type module >/dev/null 2>&1 && break
          # shellcheck disable=SC1090
          [[ ! -r $file ]] || . "$file"
        done
        type module >/dev/null 2>&1 ||
          cnt_fail 5 "$HOSTNAME has no command module, which was to load: $*"
        module load "$@" || cnt_fail 5 "on $HOSTNAME module load failed: $*"
      }
      set +u
      cnt_modules @MODULES@
      set -u
      """;

  // What the first node knows goes along by its name: not every launcher hands on variables, or the
  // working directory.
  private static final String LAUNCH_RANKS =
      """

      [[ -r @FILE@ ]] ||
        cnt_fail 5 "$HOSTNAME does not show what each rank runs (runs_dir must be seen by all nodes): "@FILE@
      cnt_known=()
      for cnt_name in NCPUS MEM MEM_GB NNODES NTASKS NTASKS_PER_NODE OMP_NUM_THREADS \\
        CNT_JOB_ID CNT_ARRAY_INDEX CNT_ARRAY_COUNT; do
        [[ -z ${!cnt_name-} ]] || cnt_known+=("$cnt_name=${!cnt_name}")
      done
      cnt_launch_ranks /usr/bin/env "${cnt_known[@]}" /bin/bash @FILE@ "$PWD" "$@"
      """;

  /** What stands in the script of a rank in the place of a scheduler's fragment. */
  static final String OF_A_RANK =
      """
      cd -- "$1" || cnt_fail 5 "$HOSTNAME does not show the job's working directory $1"
      shift
      # Slurm, PMIx and Open MPI, MPICH and its kin; on LSF the launcher sets it.
      CNT_RANK=${CNT_RANK-${SLURM_PROCID-${PMIX_RANK-${OMPI_COMM_WORLD_RANK-${PMI_RANK-}}}}}
      export CNT_RANK
      """;

  private static final String INPUTS =
      """
      # The words of this task's line of the array's inputs.
      : "${CNT_ARRAY_INDEX:=1}"
      mapfile -t -s $((CNT_ARRAY_INDEX - 1)) -n 1 cnt_line 2>/dev/null <@FILE@
      [[ ${#cnt_line[@]} == 1 ]] ||
        cnt_fail 5 "$HOSTNAME does not show line $CNT_ARRAY_INDEX of the array's inputs: "@FILE@
      eval "cnt_words=(${cnt_line[0]})"
      """;

  private static final String COPY =
      """
      cnt_copy_script() { install -m 700 /dev/fd/7 "$1"; }
      """;

  private static final String COPY_CUT =
      """
      cnt_copy_script() { install -m 700 /dev/fd/7 "$1" && truncate -s -1 "$1"; }
      """;

  private static final String ABSENT =
      """
      cnt_path=$cnt_script
      if [[ ! -f $cnt_script ]]; then
        cnt_note "$HOSTNAME does not show $cnt_script; the script runs from a copy"
        cnt_script='' cnt_path=/dev/fd/7
      fi
      """;
}
