package org.condatainer.overlay;

import java.util.OptionalLong;

/**
 * The owner that files are to get.
 *
 * @param uid the user, empty to leave it
 * @param gid the group, empty to leave it
 */
public record OwnerChange(OptionalLong uid, OptionalLong gid) {
  /** The largest number of a user; the one above it means none (chown(2)). */
  public static final long LARGEST = 0xFFFF_FFFEL;

  public OwnerChange {
    if (uid.orElse(0) < 0
        || uid.orElse(0) > LARGEST
        || gid.orElse(0) < 0
        || gid.orElse(0) > LARGEST) {
      throw new IllegalArgumentException("no numbers of a user and a group: " + uid + " " + gid);
    }
  }

  public static OwnerChange to(Owner owner) {
    return new OwnerChange(OptionalLong.of(owner.uid()), OptionalLong.of(owner.gid()));
  }

  /** Whether a file that belongs to this owner is to be changed. */
  boolean changes(Owner owner) {
    return !of(owner).equals(owner);
  }

  /** The owner that a file of this owner gets. */
  Owner of(Owner owner) {
    return new Owner(uid.orElse(owner.uid()), gid.orElse(owner.gid()));
  }

  /** {@code 1001:1001}, {@code 1001:} or {@code :1001}. */
  @Override
  public String toString() {
    return (uid.isPresent() ? Long.toString(uid.getAsLong()) : "")
        + ":"
        + (gid.isPresent() ? Long.toString(gid.getAsLong()) : "");
  }
}
