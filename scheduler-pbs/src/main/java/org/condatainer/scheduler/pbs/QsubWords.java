package org.condatainer.scheduler.pbs;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.condatainer.scheduler.pbs.QsubDirective.Given;
import org.condatainer.scheduler.pbs.QsubDirective.Place;
import org.condatainer.script.Diagnostic;

/** Takes a directive's text apart into options, as qsub does (make_argv of OpenPBS; getopt(3)). */
final class QsubWords {
  private static final String FLAGS = "fhIVXz";
  private static final String WITH_VALUE = "aAcCdejJklmMNopPqrRStuvwW";

  /**
   * A word without its quotes.
   *
   * @param text the word
   * @param at the place of every character of it in the directive's text
   * @param start where it begins there, quotes included
   * @param end where it ends there
   */
  private record Word(String text, List<Integer> at, int start, int end) {}

  private final String text;
  private final List<Place> places;
  private final List<Diagnostic> diagnostics;
  private final List<Given> options = new ArrayList<>();

  /**
   * @param text what stands behind the prefix, of all lines of the directive
   * @param places the place of every character of it, and one more for its end
   */
  QsubWords(String text, List<Place> places, List<Diagnostic> diagnostics) {
    this.text = text;
    this.places = places;
    this.diagnostics = diagnostics;
  }

  List<Given> options() {
    List<Word> words = words();
    int next = 0;
    while (next < words.size()) {
      Word word = words.get(next);
      if (word.text().startsWith("#")) {
        error(word.start(), "qsub takes no comment in a directive: remove it");
        break;
      }
      if (word.text().length() < 2 || word.text().charAt(0) != '-') {
        error(
            word.start(),
            "qsub refuses \"" + word.text() + "\": it is no option; quote a value with blanks");
        next++;
        continue;
      }
      next = letters(words, next);
    }
    return options;
  }

  private int letters(List<Word> words, int index) {
    Word word = words.get(index);
    for (int i = 1; i < word.text().length(); i++) {
      char letter = word.text().charAt(i);
      if (FLAGS.indexOf(letter) >= 0) {
        add(letter, Optional.empty(), word, word, 0);
        continue;
      }
      String rest = word.text().substring(i + 1);
      if (WITH_VALUE.indexOf(letter) < 0) {
        Place at = places.get(word.start());
        diagnostics.add(
            Diagnostic.warning(
                at.line(),
                at.column(),
                "-" + letter + " is no option of the qsub versions known here; it is passed on"));
        add(letter, Optional.of(rest), word, word, i + 1);
        return index + 1;
      }
      if (!rest.isEmpty()) {
        add(letter, Optional.of(rest), word, word, i + 1);
        return index + 1;
      }
      if (index + 1 == words.size()) {
        error(word.start(), "-" + letter + " has no value");
        return index + 1;
      }
      Word value = words.get(index + 1);
      add(letter, Optional.of(value.text()), word, value, 0);
      return index + 2;
    }
    return index + 1;
  }

  /** Adds an option whose value is the rest of a word from a character on. */
  private void add(char letter, Optional<String> value, Word first, Word last, int from) {
    List<Place> at = new ArrayList<>();
    if (value.isPresent()) {
      for (int i = from; i < last.at().size(); i++) {
        at.add(places.get(last.at().get(i)));
      }
    }
    options.add(
        new Given(
            letter,
            value,
            places.get(first.start()),
            at,
            text.substring(first.start(), last.end())));
  }

  /** Words between blanks; quotes of both kinds keep blanks, a backslash the next character. */
  private List<Word> words() {
    List<Word> words = new ArrayList<>();
    int position = 0;
    while (position < text.length()) {
      if (QsubDirective.isBlank(text.charAt(position))) {
        position++;
        continue;
      }
      int start = position;
      StringBuilder word = new StringBuilder();
      List<Integer> at = new ArrayList<>();
      while (position < text.length() && !QsubDirective.isBlank(text.charAt(position))) {
        char c = text.charAt(position);
        int end = position;
        if (c == '"' || c == '\'') {
          position++;
          end = text.indexOf(c, position);
          if (end < 0) {
            error(position - 1, "the quote " + c + " has no end on its line");
            return words;
          }
        } else {
          position += c == '\\' && position + 1 < text.length() ? 1 : 0;
          end = position + 1;
        }
        for (; position < end; position++) {
          word.append(text.charAt(position));
          at.add(position);
        }
        position += c == '"' || c == '\'' ? 1 : 0;
      }
      words.add(new Word(word.toString(), at, start, position));
    }
    return words;
  }

  private void error(int position, String message) {
    Place at = places.get(position);
    diagnostics.add(Diagnostic.error(at.line(), at.column(), message));
  }

  /** A value as one word of a directive; empty if qsub has no way to write it. */
  static Optional<String> word(String value) {
    boolean single = value.indexOf('\'') >= 0;
    boolean doubled = value.indexOf('"') >= 0;
    if (value.indexOf('\n') >= 0 || (single && doubled)) {
      return Optional.empty();
    }
    boolean quote = value.isEmpty() || single || doubled || value.startsWith("#");
    for (int i = 0; i < value.length(); i++) {
      quote |= QsubDirective.isBlank(value.charAt(i)) || value.charAt(i) == '\\';
    }
    return Optional.of(!quote ? value : doubled ? "'" + value + "'" : "\"" + value + "\"");
  }
}
