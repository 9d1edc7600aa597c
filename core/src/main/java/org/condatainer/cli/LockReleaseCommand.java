package org.condatainer.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.condatainer.config.Configuration;
import org.condatainer.launch.LaunchException;
import org.condatainer.lock.EvidenceGathering;
import org.condatainer.lock.LockReport;
import org.condatainer.lock.Release;
import org.condatainer.lock.ReleasePlan;
import org.condatainer.lock.ReleasePlan.Permission;
import org.condatainer.lock.Verdict;
import org.condatainer.process.ProcessRunner;
import org.condatainer.process.SystemWords;
import org.condatainer.trust.Printable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/**
 * {@code condatainer lock release}: frees an image of which is proved that nobody works with it.
 */
final class LockReleaseCommand implements Subcommand {
  @Override
  public CommandSpec spec() {
    CommandSpec spec =
        Options.command(
            "lock release",
            "Frees an image of which is proved that nobody works with it any more, and leaves it"
                + " clean. Shows its plan first.");
    spec.addOption(Options.flag("show the plan, and do nothing", "--dry-run"));
    spec.addOption(Options.flag("cancel the job that holds the image, and wait", "--cancel"));
    spec.addOption(Options.flag("do not ask", "-y", "--yes"));
    spec.addOption(
        Options.flag(
            "where there is no proof: you answer for it, and type the image's name; never acts on"
                + " a holder that is seen",
            "--force"));
    spec.addOption(Options.flag("print the result as JSON", "--json"));
    spec.addPositional(Options.rest("IMAGE", "the image to free"));
    spec.usageMessage()
        .footer(
            "",
            "Examples:",
            "  condatainer lock release --dry-run env.img",
            "  condatainer lock release env.img",
            "  condatainer lock release --cancel env.img");
    return spec;
  }

  @Override
  public int run(ParseResult parsed, Invocation invocation) {
    List<String> names = parsed.matchedPositionalValue(0, List.of());
    Path image = NamedImage.of("lock release", names, invocation);
    Configuration configuration =
        Configuration.load(
            Installation.home(), invocation.environment().variables(), invocation::say);
    boolean json = Options.isSet(parsed, "--json");
    boolean force = Options.isSet(parsed, "--force");
    Permission permission = new Permission(Options.isSet(parsed, "--cancel"), force);
    List<String> done = new ArrayList<>();
    Release release =
        new Release(
            FoundSchedulers.gathering(invocation, configuration, EvidenceGathering.DEFAULT_LIMIT),
            new ProcessRunner(invocation.environment().variables()),
            line -> {
              done.add(line);
              invocation.say(line);
            });
    ReleasePlan plan = ReleasePlan.of(release.look(image), permission);
    if (!json) {
      invocation.out().print(text(plan));
      invocation.out().flush();
    }
    Verdict.State before = plan.report().verdict().state();
    boolean over = plan.isDone() || plan.refusal().isPresent();
    if (over && !Options.isSet(parsed, "--dry-run")) {
      // Another machine may be able to go on, and wait for this one's to be looked for here.
      tidyUp(release, image);
    }
    if (over || Options.isSet(parsed, "--dry-run")) {
      print(json, invocation, plan, done, plan.report(), "");
      return plan.isDone() ? ExitCode.SUCCESS : before.exitCode();
    }
    if (json && !Options.isSet(parsed, "--yes")) {
      invocation.err().print(text(plan));
    }
    if (!agreed(parsed, image, plan.isAnsweredFor(), invocation)) {
      invocation.say("nothing was done");
      return before.exitCode();
    }
    try {
      LockReport after = release.carryOut(image, plan, permission);
      print(json, invocation, plan, done, after, "");
      if (!json) {
        String word = LockText.word(after.verdict());
        invocation.out().println(Printable.line(image.toString()) + ": " + word);
      }
      return after.verdict().state().exitCode();
    } catch (IOException e) {
      if (json) {
        print(json, invocation, plan, done, release.look(image), SystemWords.of(e));
      }
      String why =
          e instanceof AccessDeniedException denied
              ? "you may not write to " + denied.getFile() + "; its owner or root can release it"
              : SystemWords.of(e);
      throw new LaunchException(LaunchException.Kind.FAILED, "lock release: " + why, e);
    }
  }

  private static void tidyUp(Release release, Path image) {
    try {
      release.tidyUp(image);
    } catch (IOException e) {
      // what is left does no harm, and may be somebody else's
    }
  }

  private static String text(ReleasePlan plan) {
    boolean begins = plan.refusal().isEmpty() && !plan.isDone();
    StringBuilder text = new StringBuilder(LockText.write(List.of(plan.report()), false, !begins));
    if (plan.refusal().isPresent()) {
      text.append("nothing is done: ").append(plan.refusal().get()).append('\n');
    } else if (plan.isDone()) {
      text.append("there is nothing to do\n");
    } else {
      text.append("plan:\n");
      int number = 1;
      for (ReleasePlan.Step step : plan.steps()) {
        text.append("  ").append(number++).append(". ").append(Printable.line(step.text()));
        text.append('\n');
      }
    }
    return text.toString();
  }

  /** What has no proof is not done by a mere yes. */
  private static boolean agreed(
      ParseResult parsed, Path image, boolean byName, Invocation invocation) {
    if (!byName && Options.isSet(parsed, "--yes")) {
      return true;
    }
    String name = image.getFileName().toString();
    invocation
        .err()
        .print(
            byName
                ? "There is no proof. Type the image's name to go on, "
                    + Printable.line(name)
                    + ": "
                : "Go on? [y/N] ");
    invocation.err().flush();
    String answer;
    try {
      answer =
          new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
    } catch (IOException e) {
      return false;
    }
    if (answer == null) {
      return false;
    }
    return byName ? answer.strip().equals(name) : answer.strip().equalsIgnoreCase("y");
  }

  private static void print(
      boolean json,
      Invocation invocation,
      ReleasePlan plan,
      List<String> done,
      LockReport after,
      String failure) {
    if (!json) {
      return;
    }
    StringWriter text = new StringWriter();
    try (JsonGenerator out = new JsonFactory().createGenerator(text).useDefaultPrettyPrinter()) {
      out.writeStartObject();
      out.writeStringField("image", plan.report().evidence().image().toString());
      out.writeStringField("verdict", plan.report().verdict().state().word());
      out.writeStringField("refusal", plan.refusal().orElse(""));
      out.writeArrayFieldStart("plan");
      for (ReleasePlan.Step step : plan.steps()) {
        out.writeString(step.text());
      }
      out.writeEndArray();
      out.writeArrayFieldStart("done");
      for (String line : done) {
        out.writeString(line);
      }
      out.writeEndArray();
      if (!failure.isEmpty()) {
        out.writeStringField("failure", failure);
      }
      out.writeStringField("verdictAfter", after.verdict().state().word());
      out.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    invocation.showJson(text.toString());
  }
}
