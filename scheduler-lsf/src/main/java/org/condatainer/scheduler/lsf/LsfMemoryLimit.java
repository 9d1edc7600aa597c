package org.condatainer.scheduler.lsf;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.condatainer.job.Memory;
import org.condatainer.job.RequestPart;
import org.condatainer.scheduler.DirectivePart;
import org.condatainer.script.Diagnostic;

/** The limit of {@code -M}, above which LSF ends a job, beside what {@code rusage} reserves. */
final class LsfMemoryLimit {
  private final LsfSite site;
  private final List<DirectivePart> parts;
  private final List<Diagnostic> diagnostics;
  private Optional<Memory> amount = Optional.empty();

  LsfMemoryLimit(LsfSite site, List<DirectivePart> parts, List<Diagnostic> diagnostics) {
    this.site = site;
    this.parts = parts;
    this.diagnostics = diagnostics;
  }

  /** The limit; empty if there is none. */
  Optional<Memory> amount() {
    return amount;
  }

  /** Whether LSF ends the job even where its own configuration would not: {@code 8GB!}. */
  static boolean isHard(String value) {
    return value.endsWith("!");
  }

  /** Whether a value is understood; its pieces are in the list then. */
  boolean read(BsubDirective.Given option, String value) {
    boolean hard = isHard(value);
    String written = hard ? value.substring(0, value.length() - 1).strip() : value;
    OptionalLong bytes = LsfValues.memory(written, site.limitUnit());
    if (bytes.isEmpty() || bytes.getAsLong() == 0) {
      return false;
    }
    if (!LsfValues.hasUnit(written)) {
      diagnostics.add(
          RequirementReading.unitNote(option, option.column(), option.text(), site.limitUnit()));
    }
    amount = Optional.of(new Memory(bytes.getAsLong(), site.limitScope()));
    parts.add(LsfParts.whole(option, RequestPart.MEMORY));
    if (hard) {
      parts.add(LsfParts.piece(option, value.length() - 1, "!", RequestPart.NATIVE));
    }
    return true;
  }

  /**
   * The one figure for a scheduler at which it is both what is reserved and the limit, which there
   * must be: the larger, by host or slot as the reservation is. The pieces of both say so.
   */
  Memory and(Memory reserved) {
    long limit = amount.orElseThrow().bytes();
    long larger = Math.max(reserved.bytes(), limit);
    String together =
        "LSF reserves "
            + LsfValues.memory(reserved.bytes())
            + " and ends a job above "
            + LsfValues.memory(limit)
            + "; here "
            + LsfValues.memory(larger)
            + " is both reservation and limit";
    sayTogether(together, true);
    sayTogether(together, false);
    return new Memory(larger, reserved.scope());
  }

  /** Of limits the first counts, of reservations the last. */
  private void sayTogether(String together, boolean ofLimit) {
    int counting = -1;
    for (int i = 0; i < parts.size() && (counting < 0 || !ofLimit); i++) {
      DirectivePart part = parts.get(i);
      if (part.part() == RequestPart.MEMORY && part.text().startsWith("-M") == ofLimit) {
        counting = i;
      }
    }
    if (counting >= 0) {
      parts.set(counting, parts.get(counting).withTogether(together));
    }
  }
}
