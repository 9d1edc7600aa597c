package org.condatainer.scheduler;

import static java.util.Objects.requireNonNull;

/**
 * What was seen of a scheduler on this machine.
 *
 * @param found whether it can be used from here
 * @param evidence what was looked for, and what was there: "sbatch is /usr/bin/sbatch", "no sbatch
 *     in PATH"
 */
public record Detection(boolean found, String evidence) {
  public Detection {
    requireNonNull(evidence, "evidence is null");
  }

  /** It can be used from here. */
  public static Detection found(String evidence) {
    return new Detection(true, evidence);
  }

  /** It cannot be used from here. */
  public static Detection missing(String evidence) {
    return new Detection(false, evidence);
  }
}
