package org.condatainer.launch;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.condatainer.config.UserPath;
import org.condatainer.scheduler.DescribedCommand;
import org.condatainer.scheduler.Dialect;
import org.condatainer.scheduler.InstalledSchedulers;
import org.condatainer.scheduler.SchedulerProvider;
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
    Path path = UserPath.of(command.executable(), workingDirectory);
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

  /** The program of a file that is no job script, but describes a job. */
  static Optional<DescribedProgram> of(
      JobScript script, RunPlace place, InstalledSchedulers schedulers, Path workingDirectory) {
    for (SchedulerProvider provider : schedulers.providers()) {
      boolean meant = place.writtenFor().or(place::provider).equals(Optional.of(provider));
      if (meant || (place.provider().isEmpty() && provider.dialect().appearsIn(script))) {
        return of(script, provider.dialect(), workingDirectory);
      }
    }
    return Optional.empty();
  }

  /** What runs: the script itself, or the program that it describes. */
  static BatchScript.Payload payload(
      JobScript script,
      Path path,
      Optional<DescribedProgram> described,
      List<String> arguments,
      Optional<KeptFile> inputs,
      RunPlace place) {
    if (described.isEmpty()) {
      return new BatchScript.Payload.Script(script, path, arguments, "", inputs);
    }
    DescribedProgram program = described.get();
    // The scheduler that reads the description gives the batch script its arguments.
    boolean own = place.provider().isPresent() && place.writtenFor().isEmpty();
    String shellArguments = own ? "" : program.shellArguments();
    if (program.script().isPresent()) {
      return new BatchScript.Payload.Script(
          program.script().get(), program.path(), arguments, shellArguments, inputs);
    }
    List<String> words = new ArrayList<>(List.of(program.path().toString()));
    words.addAll(arguments);
    return new BatchScript.Payload.Words(words, shellArguments, inputs, Optional.empty());
  }
}
