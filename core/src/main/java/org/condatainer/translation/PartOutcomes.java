package org.condatainer.translation;

import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import org.condatainer.job.RequestPart;
import org.condatainer.scheduler.Outcome;
import org.condatainer.scheduler.Rendering;

/** What became of each part of a request on its way from one scheduler to another. */
final class PartOutcomes {
  /** How one part or piece came through, and why. */
  record Fate(Outcome outcome, String detail) {
    /** The worse of two, with the reasons of both. */
    Fate and(Fate other) {
      return new Fate(
          outcome.worse(other.outcome),
          detail.equals(other.detail) ? detail : detail + "; " + other.detail);
    }
  }

  private final Map<RequestPart, Fate> outcomes = new EnumMap<>(RequestPart.class);

  /** What became of a part before it was rendered. */
  void put(RequestPart part, Outcome outcome, String detail) {
    outcomes.put(part, new Fate(outcome, detail));
  }

  /** Adds what the target's dialect made of each part. */
  void addRendered(Rendering rendering) {
    Map<RequestPart, Fate> rendered = new EnumMap<>(RequestPart.class);
    for (Rendering.Part part : rendering.parts()) {
      rendered.merge(part.part(), new Fate(part.outcome(), part.detail()), Fate::and);
    }
    rendered.forEach((part, fate) -> outcomes.merge(part, fate, (before, now) -> now.and(before)));
  }

  /** The parts without which the job would be another one, and why each is not to be had. */
  Map<RequestPart, String> refused() {
    Map<RequestPart, String> refused = new EnumMap<>(RequestPart.class);
    outcomes.forEach(
        (part, fate) -> {
          if (fate.outcome() == Outcome.REFUSED) {
            refused.put(part, fate.detail());
          }
        });
    return refused;
  }

  Optional<Fate> of(RequestPart part) {
    return Optional.ofNullable(outcomes.get(part));
  }
}
