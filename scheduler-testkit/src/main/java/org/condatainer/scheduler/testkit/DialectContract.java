package org.condatainer.scheduler.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.condatainer.job.JobRequest;
import org.condatainer.job.OutputName;
import org.condatainer.job.RequestPart;
import org.condatainer.scheduler.Amendment;
import org.condatainer.scheduler.Dialect;
import org.condatainer.scheduler.DirectivePart;
import org.condatainer.scheduler.DirectiveReading;
import org.condatainer.scheduler.Outcome;
import org.condatainer.scheduler.Overrides;
import org.condatainer.scheduler.Rendering;
import org.condatainer.script.Diagnostic;
import org.condatainer.script.JobScript;
import org.junit.jupiter.api.Test;

/**
 * What every dialect promises ({@link Dialect}), tried with 10,000 generated requests. What a
 * dialect reads of its own manual's forms is its author's test: see {@link RequestText}.
 */
public abstract class DialectContract {
  private static final int REQUESTS = 10_000;
  private static final long SEED = 20_261_123;

  /** The dialect to try. */
  protected abstract Dialect dialect();

  /**
   * What a directive must say beside what was asked for: LSF has no array without a job name. By
   * default nothing. (One resource may need others: that is allowed to all.)
   */
  protected Set<RequestPart> needed(JobRequest request) {
    return Set.of();
  }

  @Test
  void dialect_whatIsTranslatedIsReadBackTheSame() {
    requests()
        .forEach(
            request -> {
              Rendering rendering = dialect().render(request);
              DirectiveReading reading = read(rendering);
              Map<RequestPart, Object> asked = GeneratedRequests.values(request);
              Map<RequestPart, Object> back = GeneratedRequests.values(reading.request());
              outcomes(rendering)
                  .forEach(
                      (part, outcome) -> {
                        // With several components the report does not say which one it is about.
                        boolean oneOfSeveral =
                            isResource(part)
                                && part != RequestPart.COMPONENTS
                                && !request.furtherComponents().isEmpty();
                        if (outcome == Outcome.TRANSLATED && !oneOfSeveral) {
                          assertThat(back.get(part))
                              .as("%s in %s", part, rendering.directiveLines())
                              .isEqualTo(asked.get(part));
                        }
                      });
            });
  }

  @Test
  void dialect_everyPartOfARequestHasAnOutcome() {
    requests()
        .forEach(
            request -> {
              Rendering rendering = dialect().render(request);
              assertThat(outcomes(rendering).keySet())
                  .as(RequestText.of(request))
                  .containsAll(RequestPart.of(request));
              assertThat(rendering.parts())
                  .allSatisfy(part -> assertThat(part.detail()).isNotBlank().doesNotContain("\n"));
            });
  }

  @Test
  void dialect_nothingIsInvented() {
    requests()
        .forEach(
            request -> {
              Rendering rendering = dialect().render(request);
              Set<RequestPart> invented = RequestPart.of(read(rendering).request());
              invented.removeAll(outcomes(rendering).keySet());
              invented.removeAll(needed(request));
              if (outcomes(rendering).entrySet().stream()
                  .anyMatch(one -> isResource(one.getKey()))) {
                invented.removeIf(DialectContract::isResource);
              }
              assertThat(invented)
                  .as("of %s in %s", RequestText.of(request), rendering.directiveLines())
                  .isEmpty();
            });
    assertThat(dialect().render(JobRequest.empty()).directiveLines()).isEmpty();
  }

  @Test
  void dialect_piecesOfDirectivesHaveTheirPlaces() {
    requests()
        .limit(2_000)
        .forEach(
            request -> {
              List<String> lines = lines(dialect().render(request));
              for (DirectivePart part : read(dialect().render(request)).parts()) {
                assertThat(part.line()).isBetween(2, lines.size());
                assertThat(part.column()).isBetween(1, lines.get(part.line() - 1).length());
                assertThat(part.text()).isNotBlank();
              }
            });
  }

  @Test
  void dialect_renderedDirectivesAreReadWithoutAnError() {
    requests()
        .forEach(
            request -> {
              Rendering rendering = dialect().render(request);
              assertThat(read(rendering).diagnostics())
                  .as(() -> rendering.directiveLines().toString())
                  .noneMatch(
                      one ->
                          one.severity() == Diagnostic.Severity.ERROR
                              && !one.message().contains("filled in"));
            });
  }

  @Test
  void dialect_appearsWhereItsDirectivesAreAndNowhereElse() {
    requests()
        .limit(500)
        .forEach(
            request -> {
              Rendering rendering = dialect().render(request);
              assertThat(dialect().appearsIn(script(lines(rendering))))
                  .isEqualTo(!rendering.directiveLines().isEmpty());
            });
  }

  @Test
  void dialect_anAmendmentWithoutOverridesLeavesEveryByte() {
    requests()
        .limit(2_000)
        .forEach(
            request -> {
              Rendering rendering = dialect().render(request);
              Amendment amendment = dialect().amend(script(lines(rendering)), Overrides.none());
              // A dialect may add lines of its own, such as the way to the submit folder.
              List<String> kept = new ArrayList<>(amendment.directiveLines());
              kept.retainAll(rendering.directiveLines());
              assertThat(kept).isEqualTo(rendering.directiveLines());
            });
  }

  @Test
  void dialect_anAmendmentTouchesOnlyWhatItContradicts() {
    Overrides overrides = Overrides.builder().name("other").build();
    requests()
        .limit(2_000)
        .forEach(
            request -> {
              List<String> lines = dialect().render(request).directiveLines();
              Amendment amendment = dialect().amend(script(lines(lines)), overrides);
              List<String> kept = new ArrayList<>(amendment.directiveLines());
              kept.retainAll(lines);
              assertThat(amendment.request().name()).contains("other");
              assertThat(lines.size() - kept.size())
                  .as("lines that the override of a name touched in %s", lines)
                  .isLessThanOrEqualTo(1);
            });
  }

  @Test
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

  private static Stream<JobRequest> requests() {
    Random random = new Random(SEED);
    return Stream.generate(() -> GeneratedRequests.request(random)).limit(REQUESTS);
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
