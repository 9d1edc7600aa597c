package org.condatainer.scheduler;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import org.condatainer.job.RequestPart;

/**
 * A piece of a directive and the part of the request that it asks for. One directive may have
 * several: Slurm's {@code --gres=gpu:a100:2,shard:1} two, PBS's {@code -l select=…} one for each
 * resource.
 *
 * @param line its line in the job script, from 1
 * @param column its column in that line, from 1
 * @param text as written: the option with its value, or the piece of the value
 * @param part what it asks for; {@link RequestPart#NATIVE} for what has no neutral form
 * @param together what it means beside another piece that asks for the same part, where both count;
 *     empty for a piece that counts, or does not, by itself
 */
public record DirectivePart(
    int line, int column, String text, RequestPart part, Optional<String> together) {
  public DirectivePart {
    requireNonNull(text, "text is null");
    requireNonNull(part, "part is null");
    requireNonNull(together, "together is null");
  }

  /** A piece that counts, or does not, by itself. */
  public DirectivePart(int line, int column, String text, RequestPart part) {
    this(line, column, text, part, Optional.empty());
  }

  public DirectivePart withTogether(String meaning) {
    return new DirectivePart(line, column, text, part, Optional.of(meaning));
  }
}
