package org.condatainer.scheduler.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.condatainer.job.JobRequest;
import org.condatainer.job.OutputFiles;
import org.condatainer.job.OutputName;
import org.condatainer.job.RequestPart;
import org.condatainer.job.Walltime;
import org.condatainer.scheduler.Amendment;
import org.condatainer.scheduler.Dialect;
import org.condatainer.scheduler.DirectivePart;
import org.condatainer.scheduler.DirectiveReading;
import org.condatainer.scheduler.Outcome;
import org.condatainer.scheduler.Overrides;
import org.condatainer.scheduler.Rendering;
import org.condatainer.script.Diagnostic;
import org.condatainer.script.JobScript;

/**
 * What every dialect promises ({@link Dialect}), tried with 10,000 generated requests for each.
 * What a dialect reads of its own manual's forms is its author's test: see {@link RequestText}.
 */
public abstract class DialectContract {
  private static final int REQUESTS = 10_000;
  private static final int FEWER = 2_000;

  /** The same requests each time, so that a change that breaks something is what broke it. */
  private static final String SEED = "20261128";

  /** The dialect to try. */
  protected abstract Dialect dialect();

  /**
   * What a directive must say beside what was asked for: LSF has no array without a job name. By
   * default nothing. (One resource may need others: that is allowed to all.)
   */
  protected Set<RequestPart> needed(JobRequest request) {
    return Set.of();
  }

  /** The requests to try: all that the vocabulary has. */
  @Provide
  protected Arbitrary<JobRequest> requests() {
    return new GeneratedRequests(dialect()).requests();
  }

  /** Without output files, whose names a batch script may have to fill in itself. */
  @Provide
  protected Arbitrary<JobRequest> requestsWithoutFiles() {
    return requests().map(request -> request.toBuilder().files(OutputFiles.defaults()).build());
  }

  @Property(tries = REQUESTS, seed = SEED)
  void dialect_whatIsTranslatedIsReadBackTheSame(@ForAll("requests") JobRequest request) {
    Rendering rendering = dialect().render(request);
    Map<RequestPart, Object> asked = GeneratedRequests.values(request);
    Map<RequestPart, Object> back = GeneratedRequests.values(read(rendering).request());
    outcomes(rendering)
        .forEach(
            (part, outcome) -> {
              // With several components the report does not say which one it is about.
              boolean oneOfSeveral =
                  isResource(part)
                      && part != RequestPart.COMPONENTS
                      && !request.furtherComponents().isEmpty();
              if (outcome == Outcome.TRANSLATED && !oneOfSeveral) {
                assertThat(meant(back.get(part), part))
                    .as("%s in %s", part, rendering.directiveLines())
                    .isEqualTo(meant(asked.get(part), part));
              }
            });
  }

  /** Names of files are compared by what they mean: a dialect may have two ways to write one. */
  private Object meant(Object value, RequestPart part) {
    boolean named =
        part == RequestPart.OUTPUT || part == RequestPart.ERROR || part == RequestPart.INPUT;
    return named && value instanceof Optional<?> name
        ? name.map(text -> joined(dialect().outputName((String) text)))
        : value;
  }

  /** Pieces of text that follow each other as one. */
  private static List<String> joined(OutputName name) {
    List<String> pieces = new ArrayList<>();
    boolean afterText = false;
    for (OutputName.Piece piece : name.pieces()) {
      boolean text = piece instanceof OutputName.Piece.Text;
      String written = text ? ((OutputName.Piece.Text) piece).text() : piece.toString();
      if (text && afterText) {
        pieces.set(pieces.size() - 1, pieces.get(pieces.size() - 1) + written);
      } else {
        pieces.add(written);
      }
      afterText = text;
    }
    return pieces;
  }

  @Property(tries = REQUESTS, seed = SEED)
  void dialect_everyPartOfARequestHasAnOutcomeAndNoOtherHas(
      @ForAll("requests") JobRequest request) {
    Rendering rendering = dialect().render(request);
    Set<RequestPart> told = outcomes(rendering).keySet();
    assertThat(told).as(RequestText.of(request)).containsAll(RequestPart.of(request));
    Set<RequestPart> notAsked = EnumSet.noneOf(RequestPart.class);
    notAsked.addAll(told);
    notAsked.removeAll(RequestPart.of(request));
    if (!request.furtherComponents().isEmpty()) {
      notAsked.removeIf(DialectContract::isResource);
    }
    assertThat(notAsked).as("told and not asked for: " + RequestText.of(request)).isEmpty();
    assertThat(rendering.parts())
        .allSatisfy(part -> assertThat(part.detail()).isNotBlank().doesNotContain("\n"));
  }

  @Property(tries = REQUESTS, seed = SEED)
  void dialect_nothingIsInvented(@ForAll("requests") JobRequest request) {
    Rendering rendering = dialect().render(request);
    Set<RequestPart> invented = RequestPart.of(read(rendering).request());
    invented.removeAll(outcomes(rendering).keySet());
    invented.removeAll(needed(request));
    if (outcomes(rendering).keySet().stream().anyMatch(DialectContract::isResource)) {
      invented.removeIf(DialectContract::isResource);
    }
    assertThat(invented)
        .as("of %s in %s", RequestText.of(request), rendering.directiveLines())
        .isEmpty();
  }

  @Example
  void dialect_ofNothingNothingIsMade() {
    assertThat(dialect().render(JobRequest.empty()).directiveLines()).isEmpty();
    assertThat(dialect().render(JobRequest.empty()).parts()).isEmpty();
  }

  @Example
  void dialect_aPlainRequestIsTranslatedAndNotOnlyApproximated() {
    JobRequest plain =
        JobRequest.empty().toBuilder()
            .name("job1")
            .walltime(new Walltime.Limit(Duration.ofHours(2)))
            .build();
    assertThat(outcomes(dialect().render(plain)).values()).containsOnly(Outcome.TRANSLATED);
  }

  /** With a scheduler, {@link SchedulerContract} says whether it has to be the former. */
  @Example
  void dialect_aHeldJobIsTranslatedOrSaidToBeNone() {
    JobRequest held = JobRequest.empty().toBuilder().held(true).build();
    assertThat(outcomes(dialect().render(held)))
        .containsOnlyKeys(RequestPart.HOLD)
        .doesNotContainValue(Outcome.APPROXIMATED);
  }

  @Property(tries = FEWER, seed = SEED)
  void dialect_piecesOfDirectivesHaveTheirPlaces(@ForAll("requests") JobRequest request) {
    List<String> lines = lines(dialect().render(request));
    for (DirectivePart part : read(dialect().render(request)).parts()) {
      assertThat(part.line()).isBetween(2, lines.size());
      assertThat(part.column()).isBetween(1, lines.get(part.line() - 1).length());
      assertThat(part.text()).isNotBlank();
      String first = part.text().substring(0, part.text().offsetByCodePoints(0, 1));
      assertThat(lines.get(part.line() - 1).substring(part.column() - 1))
          .as("what stands at the place of %s", part)
          .startsWith(first);
    }
  }

  @Property(tries = REQUESTS, seed = SEED)
  void dialect_renderedDirectivesAreReadWithoutAnError(@ForAll("requests") JobRequest request) {
    Rendering rendering = dialect().render(request);
    assertThat(rendering.directiveLines())
        .as("lines of their own")
        .noneMatch(line -> line.contains("\n") || line.contains("\r"));
    assertThat(read(rendering).diagnostics())
        .as(() -> rendering.directiveLines().toString())
        .noneMatch(
            one ->
                one.severity() == Diagnostic.Severity.ERROR
                    && !one.message().contains("filled in"));
  }

  @Property(tries = FEWER, seed = SEED)
  void dialect_appearsWhereItsDirectivesAreAndNowhereElse(@ForAll("requests") JobRequest request) {
    Rendering rendering = dialect().render(request);
    assertThat(dialect().appearsIn(script(lines(rendering))))
        .isEqualTo(!rendering.directiveLines().isEmpty());
  }

  @Property(tries = FEWER, seed = SEED)
  void dialect_anAmendmentWithoutOverridesLeavesEveryByte(
      @ForAll("requestsWithoutFiles") JobRequest request) {
    Rendering rendering = dialect().render(request);
    Amendment amendment = dialect().amend(script(lines(rendering)), Overrides.none());
    // A dialect may add lines of its own, such as the way to the submit folder.
    List<String> kept = new ArrayList<>(amendment.directiveLines());
    kept.retainAll(rendering.directiveLines());
    assertThat(kept).isEqualTo(rendering.directiveLines());
  }

  @Property(tries = FEWER, seed = SEED)
  void dialect_anAmendmentTouchesOnlyWhatItContradicts(
      @ForAll("requestsWithoutFiles") JobRequest request) {
    Overrides overrides = Overrides.builder().name("other").build();
    List<String> lines = dialect().render(request).directiveLines();
    Amendment amendment = dialect().amend(script(lines(lines)), overrides);
    List<String> kept = new ArrayList<>(amendment.directiveLines());
    kept.retainAll(lines);
    assertThat(amendment.request().name()).contains("other");
    assertThat(lines.size() - kept.size())
        .as("lines that the override of a name touched in %s", lines)
        .isLessThanOrEqualTo(1);
  }

  @Example
  void dialect_anOutputNameComesBack() {
    // Not the id of a task, which only Slurm tells from that of its array.
    for (OutputName.Placeholder placeholder :
        EnumSet.complementOf(EnumSet.of(OutputName.Placeholder.TASK_JOB_ID))) {
      OutputName name =
          new OutputName(
              List.of(
                  new OutputName.Piece.Text("/a/b-"), new OutputName.Piece.Filled(placeholder)));
      var text = dialect().outputText(name);
      if (text.lost().isEmpty()) {
        assertThat(dialect().outputName(text.text())).as(text.text()).isEqualTo(name);
      }
    }
  }

  private DirectiveReading read(Rendering rendering) {
    return dialect().read(script(lines(rendering)));
  }

  private static List<String> lines(Rendering rendering) {
    return lines(rendering.directiveLines());
  }

  private static List<String> lines(List<String> directives) {
    List<String> lines = new ArrayList<>(List.of("#!/bin/sh"));
    lines.addAll(directives);
    lines.add("true");
    return lines;
  }

  private static JobScript script(List<String> lines) {
    return JobScript.parse("job.sh", (String.join("\n", lines) + "\n").getBytes(UTF_8));
  }

  /** The worst that became of each part. */
  private static Map<RequestPart, Outcome> outcomes(Rendering rendering) {
    Map<RequestPart, Outcome> outcomes = new EnumMap<>(RequestPart.class);
    for (Rendering.Part one : rendering.parts()) {
      outcomes.merge(one.part(), one.outcome(), Outcome::worse);
    }
    // Components are made of resources, and are the same only if these are.
    for (RequestPart part : List.copyOf(outcomes.keySet())) {
      if (isResource(part)) {
        outcomes.computeIfPresent(
            RequestPart.COMPONENTS, (name, outcome) -> outcome.worse(outcomes.get(part)));
      }
    }
    return outcomes;
  }

  private static boolean isResource(RequestPart part) {
    return EnumSet.of(
            RequestPart.NODES,
            RequestPart.TASKS,
            RequestPart.TASKS_PER_NODE,
            RequestPart.CPUS_PER_TASK,
            RequestPart.MEMORY,
            RequestPart.GPUS,
            RequestPart.SCRATCH,
            RequestPart.EXCLUSIVE,
            RequestPart.COMPONENTS)
        .contains(part);
  }
}
