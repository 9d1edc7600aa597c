package org.condatainer.scheduler.pbs;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.condatainer.job.ArraySpec;
import org.condatainer.scheduler.Overrides;
import org.condatainer.scheduler.pbs.QsubDirective.Given;
import org.condatainer.scheduler.pbs.QsubDirective.Place;
import org.condatainer.script.Diagnostic;

/**
 * What stays of a script's directives beside the user's overrides: a line that nothing contradicts
 * as it was written, any other as a comment, with what is left of it after it.
 */
final class KeptDirectives {
  private final Overrides overrides;
  private final Collection<String> setAside;
  private final Optional<ArraySpec> array;
  private final List<Diagnostic> diagnostics;

  /**
   * @param setAside the resources of {@code -l} that are said otherwise
   * @param array the array that the job will be
   */
  KeptDirectives(
      Overrides overrides,
      Collection<String> setAside,
      Optional<ArraySpec> array,
      List<Diagnostic> diagnostics) {
    this.overrides = overrides;
    this.setAside = setAside;
    this.array = array;
    this.diagnostics = diagnostics;
  }

  void addTo(List<String> lines, QsubDirective directive) {
    StringBuilder rest = new StringBuilder();
    boolean changed = false;
    for (Given option : directive.options()) {
      Optional<String> kept = kept(option);
      changed |= kept.isEmpty() || !kept.get().equals(option.text());
      kept.ifPresent(text -> rest.append(' ').append(text));
    }
    if (!changed) {
      lines.addAll(directive.written());
      return;
    }
    for (String line : directive.written()) {
      // A line that carries one on must not become one itself.
      lines.add((line.startsWith("PBS") ? "# " : "#") + line);
    }
    if (!rest.isEmpty()) {
      lines.add(QsubDirective.PREFIX + rest);
    }
  }

  /** What stays of an option, empty for nothing. */
  private Optional<String> kept(Given option) {
    String value = option.value().orElse("");
    switch (option.letter()) {
      case 'l' -> {
        return keptResources(option, value);
      }
      case 'W' -> {
        return keptAttributes(option, value);
      }
      case 'z' -> {
        warn(option.at(), "-z keeps back the job's id, which is needed here: set aside");
        return Optional.empty();
      }
      case 't' -> {
        torque(option, "-J");
        return Optional.empty();
      }
      case 'd', 'w' -> {
        torque(option, "a cd in the batch script");
        return Optional.empty();
      }
      default -> {
        // The cases below.
      }
    }
    boolean contradicted =
        switch (option.letter()) {
          case 'N' -> overrides.name().isPresent();
          case 'o' -> overrides.output().isPresent() || PbsOutputName.hasVariables(value, array);
          case 'e' -> overrides.error().isPresent() || PbsOutputName.hasVariables(value, array);
          case 'j' -> overrides.error().isPresent();
          case 'J' -> overrides.array().isPresent();
          default -> false;
        };
    if (contradicted) {
      // What qsub would not take of it does no harm now.
      diagnostics.removeIf(
          found -> found.line() == option.line() && found.column() == option.column());
    }
    return contradicted ? Optional.empty() : Optional.of(option.text());
  }

  private void torque(Given option, String instead) {
    diagnostics.add(
        Diagnostic.note(
            option.line(),
            option.column(),
            "-" + option.letter() + " is Torque's; for PBS it becomes " + instead));
  }

  private void warn(Place place, String message) {
    diagnostics.add(Diagnostic.warning(place.line(), place.column(), message));
  }

  /** The attributes of {@code -W} that nothing contradicts. */
  private Optional<String> keptAttributes(Given option, String value) {
    List<String> kept = new ArrayList<>();
    boolean all = true;
    for (PbsAttribute attribute : PbsAttribute.of(value)) {
      boolean block = attribute.name().equals("block");
      boolean contradicted =
          block || (attribute.name().equals("depend") && !overrides.dependencies().isEmpty());
      if (block) {
        warn(
            option.place(attribute.start()),
            "-W block makes qsub wait for the job's end, and is set aside");
      }
      all &= !contradicted;
      if (!contradicted) {
        kept.add(attribute.text());
      }
    }
    return all ? Optional.of(option.text()) : rebuilt(option, kept);
  }

  private Optional<String> keptResources(Given option, String value) {
    List<String> kept = new ArrayList<>();
    boolean all = true;
    for (String item : value.split(",", -1)) {
      String name = item.indexOf('=') < 0 ? item : item.substring(0, item.indexOf('='));
      boolean contradicted =
          setAside.contains(name) || (overrides.walltime().isPresent() && name.equals("walltime"));
      all &= !contradicted;
      if (!contradicted) {
        kept.add(item);
      }
    }
    return all ? Optional.of(option.text()) : rebuilt(option, kept);
  }

  private Optional<String> rebuilt(Given option, List<String> kept) {
    if (kept.isEmpty()) {
      return Optional.empty();
    }
    Optional<String> word = QsubWords.word(String.join(",", kept));
    if (word.isEmpty()) {
      diagnostics.add(
          Diagnostic.error(
              option.line(),
              option.column(),
              "-" + option.letter() + ": too many kinds of quotes to take a part out of it"));
    }
    return word.map(text -> "-" + option.letter() + " " + text);
  }
}
