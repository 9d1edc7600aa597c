package org.condatainer.scheduler.htcondor;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
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
import org.condatainer.job.OutputName;
import org.condatainer.job.OutputName.Piece;
import org.condatainer.job.OutputName.Placeholder;
import org.condatainer.job.RequestPart;
import org.condatainer.job.Resources;
import org.condatainer.job.Walltime;
import org.condatainer.scheduler.Outcome;
import org.condatainer.scheduler.Rendering;
import org.condatainer.script.JobScript;
import org.junit.jupiter.api.Test;

/** Requests as {@code #CONDOR} lines, and read back. */
final class HtcondorRenderingTest {
  private static final int CASES = 10_000;

  private final HtcondorDialect dialect = new HtcondorDialect();

  @Test
  void whatIsTranslatedReadsBackAsTheSame() {
    Random random = new Random(20261123);
    Set<RequestPart> translated = new HashSet<>();
    for (int i = 0; i < CASES; i++) {
      JobRequest request = request(random);
      Rendering rendering = dialect.render(request);
      JobRequest back = read(rendering);
      Set<RequestPart> reported = EnumSet.noneOf(RequestPart.class);
      Set<RequestPart> lost = EnumSet.noneOf(RequestPart.class);
      for (Rendering.Part part : rendering.parts()) {
        reported.add(part.part());
        if (part.outcome() != Outcome.TRANSLATED) {
          lost.add(part.part());
        }
      }
      assertThat(reported).as("%s", request).isEqualTo(RequestPart.of(request));
      for (RequestPart part : reported) {
        if (!lost.contains(part)) {
          translated.add(part);
          assertThat(value(back, part))
              .as("%s of %s in %s", part, request, rendering.directiveLines())
              .isEqualTo(value(request, part));
        }
      }
    }
    assertThat(translated)
        .contains(
            RequestPart.NAME,
            RequestPart.MEMORY,
            RequestPart.ARRAY,
            RequestPart.ENVIRONMENT,
            RequestPart.BEGIN,
            RequestPart.MAIL,
            RequestPart.DEPENDENCIES);
  }

  @Test
  void severalNodesAreRefused() {
    JobRequest request =
        JobRequest.empty().toBuilder()
            .resources(Resources.none().withNodes(NodeCount.exactly(2)).withTasks(8))
            .build();
    assertThat(dialect.render(request).parts())
        .extracting(Rendering.Part::outcome)
        .containsOnly(Outcome.REFUSED);
  }

  @Test
  void tasksShareTheSlotAndMemoryIsThatOfAllOfThem() {
    JobRequest request =
        JobRequest.empty().toBuilder()
            .resources(
                Resources.none()
                    .withTasks(4)
                    .withCpusPerTask(2)
                    .withMemory(Memory.ofMebibytes(100, Memory.Scope.PER_CPU)))
            .build();
    assertThat(dialect.render(request).directiveLines())
        .containsExactly("#CONDOR request_cpus = 8", "#CONDOR request_memory = 800M");
  }

  @Test
  void namesOfOutputFilesGoBothWays() {
    OutputName name =
        new OutputName(
            List.of(
                new Piece.Text("a$b_"),
                new Piece.Filled(Placeholder.JOB_ID),
                new Piece.Text("_"),
                new Piece.Filled(Placeholder.ARRAY_INDEX),
                new Piece.Filled(Placeholder.JOB_NAME),
                new Piece.Filled(Placeholder.USER)));
    assertThat(dialect.outputText(name).text())
        .isEqualTo("a$(DOLLAR)b_$(Cluster)_$(cnt_index)$(batch_name)$ENV(USER)");
    assertThat(dialect.outputName("x.$(ClusterId).$(Process).$$(Memory)").pieces())
        .containsExactly(
            new Piece.Text("x."),
            new Piece.Filled(Placeholder.JOB_ID),
            new Piece.Text("."),
            new Piece.Filled(Placeholder.ARRAY_INDEX),
            new Piece.Text("."),
            new Piece.Native("$$(Memory)"));
    assertThat(
            dialect.outputText(new OutputName(List.of(new Piece.Filled(Placeholder.NODE)))).lost())
        .hasSize(1);
  }

  private JobRequest read(Rendering rendering) {
    String text = "#!/bin/bash\n" + String.join("\n", rendering.directiveLines()) + "\n";
    return dialect.read(JobScript.parse("job.sh", text.getBytes(UTF_8))).request();
  }

  private static Object value(JobRequest request, RequestPart part) {
    Resources resources = request.resources();
    return switch (part) {
      case NAME -> request.name();
      case QUEUE -> request.queue();
      case ACCOUNT -> request.account();
      case QOS -> request.qos();
      case WALLTIME -> request.walltime();
      case NODES -> resources.nodes();
      case TASKS -> resources.tasks();
      case TASKS_PER_NODE -> resources.tasksPerNode();
      case CPUS_PER_TASK -> resources.cpusPerTask();
      case MEMORY -> resources.memory();
      case GPUS -> resources.gpus();
      case SCRATCH -> resources.scratchBytes();
      case EXCLUSIVE -> resources.exclusive();
      case COMPONENTS -> request.furtherComponents();
      case OUTPUT -> request.files().output();
      case ERROR -> request.files().error();
      case INPUT -> request.files().input();
      case APPEND -> request.files().append();
      case WORKING_DIRECTORY -> request.workingDirectory();
      case ARRAY -> request.array();
      case DEPENDENCIES -> request.dependencies();
      case HOLD -> request.held();
      case BEGIN -> request.begin();
      case REQUEUE -> request.requeue();
      case COMMENT -> request.comment();
      case MAIL -> request.mail();
      case ENVIRONMENT -> request.environment();
      case NATIVE -> request.nativeOptions();
    };
  }

  private static JobRequest request(Random random) {
    JobRequest.Builder request = JobRequest.empty().toBuilder();
    some(random, () -> request.name(text(random)));
    some(random, () -> request.queue("long"));
    some(random, () -> request.account(text(random)));
    some(random, () -> request.qos("high"));
    some(random, () -> request.comment(text(random)));
    some(random, () -> request.workingDirectory("/w/" + random.nextInt(9)));
    some(random, () -> request.held(true));
    some(random, () -> request.requeue(random.nextBoolean()));
    some(random, () -> request.begin(begin(random)));
    some(random, () -> request.mail(mail(random)));
    some(random, () -> request.environment(environment(random)));
    some(random, () -> request.array(array(random)));
    some(
        random,
        () ->
            request.walltime(
                random.nextInt(5) == 0
                    ? new Walltime.Unlimited()
                    : new Walltime.Limit(Duration.ofMillis(1 + random.nextInt(1_000_000)))));
    some(
        random,
        () ->
            request.dependencies(
                List.of(
                    new Dependency(
                        any(random, Dependency.Condition.values()),
                        List.of(JobId.of("" + (1 + random.nextInt(99))))))));
    some(
        random,
        () ->
            request.files(
                new OutputFiles(
                    Optional.of("o.$(Cluster).$(cnt_index)"),
                    random.nextBoolean() ? Optional.of("e x") : Optional.empty(),
                    Optional.empty(),
                    random.nextBoolean() ? Optional.of(true) : Optional.empty())));
    request.resources(resources(random));
    return request.build();
  }

  private static <T> T any(Random random, T[] values) {
    return List.of(values).get(random.nextInt(values.length));
  }

  private static void some(Random random, Runnable part) {
    if (random.nextInt(3) == 0) {
      part.run();
    }
  }

  private static Resources resources(Random random) {
    Resources resources = Resources.none();
    if (random.nextInt(4) == 0) {
      resources = resources.withNodes(new NodeCount(1, 1 + random.nextInt(2)));
    }
    if (random.nextInt(4) == 0) {
      resources = resources.withTasks(1 + random.nextInt(4));
    }
    if (random.nextInt(2) == 0) {
      resources = resources.withCpusPerTask(1 + random.nextInt(64));
    }
    if (random.nextInt(2) == 0) {
      Memory.Scope scope = any(random, Memory.Scope.values());
      resources =
          resources.withMemory(
              new Memory(random.nextLong(1L << 15) << (random.nextInt(2) * 20), scope));
    }
    if (random.nextInt(3) == 0) {
      resources = resources.withScratchBytes(random.nextLong(1L << 30) * 512);
    }
    if (random.nextInt(3) == 0) {
      GpuRequest.Scope scope = any(random, GpuRequest.Scope.values());
      Optional<String> type = random.nextBoolean() ? Optional.empty() : Optional.of("a100");
      resources = resources.withGpus(List.of(new GpuRequest(type, random.nextInt(4), scope)));
    }
    return resources.withExclusive(random.nextInt(5) == 0);
  }

  private static String text(Random random) {
    String characters = "abc XYZ019_-.:;,=+\"'$(){}[]<>#%&|\\/*?!äé\t\n";
    StringBuilder text = new StringBuilder();
    int length = 1 + random.nextInt(8);
    for (int i = 0; i < length; i++) {
      // a line feed cannot be written, so it is rare
      int bound = random.nextInt(20) == 0 ? characters.length() : characters.length() - 1;
      text.append(characters.charAt(random.nextInt(bound)));
    }
    return text.toString();
  }

  private static BeginTime begin(Random random) {
    return switch (random.nextInt(3)) {
      case 0 ->
          new BeginTime.At(
              LocalDateTime.of(
                  2027, 1 + random.nextInt(12), 1, random.nextInt(24), 5, random.nextInt(60)));
      case 1 -> new BeginTime.TimeOfDay(LocalTime.of(random.nextInt(24), 7, random.nextInt(2)));
      default -> new BeginTime.After(Duration.ofMillis(500L * random.nextInt(100_000)));
    };
  }

  private static Mail mail(Random random) {
    Set<Mail.Event> events = EnumSet.noneOf(Mail.Event.class);
    for (Mail.Event event : Mail.Event.values()) {
      if (random.nextBoolean()) {
        events.add(event);
      }
    }
    Optional<String> address =
        events.isEmpty() || random.nextBoolean() ? Optional.of("a@b.org") : Optional.empty();
    return new Mail(events, address);
  }

  private static JobEnvironment environment(Random random) {
    List<JobEnvironment.Variable> variables = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      Optional<String> value = random.nextBoolean() ? Optional.empty() : Optional.of(text(random));
      variables.add(new JobEnvironment.Variable("V" + i, value));
    }
    JobEnvironment.Inherited[] all = JobEnvironment.Inherited.values();
    return new JobEnvironment(all[random.nextInt(all.length)], variables);
  }

  private static ArraySpec array(Random random) {
    List<ArraySpec.Range> ranges = new ArrayList<>();
    for (int i = random.nextInt(3); i >= 0; i--) {
      long first = random.nextInt(20);
      ranges.add(new ArraySpec.Range(first, first + random.nextInt(10), 1 + random.nextInt(3)));
    }
    return new ArraySpec(
        ranges, random.nextBoolean() ? OptionalInt.empty() : OptionalInt.of(1 + random.nextInt(5)));
  }
}
