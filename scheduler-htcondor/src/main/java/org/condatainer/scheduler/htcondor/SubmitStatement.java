package org.condatainer.scheduler.htcondor;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * A statement of a submit description (condor_submit(1), "Submit Description File Commands").
 *
 * @param kind what it is
 * @param key an assignment's key in lower case, an attribute's ({@code +X}, {@code MY.X}) as {@code
 *     my.x}; empty for other statements
 * @param value what follows the key or the keyword, continuation lines joined, without blanks
 *     around
 * @param text the statement as written, continuation lines joined
 * @param lines the positions, in the list of source lines, of all its lines
 * @param line number of its first line in the script, from 1
 * @param column column of its first character in that line, from 1
 */
record SubmitStatement(
    Kind kind, String key, String value, String text, List<Integer> lines, int line, int column) {
  enum Kind {
    ASSIGNMENT,
    QUEUE,
    IF,
    ELIF,
    ELSE,
    ENDIF,
    INCLUDE,
    /** Blank lines and comments. */
    COMMENT,
    /** What condor_submit would refuse. */
    UNKNOWN
  }

  SubmitStatement {
    requireNonNull(kind, "kind is null");
    requireNonNull(key, "key is null");
    requireNonNull(value, "value is null");
    requireNonNull(text, "text is null");
    lines = List.copyOf(lines);
  }
}
