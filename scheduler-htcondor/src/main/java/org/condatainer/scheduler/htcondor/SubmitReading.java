package org.condatainer.scheduler.htcondor;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.condatainer.scheduler.htcondor.SubmitStatement.Kind;
import org.condatainer.script.Diagnostic;

/**
 * What a submit description says when it is read from the top: branches that do not hold are left
 * out, and of several assignments to one key the last before the first {@code queue} counts.
 */
final class SubmitReading {
  /** Every statement, with whether it is read. */
  record Read(SubmitStatement statement, boolean active) {}

  private static final class Branch {
    boolean outer;
    boolean taken;
    boolean holds;
  }

  private final List<Diagnostic> diagnostics;
  private final SubmitMacros macros = new SubmitMacros();
  private final List<Read> read = new ArrayList<>();
  private final Map<String, SubmitStatement> assignments = new LinkedHashMap<>();
  private final List<SubmitStatement> queues = new ArrayList<>();
  private final List<SubmitStatement> afterQueue = new ArrayList<>();
  private final List<Branch> branches = new ArrayList<>();

  private SubmitReading(List<Diagnostic> diagnostics) {
    this.diagnostics = diagnostics;
  }

  static SubmitReading of(List<SubmitStatement> statements, List<Diagnostic> diagnostics) {
    SubmitReading reading = new SubmitReading(diagnostics);
    for (SubmitStatement statement : statements) {
      reading.add(statement);
    }
    for (SubmitStatement idle : reading.afterQueue) {
      reading.warning(
          idle,
          "stands after the last queue statement, where it holds for no process; it is left out");
    }
    if (!reading.branches.isEmpty()) {
      diagnostics.add(Diagnostic.error(0, 0, "an if has no endif"));
    }
    return reading;
  }

  /** The statements in their order. */
  List<Read> read() {
    return read;
  }

  /** The assignments that count, by their keys. */
  Map<String, SubmitStatement> assignments() {
    return assignments;
  }

  List<SubmitStatement> queues() {
    return queues;
  }

  /** The line of the first queue statement, beyond all lines if there is none. */
  int firstQueue() {
    return queues.isEmpty() ? Integer.MAX_VALUE : queues.get(0).line();
  }

  /** The line of the last queue statement, beyond all lines if there is none. */
  int lastQueue() {
    return queues.isEmpty() ? Integer.MAX_VALUE : queues.get(queues.size() - 1).line();
  }

  SubmitMacros macros() {
    return macros;
  }

  /** The value of the first of these keys that has one, with its macros filled in. */
  Optional<String> value(String... keys) {
    for (String key : keys) {
      SubmitStatement statement = assignments.get(key);
      if (statement != null) {
        return Optional.of(macros.expand(statement.value()));
      }
    }
    return Optional.empty();
  }

  private void add(SubmitStatement statement) {
    boolean active = active();
    switch (statement.kind()) {
      case IF -> {
        Branch branch = new Branch();
        branch.outer = active;
        branch.holds = active && holds(statement);
        branch.taken = branch.holds;
        branches.add(branch);
      }
      case ELIF, ELSE -> otherwise(statement);
      case ENDIF -> {
        if (branches.isEmpty()) {
          error(statement, "an endif without an if");
        } else {
          branches.remove(branches.size() - 1);
        }
      }
      case ASSIGNMENT -> {
        if (active) {
          assign(statement);
        }
      }
      case QUEUE -> {
        if (active) {
          queue(statement);
        }
      }
      case INCLUDE -> {
        if (active) {
          warning(
              statement,
              statement.text()
                  + ": kept for HTCondor, and not read here; what it says is not known");
        }
      }
      case UNKNOWN -> {
        if (active) {
          error(
              statement,
              "'" + statement.text() + "' is no statement of a submit file: KEY = VALUE, or queue");
        }
      }
      case COMMENT -> {}
    }
    read.add(new Read(statement, active && active()));
  }

  private boolean active() {
    for (Branch branch : branches) {
      if (!branch.holds) {
        return false;
      }
    }
    return true;
  }

  private void otherwise(SubmitStatement statement) {
    if (branches.isEmpty()) {
      error(statement, "'" + statement.text() + "' without an if");
      return;
    }
    Branch branch = branches.get(branches.size() - 1);
    boolean open = branch.outer && !branch.taken;
    branch.holds = open && (statement.kind() == Kind.ELSE || holds(statement));
    branch.taken |= branch.holds;
  }

  /** {@code defined NAME}, a number, a truth value, each perhaps with {@code !} before it. */
  private boolean holds(SubmitStatement statement) {
    String condition = statement.value().strip();
    boolean not = condition.startsWith("!");
    if (not) {
      condition = condition.substring(1).strip();
    }
    String lower = condition.toLowerCase(Locale.ROOT);
    if (lower.startsWith("defined ")) {
      String name = lower.substring("defined ".length()).strip();
      boolean isMacro = name.startsWith("$(");
      boolean defined =
          isMacro
              ? !macros.expand(condition.substring("defined ".length())).isBlank()
              : macros.isSet(name);
      return defined != not;
    }
    if (lower.startsWith("version")) {
      warning(
          statement,
          "HTCondor's version is known only where the job is submitted; read here as if '"
              + statement.text()
              + "' held");
      return !not;
    }
    String value = macros.expand(condition).strip().toLowerCase(Locale.ROOT);
    Optional<Boolean> truth = truth(value);
    if (truth.isEmpty()) {
      error(statement, "'" + condition + "' is no condition: true, false, a number, defined NAME");
      return false;
    }
    return truth.get() != not;
  }

  /** A truth value; empty text is false. */
  static Optional<Boolean> truth(String text) {
    String value = text.strip().toLowerCase(Locale.ROOT);
    if (value.equals("true") || value.equals("yes") || value.equals("t") || value.equals("y")) {
      return Optional.of(true);
    }
    if (value.isEmpty()
        || value.equals("false")
        || value.equals("no")
        || value.equals("f")
        || value.equals("n")) {
      return Optional.of(false);
    }
    return SubmitNumbers.value(value).map(number -> number.signum() != 0);
  }

  private void assign(SubmitStatement statement) {
    if (queues.isEmpty()) {
      assignments.remove(statement.key());
      assignments.put(statement.key(), statement);
      macros.set(statement.key(), statement.value());
    } else {
      afterQueue.add(statement);
    }
  }

  private void queue(SubmitStatement statement) {
    for (SubmitStatement earlier : afterQueue) {
      warning(
          earlier,
          "stands after the first queue statement: it holds for the processes of the next one only,"
              + " and is not read here");
    }
    afterQueue.clear();
    queues.add(statement);
    if (queues.size() == 1) {
      Set<String> names = new LinkedHashSet<>(QueueStatement.of(statement.value()).variables());
      macros.late(names);
    }
  }

  private void error(SubmitStatement statement, String message) {
    diagnostics.add(Diagnostic.error(statement.line(), statement.column(), message));
  }

  private void warning(SubmitStatement statement, String message) {
    diagnostics.add(Diagnostic.warning(statement.line(), statement.column(), message));
  }
}
