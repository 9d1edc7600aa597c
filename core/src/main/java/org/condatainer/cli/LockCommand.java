package org.condatainer.cli;

import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.condatainer.config.Configuration;
import org.condatainer.lock.Evidence;
import org.condatainer.lock.EvidenceGathering;
import org.condatainer.lock.LockJson;
import org.condatainer.lock.LockReport;
import org.condatainer.overlay.Owner;
import org.condatainer.trust.Printable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code condatainer lock status} and {@code lock explain}: who holds an image, and the proof. */
final class LockCommand implements Subcommand {
  private static final Duration PAUSE = Duration.ofSeconds(5);

  private final String name;
  private final boolean explain;

  private LockCommand(String name, boolean explain) {
    this.name = name;
    this.explain = explain;
  }

  static LockCommand status() {
    return new LockCommand("lock status", false);
  }

  static LockCommand explain() {
    return new LockCommand("lock explain", true);
  }

  @Override
  public CommandSpec spec() {
    CommandSpec spec =
        Options.command(
            name,
            explain
                ? "Shows all evidence on an image's lock and every rule that led to the verdict,"
                    + " for a support ticket."
                : "Shows who holds overlay images and how that is known. Changes nothing."
                    + " Exit code: 0 free, 10 in use, 11 stale, 12 dirty, 13 unknown; the highest"
                    + " of several.");
    spec.addOption(Options.flag("print the result as JSON", "--json"));
    spec.addOption(
        Options.value("SECONDS", "how long all sources together may take (default 15)", "--limit"));
    if (!explain) {
      spec.addOption(
          Options.flag("show it again whenever it changes, until it is free", "--watch"));
      spec.addOption(
          Options.flag("as root: the images of all users, not only root's own", "--all-users"));
    }
    spec.addPositional(
        Options.rest(
            "[IMAGE|FOLDER…]",
            "paths, or names of overlays in image_dirs; default: every image below this folder and"
                + " in image_dirs"));
    spec.usageMessage()
        .footer(
            "",
            "Examples:",
            "  condatainer " + name + " env.img",
            "  condatainer " + name + " --json /data/images");
    return spec;
  }

  @Override
  public int run(ParseResult parsed, Invocation invocation) {
    Configuration configuration =
        Configuration.load(
            Installation.home(), invocation.environment().variables(), invocation::say);
    List<Path> images = images(parsed, invocation, configuration);
    if (images.isEmpty()) {
      invocation.say("there is no image (*.img) here or in image_dirs; name one");
      if (Options.isSet(parsed, "--json")) {
        invocation.out().println("[ ]");
      }
      return ExitCode.SUCCESS;
    }
    EvidenceGathering gathering =
        FoundSchedulers.gathering(invocation, configuration, limit(parsed));
    boolean watch = !explain && Options.isSet(parsed, "--watch");
    String shown = "";
    while (true) {
      List<LockReport> reports = new ArrayList<>();
      int exitCode = ExitCode.SUCCESS;
      for (Evidence evidence : gathering.of(images)) {
        LockReport report = LockReport.of(evidence);
        reports.add(report);
        exitCode = Math.max(exitCode, report.verdict().state().exitCode());
      }
      String text =
          Options.isSet(parsed, "--json")
              ? Printable.json(LockJson.write(reports)) + "\n"
              : LockText.write(reports, explain);
      if (!text.equals(shown)) {
        invocation.out().print(text);
        invocation.out().flush();
        shown = text;
      }
      if (!watch || exitCode == ExitCode.SUCCESS || !paused()) {
        return exitCode;
      }
    }
  }

  private List<Path> images(
      ParseResult parsed, Invocation invocation, Configuration configuration) {
    List<String> names = new ArrayList<>(parsed.matchedPositionalValue(0, List.of()));
    List<Path> folders = List.of();
    if (names.isEmpty()) {
      names.add(".");
      folders = configuration.imageDirectories();
    }
    boolean root = Owner.ofThisProcess().uid() == 0;
    boolean all = !explain && Options.isSet(parsed, "--all-users");
    if (all && !root) {
      throw new UsageException(name + ": --all-users is for root, who sees everybody's processes");
    }
    return new ImageSearch(limit(parsed).dividedBy(3), NamedImage.names(invocation, configuration))
        .find(names, folders, image -> all || !root || isRoots(image));
  }

  private static boolean isRoots(Path image) {
    try {
      return Owner.of(image).uid() == 0;
    } catch (UncheckedIOException e) {
      // it has just gone
      return false;
    }
  }

  private static Duration limit(ParseResult parsed) {
    String text = parsed.matchedOptionValue("--limit", null);
    return text == null
        ? EvidenceGathering.DEFAULT_LIMIT
        : Duration.ofSeconds(OptionValues.positive("--limit", text));
  }

  private static boolean paused() {
    try {
      TimeUnit.NANOSECONDS.sleep(PAUSE.toNanos());
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
