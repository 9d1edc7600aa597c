package org.condatainer.launch;

import static java.util.Objects.requireNonNull;

import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.condatainer.config.Configuration;
import org.condatainer.scheduler.InstalledSchedulers;
import org.condatainer.scheduler.SchedulerProvider;
import org.condatainer.script.Diagnostic;
import org.condatainer.script.JobScript;
import org.condatainer.script.ScriptException;
import org.condatainer.translation.TranslatedScript;
import org.condatainer.translation.Translation;

/**
 * A job script translated for another scheduler, for {@code translate}.
 *
 * @param translation the new directives, and what became of the old ones
 * @param script the translated script's text
 * @param charset the original's, in which the text is to be written
 */
public record ScriptTranslation(Translation translation, String script, Charset charset) {
  public ScriptTranslation {
    requireNonNull(translation, "translation is null");
    requireNonNull(script, "script is null");
    requireNonNull(charset, "charset is null");
  }

  /**
   * Translates a script.
   *
   * @param from id of the scheduler whose directives count; empty for the first found
   * @throws ScriptException if its own scheduler would refuse the script
   * @throws LaunchException if it has no directives that an adapter reads, or those of that
   *     scheduler
   */
  public static ScriptTranslation of(
      JobScript script,
      Optional<String> from,
      SchedulerProvider to,
      InstalledSchedulers schedulers,
      Configuration configuration) {
    SchedulerProvider writtenFor =
        WrittenFor.of(script, from, to, schedulers)
            .orElseThrow(
                () ->
                    new LaunchException(
                        LaunchException.Kind.BAD_REQUEST,
                        script.name() + " has no directives of any scheduler"));
    if (writtenFor.id().equals(to.id())) {
      throw new LaunchException(
          LaunchException.Kind.BAD_REQUEST,
          script.name()
              + " is written for "
              + to.displayName()
              + " already (--from ID translates directives of another scheduler in it)");
    }
    Translation translation =
        ScriptDirectives.translator(writtenFor, to, configuration).translate(script);
    List<Diagnostic> errors = new ArrayList<>();
    for (Diagnostic diagnostic : translation.diagnostics()) {
      if (diagnostic.severity() == Diagnostic.Severity.ERROR) {
        errors.add(diagnostic);
      }
    }
    if (!errors.isEmpty()) {
      throw new ScriptException(script.name(), errors);
    }
    return new ScriptTranslation(
        translation,
        TranslatedScript.of(script, translation, List.of(writtenFor.dialect(), to.dialect())),
        script.charset());
  }
}
