package org.condatainer.job;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * The name of an output file in neutral words: texts and what the scheduler fills in.
 *
 * @param pieces in their order
 */
public record OutputName(List<Piece> pieces) {
  /** A piece of a name. */
  public sealed interface Piece {
    /** These very characters. */
    record Text(String text) implements Piece {
      public Text {
        requireNonNull(text, "text is null");
      }
    }

    /** What the scheduler knows of the job. */
    record Filled(Placeholder placeholder) implements Piece {
      public Filled {
        requireNonNull(placeholder, "placeholder is null");
      }
    }

    /** A placeholder that only one scheduler has, as it writes it. */
    record Native(String text) implements Piece {
      public Native {
        requireNonNull(text, "text is null");
      }
    }
  }

  /** What a scheduler can fill in. */
  public enum Placeholder {
    /** The id of the job; in an array, of the array as a whole. */
    JOB_ID,
    /** The index of the array task. */
    ARRAY_INDEX,
    /** Slurm's id of one array task, which is not made of the array's id and the index. */
    TASK_JOB_ID,
    JOB_NAME,
    USER,
    /** The first node of the job. */
    NODE
  }

  public OutputName {
    pieces = List.copyOf(pieces);
  }
}
