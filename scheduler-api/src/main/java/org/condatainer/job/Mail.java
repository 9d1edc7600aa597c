package org.condatainer.job;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import java.util.Set;

/**
 * When the scheduler writes to whom.
 *
 * @param events what it writes about; empty when only an address was given
 * @param address to whom, as written (several with commas); empty for the submitter
 */
public record Mail(Set<Event> events, Optional<String> address) {
  /** What happens to a job. */
  public enum Event {
    /** It has started. */
    BEGIN,
    /** It has ended, in whatever way. */
    END,
    /** It has ended, and not with exit code 0. */
    FAIL,
    /** It was put back, to start again. */
    REQUEUE
  }

  public Mail {
    events = Set.copyOf(events);
    requireNonNull(address, "address is null");
  }
}
