package org.condatainer.doctor;

import static java.util.Objects.requireNonNull;

/**
 * What was found of one thing.
 *
 * @param subject what was looked at, in a word or two
 * @param level how bad it is
 * @param detail what was found
 * @param next what to do about it; empty where nothing is to be done
 */
public record Finding(String subject, Level level, String detail, String next) {
  /** How bad something is. */
  public enum Level {
    OK,
    /** Something that one may do without. */
    NOTE,
    /** It works, and not as well or as safely as it could. */
    WARNING,
    /** Something that jobs or images need does not work. */
    PROBLEM
  }

  public Finding {
    requireNonNull(subject, "subject is null");
    requireNonNull(level, "level is null");
    requireNonNull(detail, "detail is null");
    requireNonNull(next, "next is null");
  }

  static Finding ok(String subject, String detail) {
    return new Finding(subject, Level.OK, detail, "");
  }

  static Finding note(String subject, String detail, String next) {
    return new Finding(subject, Level.NOTE, detail, next);
  }

  static Finding warning(String subject, String detail, String next) {
    return new Finding(subject, Level.WARNING, detail, next);
  }

  static Finding problem(String subject, String detail, String next) {
    return new Finding(subject, Level.PROBLEM, detail, next);
  }
}
