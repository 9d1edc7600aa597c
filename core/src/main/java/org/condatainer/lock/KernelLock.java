package org.condatainer.lock;

import java.util.Optional;
import java.util.StringTokenizer;

/**
 * A lock as the kernel prints it in {@code /proc/locks} and, after {@code lock:}, in {@code
 * /proc/PID/fdinfo/FD} (proc(5)).
 *
 * @param type {@code OFDLCK}, {@code POSIX} or {@code FLOCK}
 * @param mode read or write
 * @param pid the process, -1 for an open file description lock, which belongs to none
 * @param file the locked file
 */
record KernelLock(String type, LockMode mode, long pid, FileNumber file) {
  private static final String FLOCK = "FLOCK";

  /**
   * A file as the kernel counts files: the device of its file system and its inode.
   *
   * @param major the device's major number
   * @param minor the device's minor number
   * @param inode the inode, as stat(2) of Java tells it: from 2<sup>63</sup> on it is negative
   */
  record FileNumber(long major, long minor, long inode) {
    /** What {@code equals} says, without what a record's own costs when it is first called. */
    boolean is(FileNumber other) {
      return inode == other.inode && major == other.major && minor == other.minor;
    }
  }

  /** Whether it is of the kind that containers take; {@code flock} locks are another world. */
  boolean excludesContainers() {
    return !type.equals(FLOCK);
  }

  /** Reads a line; empty for a lease, for a lock that is only waited for, and for anything else. */
  static Optional<KernelLock> parse(String line) {
    // "1: OFDLCK ADVISORY  WRITE -1 fe:00:2146384 0 67108863"; "->" is before what waits
    StringTokenizer words = new StringTokenizer(line);
    next(words);
    String type = next(words);
    if (!type.equals("OFDLCK") && !type.equals("POSIX") && !type.equals(FLOCK)) {
      return Optional.empty();
    }
    next(words);
    String mode = next(words);
    String pid = next(words);
    String file = next(words);
    next(words);
    boolean whole = words.hasMoreTokens();
    int first = file.indexOf(':');
    int last = file.lastIndexOf(':');
    if (!whole || first < 0 || first == last || !(mode.equals("READ") || mode.equals("WRITE"))) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new KernelLock(
              type,
              mode.equals("READ") ? LockMode.READ : LockMode.WRITE,
              Long.parseLong(pid),
              new FileNumber(
                  Long.parseLong(file.substring(0, first), 16),
                  Long.parseLong(file.substring(first + 1, last), 16),
                  Long.parseUnsignedLong(file.substring(last + 1)))));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  private static String next(StringTokenizer words) {
    return words.hasMoreTokens() ? words.nextToken() : "";
  }
}
