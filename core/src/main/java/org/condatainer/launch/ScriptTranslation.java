package org.condatainer.launch;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.condatainer.config.Configuration;
import org.condatainer.config.UserPath;
import org.condatainer.scheduler.DescribedCommand;
import org.condatainer.scheduler.InstalledSchedulers;
import org.condatainer.scheduler.SchedulerProvider;
import org.condatainer.script.JobScript;
import org.condatainer.script.ScriptException;
import org.condatainer.script.ShellWords;
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
   * @param folder where the program is looked for that a job's description names
   * @throws LaunchException if it has no directives that an adapter reads, or those of that
   *     scheduler
   */
  public static ScriptTranslation of(
      JobScript script,
      Optional<String> from,
      SchedulerProvider to,
      InstalledSchedulers schedulers,
      Configuration configuration,
      Path folder) {
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
    return new ScriptTranslation(
        translation,
        TranslatedScript.of(script, translation, List.of(writtenFor.dialect(), to.dialect()))
            + writtenFor
                .dialect()
                .command(script)
                .map(command -> program(command, folder))
                .orElse(""),
        script.charset());
  }

  /** What a job's description runs, with the lines of the program that are condatainer's own. */
  private static String program(DescribedCommand command, Path folder) {
    StringBuilder text = new StringBuilder("\n");
    Path file = UserPath.of(command.executable(), folder);
    try {
      byte[] content = Files.readAllBytes(file);
      if (content.length > 2 && content[0] == '#' && content[1] == '!') {
        JobScript program = JobScript.parse(command.executable(), content);
        Set<Integer> lines = new TreeSet<>();
        program.overlays().forEach(overlay -> lines.add(overlay.line()));
        program.options().forEach(option -> lines.add(option.line()));
        for (int line : lines) {
          text.append(program.lines().get(line - 1)).append('\n');
        }
      }
    } catch (IOException | ScriptException e) {
      // it may be on the cluster only
      text.append("# ").append(command.executable().replace('\n', ' '));
      text.append(" is not here: its own #DEP: lines, if it has any, belong here\n");
    }
    if (command.shellArguments().contains("CNT_")) {
      text.append("# condatainer run sets the CNT_ variables; without it, set them here\n");
    }
    String name = command.executable();
    text.append(ShellWords.quote(name.indexOf('/') < 0 ? "./" + name : name));
    text.append(command.shellArguments().isEmpty() ? "" : " " + command.shellArguments());
    return text.append('\n').toString();
  }
}
