package org.condatainer.overlay;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;

/**
 * A size as a user writes it: {@code 500M}, {@code 10G}, {@code 1.5G}, {@code 10GiB}, {@code 512}.
 *
 * <p>The units K, M, G, T and their spellings {@code GB} and {@code GiB} count by 1024, in either
 * case; {@code B} counts bytes. A plain number counts MiB.
 *
 * @param bytes the size in bytes, 0 or more
 */
public record ByteSize(long bytes) {
  private static final long KIBIBYTE = 1L << 10;
  private static final long MEBIBYTE = 1L << 20;
  private static final long GIBIBYTE = 1L << 30;
  private static final long TEBIBYTE = 1L << 40;

  public ByteSize {
    if (bytes < 0) {
      throw new IllegalArgumentException("a size is negative: " + bytes);
    }
  }

  public static ByteSize ofMebibytes(long mebibytes) {
    return new ByteSize(Math.multiplyExact(mebibytes, MEBIBYTE));
  }

  /**
   * Reads a size, rounded up to a whole byte.
   *
   * @throws OverlayException of kind {@link OverlayException.Kind#BAD_INPUT} for anything else
   */
  public static ByteSize parse(String text) {
    String trimmed = text.strip();
    int end = 0;
    while (end < trimmed.length() && isNumeric(trimmed.charAt(end))) {
      end++;
    }
    long unit =
        switch (trimmed.substring(end).strip().toUpperCase(Locale.ROOT)) {
          case "B" -> 1;
          case "K", "KB", "KIB" -> KIBIBYTE;
          case "", "M", "MB", "MIB" -> MEBIBYTE;
          case "G", "GB", "GIB" -> GIBIBYTE;
          case "T", "TB", "TIB" -> TEBIBYTE;
          default -> throw notASize(text);
        };
    try {
      return new ByteSize(
          new BigDecimal(trimmed.substring(0, end))
              .multiply(BigDecimal.valueOf(unit))
              .setScale(0, RoundingMode.CEILING)
              .longValueExact());
    } catch (NumberFormatException e) {
      throw notASize(text);
    } catch (ArithmeticException e) {
      throw new OverlayException(
          OverlayException.Kind.BAD_INPUT, "\"" + text + "\" is larger than any file can be");
    }
  }

  private static boolean isNumeric(char c) {
    return (c >= '0' && c <= '9') || c == '.';
  }

  private static OverlayException notASize(String text) {
    return new OverlayException(
        OverlayException.Kind.BAD_INPUT,
        "\""
            + text
            + "\" is not a size; write for instance 500M, 10G or 1.5T (a plain number counts MiB)");
  }

  /** The size in the largest unit that leaves a number of at least 1, with at most one decimal. */
  @Override
  public String toString() {
    if (bytes >= TEBIBYTE) {
      return inUnit(TEBIBYTE, " TiB");
    }
    if (bytes >= GIBIBYTE) {
      return inUnit(GIBIBYTE, " GiB");
    }
    if (bytes >= MEBIBYTE) {
      return inUnit(MEBIBYTE, " MiB");
    }
    return bytes >= KIBIBYTE ? inUnit(KIBIBYTE, " KiB") : bytes + " bytes";
  }

  private String inUnit(long unit, String name) {
    long tenths = (bytes % unit * 10 + unit / 2) / unit;
    long whole = bytes / unit + tenths / 10;
    return whole + (tenths % 10 == 0 ? "" : "." + tenths % 10) + name;
  }
}
