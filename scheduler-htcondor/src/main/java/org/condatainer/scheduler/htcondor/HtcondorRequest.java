package org.condatainer.scheduler.htcondor;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.condatainer.job.GpuRequest;
import org.condatainer.job.JobRequest;
import org.condatainer.job.Memory;
import org.condatainer.job.NativeOption;
import org.condatainer.job.NodeCount;
import org.condatainer.job.OutputFiles;
import org.condatainer.job.RequestPart;
import org.condatainer.job.Resources;
import org.condatainer.job.Walltime;
import org.condatainer.scheduler.DirectivePart;
import org.condatainer.script.Diagnostic;

/** Turns what a submit description says into a request. */
final class HtcondorRequest {
  private static final long KIBIBYTE = 1L << 10;
  private static final long MEBIBYTE = 1L << 20;

  private final SubmitReading reading;
  private final List<Diagnostic> diagnostics;
  private final List<DirectivePart> parts = new ArrayList<>();
  private final List<NativeOption> natives = new ArrayList<>();
  private final JobRequest.Builder request = JobRequest.empty().toBuilder();
  private Resources resources = Resources.none();
  private OutputFiles files = OutputFiles.defaults();

  HtcondorRequest(SubmitReading reading, List<Diagnostic> diagnostics) {
    this.reading = reading;
    this.diagnostics = diagnostics;
  }

  List<DirectivePart> parts() {
    return parts;
  }

  JobRequest build() {
    Map<String, SubmitStatement> assignments = reading.assignments();
    // Expanded first of all, so that it is known which assignments only serve others.
    for (SubmitStatement statement : assignments.values()) {
      reading.macros().expand(statement.value());
    }
    for (SubmitStatement queue : reading.queues()) {
      reading.macros().expand(queue.value());
    }
    for (SubmitReading.Read read : reading.read()) {
      SubmitStatement statement = read.statement();
      if (!read.active()) {
        continue;
      }
      if (statement.kind() == SubmitStatement.Kind.ASSIGNMENT
          && statement.equals(assignments.get(statement.key()))) {
        add(statement);
      } else if (statement.kind() == SubmitStatement.Kind.ASSIGNMENT) {
        // A later one counts.
        parts.add(
            new DirectivePart(
                statement.line(),
                statement.column(),
                statement.text(),
                HtcondorParts.of(statement.key())));
      } else if (statement.kind() == SubmitStatement.Kind.INCLUDE) {
        addNative(statement, statement.key(), statement.value());
      }
    }
    new HtcondorWhen(reading, diagnostics).into(request);
    new HtcondorTasks(reading, diagnostics, parts, natives).array().ifPresent(request::array);
    return request.resources(resources).files(files).nativeOptions(natives).build();
  }

  private void add(SubmitStatement statement) {
    String key = statement.key();
    String value = reading.macros().expand(statement.value());
    RequestPart part = HtcondorParts.of(key);
    if (HtcondorParts.PROGRAM.contains(key)) {
      if (!key.equals("universe") || isVanilla(value)) {
        addCarried(statement);
      } else {
        universe(statement, value);
      }
      return;
    }
    if (part == RequestPart.NATIVE) {
      if (reading.macros().isUsed(key)) {
        addCarried(statement);
      } else {
        addNative(
            statement,
            key,
            statement.value(),
            HtcondorParts.IMAGE.contains(key) ? RequestPart.OWN_WORDS : RequestPart.NATIVE);
      }
      return;
    }
    warnOfHole(statement, value);
    // What HTCondor has yet to fill in is no text that another scheduler would read so.
    boolean open = reading.macros().leavesOpen(statement.value());
    boolean understood =
        switch (part) {
          case NAME -> !open && text(value, request::name);
          case ACCOUNT -> !open && text(value, request::account);
          case COMMENT -> !open && text(value, request::comment);
          case WORKING_DIRECTORY -> !open && text(value, request::workingDirectory);
          case WALLTIME -> walltime(value);
          case NODES -> nodes(value);
          case CPUS_PER_TASK -> cpus(value);
          case MEMORY -> memory(value);
          case GPUS -> gpus(value);
          case SCRATCH -> scratch(value);
          case HOLD -> hold(value);
          case OUTPUT, ERROR, INPUT -> file(part, reading.macros().expandName(statement.value()));
          case ARRAY -> SubmitNumbers.whole(value).isPresent();
          case BEGIN, MAIL, ENVIRONMENT, DEPENDENCIES ->
              HtcondorWhen.understands(key, value, reading);
          default -> false;
        };
    if (understood) {
      RequestPart told = part == RequestPart.ENVIRONMENT && open ? RequestPart.OWN_WORDS : part;
      parts.add(new DirectivePart(statement.line(), statement.column(), statement.text(), told));
    } else {
      boolean folder = part == RequestPart.WORKING_DIRECTORY && open;
      addNative(
          statement, key, statement.value(), folder ? RequestPart.OWN_WORDS : RequestPart.NATIVE);
      notUnderstood(statement, part, value);
    }
  }

  private void notUnderstood(SubmitStatement statement, RequestPart part, String value) {
    boolean garbage =
        value.isEmpty()
            || part == RequestPart.DEPENDENCIES
            || (part == RequestPart.ENVIRONMENT
                && !statement.key().equals("getenv")
                && !SubmitMacros.isOpen(value));
    String message =
        garbage
            ? "'" + statement.text() + "' is not understood"
            : "'"
                + statement.text()
                + "' is an expression of HTCondor's; it is kept as it is, and its value is not"
                + " known here";
    diagnostics.add(
        garbage && part != RequestPart.NATIVE && !value.isEmpty()
            ? Diagnostic.error(statement.line(), statement.column(), message)
            : Diagnostic.warning(statement.line(), statement.column(), message));
  }

  private void addNative(SubmitStatement statement, String key, String value) {
    addNative(statement, key, value, RequestPart.NATIVE);
  }

  private void addNative(SubmitStatement statement, String key, String value, RequestPart part) {
    natives.add(new NativeOption(key, Optional.of(value), statement.line(), statement.column()));
    parts.add(new DirectivePart(statement.line(), statement.column(), statement.text(), part));
  }

  private void addCarried(SubmitStatement statement) {
    parts.add(
        new DirectivePart(
            statement.line(), statement.column(), statement.text(), RequestPart.PROGRAM));
  }

  /** {@code <account>} or {@code {{ cpus }}}: a template that nobody filled in. */
  private void warnOfHole(SubmitStatement statement, String value) {
    boolean angle = value.startsWith("<") && value.endsWith(">");
    if (angle || value.contains("{{")) {
      diagnostics.add(
          Diagnostic.error(
              statement.line(),
              statement.column(),
              "'" + value + "' is a place in a template that was not filled in"));
    }
  }

  private static boolean text(String value, Consumer<String> target) {
    if (!value.isEmpty()) {
      target.accept(value);
    }
    return true;
  }

  private static boolean isVanilla(String universe) {
    String name = universe.toLowerCase(Locale.ROOT);
    return name.equals("vanilla") || name.equals("5") || name.isEmpty();
  }

  private void universe(SubmitStatement statement, String value) {
    boolean parallel = value.equalsIgnoreCase("parallel");
    addNative(statement, "universe", value, parallel ? RequestPart.NATIVE : RequestPart.OWN_WORDS);
    if (!parallel) {
      diagnostics.add(
          Diagnostic.warning(
              statement.line(),
              statement.column(),
              "the universe " + value + " means something to HTCondor only"));
    }
  }

  private boolean walltime(String value) {
    OptionalLong seconds = SubmitNumbers.whole(value);
    if (seconds.isEmpty() || seconds.getAsLong() <= 0) {
      return false;
    }
    request.walltime(new Walltime.Limit(Duration.ofSeconds(seconds.getAsLong())));
    return true;
  }

  static OptionalInt number(String value, int least) {
    OptionalLong number = SubmitNumbers.whole(value);
    return number.isPresent()
            && number.getAsLong() >= least
            && number.getAsLong() <= Integer.MAX_VALUE
        ? OptionalInt.of((int) number.getAsLong())
        : OptionalInt.empty();
  }

  private boolean nodes(String value) {
    OptionalInt count = number(value, 1);
    count.ifPresent(nodes -> resources = resources.withNodes(NodeCount.exactly(nodes)));
    return count.isPresent();
  }

  private boolean cpus(String value) {
    OptionalInt count = number(value, 1);
    count.ifPresent(cpus -> resources = resources.withCpusPerTask(cpus));
    return count.isPresent();
  }

  /** A job's slot is on one machine, so memory of the job is memory of its node. */
  private boolean memory(String value) {
    OptionalLong bytes = SubmitNumbers.bytes(value, MEBIBYTE);
    if (bytes.isPresent() && bytes.getAsLong() > 0) {
      resources = resources.withMemory(new Memory(bytes.getAsLong(), Memory.Scope.PER_NODE));
      return true;
    }
    return false;
  }

  private boolean gpus(String value) {
    OptionalInt count = number(value, 0);
    count.ifPresent(
        gpus ->
            resources =
                resources.withGpus(
                    List.of(new GpuRequest(Optional.empty(), gpus, GpuRequest.Scope.PER_NODE))));
    return count.isPresent();
  }

  private boolean scratch(String value) {
    OptionalLong bytes = SubmitNumbers.bytes(value, KIBIBYTE);
    bytes.ifPresent(size -> resources = resources.withScratchBytes(size));
    return bytes.isPresent();
  }

  private boolean hold(String value) {
    Optional<Boolean> truth = SubmitReading.truth(value);
    truth.ifPresent(request::held);
    return truth.isPresent();
  }

  private boolean file(RequestPart part, String value) {
    if (value.isEmpty()) {
      return true;
    }
    files =
        switch (part) {
          case OUTPUT -> files.withOutput(value);
          case ERROR -> files.withError(value);
          default -> files.withInput(value);
        };
    return true;
  }
}
