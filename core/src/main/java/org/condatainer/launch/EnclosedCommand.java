package org.condatainer.launch;

import java.util.ArrayList;
import java.util.List;
import org.condatainer.container.Base;
import org.condatainer.container.Container;
import org.condatainer.container.ScriptTemplate;
import org.condatainer.container.ScriptText;

/** The last lines of a batch script that runs a command line, or the user's shell. */
final class EnclosedCommand {
  private EnclosedCommand() {}

  static ScriptText text(Container container, BatchScript.Payload.Words payload) {
    if (!payload.words().isEmpty()) {
      return ScriptTemplate.of("@INPUTS@cnt_script=''\ncnt_container @WORDS@ \"$@\"\n")
          .part("INPUTS", payload.inputs().map(EnclosedScript::inputs).orElse(ScriptText.NONE))
          .part("WORDS", words(payload))
          .text();
    }
    return ScriptTemplate.of("cnt_script=''\ncnt_container @PROMPT@@SHELL@\n")
        .part("PROMPT", payload.prompt().map(EnclosedCommand::prompt).orElse(ScriptText.NONE))
        .part(
            "SHELL",
            container.base() instanceof Base.Host
                ? ScriptText.of("\"${SHELL:-/bin/bash}\"")
                : ScriptText.of("/bin/bash"))
        .text();
  }

  private static ScriptText words(BatchScript.Payload.Words payload) {
    List<String> own = payload.words();
    return ScriptText.join(
        "",
        List.of(
            ScriptTemplate.of("@PROGRAM@").word("PROGRAM", own.get(0)).text(),
            EnclosedScript.arguments(
                payload.inputs(), own.subList(1, own.size()), payload.shellArguments())));
  }

  /**
   * bash runs it before its first prompt, after the start-up files that set their own. It is set
   * inside, since Apptainer has one of its own there.
   */
  private static ScriptText prompt(String shown) {
    ScriptText command =
        ScriptTemplate.of("PS1=@SHOWN@\"$PS1\"; unset PROMPT_COMMAND")
            .word("SHOWN", "(" + promptText(shown) + ") ")
            .text();
    return ScriptTemplate.of("/bin/sh -c 'export PROMPT_COMMAND=\"$1\"; exec \"$2\"' sh @COMMAND@ ")
        .word("COMMAND", command.toString())
        .text();
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
}
