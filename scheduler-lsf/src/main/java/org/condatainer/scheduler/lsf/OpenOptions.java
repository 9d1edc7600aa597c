package org.condatainer.scheduler.lsf;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.condatainer.scheduler.Failure;
import org.condatainer.scheduler.Product;
import org.condatainer.scheduler.SchedulerException;
import org.condatainer.script.Diagnostic;
import org.condatainer.script.JobScript;

/**
 * Options of IBM's bsub in those of volclava and OpenLava, which have one {@code -R}, numbers
 * without units, and fewer options. What they cannot say is refused here: they would not refuse it,
 * but take it for a shorter option and something else for the command (recorded: {@code -app foo}
 * runs {@code foo}).
 */
final class OpenOptions {
  private final LsfSite site;
  private final boolean withoutHold;
  private final Consumer<String> progress;
  private final List<String> requirements = new ArrayList<>();
  private int slots = 1;

  private OpenOptions(LsfSite site, boolean withoutHold, Consumer<String> progress) {
    this.site = site;
    this.withoutHold = withoutHold;
    this.progress = progress;
  }

  /**
   * The head of a script; lines that need no change are the same.
   *
   * @param withoutHold whether {@code -H} is left out
   * @param progress told what means less here than it did
   * @throws SchedulerException for an option that is not known there
   */
  static List<String> head(
      List<String> lines, LsfSite site, boolean withoutHold, Consumer<String> progress) {
    JobScript script =
        JobScript.parse("batch script", (String.join("\n", lines) + "\n").getBytes(ISO_8859_1));
    List<Diagnostic> ignored = new ArrayList<>();
    List<BsubDirective> directives = BsubDirective.of(script, ignored);
    OpenOptions options = new OpenOptions(site, withoutHold, progress);
    for (BsubDirective directive : directives) {
      options.collect(directive.options());
    }
    List<String> head = new ArrayList<>(lines);
    for (BsubDirective directive : directives) {
      StringBuilder line = new StringBuilder("#BSUB");
      boolean changed = false;
      for (BsubDirective.Given option : directive.options()) {
        String written = written(option);
        List<String> words = options.words(option);
        String now = directive(words);
        changed |= !now.equals(written);
        line.append(now.isEmpty() ? "" : " ").append(now.equals(written) ? option.text() : now);
      }
      if (changed) {
        head.set(directive.lines().get(0).line() - 1, line.toString());
      }
    }
    return head;
  }

  /** The same for options of the command line. */
  static List<String> commandLine(
      List<String> words, LsfSite site, boolean withoutHold, Consumer<String> progress) {
    List<BsubWord> all = new ArrayList<>();
    for (String word : words) {
      all.add(new BsubWord(word, word, " ", 0, 0));
    }
    List<BsubDirective.Given> given = BsubDirective.options(all, new ArrayList<>());
    OpenOptions options = new OpenOptions(site, withoutHold, progress);
    options.collect(given);
    List<String> now = new ArrayList<>();
    for (BsubDirective.Given option : given) {
      now.addAll(options.words(option));
    }
    return now;
  }

  private void collect(List<BsubDirective.Given> options) {
    for (BsubDirective.Given option : options) {
      if (option.name().equals("R")) {
        requirements.add(option.value().orElse(""));
      } else if (option.name().equals("n")) {
        String value = option.value().orElse("");
        int comma = value.indexOf(',');
        slots = LsfValues.count(value.substring(comma + 1).strip()).orElse(1);
      }
    }
  }

  private static String written(BsubDirective.Given option) {
    return directive(
        option.value().isEmpty()
            ? List.of("-" + option.name())
            : List.of("-" + option.name(), option.value().get()));
  }

  private static String directive(List<String> words) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < words.size(); i++) {
      text.append(i == 0 ? "" : " ")
          .append(i == 0 ? words.get(i) : BsubWord.quoted(words.get(i)).orElse(words.get(i)));
    }
    return text.toString();
  }

  private List<String> words(BsubDirective.Given option) {
    String value = option.value().orElse("");
    switch (option.name()) {
      case "R" -> {
        return requirement(value);
      }
      case "M" -> {
        return List.of("-M", limit(value));
      }
      case "oo", "eo" -> {
        String plain = "-" + option.name().charAt(0);
        progress.accept(
            "LSF: -" + option.name() + " is " + plain + " here: " + value + " is continued");
        return List.of(plain, value);
      }
      case "Ne" -> {
        progress.accept("LSF: -Ne is -N here: a mail tells of every end");
        return List.of("-N");
      }
      case "rn" -> {
        return List.of();
      }
      case "b", "t" -> {
        return List.of("-" + option.name(), withoutYear(value));
      }
      case "H" -> {
        if (withoutHold) {
          return List.of();
        }
      }
      case "env" -> {
        if (value.strip().equals("all")) {
          return List.of();
        }
      }
      default -> {}
    }
    Optional<BsubOption> known = BsubOption.of(option.name());
    if (known.isEmpty() || !known.get().everywhere() || !known.get().name().equals(option.name())) {
      throw new SchedulerException(
          new Failure(
              Failure.Kind.UNSUPPORTED,
              "The LSF here is not IBM's and has no option -"
                  + option.name()
                  + (value.isEmpty() ? "" : " (" + value + ")")
                  + ": it would take it for another one. Remove it",
              "",
              ""));
    }
    return option.value().isEmpty()
        ? List.of("-" + option.name())
        : List.of("-" + option.name(), value);
  }

  /** Several are an error there, so the first says all of it. */
  private List<String> requirement(String value) {
    if (!value.equals(requirements.get(0))) {
      return List.of();
    }
    Optional<MergedRequirement> merged = MergedRequirement.of(requirements);
    if (merged.isEmpty()) {
      return List.of("-R", value);
    }
    String usage = merged.get().body("rusage");
    if (requirements.size() == 1 && usage.isEmpty()) {
      return List.of("-R", value);
    }
    if (!usage.isEmpty()) {
      String plain = usage(usage);
      if (requirements.size() == 1 && plain.equals(usage)) {
        return List.of("-R", value);
      }
      merged.get().put("rusage", plain);
    }
    return List.of("-R", merged.get().text());
  }

  private String usage(String body) {
    StringBuilder text = new StringBuilder();
    for (ResourceRequirement.Usage usage : ResourceRequirement.usages(body)) {
      text.append(text.isEmpty() ? "" : usage.separator() == ',' ? "," : ":");
      int slash = usage.value().indexOf('/');
      String amount = slash < 0 ? usage.value() : usage.value().substring(0, slash);
      boolean memory = usage.name().equals("mem");
      OptionalLong bytes = LsfValues.memory(amount, memory ? site.reservationUnit() : 1L << 20);
      boolean sized = memory || usage.name().equals("tmp");
      if (!sized || bytes.isEmpty() || (slash < 0 && !LsfValues.hasUnit(amount))) {
        text.append(usage.text());
        continue;
      }
      boolean bySlot = slash >= 0 && usage.value().startsWith("task", slash + 1);
      // Nobody knows how many tasks a host will have, and what is reserved there must do for all.
      long all = Product.of(bytes.getAsLong(), (long) (bySlot ? slots : 1));
      long unit = memory ? site.reservationUnit() : 1L << 20;
      text.append(usage.name()).append('=').append((all + unit - 1) / unit);
    }
    return text.toString();
  }

  private String limit(String value) {
    String amount = value.endsWith("!") ? value.substring(0, value.length() - 1).strip() : value;
    OptionalLong bytes = LsfValues.memory(amount, site.limitUnit());
    return bytes.isEmpty()
        ? value
        : Long.toString((bytes.getAsLong() + site.limitUnit() - 1) / site.limitUnit());
  }

  private static String withoutYear(String value) {
    String[] parts = value.split(":", -1);
    return parts.length == 5 ? value.substring(parts[0].length() + 1) : value;
  }
}
