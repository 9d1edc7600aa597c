package org.condatainer.overlay;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A user and a group by their numbers, as an image keeps them.
 *
 * @param uid the user
 * @param gid the group
 */
public record Owner(long uid, long gid) {
  /** Root, and what a user is inside a container with fakeroot. */
  public static final Owner ROOT = new Owner(0, 0);

  /** The effective user and group of this process: Linux gives them to its folder in /proc. */
  public static Owner ofThisProcess() {
    return of(Path.of("/proc/self"));
  }

  /** The owner of a file, links followed. */
  public static Owner of(Path file) {
    try {
      return new Owner(
          Integer.toUnsignedLong((Integer) Files.getAttribute(file, "unix:uid")),
          Integer.toUnsignedLong((Integer) Files.getAttribute(file, "unix:gid")));
    } catch (IOException e) {
      throw new UncheckedIOException("the owner of " + file + " cannot be read", e);
    }
  }

  // Written out, since Java would make a record's own while the program runs, in 10 ms.
  @Override
  public boolean equals(Object other) {
    return other instanceof Owner owner && uid == owner.uid && gid == owner.gid;
  }

  @Override
  public int hashCode() {
    return Long.hashCode(uid * 31 + gid);
  }

  /** {@code 1001:1001}. */
  @Override
  public String toString() {
    return uid + ":" + gid;
  }
}
