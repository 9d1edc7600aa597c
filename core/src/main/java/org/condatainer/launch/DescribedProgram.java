package org.condatainer.launch;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.condatainer.scheduler.DescribedCommand;
import org.condatainer.scheduler.Dialect;
import org.condatainer.script.Diagnostic;
import org.condatainer.script.JobScript;
import org.condatainer.script.ScriptException;

/**
 * The program that a job's description names: HTCondor's submit file names an executable.
 *
 * @param path the program, absolute
 * @param script its content, if it is a script
 * @param shellArguments its arguments as words of a shell
 */
record DescribedProgram(Path path, Optional<JobScript> script, String shellArguments) {
  DescribedProgram {
    requireNonNull(path, "path is null");
    requireNonNull(script, "script is null");
    requireNonNull(shellArguments, "shellArguments is null");
  }

  /**
   * Finds the program of a description.
   *
   * @return empty for a job script, which is the program itself
   * @throws ScriptException if there is no such program
   */
  static Optional<DescribedProgram> of(
      JobScript description, Dialect dialect, Path workingDirectory) {
    return dialect.command(description).map(command -> of(description, command, workingDirectory));
  }

  private static DescribedProgram of(
      JobScript description, DescribedCommand command, Path workingDirectory) {
    Path path = workingDirectory.resolve(command.executable()).normalize();
    byte[] content;
    try {
      content = Files.readAllBytes(path);
    } catch (IOException e) {
      throw new ScriptException(
          description.name(),
          List.of(
              Diagnostic.error(
                  command.line(),
                  command.column(),
                  "the executable "
                      + path
                      + " cannot be read"
                      + (Files.exists(path) ? "" : ": there is no such file"))));
    }
    boolean isScript = content.length > 2 && content[0] == '#' && content[1] == '!';
    return new DescribedProgram(
        path,
        isScript ? Optional.of(JobScript.parse(command.executable(), content)) : Optional.empty(),
        command.shellArguments());
  }
}
