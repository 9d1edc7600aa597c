package org.condatainer.scheduler;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.Optional;

/**
 * Whether a scheduler hears from a node. A scheduler that ends a job whose node does not answer has
 * only decided it: the job's processes may go on there.
 *
 * @param word the scheduler's own word for its state
 * @param answers whether it hears from the node now
 * @param booted when the node was started, by its own clock; empty if the scheduler does not tell
 */
public record NodeState(String word, boolean answers, Optional<Instant> booted) {
  public NodeState {
    requireNonNull(word, "word is null");
    requireNonNull(booted, "booted is null");
  }
}
