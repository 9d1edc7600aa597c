package org.condatainer.scheduler.testkit;

import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.UnaryOperator;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;
import org.condatainer.job.ArraySpec;
import org.condatainer.job.BeginTime;
import org.condatainer.job.Dependency;
import org.condatainer.job.GpuRequest;
import org.condatainer.job.JobEnvironment;
import org.condatainer.job.JobId;
import org.condatainer.job.JobRequest;
import org.condatainer.job.Mail;
import org.condatainer.job.Memory;
import org.condatainer.job.NodeCount;
import org.condatainer.job.OutputName;
import org.condatainer.job.RequestPart;
import org.condatainer.job.Resources;
import org.condatainer.job.Walltime;
import org.condatainer.scheduler.Dialect;

/**
 * Requests that nobody would think of: any parts of the vocabulary, with values that are hard to
 * quote. A request is made of a list of things that are asked for, so that one that fails shrinks
 * to those that matter.
 */
final class GeneratedRequests {
  private static final String HARD = "aZ09-_./,:;=+%@^~ #\"'`\\$<>[]{}()&|*?!\tü";
  private static final int MOST_PARTS = 12;

  private final Dialect dialect;

  /**
   * @param dialect the one to try, in whose words a request's output files are
   */
  GeneratedRequests(Dialect dialect) {
    this.dialect = dialect;
  }

  Arbitrary<JobRequest> requests() {
    return Arbitraries.oneOf(parts())
        .list()
        .ofMaxSize(MOST_PARTS)
        .map(
            parts -> {
              JobRequest request = JobRequest.empty();
              for (UnaryOperator<JobRequest> part : parts) {
                request = part.apply(request);
              }
              return request;
            });
  }

  private List<Arbitrary<UnaryOperator<JobRequest>>> parts() {
    List<Arbitrary<UnaryOperator<JobRequest>>> parts = new ArrayList<>();
    parts.add(part(text(), JobRequest.Builder::name));
    parts.add(part(text(), JobRequest.Builder::queue));
    parts.add(part(text(), JobRequest.Builder::account));
    parts.add(part(text(), JobRequest.Builder::qos));
    parts.add(part(text(), JobRequest.Builder::comment));
    parts.add(part(text().map(text -> "/" + text), JobRequest.Builder::workingDirectory));
    parts.add(part(walltime(), JobRequest.Builder::walltime));
    parts.add(part(array(), JobRequest.Builder::array));
    parts.add(part(Arbitraries.of(true), JobRequest.Builder::held));
    parts.add(part(Arbitraries.of(true, false), JobRequest.Builder::requeue));
    parts.add(
        part(dependency().list().ofMinSize(1).ofMaxSize(3), JobRequest.Builder::dependencies));
    parts.add(part(begin(), JobRequest.Builder::begin));
    parts.add(part(mail(), JobRequest.Builder::mail));
    parts.add(part(environment(), JobRequest.Builder::environment));
    parts.add(
        part(resources().list().ofMinSize(1).ofMaxSize(2), JobRequest.Builder::furtherComponents));
    parts.add(
        outputName()
            .map(
                name ->
                    request ->
                        request.toBuilder().files(request.files().withOutput(name)).build()));
    parts.add(
        outputName()
            .map(
                name ->
                    request -> request.toBuilder().files(request.files().withError(name)).build()));
    parts.add(
        outputName()
            .map(
                name ->
                    request -> request.toBuilder().files(request.files().withInput(name)).build()));
    parts.add(
        Arbitraries.of(true, false)
            .map(
                append ->
                    request ->
                        request.toBuilder().files(request.files().withAppend(append)).build()));
    for (Arbitrary<UnaryOperator<Resources>> resource : resourceParts()) {
      parts.add(
          resource.map(
              change ->
                  request ->
                      request.toBuilder().resources(change.apply(request.resources())).build()));
    }
    return parts;
  }

  private interface Setter<T> {
    JobRequest.Builder set(JobRequest.Builder builder, T value);
  }

  private static <T> Arbitrary<UnaryOperator<JobRequest>> part(
      Arbitrary<T> values, Setter<T> setter) {
    return values.map(value -> request -> setter.set(request.toBuilder(), value).build());
  }

  private static List<Arbitrary<UnaryOperator<Resources>>> resourceParts() {
    Arbitrary<Integer> count = Arbitraries.integers().between(1, 9);
    List<Arbitrary<UnaryOperator<Resources>>> parts = new ArrayList<>();
    parts.add(
        Combinators.combine(Arbitraries.integers().between(1, 4), Arbitraries.of(0, 0, 1, 3))
            .as((min, more) -> asked -> asked.withNodes(new NodeCount(min, min + more))));
    parts.add(count.map(tasks -> asked -> asked.withTasks(tasks)));
    parts.add(count.map(tasks -> asked -> asked.withTasksPerNode(tasks)));
    parts.add(
        Arbitraries.integers().between(1, 64).map(cpus -> asked -> asked.withCpusPerTask(cpus)));
    Arbitrary<Long> bytes =
        Arbitraries.oneOf(
            Arbitraries.longs().between(0, 64).map(gigabytes -> gigabytes << 30),
            Arbitraries.longs().between(0, 100_000).map(megabytes -> megabytes << 20),
            Arbitraries.longs().between(0, 1L << 40));
    parts.add(
        Combinators.combine(bytes, Arbitraries.of(Memory.Scope.class))
            .as((amount, scope) -> asked -> asked.withMemory(new Memory(amount, scope))));
    Arbitrary<Optional<String>> type =
        Arbitraries.oneOf(Arbitraries.of("a100", "v100"), text()).optional(0.5);
    parts.add(
        Combinators.combine(
                type, Arbitraries.longs().between(0, 8), Arbitraries.of(GpuRequest.Scope.class))
            .as(GpuRequest::new)
            .list()
            .ofMinSize(1)
            .ofMaxSize(2)
            .map(gpus -> asked -> asked.withGpus(gpus)));
    parts.add(bytes.map(scratch -> asked -> asked.withScratchBytes(scratch)));
    parts.add(Arbitraries.of(true).map(exclusive -> asked -> asked.withExclusive(exclusive)));
    return parts;
  }

  private static Arbitrary<Resources> resources() {
    return Arbitraries.oneOf(resourceParts())
        .list()
        .ofMaxSize(4)
        .map(
            parts -> {
              Resources asked = Resources.none();
              for (UnaryOperator<Resources> part : parts) {
                asked = part.apply(asked);
              }
              return asked;
            });
  }

  private static Arbitrary<Walltime> walltime() {
    return Arbitraries.oneOf(
        Arbitraries.of(new Walltime.Unlimited()),
        Arbitraries.integers()
            .between(1, 9_000_000)
            .map(seconds -> new Walltime.Limit(Duration.ofSeconds(seconds))),
        Arbitraries.integers()
            .between(1, 100_000)
            .map(minutes -> new Walltime.Limit(Duration.ofMinutes(minutes))),
        Arbitraries.integers()
            .between(1, 9_999)
            .map(milliseconds -> new Walltime.Limit(Duration.ofMillis(milliseconds))));
  }

  private static Arbitrary<ArraySpec> array() {
    Arbitrary<ArraySpec.Range> range =
        Combinators.combine(
                Arbitraries.longs().between(0, 20),
                Arbitraries.longs().between(0, 10),
                Arbitraries.longs().between(1, 3))
            .as(
                (first, more, step) ->
                    new ArraySpec.Range(first, first + more, more == 0 ? 1 : step));
    return Combinators.combine(
            range.list().ofMinSize(1).ofMaxSize(3),
            Arbitraries.integers().between(1, 5).optional(0.5))
        .as(
            (ranges, limit) ->
                new ArraySpec(ranges, limit.map(OptionalInt::of).orElse(OptionalInt.empty())));
  }

  private static Arbitrary<Dependency> dependency() {
    Arbitrary<JobId> id =
        Arbitraries.oneOf(
                Arbitraries.integers().between(1, 99_999).map(number -> Integer.toString(number)),
                Arbitraries.of("7[3]", "7[]", "84_3", "12.0", "5.server", "27[].server"),
                text().filter(text -> !text.isBlank()))
            .map(JobId::of);
    return Combinators.combine(
            Arbitraries.of(Dependency.Condition.class), id.list().ofMinSize(1).ofMaxSize(2))
        .as(Dependency::new);
  }

  private static Arbitrary<BeginTime> begin() {
    // Not the hours of the night, in which a clock that is changed may leave one out.
    Arbitrary<LocalTime> time =
        Combinators.combine(
                Arbitraries.integers().between(4, 23),
                Arbitraries.integers().between(0, 59),
                Arbitraries.of(0, 0, 30))
            .as(LocalTime::of);
    return Arbitraries.oneOf(
        time.map(BeginTime.TimeOfDay::new),
        Combinators.combine(Arbitraries.integers().between(0, 700), time)
            .as((day, clock) -> LocalDate.of(2027, 1, 2).plusDays(day).atTime(clock))
            .map(BeginTime.At::new),
        Arbitraries.integers()
            .between(0, 200_000)
            .map(seconds -> new BeginTime.After(Duration.ofMillis(500L * seconds))));
  }

  private static Arbitrary<Mail> mail() {
    return Combinators.combine(
            Arbitraries.of(Mail.Event.class).set(),
            Arbitraries.oneOf(Arbitraries.of("a@b.org"), text()).optional(0.5))
        .as(
            (events, address) ->
                new Mail(events, events.isEmpty() ? Optional.of(address.orElse("x@y")) : address));
  }

  private static Arbitrary<JobEnvironment> environment() {
    Arbitrary<String> value = Arbitraries.oneOf(text(), Arbitraries.of(""));
    Arbitrary<JobEnvironment.Variable> variable =
        Combinators.combine(Arbitraries.of("A", "B_2", "_c", "PATH"), value.optional(0.7))
            .as(JobEnvironment.Variable::new);
    return Combinators.combine(
            Arbitraries.of(JobEnvironment.Inherited.class),
            variable.list().ofMaxSize(3).uniqueElements(JobEnvironment.Variable::name))
        .as(JobEnvironment::new)
        .filter(asked -> !asked.equals(JobEnvironment.defaults()));
  }

  private Arbitrary<String> outputName() {
    return Arbitraries.oneOf(
            text().map(OutputName.Piece.Text::new),
            Arbitraries.of(OutputName.Placeholder.class).map(OutputName.Piece.Filled::new))
        .list()
        .ofMinSize(1)
        .ofMaxSize(3)
        .map(pieces -> dialect.outputText(new OutputName(List.copyOf(pieces))).text());
  }

  /** One to eight letters that mean something to somebody; seldom the end of a line. */
  private static Arbitrary<String> text() {
    return Arbitraries.frequencyOf(
        Tuple.of(
            30, Arbitraries.strings().withChars(HARD.toCharArray()).ofMinLength(1).ofMaxLength(8)),
        Tuple.of(10, Arbitraries.of("gpu", "x-1", "my job", "a,b", "50%", "é")),
        Tuple.of(1, Arbitraries.of("a\nb", "\n", " ")));
  }

  /** The parts of a request by their names, to compare two of them. */
  static Map<RequestPart, Object> values(JobRequest request) {
    Map<RequestPart, Object> values = new EnumMap<>(RequestPart.class);
    Resources resources = request.resources();
    values.put(RequestPart.NAME, request.name());
    values.put(RequestPart.QUEUE, request.queue());
    values.put(RequestPart.ACCOUNT, request.account());
    values.put(RequestPart.QOS, request.qos());
    values.put(RequestPart.WALLTIME, request.walltime());
    values.put(RequestPart.NODES, resources.nodes());
    values.put(RequestPart.TASKS, resources.tasks());
    values.put(RequestPart.TASKS_PER_NODE, resources.tasksPerNode());
    values.put(RequestPart.CPUS_PER_TASK, resources.cpusPerTask());
    values.put(RequestPart.MEMORY, resources.memory());
    values.put(RequestPart.GPUS, resources.gpus());
    values.put(RequestPart.SCRATCH, resources.scratchBytes());
    values.put(RequestPart.EXCLUSIVE, resources.exclusive());
    values.put(RequestPart.COMPONENTS, request.furtherComponents());
    values.put(RequestPart.OUTPUT, request.files().output());
    values.put(RequestPart.ERROR, request.files().error());
    values.put(RequestPart.INPUT, request.files().input());
    values.put(RequestPart.APPEND, request.files().append());
    values.put(RequestPart.WORKING_DIRECTORY, request.workingDirectory());
    values.put(RequestPart.ARRAY, request.array());
    values.put(RequestPart.DEPENDENCIES, request.dependencies());
    values.put(RequestPart.HOLD, request.held());
    values.put(RequestPart.BEGIN, request.begin());
    values.put(RequestPart.REQUEUE, request.requeue());
    values.put(RequestPart.COMMENT, request.comment());
    values.put(RequestPart.MAIL, request.mail());
    values.put(RequestPart.ENVIRONMENT, request.environment());
    return values;
  }
}
