package org.condatainer.scheduler.testkit;

import java.time.Duration;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
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
import org.condatainer.job.OutputFiles;
import org.condatainer.job.RequestPart;
import org.condatainer.job.Resources;
import org.condatainer.job.Walltime;

/** Requests that nobody would think of, the same ones for the same seed. */
final class GeneratedRequests {
  private GeneratedRequests() {}

  /** The next request: any parts, with values that are hard to quote. */
  static JobRequest request(Random random) {
    JobRequest.Builder request = JobRequest.empty().toBuilder();
    List<Runnable> parts = new ArrayList<>();
    parts.add(() -> request.name(text(random)));
    parts.add(() -> request.queue(text(random)));
    parts.add(() -> request.account(text(random)));
    parts.add(() -> request.qos(text(random)));
    parts.add(() -> request.comment(text(random)));
    parts.add(() -> request.workingDirectory("/" + text(random)));
    parts.add(
        () -> request.walltime(new Walltime.Limit(Duration.ofSeconds(1 + random.nextInt(90_000)))));
    parts.add(() -> request.walltime(new Walltime.Unlimited()));
    parts.add(
        () ->
            request.array(
                new ArraySpec(
                    List.of(new ArraySpec.Range(random.nextInt(3), 9, 1 + random.nextInt(3))),
                    random.nextBoolean() ? OptionalInt.of(5) : OptionalInt.empty())));
    parts.add(() -> request.held(true));
    parts.add(() -> request.requeue(random.nextBoolean()));
    parts.add(
        () ->
            request.files(
                new OutputFiles(
                    optional(random),
                    optional(random),
                    optional(random),
                    random.nextBoolean() ? Optional.of(random.nextBoolean()) : Optional.empty())));
    parts.add(() -> request.dependencies(List.of(dependency(random), dependency(random))));
    parts.add(() -> request.begin(new BeginTime.TimeOfDay(LocalTime.of(3, 4, random.nextInt(2)))));
    parts.add(() -> request.begin(new BeginTime.At(LocalDateTime.of(2027, 1, 2, 3, 4))));
    parts.add(() -> request.begin(new BeginTime.After(Duration.ofHours(1))));
    parts.add(
        () -> {
          Set<Mail.Event> events = EnumSet.noneOf(Mail.Event.class);
          for (Mail.Event event : Mail.Event.values()) {
            if (random.nextBoolean()) {
              events.add(event);
            }
          }
          request.mail(new Mail(events, events.isEmpty() ? Optional.of("x@y") : optional(random)));
        });
    parts.add(
        () ->
            request.environment(
                new JobEnvironment(
                    one(random, JobEnvironment.Inherited.values()),
                    List.of(
                        new JobEnvironment.Variable("A", optional(random)),
                        new JobEnvironment.Variable("B", Optional.empty())))));
    parts.add(() -> request.furtherComponents(List.of(resources(random), resources(random))));
    request.resources(resources(random));
    for (Runnable part : parts) {
      if (random.nextInt(5) == 0) {
        part.run();
      }
    }
    return request.build();
  }

  private static Resources resources(Random random) {
    Resources resources = Resources.none();
    int most = 1 + random.nextInt(3);
    resources = random.nextBoolean() ? resources.withTasks(1 + random.nextInt(9)) : resources;
    resources =
        random.nextInt(3) == 0
            ? resources.withNodes(new NodeCount(most, most + random.nextInt(2)))
            : resources;
    resources = random.nextInt(3) == 0 ? resources.withTasksPerNode(most) : resources;
    resources = random.nextInt(3) == 0 ? resources.withCpusPerTask(most) : resources;
    resources =
        random.nextBoolean()
            ? resources.withMemory(
                new Memory(
                    random.nextInt(4) * 1_000_000L + random.nextInt(3) * 1024L,
                    one(random, Memory.Scope.values())))
            : resources;
    resources =
        random.nextInt(3) == 0
            ? resources.withGpus(
                List.of(
                    new GpuRequest(
                        optional(random),
                        random.nextInt(3),
                        one(random, GpuRequest.Scope.values()))))
            : resources;
    resources =
        random.nextInt(4) == 0 ? resources.withScratchBytes(random.nextInt(5) << 19) : resources;
    return random.nextInt(4) == 0 ? resources.withExclusive(true) : resources;
  }

  private static Dependency dependency(Random random) {
    return new Dependency(
        one(random, Dependency.Condition.values()),
        List.of(JobId.of(Integer.toString(1 + random.nextInt(99))), JobId.of("7[3]")));
  }

  private static <T> T one(Random random, T[] values) {
    return List.of(values).get(random.nextInt(values.length));
  }

  private static Optional<String> optional(Random random) {
    return random.nextBoolean() ? Optional.of(text(random)) : Optional.empty();
  }

  private static String text(Random random) {
    String letters = "aZ09-_./,:=+%@^ #\"'\\$<>[]{}()&|;ü";
    StringBuilder text = new StringBuilder("x");
    int length = random.nextInt(6);
    for (int i = 0; i < length; i++) {
      text.append(letters.charAt(random.nextInt(letters.length())));
    }
    return text.append('y').toString();
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
