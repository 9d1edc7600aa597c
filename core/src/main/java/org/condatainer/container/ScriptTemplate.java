package org.condatainer.container;

import com.google.errorprone.annotations.CompileTimeConstant;
import java.util.ArrayList;
import java.util.List;
import org.condatainer.script.ShellWords;

/**
 * A piece of a batch script with places, such as {@code @IMAGE@}, that are filled from named
 * values. All are filled in one pass: what fills one is not looked at again, whatever it looks
 * like. A value says what it is, and is quoted accordingly.
 *
 * <pre>{@code
 * ScriptTemplate.of("mount -o @MODE@ @IMAGE@\n").plain("MODE", "ro").word("IMAGE", path).text()
 * }</pre>
 *
 * <p>A place is a name of capital letters and underscores between two {@code @}. It may stand
 * several times.
 */
public final class ScriptTemplate {
  private final String bash;
  private final List<String> places = new ArrayList<>();
  private final List<String> values = new ArrayList<>();

  private ScriptTemplate(String bash) {
    this.bash = bash;
  }

  /** A text of the program's own, the places in it to be filled. */
  public static ScriptTemplate of(@CompileTimeConstant final String bash) {
    return new ScriptTemplate(bash);
  }

  /**
   * A text of whatever kind as one word: quoted. It may stand beside quotes: {@code "there is no
   * "@IMAGE@}.
   */
  public ScriptTemplate word(String place, String text) {
    return put(place, ShellWords.quote(text));
  }

  /** Texts of whatever kind as words with blanks between them: each quoted. */
  public ScriptTemplate words(String place, List<String> texts) {
    return put(place, ShellWords.join(texts));
  }

  /**
   * A text that means itself to a shell wherever it stands, within quotes and without; possibly
   * empty.
   *
   * @throws IllegalArgumentException for any other text
   */
  public ScriptTemplate plain(String place, String text) {
    if (!text.isEmpty() && !ShellWords.quote(text).equals(text)) {
      throw new IllegalArgumentException("a shell would not take this as it stands: " + text);
    }
    return put(place, text);
  }

  /** A number, decimal. */
  public ScriptTemplate number(String place, long number) {
    return put(place, Long.toString(number));
  }

  /** A text of whatever kind within a comment, which it does not end. */
  public ScriptTemplate comment(String place, String text) {
    StringBuilder shown = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      shown.append(c < ' ' || c == 0x7f ? '?' : c);
    }
    return put(place, shown.toString());
  }

  /** Another piece of the script. */
  public ScriptTemplate part(String place, ScriptText part) {
    return put(place, part.toString());
  }

  private ScriptTemplate put(String place, String value) {
    if (places.contains(place)) {
      throw new IllegalStateException("the place @" + place + "@ has two values");
    }
    places.add(place);
    values.add(value);
    return this;
  }

  /**
   * The piece with all places filled.
   *
   * @throws IllegalStateException if a place has no value, or a value no place
   */
  public ScriptText text() {
    boolean[] used = new boolean[places.size()];
    StringBuilder text = new StringBuilder(bash.length());
    int from = 0;
    for (int at = bash.indexOf('@'); at >= 0; at = bash.indexOf('@', at)) {
      int end = endOfPlace(at);
      if (end < 0) {
        at++;
        continue;
      }
      String place = bash.substring(at + 1, end);
      int index = places.indexOf(place);
      if (index < 0) {
        throw new IllegalStateException("the place @" + place + "@ has no value in: " + bash);
      }
      used[index] = true;
      text.append(bash, from, at).append(values.get(index));
      at = end + 1;
      from = at;
    }
    for (int i = 0; i < used.length; i++) {
      if (!used[i]) {
        throw new IllegalStateException("there is no place @" + places.get(i) + "@ in: " + bash);
      }
    }
    return new ScriptText(text.append(bash, from, bash.length()).toString());
  }

  /**
   * Where the second {@code @} of a place is whose first is at an index; -1 if that begins none.
   */
  private int endOfPlace(int at) {
    int end = at + 1;
    while (end < bash.length()
        && (bash.charAt(end) == '_' || (bash.charAt(end) >= 'A' && bash.charAt(end) <= 'Z'))) {
      end++;
    }
    return end > at + 1 && end < bash.length() && bash.charAt(end) == '@' ? end : -1;
  }
}
