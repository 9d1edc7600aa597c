package org.condatainer.launch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.condatainer.script.JobScript;

/** A job script's file, read for a user who typed its name. */
public final class JobScriptFile {
  private JobScriptFile() {}

  /**
   * Reads the script.
   *
   * @param name how the user calls it, for messages
   * @throws LaunchException if the file cannot be read
   * @throws org.condatainer.script.ScriptException if it is no usable script
   */
  public static JobScript read(String name, Path path) {
    try {
      return JobScript.parse(name, Files.readAllBytes(path));
    } catch (IOException e) {
      String why = Files.isDirectory(path) ? "it is a folder" : reason(path, e);
      throw new LaunchException(
          LaunchException.Kind.BAD_REQUEST,
          "the job script " + name + " cannot be read: " + why,
          e);
    }
  }

  private static String reason(Path path, IOException problem) {
    if (!Files.exists(path)) {
      return "there is no such file";
    }
    return Files.isReadable(path) ? problem.getMessage() : "permission denied";
  }
}
