package org.condatainer.launch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.condatainer.process.SystemWords;
import org.condatainer.scheduler.InstalledSchedulers;
import org.condatainer.scheduler.SchedulerProvider;
import org.condatainer.script.JobScript;

/** A job script's file, read for a user who typed its name. */
public final class JobScriptFile {
  private JobScriptFile() {}

  /**
   * Reads the script.
   *
   * @param name how the user calls it, for messages
   * @param schedulers asked for only if the file may be a description of a job, and no script
   * @throws LaunchException if the file cannot be read
   * @throws org.condatainer.script.ScriptException if it is no usable script
   */
  public static JobScript read(String name, Path path, Supplier<InstalledSchedulers> schedulers) {
    try {
      JobScript script = JobScript.parse(name, Files.readAllBytes(path));
      return script.shebang().isEmpty() && isDescription(script, schedulers.get())
          ? script.asDescription()
          : script;
    } catch (IOException e) {
      String why = Files.isDirectory(path) ? "it is a folder" : reason(path, e);
      throw new LaunchException(
          LaunchException.Kind.BAD_REQUEST,
          "the job script " + name + " cannot be read: " + why,
          e);
    }
  }

  private static boolean isDescription(JobScript script, InstalledSchedulers schedulers) {
    for (SchedulerProvider provider : schedulers.providers()) {
      if (provider.dialect().command(script).isPresent()) {
        return true;
      }
    }
    return false;
  }

  private static String reason(Path path, IOException problem) {
    if (!Files.exists(path)) {
      return "there is no such file";
    }
    return Files.isReadable(path) ? SystemWords.why(problem) : "permission denied";
  }
}
