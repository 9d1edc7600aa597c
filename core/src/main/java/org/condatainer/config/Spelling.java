package org.condatainer.config;

import java.util.Collection;
import java.util.Optional;

/** Words that were meant when a word is not known. */
public final class Spelling {
  private static final int NEAR = 4;

  private Spelling() {}

  /** The known word that is nearest to another, the first of several; empty if none is near. */
  public static Optional<String> nearest(String word, Collection<String> known) {
    int best = Math.min(NEAR, word.length());
    Optional<String> nearest = Optional.empty();
    for (String candidate : known) {
      int distance = distance(word, candidate);
      if (distance < best) {
        best = distance;
        nearest = Optional.of(candidate);
      }
    }
    return nearest;
  }

  /** How many letters to change, add or leave out (Levenshtein). */
  private static int distance(String first, String second) {
    int[] row = new int[second.length() + 1];
    for (int j = 0; j < row.length; j++) {
      row[j] = j;
    }
    for (int i = 1; i <= first.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j < row.length; j++) {
        int change = diagonal + (first.charAt(i - 1) == second.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(change, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[second.length()];
  }
}
