package org.condatainer.trust;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;

/**
 * Whose something is and who may write to it, as stat(2) says.
 *
 * @param uid the owner
 * @param gid the group
 * @param mode the kind of file and the permissions, as {@code st_mode}
 */
public record Ownership(long uid, long gid, int mode) {
  private static final int KIND = 0170000;
  private static final int REGULAR = 0100000;
  private static final int STICKY = 01000;
  private static final int GROUP_WRITES = 020;
  private static final int OTHERS_WRITE = 02;

  /** Of a file or folder. */
  public static Ownership of(Path file, LinkOption... links) throws IOException {
    Map<String, Object> all = Files.readAttributes(file, "unix:uid,gid,mode", links);
    return new Ownership(
        Integer.toUnsignedLong((Integer) all.get("uid")),
        Integer.toUnsignedLong((Integer) all.get("gid")),
        (Integer) all.get("mode"));
  }

  /** The effective user of this process: Linux gives its folder in /proc to it. */
  public static long ofThisProcess() throws IOException {
    return of(Path.of("/proc/self")).uid();
  }

  /** Whether it is a file with bytes, and no folder, pipe, device or link. */
  public boolean isRegular() {
    return (mode & KIND) == REGULAR;
  }

  /** Whether only the owner of what is in this folder can rename and remove it. */
  public boolean isSticky() {
    return (mode & STICKY) != 0;
  }

  public boolean groupWrites() {
    return (mode & GROUP_WRITES) != 0;
  }

  public boolean othersWrite() {
    return (mode & OTHERS_WRITE) != 0;
  }

  /** Whether the group has the owner's name, as the one that many systems give each user. */
  boolean hasPrivateGroup(Path file) {
    return nameOfGroup(file).equals(nameOfOwner(file));
  }

  /** The owner's name, or the number if it has none; for messages. */
  public static String nameOfOwner(Path file, LinkOption... links) {
    return name(file, "owner", links);
  }

  /** The group's name, or the number if it has none; for messages. */
  public static String nameOfGroup(Path file, LinkOption... links) {
    return name(file, "group", links);
  }

  private static String name(Path file, String which, LinkOption... links) {
    try {
      return String.valueOf(Files.getAttribute(file, "unix:" + which, links));
    } catch (IOException e) {
      return "somebody else";
    }
  }
}
