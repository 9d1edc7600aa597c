package org.condatainer.lock;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Optional;

/**
 * What follows from the evidence, and by which rules.
 *
 * @param state the answer
 * @param mode how it is held, where that is known
 * @param proof every rule that fired, in the order of its number
 */
public record Verdict(State state, Optional<LockMode> mode, List<Ruling> proof) {
  /** The answer, the least worrying first. */
  public enum State {
    FREE(0, "free"),
    /** Somebody works with it, or may go on to. */
    IN_USE(10, "in-use"),
    /** It is held, and proved that nobody works with it any more. */
    STALE(11, "stale"),
    /** Nobody has it, and its file system wants to be checked first. */
    DIRTY(12, "dirty"),
    /** Not enough could be learnt. */
    UNKNOWN(13, "unknown");

    private final int exitCode;
    private final String word;

    State(int exitCode, String word) {
      this.exitCode = exitCode;
      this.word = word;
    }

    /** The exit code of {@code lock status}. */
    public int exitCode() {
      return exitCode;
    }

    /** Its name in results. */
    public String word() {
      return word;
    }
  }

  /**
   * A rule that fired.
   *
   * @param rule the rule
   * @param detail what of: the process, the job's own word, what the source said
   */
  public record Ruling(Rule rule, String detail) {
    public Ruling {
      requireNonNull(rule, "rule is null");
      requireNonNull(detail, "detail is null");
    }

    @Override
    public String toString() {
      return rule.text() + (detail.isEmpty() ? "" : ": " + detail);
    }
  }

  public Verdict {
    requireNonNull(state, "state is null");
    requireNonNull(mode, "mode is null");
    proof = List.copyOf(proof);
  }

  /** Judges. Pure: the same evidence, the same verdict. */
  public static Verdict of(Evidence evidence) {
    return new Judgement(evidence).verdict();
  }

  /**
   * Whether it is left open only because another machine may have a process that outlived its job:
   * that machine itself can tell.
   */
  boolean isForThatMachine() {
    boolean open = has(Rule.MACHINE_LIVES) || has(Rule.NOT_HELD_TOGETHER);
    boolean proof = false;
    for (Ruling ruling : this.proof) {
      proof |= ruling.rule().proves();
    }
    return state == State.UNKNOWN && open && proof && !has(Rule.NOT_AVAILABLE);
  }

  /** Whether a rule is among those that fired. */
  public boolean has(Rule rule) {
    for (Ruling ruling : proof) {
      if (ruling.rule() == rule) {
        return true;
      }
    }
    return false;
  }
}
