package org.condatainer.script;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Lines of a header that look like {@code #DEP:} and are none: the run would lack its overlay. */
final class NearMiss {
  /** {@code #dep: x}, {@code # DEP: x}, {@code #DEP : x}, {@code #DEPS: x}, {@code #DEP x}. */
  private static final Pattern WRITTEN_OTHERWISE =
      Pattern.compile("^\\s*(#\\s*(?i:dep)\\s*:|#(?i:deps)\\s*:|#DEPS?(?=\\s))\\s*\\S.*");

  private NearMiss() {}

  static List<Diagnostic> in(List<String> header) {
    List<Diagnostic> found = new ArrayList<>();
    for (int i = 0; i < header.size(); i++) {
      Matcher matcher = WRITTEN_OTHERWISE.matcher(header.get(i));
      if (!header.get(i).startsWith(JobScript.DEPENDENCY) && matcher.matches()) {
        found.add(
            Diagnostic.warning(
                i + 1,
                matcher.start(1) + 1,
                "\"" + matcher.group(1) + "\" names no overlay; did you mean #DEP: ?"));
      }
    }
    return found;
  }
}
