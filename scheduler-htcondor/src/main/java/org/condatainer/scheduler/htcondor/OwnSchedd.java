package org.condatainer.scheduler.htcondor;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.condatainer.process.Command;
import org.condatainer.scheduler.SchedulerCommands;
import org.condatainer.scheduler.SchedulerException;

/**
 * The schedd of this machine. Each schedd of a pool counts its jobs from 1, so that an id means
 * something on the schedd alone that gave it; a pool may have several, with one file system.
 */
final class OwnSchedd {
  private static final String FILE = "SCHEDD_DAEMON_AD_FILE";
  private static final String ELSEWHERE = "SCHEDD_HOST";

  private final SchedulerCommands commands;
  private final AtomicReference<Optional<String>> name = new AtomicReference<>();

  OwnSchedd(SchedulerCommands commands) {
    this.commands = commands;
  }

  /**
   * The words by which commands ask this schedd (condor_q(1), {@code -name}): none for the one that
   * they ask anyway. Of another one the history comes over the network.
   *
   * @param schedd its name, empty if it is not known
   */
  List<String> option(String schedd) {
    return schedd.isEmpty() || name().equals(Optional.of(schedd))
        ? List.of()
        : List.of("-name", schedd);
  }

  /** Empty where it cannot be found out, or where commands ask one on another machine. */
  private Optional<String> name() {
    Optional<String> known = name.get();
    if (known == null) {
      known = ask();
      name.set(known);
    }
    return known;
  }

  private Optional<String> ask() {
    String settings;
    try {
      settings =
          commands
              .run(
                  Command.of(
                      "condor_config_val",
                      "-dump",
                      "-expand",
                      "^(" + ELSEWHERE + "|" + FILE + ")$"),
                  HtcondorErrors.LOOKING)
              .output();
    } catch (SchedulerException e) {
      return Optional.empty();
    }
    Optional<String> file = value(settings, FILE);
    if (value(settings, ELSEWHERE).isPresent() || file.isEmpty()) {
      return Optional.empty();
    }
    try {
      // The schedd keeps its description there for the commands of its machine.
      return value(new String(Files.readAllBytes(Path.of(file.get())), UTF_8), "Name")
          .map(text -> text.replace("\"", ""));
    } catch (IOException | InvalidPathException e) {
      return Optional.empty();
    }
  }

  /** The value in a line {@code name = value}. */
  private static Optional<String> value(String text, String name) {
    for (String line : text.split("\n", -1)) {
      if (line.startsWith(name + " = ")) {
        return Optional.of(line.substring(name.length() + 3).strip())
            .filter(value -> !value.isEmpty());
      }
    }
    return Optional.empty();
  }
}
