package org.condatainer.scheduler.lsf;

import java.util.Locale;

/** Which LSF it is, by the first line that {@code lsid} prints. */
enum LsfKind {
  /** IBM Spectrum LSF and Platform LSF. */
  IBM,
  /**
   * volclava and OpenLava, which know fewer options; what is not known is taken for one of them.
   */
  OPEN;

  static LsfKind of(String version) {
    String words = version.toLowerCase(Locale.ROOT);
    return words.contains("ibm") || words.contains("spectrum") || words.contains("platform lsf")
        ? IBM
        : OPEN;
  }
}
