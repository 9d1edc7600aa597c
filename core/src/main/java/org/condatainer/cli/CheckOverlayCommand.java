package org.condatainer.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.condatainer.lock.Maintenance;
import org.condatainer.overlay.OverlayCheckUp;
import org.condatainer.overlay.OverlayCheckUp.Finding;
import org.condatainer.overlay.Superblock;
import org.condatainer.process.ProcessRunner;
import org.condatainer.script.ShellWords;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code condatainer overlay check}: finds and repairs errors in an image's file system. */
final class CheckOverlayCommand implements Subcommand {
  private static final String NAME = "overlay check";

  @Override
  public CommandSpec spec() {
    CommandSpec spec =
        Options.command(
            NAME,
            "Checks an image's file system, and repairs what can be repaired without a choice. It"
                + " must not be in use.");
    spec.addOption(Options.flag("the default: repair what needs no choice", "-p", "--preen"));
    spec.addOption(Options.flag("check in full, even if it says that it is clean", "-f", "--full"));
    spec.addOption(Options.flag("show all errors, ask, and repair them all", "-y", "--repair"));
    spec.addOption(Options.flag("with -y: do not ask", "--yes"));
    spec.addOption(Options.flag("only look, in full, and change nothing", "-n", "--dry-run"));
    spec.addPositional(Options.rest("IMAGE", "the image"));
    spec.usageMessage()
        .footer(
            "",
            "Exit code: 0 it is sound now, 5 it is not.",
            "",
            "Examples:",
            "  condatainer overlay check env.img        after a container was killed",
            "  condatainer overlay check -f env.img",
            "  condatainer overlay check -y env.img     what the others leave");
    return spec;
  }

  @Override
  public int run(ParseResult parsed, Invocation invocation) {
    boolean look = Options.isSet(parsed, "--dry-run");
    boolean repair = Options.isSet(parsed, "--repair");
    if (look && (repair || Options.isSet(parsed, "--preen"))) {
      throw new UsageException(NAME + ": -n excludes -p and -y");
    }
    if (Options.isSet(parsed, "--yes") && !repair) {
      throw new UsageException(NAME + ": --yes goes with -y");
    }
    NamedImage named = NamedImage.of(NAME, parsed, invocation);
    Path image = named.path();
    NamedImage.Work<Integer> work =
        held -> {
          // before any program runs: what is no ext3 image is refused here
          Superblock before = Superblock.read(held.channel(), image);
          try (ProgressLine progress = ProgressLine.on(invocation)) {
            OverlayCheckUp check =
                new OverlayCheckUp(
                    new ProcessRunner(invocation.environment().variables()),
                    held.channel(),
                    held.image(),
                    progress);
            if (look) {
              Finding found = check.look();
              progress.clear();
              return tell(found, before.clean(), image, invocation);
            }
            if (repair) {
              return repair(check, progress, held, parsed, image, invocation);
            }
            Finding finding = check.preen(Options.isSet(parsed, "--full"));
            boolean clean = Superblock.read(held.channel(), image).clean();
            progress.clear();
            return tell(finding, clean, image, invocation);
          }
        };
    return look ? named.read(NAME, work) : named.hold(NAME, work);
  }

  private static int tell(Finding finding, boolean clean, Path image, Invocation invocation) {
    boolean sound = finding.sound() && clean;
    invocation.tell(finding.text());
    invocation.say(
        sound
            ? image + " is sound"
            : image
                + " is not sound\n  see what would be repaired, and repair it: condatainer overlay"
                + " check -y "
                + ShellWords.quote(image.toString()));
    return sound ? ExitCode.SUCCESS : ExitCode.OVERLAY_UNUSABLE;
  }

  private static int repair(
      OverlayCheckUp check,
      ProgressLine progress,
      Maintenance held,
      ParseResult parsed,
      Path image,
      Invocation invocation)
      throws IOException {
    // what is shown is not what a repair that was cut short has left
    check.settle(true);
    Superblock before = Superblock.read(held.channel(), image);
    Finding preview = check.look();
    progress.clear();
    if (preview.sound() && before.clean()) {
      return tell(preview, true, image, invocation);
    }
    invocation.tell("what would be repaired:\n" + preview.text());
    if (before.shorterThanItsFileSystem()) {
      invocation.say(
          image
              + " is shorter than its file system: what was in the missing "
              + (before.bytes() - before.fileBytes())
              + " bytes is lost; a whole copy of it, if there is one, is better");
    }
    if (!Options.isSet(parsed, "--yes") && !agreed(invocation)) {
      invocation.say("nothing was done");
      return ExitCode.OVERLAY_UNUSABLE;
    }
    Finding finding = check.repair();
    progress.clear();
    return tell(finding, Superblock.read(held.channel(), image).clean(), image, invocation);
  }

  private static boolean agreed(Invocation invocation) throws IOException {
    invocation.err().print("Repair all of it? A copy of the file is a way back. [y/N] ");
    invocation.err().flush();
    String answer =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
    return answer != null && answer.strip().equalsIgnoreCase("y");
  }
}
