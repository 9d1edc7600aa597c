package org.condatainer.launch;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.condatainer.container.ScriptTemplate;
import org.condatainer.container.ScriptText;
import org.condatainer.script.JobScript;
import org.condatainer.script.Shebang;

/**
 * The user's job script within a batch script, byte for byte, as a here-document that the shell has
 * open as descriptor 7.
 *
 * @param before the lines before it
 * @param after the lines after it, which run it
 */
record EnclosedScript(ScriptText before, ScriptText after) {
  static EnclosedScript of(BatchScript.Payload.Script payload) {
    JobScript script = payload.script();
    byte[] content = script.content();
    boolean ended = content[content.length - 1] == '\n';
    List<String> interpreter = script.shebang().map(Shebang::words).orElse(List.of());
    String delimiter = delimiter(script);
    ScriptText before =
        ScriptTemplate.of(BEFORE)
            .part("NOTE", interpreter.isEmpty() ? ScriptText.of(NO_INTERPRETER) : ScriptText.NONE)
            .part("COPY", ended ? ScriptText.of(COPY) : ScriptText.of(COPY_CUT))
            .part("INPUTS", payload.inputs().map(EnclosedScript::inputs).orElse(ScriptText.NONE))
            .word("SCRIPT", payload.path().toString())
            .words("INTERPRETER", interpreter.isEmpty() ? List.of("/bin/bash") : interpreter)
            .part(
                "ARGUMENTS",
                arguments(payload.inputs(), payload.arguments(), payload.shellArguments()))
            .plain("DELIMITER", delimiter)
            .text();
    ScriptText after =
        ScriptTemplate.of("@LINE_END@@DELIMITER@\ncnt_container \"$@\"\n")
            .part("LINE_END", ended ? ScriptText.NONE : ScriptText.of("\n"))
            .plain("DELIMITER", delimiter)
            .text();
    return new EnclosedScript(before, after);
  }

  /** Arguments, each with a blank before it: those of the task's line, plain ones, a shell's. */
  static ScriptText arguments(
      Optional<KeptFile> inputs, List<String> arguments, String shellArguments) {
    List<ScriptText> words = new ArrayList<>();
    if (inputs.isPresent()) {
      words.add(ScriptText.of(" \"${cnt_words[@]}\""));
    }
    if (!arguments.isEmpty()) {
      words.add(ScriptTemplate.of(" @WORDS@").words("WORDS", arguments).text());
    }
    if (!shellArguments.isEmpty()) {
      ScriptText given = ScriptText.ofDialect(shellArguments);
      words.add(ScriptTemplate.of(" @WORDS@").part("WORDS", given).text());
    }
    return ScriptText.join("", words);
  }

  /** The words of this task's line; the file was written for this run, each word quoted. */
  static ScriptText inputs(KeptFile file) {
    return ScriptTemplate.of(INPUTS)
        .word("FILE", file.path().toString())
        .plain("DIGEST", file.sha256())
        .text();
  }

  /** A line that the script does not have. */
  private static String delimiter(JobScript script) {
    String delimiter = "END_OF_THE_SCRIPT";
    for (int i = 1; script.lines().contains(delimiter); i++) {
      delimiter = "END_OF_THE_SCRIPT_" + i;
    }
    return delimiter;
  }

  // A scheduler may give the batch script arguments of its own: HTCondor's "arguments".
  private static final String BEFORE =
      """
      @NOTE@@COPY@@INPUTS@\
      cnt_script=@SCRIPT@
      cnt_path=$cnt_script
      if [[ ! -f $cnt_script ]]; then
        cnt_note "$cnt_host does not show $cnt_script; the script runs from a copy"
        cnt_script='' cnt_path=/dev/fd/7
      fi
      set -- @INTERPRETER@ "$cnt_path"@ARGUMENTS@ "$@"
      # The script as it was when the run was planned.
      exec 7<<'@DELIMITER@'
      """;

  private static final String NO_INTERPRETER =
      """
      cnt_note "the script has no interpreter line (#!); it is run by /bin/bash"
      """;

  private static final String INPUTS =
      """
      # The words of this task's line of the array's inputs.
      : "${CNT_ARRAY_INDEX:=1}"
      # What becomes words of a shell below is read once, and is what was submitted, whoever can write there.
      cnt_inputs=$(cat -- @FILE@ 2>/dev/null)
      [[ -n $cnt_inputs ]] || cnt_fail 5 "$cnt_host does not show the array's inputs: "@FILE@
      [[ $(printf '%s\\n' "$cnt_inputs" | sha256sum) == @DIGEST@' '* ]] ||
        cnt_fail 5 "on $cnt_host the array's inputs are not those that were submitted: "@FILE@
      mapfile -t -s $((CNT_ARRAY_INDEX - 1)) -n 1 cnt_line <<<"$cnt_inputs"
      [[ ${#cnt_line[@]} == 1 ]] || cnt_fail 5 "the array's inputs have no line $CNT_ARRAY_INDEX: "@FILE@
      unset cnt_inputs
      cnt_words=()
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
}
