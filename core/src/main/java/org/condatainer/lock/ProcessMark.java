package org.condatainer.lock;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.OptionalInt;
import org.condatainer.lock.HostEvidence.Writer;

/**
 * A process as it is written down for those who come later: by its number, when it started, and
 * which start of which machine that was. So it can be told apart from all others, and its end
 * proved.
 */
public final class ProcessMark {
  private static final Path SELF = Path.of("/proc/self");

  private final Lease process;

  private ProcessMark(Lease process) {
    this.process = process;
  }

  /**
   * The mark of this process.
   *
   * @param doing what it does, in a line
   */
  public static ProcessMark ofThis(String doing) {
    return of(new ProcessFolder(SELF), pid(), doing);
  }

  /** The mark of the process that started this one. */
  public static ProcessMark ofParent(String doing) {
    long parent = new ProcessFolder(SELF).parent();
    return of(ProcessFolder.of(parent), parent, doing);
  }

  private static ProcessMark of(ProcessFolder process, long pid, String doing) {
    Machine here = Machine.here();
    return new ProcessMark(
        new Lease(
            process.user(),
            here.host(),
            here.id(),
            here.boot(),
            here.processSpace(),
            pid,
            process.startTicks(),
            Optional.empty(),
            doing.replace('\n', ' '),
            Instant.now().truncatedTo(ChronoUnit.SECONDS),
            OptionalInt.empty(),
            Optional.empty()));
  }

  private static long pid() {
    try {
      return Long.parseLong(Files.readSymbolicLink(SELF).toString());
    } catch (IOException | NumberFormatException e) {
      return 0;
    }
  }

  /**
   * Reads what {@link #text} wrote.
   *
   * @return empty if it is something else, or not all of it
   */
  public static Optional<ProcessMark> read(String text) {
    try {
      return Optional.of(new ProcessMark(Lease.parse(text)));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** Some lines. */
  public String text() {
    return process.text();
  }

  /**
   * How the process is proved to have ended, in words; empty if it lives, or this machine cannot
   * tell because it ran on another, or among processes that are not seen from here.
   */
  public Optional<String> gone() {
    if (process.pid() == 0 || process.startTicks() == 0) {
      return Optional.empty();
    }
    Writer writer = Machine.here().writer(process);
    if (writer == Writer.REBOOTED) {
      return Optional.of(process.host() + " was started again since");
    }
    return writer == Writer.GONE
        ? Optional.of("its process " + process.pid() + " is gone")
        : Optional.empty();
  }

  /** What the process did. */
  public String doing() {
    return process.run();
  }

  /** When it was marked. */
  public Instant since() {
    return process.since();
  }
}
