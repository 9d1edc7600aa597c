package org.condatainer.scheduler;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import org.condatainer.job.RequestPart;

/**
 * A request in the words of one scheduler.
 *
 * @param directiveLines the lines for the head of a job script, without line ends
 * @param parts what became of every part that the request has, but for {@link RequestPart#NATIVE}:
 *     at least one entry each
 */
public record Rendering(List<String> directiveLines, List<Part> parts) {
  /**
   * What became of a part of the request.
   *
   * @param part the part
   * @param outcome what became of it
   * @param detail the option that says it now, or the rule, or the reason; one line
   */
  public record Part(RequestPart part, Outcome outcome, String detail) {
    public Part {
      requireNonNull(part, "part is null");
      requireNonNull(outcome, "outcome is null");
      requireNonNull(detail, "detail is null");
    }
  }

  public Rendering {
    directiveLines = List.copyOf(directiveLines);
    parts = List.copyOf(parts);
  }

  /** A rendering without lines and parts yet. */
  public static Builder builder() {
    return new Builder();
  }

  /** Collects lines and what became of the parts. */
  public static final class Builder {
    private final List<String> lines = new ArrayList<>();
    private final List<Part> parts = new ArrayList<>();

    private Builder() {}

    /** Adds a directive line. */
    public Builder line(String line) {
      lines.add(line);
      return this;
    }

    /** The result means the same; {@code detail} is the option that says it now. */
    public Builder translated(RequestPart part, String detail) {
      return part(part, Outcome.TRANSLATED, detail);
    }

    /** The result has the nearest; {@code rule} is what it says now, and why. */
    public Builder approximated(RequestPart part, String rule) {
      return part(part, Outcome.APPROXIMATED, rule);
    }

    /** It is not in the result; {@code reason} says why. */
    public Builder leftOut(RequestPart part, String reason) {
      return part(part, Outcome.LEFT_OUT, reason);
    }

    /** The job cannot be what was asked; {@code reason} says why. */
    public Builder refused(RequestPart part, String reason) {
      return part(part, Outcome.REFUSED, reason);
    }

    private Builder part(RequestPart part, Outcome outcome, String detail) {
      parts.add(new Part(part, outcome, detail));
      return this;
    }

    public Rendering build() {
      return new Rendering(lines, parts);
    }
  }
}
