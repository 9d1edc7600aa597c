package org.condatainer.scheduler;

/** What becomes of a part of a request in a translation, from the best to the worst. */
public enum Outcome {
  /** It means the same. */
  TRANSLATED,
  /** The nearest that the other scheduler has; the report says by which rule. */
  APPROXIMATED,
  /** It means something at one site or to one scheduler only, and is not in the result. */
  LEFT_OUT,
  /** The job cannot be what was asked: the result must not be used without a change. */
  REFUSED;

  /** The worse of two. */
  public Outcome worse(Outcome other) {
    return compareTo(other) >= 0 ? this : other;
  }
}
