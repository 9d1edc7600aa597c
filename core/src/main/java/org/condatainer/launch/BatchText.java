package org.condatainer.launch;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.List;
import org.condatainer.container.ScriptTemplate;
import org.condatainer.container.ScriptText;

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
    write(header(batch), out);
    if (batch.payload() instanceof BatchScript.Payload.Ranks payload) {
      write(
          ScriptTemplate.of(LAUNCH_RANKS)
              .part("LAUNCHER", ScriptText.ofDialect(payload.launcher()))
              .word("FILE", payload.script().path().toString())
              .plain("DIGEST", payload.script().sha256())
              .text(),
          out);
      return out.toByteArray();
    }
    write(
        ScriptTemplate.of("\n@RUNTIME@\n@NOTES@")
            .part("RUNTIME", batch.runtime().shellFunction(batch.container()))
            .part("NOTES", notes(batch.notes()))
            .text(),
        out);
    if (batch.payload() instanceof BatchScript.Payload.Script payload) {
      EnclosedScript enclosed = EnclosedScript.of(payload);
      write(enclosed.before(), out);
      out.writeBytes(payload.script().content());
      write(enclosed.after(), out);
    } else if (batch.payload() instanceof BatchScript.Payload.Words payload) {
      write(EnclosedCommand.text(batch.container(), payload), out);
    }
    return out.toByteArray();
  }

  private static void write(ScriptText text, ByteArrayOutputStream out) {
    out.writeBytes(text.toString().getBytes(UTF_8));
  }

  private static ScriptText header(BatchScript batch) {
    String what = "a command";
    if (batch.payload() instanceof BatchScript.Payload.Script payload) {
      what = payload.path().toString();
    } else if (batch.payload() instanceof BatchScript.Payload.Ranks payload) {
      what = payload.script().path() + " once for each task, each";
    }
    String granted = batch.grantedResources();
    return ScriptTemplate.of(HEADER)
        .comment("WHAT", what)
        .comment("RUNTIME", batch.runtime().name())
        .plain("RUN_ID", batch.runId())
        .part("GRANTED", ScriptText.ofDialect(granted.endsWith("\n") ? granted : granted + "\n"))
        .word("IS_ARRAY", batch.arrayCount() > 0 ? "1" : "")
        .part("ARRAY", array(batch.arrayCount()))
        .part("MODULES", modules(batch.nodeModules()))
        .text();
  }

  private static ScriptText array(long count) {
    return count > 0
        ? ScriptTemplate.of("CNT_ARRAY_COUNT=@COUNT@\n").number("COUNT", count).text()
        : ScriptText.NONE;
  }

  private static ScriptText modules(List<String> modules) {
    return modules.isEmpty()
        ? ScriptText.NONE
        : ScriptTemplate.of(MODULES).words("MODULES", modules).text();
  }

  private static ScriptText notes(List<String> notes) {
    List<ScriptText> lines = new ArrayList<>();
    for (String note : notes) {
      lines.add(ScriptTemplate.of("printf '%s\\n' @NOTE@ >&2\n").word("NOTE", note).text());
    }
    return ScriptText.join("", lines);
  }

  private static final String HEADER =
      """

      # Run @RUN_ID@ of condatainer: runs @WHAT@
      # in a container (@RUNTIME@). All that it takes is in this file; it was written for this run, so do not edit it.

      # shellcheck disable=SC2015,SC2016,SC2034,SC2140
      # What BASH_ENV and the environment ask of this shell is not for what follows; the command gets it.
      cnt_posix=${POSIXLY_CORRECT-}
      set +e +o posix -u
      read -r cnt_host </proc/sys/kernel/hostname
      cnt_note() { printf 'condatainer: %s\\n' "$*" >&2; }
      cnt_fail() {
        local code=$1
        shift
        cnt_note "$*"
        exit "$code"
      }
      # What a container sets in which the job was submitted: Apptainer would bind again what it binds.
      if [[ -n ${IN_CONDATAINER-} ]]; then
        unset IN_CONDATAINER CNT_OVERLAYS CNT_CONDA_PREFIX LD_LIBRARY_PATH \\
          {APPTAINER,SINGULARITY}_{APPNAME,BIND,COMMAND,CONTAINER,ENVIRONMENT,NAME}
      fi
      cnt_run_id=@RUN_ID@

      # What the job was granted, by the same names on every scheduler.
      cnt_array=@IS_ARRAY@
      @GRANTED@@ARRAY@\
      [[ -z ${MEM-} ]] || MEM_GB=$((MEM / 1024))
      # Nobody chose the threads that an outer run exported for what it was granted.
      [[ ${OMP_NUM_THREADS-} != "${CNT_OMP_NUM_THREADS-}" ]] || unset OMP_NUM_THREADS
      unset CNT_OMP_NUM_THREADS
      [[ -z ${NCPUS-} || -n ${OMP_NUM_THREADS-} ]] ||
        export OMP_NUM_THREADS=$NCPUS CNT_OMP_NUM_THREADS=$NCPUS
      for cnt_name in NCPUS MEM MEM_GB NNODES NTASKS NTASKS_PER_NODE; do
        [[ -n ${!cnt_name-} ]] || unset "$cnt_name"
      done
      export NCPUS MEM MEM_GB NNODES NTASKS NTASKS_PER_NODE OMP_NUM_THREADS
      export CNT_JOB_ID CNT_JOB_CLUSTER CNT_ARRAY_INDEX CNT_ARRAY_COUNT
      @MODULES@\
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
          cnt_fail 5 "$cnt_host has no command module, which was to load: $*"
        module load "$@" || cnt_fail 5 "on $cnt_host module load failed: $*"
      }
      set +u
      cnt_modules @MODULES@
      set -u
      """;

  // What the first node knows goes along by its name: not every launcher hands on variables, or the
  // working directory.
  private static final String LAUNCH_RANKS =
      """

      @LAUNCHER@\

      [[ -r @FILE@ ]] ||
        cnt_fail 5 "$cnt_host does not show what each rank runs (runs_dir must be seen by all nodes): "@FILE@
      cnt_known=()
      for cnt_name in NCPUS MEM MEM_GB NNODES NTASKS NTASKS_PER_NODE OMP_NUM_THREADS \\
        CNT_JOB_ID CNT_ARRAY_INDEX CNT_ARRAY_COUNT; do
        [[ -z ${!cnt_name-} ]] || cnt_known+=("$cnt_name=${!cnt_name}")
      done
      # Others may be able to write where the script is: each rank runs a copy that only you can write, if it is
      # what was submitted. In one line: not every launcher hands on several.
      cnt_checked='f=$(mktemp /tmp/condatainer-XXXXXXXXXX) && cat -- "$1" >"$f" && exec 6<"$f" && rm -f -- "$f" && s=$(sha256sum <&6) && [ "${s%% *}" = "$2" ] || { echo "condatainer: $(uname -n) does not show as it was submitted: $1" >&2; exit 5; }; shift 2; exec /bin/bash /dev/fd/6 "$@"'
      cnt_launch_ranks /usr/bin/env "${cnt_known[@]}" /bin/bash -c "$cnt_checked" rank @FILE@ @DIGEST@ "$PWD" "$@"
      """;

  /** What stands in the script of a rank in the place of a scheduler's fragment. */
  static final String OF_A_RANK =
      """
      exec 6<&-
      cd -- "$1" || cnt_fail 5 "$cnt_host does not show the job's working directory $1"
      shift
      # Slurm, PMIx and Open MPI, MPICH and its kin; on LSF the launcher sets it.
      CNT_RANK=${CNT_RANK-${SLURM_PROCID-${PMIX_RANK-${OMPI_COMM_WORLD_RANK-${PMI_RANK-}}}}}
      export CNT_RANK
      """;
}
