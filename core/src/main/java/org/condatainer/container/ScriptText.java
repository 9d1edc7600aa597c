package org.condatainer.container;

import com.google.errorprone.annotations.CompileTimeConstant;
import java.util.List;

/**
 * A piece of a batch script: bash of the program's own, in which what a user named stands as quoted
 * words.
 *
 * <p>It comes from a constant or from a {@link ScriptTemplate}, so that no text of a user's becomes
 * bash by mistake: whatever else is given to {@link #of} does not compile (error-prone's {@link
 * CompileTimeConstant}).
 */
public final class ScriptText {
  /** Nothing. */
  public static final ScriptText NONE = new ScriptText("");

  private final String bash;

  ScriptText(String bash) {
    this.bash = bash;
  }

  /** Bash as it stands in the program. */
  public static ScriptText of(@CompileTimeConstant final String bash) {
    return new ScriptText(bash);
  }

  /**
   * Bash that a scheduler's dialect has written, with all that users named quoted in it. The only
   * text that is taken on trust.
   */
  public static ScriptText ofDialect(String bash) {
    return new ScriptText(bash);
  }

  /** One after the other. */
  public static ScriptText join(ScriptText... parts) {
    return join("", List.of(parts));
  }

  /** One after the other, with something between each two. */
  public static ScriptText join(@CompileTimeConstant final String between, List<ScriptText> parts) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < parts.size(); i++) {
      text.append(i == 0 ? "" : between).append(parts.get(i).bash);
    }
    return new ScriptText(text.toString());
  }

  /** Whether it has no character. */
  public boolean isEmpty() {
    return bash.isEmpty();
  }

  /** The bash. */
  @Override
  public String toString() {
    return bash;
  }
}
