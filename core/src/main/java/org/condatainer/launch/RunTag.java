package org.condatainer.launch;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.condatainer.lock.OverlayTag;

/**
 * What a job carries so that it can be found again: {@code cnt:RUNID}, and for each overlay a
 * semicolon, a hash of its path and the mode, {@code r} or {@code w}. The only class that knows
 * this form.
 *
 * @param runId the run's id
 * @param overlays its overlays in their order
 */
public record RunTag(String runId, List<Mark> overlays) {
  private static final int HASH_LENGTH = 16;

  /**
   * An overlay in a tag.
   *
   * @param hash as {@link OverlayTag#of} makes it
   * @param writable whether the job mounts it writable
   */
  public record Mark(String hash, boolean writable) {
    public Mark {
      requireNonNull(hash, "hash is null");
    }
  }

  public RunTag {
    requireNonNull(runId, "runId is null");
    overlays = List.copyOf(overlays);
  }

  /** The tag in what a job carries, which may have words of the user's around it. */
  public static Optional<RunTag> in(String text) {
    int begin = text.indexOf(OverlayTag.START);
    if (begin < 0) {
      return Optional.empty();
    }
    int end = begin + OverlayTag.START.length();
    while (end < text.length() && isPart(text.charAt(end))) {
      end++;
    }
    String[] parts = text.substring(begin + OverlayTag.START.length(), end).split(";", -1);
    List<Mark> overlays = new ArrayList<>();
    for (int i = 1; i < parts.length; i++) {
      String part = parts[i];
      boolean writable = part.endsWith("w");
      if (part.length() != HASH_LENGTH + 1 || !(writable || part.endsWith("r"))) {
        break;
      }
      overlays.add(new Mark(part.substring(0, HASH_LENGTH), writable));
    }
    return parts[0].isEmpty() ? Optional.empty() : Optional.of(new RunTag(parts[0], overlays));
  }

  private static boolean isPart(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == ';';
  }

  /** The tag's text. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(OverlayTag.START).append(runId);
    for (Mark overlay : overlays) {
      text.append(';').append(overlay.hash()).append(overlay.writable() ? 'w' : 'r');
    }
    return text.toString();
  }
}
