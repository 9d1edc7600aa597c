package org.condatainer.scheduler.slurm;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.condatainer.job.JobRequest;
import org.condatainer.job.OutputName;
import org.condatainer.scheduler.Amendment;
import org.condatainer.scheduler.Dialect;
import org.condatainer.scheduler.DirectivePart;
import org.condatainer.scheduler.DirectiveReading;
import org.condatainer.scheduler.Outcome;
import org.condatainer.scheduler.OutputText;
import org.condatainer.scheduler.Overrides;
import org.condatainer.scheduler.Rendering;
import org.condatainer.script.JobScript;

/** Slurm's dialect with one thing wrong, and the test of the contract that notices. */
enum WrongDialect {
  DROPS_THE_HOLD_SILENTLY(
      "dialect_everyPartOfARequestHasAnOutcomeAndNoOtherHas",
      new Right() {
        @Override
        public Rendering render(JobRequest request) {
          return right.render(request.toBuilder().held(false).build());
        }
      }),
  SAYS_THAT_ALL_IS_TRANSLATED(
      "dialect_whatIsTranslatedIsReadBackTheSame",
      new Right() {
        @Override
        public Rendering render(JobRequest request) {
          return outcome(right.render(request), Outcome.TRANSLATED);
        }
      }),
  ONLY_EVER_APPROXIMATES(
      "dialect_aPlainRequestIsTranslatedAndNotOnlyApproximated",
      new Right() {
        @Override
        public Rendering render(JobRequest request) {
          return outcome(right.render(request), Outcome.APPROXIMATED);
        }
      }),
  HOLDS_MORE_OR_LESS(
      "dialect_aHeldJobIsTranslatedOrSaidToBeNone",
      new Right() {
        @Override
        public Rendering render(JobRequest request) {
          return outcome(right.render(request), Outcome.APPROXIMATED);
        }
      }),
  INVENTS_MEMORY(
      "dialect_nothingIsInvented",
      new Right() {
        @Override
        public Rendering render(JobRequest request) {
          return with(right.render(request), "#SBATCH --mem=2048M");
        }
      }),
  MAKES_SOMETHING_OF_NOTHING(
      "dialect_ofNothingNothingIsMade",
      new Right() {
        @Override
        public Rendering render(JobRequest request) {
          return with(right.render(request), "#SBATCH --nodes=1");
        }
      }),
  POINTS_BESIDE_THE_PIECE(
      "dialect_piecesOfDirectivesHaveTheirPlaces",
      new Right() {
        @Override
        public DirectiveReading read(JobScript script) {
          DirectiveReading reading = right.read(script);
          List<DirectivePart> parts = new ArrayList<>();
          for (DirectivePart part : reading.parts()) {
            parts.add(new DirectivePart(part.line(), 1, part.text(), part.part()));
          }
          return new DirectiveReading(
              reading.directives(), parts, reading.request(), reading.diagnostics());
        }
      }),
  WRITES_WHAT_IT_CANNOT_READ(
      "dialect_renderedDirectivesAreReadWithoutAnError",
      new Right() {
        @Override
        public Rendering render(JobRequest request) {
          return with(right.render(request), "#SBATCH --mem=much");
        }
      }),
  APPEARS_EVERYWHERE(
      "dialect_appearsWhereItsDirectivesAreAndNowhereElse",
      new Right() {
        @Override
        public boolean appearsIn(JobScript script) {
          return true;
        }
      }),
  WRITES_EVERY_LINE_ANEW(
      "dialect_anAmendmentWithoutOverridesLeavesEveryByte",
      new Right() {
        @Override
        public Amendment amend(JobScript script, Overrides overrides) {
          return lines(
              right.amend(script, overrides), line -> line.replace("#SBATCH --", "#SBATCH  --"));
        }
      }),
  SETS_ASIDE_WHAT_NOBODY_OVERRODE(
      "dialect_anAmendmentTouchesOnlyWhatItContradicts",
      new Right() {
        @Override
        public Amendment amend(JobScript script, Overrides overrides) {
          return lines(right.amend(script, overrides), line -> "#" + line);
        }
      }),
  FILLS_IN_NOTHING(
      "dialect_anOutputNameComesBack",
      new Right() {
        @Override
        public OutputName outputName(String written) {
          return new OutputName(List.of(new OutputName.Piece.Text(written)));
        }
      });

  /** Does what the right dialect does. */
  abstract static class Right implements Dialect {
    final Dialect right = new SlurmProvider().dialect();

    @Override
    public String scheduler() {
      return right.scheduler();
    }

    @Override
    public boolean appearsIn(JobScript script) {
      return right.appearsIn(script);
    }

    @Override
    public DirectiveReading read(JobScript script) {
      return right.read(script);
    }

    @Override
    public Amendment amend(JobScript script, Overrides overrides) {
      return right.amend(script, overrides);
    }

    @Override
    public Rendering render(JobRequest request) {
      return right.render(request);
    }

    @Override
    public OutputName outputName(String written) {
      return right.outputName(written);
    }

    @Override
    public OutputText outputText(OutputName name) {
      return right.outputText(name);
    }

    @Override
    public String grantedResources() {
      return right.grantedResources();
    }

    static Rendering with(Rendering rendering, String line) {
      List<String> lines = new ArrayList<>(rendering.directiveLines());
      lines.add(line);
      return new Rendering(lines, rendering.parts());
    }

    static Rendering outcome(Rendering rendering, Outcome outcome) {
      List<Rendering.Part> parts = new ArrayList<>();
      for (Rendering.Part part : rendering.parts()) {
        parts.add(new Rendering.Part(part.part(), outcome, part.detail()));
      }
      return new Rendering(rendering.directiveLines(), parts);
    }

    static Amendment lines(Amendment amendment, UnaryOperator<String> change) {
      return new Amendment(
          amendment.directiveLines().stream().map(change).toList(),
          amendment.options(),
          amendment.request(),
          amendment.diagnostics());
    }
  }

  private final String test;

  @SuppressWarnings("ImmutableEnumChecker") // It holds nothing that changes.
  private final Dialect dialect;

  WrongDialect(String test, Dialect dialect) {
    this.test = test;
    this.dialect = dialect;
  }

  /** The test that must fail. */
  String test() {
    return test;
  }

  /** Whether the test is a property of requests. */
  boolean isProperty() {
    return this != ONLY_EVER_APPROXIMATES
        && this != HOLDS_MORE_OR_LESS
        && this != MAKES_SOMETHING_OF_NOTHING
        && this != FILLS_IN_NOTHING;
  }

  Dialect dialect() {
    return dialect;
  }
}
