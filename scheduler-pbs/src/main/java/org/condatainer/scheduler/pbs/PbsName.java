package org.condatainer.scheduler.pbs;

/** Names that qsub takes for a job: letters, digits and {@code ._+-} (recordings name-*). */
final class PbsName {
  private static final int LONGEST = 230;

  private PbsName() {}

  static boolean isLegal(String name) {
    return legal(name).equals(name);
  }

  /** The name with what qsub refuses replaced; {@code job} for one of which nothing is left. */
  static String legal(String name) {
    StringBuilder legal = new StringBuilder();
    for (int i = 0; i < name.length() && legal.length() < LONGEST; i++) {
      char c = name.charAt(i);
      boolean good =
          (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || (c >= '0' && c <= '9')
              || c == '.'
              || c == '_'
              || c == '+'
              || (c == '-' && i > 0);
      legal.append(good ? c : '_');
    }
    return legal.isEmpty() ? "job" : legal.toString();
  }
}
