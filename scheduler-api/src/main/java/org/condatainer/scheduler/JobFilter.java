package org.condatainer.scheduler;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/**
 * Which living jobs to list. All that is given must hold.
 *
 * @param owner the user who submitted it; empty for any
 * @param tag a text that its tag contains; empty for any, with a tag or without
 */
public record JobFilter(Optional<String> owner, Optional<String> tag) {
  public JobFilter {
    requireNonNull(owner, "owner is null");
    requireNonNull(tag, "tag is null");
  }

  /** Every living job that the scheduler shows. */
  public static JobFilter all() {
    return new JobFilter(Optional.empty(), Optional.empty());
  }

  /** The living jobs of one user. */
  public static JobFilter ownedBy(String user) {
    return new JobFilter(Optional.of(user), Optional.empty());
  }

  /** The living jobs whose tag contains this text. */
  public static JobFilter tagged(String tag) {
    return new JobFilter(Optional.empty(), Optional.of(tag));
  }
}
