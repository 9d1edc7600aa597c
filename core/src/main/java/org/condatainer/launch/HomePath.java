package org.condatainer.launch;

import java.nio.file.Path;
import org.condatainer.scheduler.HostEnvironment;

/** Paths as users write them. */
final class HomePath {
  private HomePath() {}

  /** The absolute path of a text that may begin with {@code ~/} or be relative. */
  static Path resolve(String text, Path workingDirectory, HostEnvironment environment) {
    if (text.equals("~") || text.startsWith("~/")) {
      String home = environment.variable("HOME").orElseGet(() -> System.getProperty("user.home"));
      return Path.of(home + text.substring(1)).normalize();
    }
    return workingDirectory.resolve(text).normalize();
  }
}
