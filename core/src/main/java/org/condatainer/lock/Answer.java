package org.condatainer.lock;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/** What a source of evidence said. A source that said nothing proves nothing. */
public sealed interface Answer<T> {
  /** It answered. */
  record Said<T>(T answer) implements Answer<T> {
    public Said {
      requireNonNull(answer, "answer is null");
    }
  }

  /** It was asked and gave no answer, or could not be asked: {@code why}. */
  record Unavailable<T>(String why) implements Answer<T> {
    public Unavailable {
      requireNonNull(why, "why is null");
    }
  }

  /** There was nothing to ask it: {@code why}. */
  record NotAsked<T>(String why) implements Answer<T> {
    public NotAsked {
      requireNonNull(why, "why is null");
    }
  }

  /** The value, if it answered. */
  default Optional<T> value() {
    return this instanceof Said<T> said ? Optional.of(said.answer()) : Optional.empty();
  }
}
