package org.condatainer.script;

import java.util.List;
import java.util.stream.Collectors;

/** A job script that cannot be used as it is. */
public final class ScriptException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient List<Diagnostic> diagnostics;

  /**
   * @param file the script's name as the user wrote it
   * @param diagnostics what is wrong with it, at least one
   */
  public ScriptException(String file, List<Diagnostic> diagnostics) {
    super(
        diagnostics.stream()
            .map(diagnostic -> diagnostic.format(file))
            .collect(Collectors.joining("\n")));
    this.diagnostics = List.copyOf(diagnostics);
  }

  public List<Diagnostic> diagnostics() {
    return diagnostics;
  }
}
