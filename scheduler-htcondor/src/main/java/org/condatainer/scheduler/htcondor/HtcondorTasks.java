package org.condatainer.scheduler.htcondor;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import org.condatainer.job.ArraySpec;
import org.condatainer.job.NativeOption;
import org.condatainer.job.RequestPart;
import org.condatainer.scheduler.DirectivePart;
import org.condatainer.script.Diagnostic;

/** Reads the queue statements of a submit description: how many processes, and from what. */
final class HtcondorTasks {
  private final SubmitReading reading;
  private final List<Diagnostic> diagnostics;
  private final List<DirectivePart> parts;
  private final List<NativeOption> natives;

  HtcondorTasks(
      SubmitReading reading,
      List<Diagnostic> diagnostics,
      List<DirectivePart> parts,
      List<NativeOption> natives) {
    this.reading = reading;
    this.diagnostics = diagnostics;
    this.parts = parts;
    this.natives = natives;
  }

  /** The array that they make together; empty for one process, and where that is not known. */
  Optional<ArraySpec> array() {
    if (reading.queues().isEmpty()) {
      return Optional.empty();
    }
    Optional<String> most = reading.value("max_materialize");
    OptionalInt limit =
        most.isPresent() ? HtcondorRequest.number(most.get(), 1) : OptionalInt.empty();
    SubmitStatement first = reading.queues().get(0);
    long all = 0;
    Optional<ArraySpec> array = Optional.empty();
    for (SubmitStatement statement : reading.queues()) {
      QueueStatement queue = QueueStatement.of(reading.macros().expand(statement.value()));
      if (queue.problem().isPresent()) {
        error(statement, queue.problem().get());
        return Optional.empty();
      }
      if (queue.count().isEmpty()) {
        addNative(statement);
        parts.add(
            new DirectivePart(
                statement.line(), statement.column(), statement.text(), RequestPart.OWN_WORDS));
        diagnostics.add(
            Diagnostic.warning(
                statement.line(),
                statement.column(),
                "how many tasks this makes is known only where the job is submitted"));
        return Optional.empty();
      }
      all += queue.count().getAsLong();
      array = queue.array(limit);
    }
    if (reading.queues().size() > 1) {
      array =
          all < 2
              ? Optional.empty()
              : Optional.of(new ArraySpec(List.of(new ArraySpec.Range(0, all - 1, 1)), limit));
      diagnostics.add(
          Diagnostic.warning(
              reading.queues().get(1).line(),
              reading.queues().get(1).column(),
              "a second queue statement: what it changes between its processes and the first ones'"
                  + " is kept for HTCondor, and not read here"));
    }
    if (all == 0) {
      error(first, "it asks for no process at all");
    }
    for (SubmitStatement queue : reading.queues()) {
      parts.add(
          new DirectivePart(
              queue.line(),
              queue.column(),
              queue.text(),
              array.isPresent() ? RequestPart.ARRAY : RequestPart.PROGRAM));
      items(queue);
    }
    return array;
  }

  /** Values that a queue statement gives have no neutral form. */
  private void items(SubmitStatement statement) {
    QueueStatement queue = QueueStatement.of(reading.macros().expand(statement.value()));
    if (!queue.variables().isEmpty() && queue.indexes().isEmpty()) {
      addNative(statement);
      parts.add(
          new DirectivePart(
              statement.line(),
              statement.column() + statement.text().length() - statement.value().length(),
              statement.value(),
              isRead(queue.variables()) ? RequestPart.OWN_WORDS : RequestPart.NATIVE));
    }
  }

  /** Whether one of these is used by another line, or is itself what a line would say. */
  private boolean isRead(List<String> variables) {
    for (String variable : variables) {
      String key = variable.toLowerCase(Locale.ROOT);
      if (reading.macros().isUsed(key)
          || HtcondorParts.PROGRAM.contains(key)
          || HtcondorParts.of(key) != RequestPart.NATIVE) {
        return true;
      }
    }
    return false;
  }

  private void addNative(SubmitStatement statement) {
    natives.add(
        new NativeOption(
            "queue", Optional.of(statement.value()), statement.line(), statement.column()));
  }

  private void error(SubmitStatement statement, String message) {
    diagnostics.add(Diagnostic.error(statement.line(), statement.column(), message));
  }
}
