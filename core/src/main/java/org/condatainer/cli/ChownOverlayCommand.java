package org.condatainer.cli;

import java.util.List;
import java.util.OptionalLong;
import org.condatainer.overlay.OverlayCheckUp;
import org.condatainer.overlay.Owner;
import org.condatainer.overlay.OwnerChange;
import org.condatainer.overlay.OwnerRewrite;
import org.condatainer.process.ProcessRunner;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code condatainer overlay chown}: gives the files in an image to another owner. */
final class ChownOverlayCommand implements Subcommand {
  private static final String NAME = "overlay chown";

  @Override
  public CommandSpec spec() {
    CommandSpec spec =
        Options.command(
            NAME,
            "Gives the files in an image to you, or to another owner, so that its container can"
                + " write to them.");
    spec.addOption(Options.flag("to root, for use with --fakeroot", "--root"));
    spec.addOption(Options.value("UID", "to this user's number; groups stay without -g", "-u"));
    spec.addOption(Options.value("GID", "to this group's number; users stay without -u", "-g"));
    spec.addOption(
        Options.values(
            "PATH",
            "only this file or folder with all below it, as the container sees it: /ext3/env",
            "-p",
            "--path"));
    spec.addPositional(Options.rest("IMAGE", "the image"));
    spec.usageMessage()
        .footer(
            "",
            "Set-user-id bits, ACLs and other attributes stay. The image must not be in use.",
            "",
            "Examples:",
            "  condatainer overlay chown env.img               everything becomes yours",
            "  condatainer overlay chown --root env.img",
            "  condatainer overlay chown -u 1001 -g 100 -p /ext3/env env.img");
    return spec;
  }

  @Override
  public int run(ParseResult parsed, Invocation invocation) {
    OwnerChange change = change(parsed);
    List<String> paths = Options.all(parsed, "--path");
    NamedImage image = NamedImage.of(NAME, parsed, invocation);
    ProcessRunner runner = new ProcessRunner(invocation.environment().variables());
    OwnerRewrite.Result result;
    try (ProgressLine progress = ProgressLine.on(invocation)) {
      result =
          image.hold(
              NAME,
              held -> {
                OverlayCheckUp.settle(held.channel(), held.image());
                return new OwnerRewrite(held.channel(), held.image(), progress)
                    .rewrite(paths, change, runner);
              });
    }
    invocation.say(
        image.path()
            + ": "
            + result.changed()
            + " of "
            + result.seen()
            + (result.seen() == 1 ? " file" : " files and folders")
            + " given to "
            + change);
    return ExitCode.SUCCESS;
  }

  private static OwnerChange change(ParseResult parsed) {
    OptionalLong uid = number(parsed, "-u");
    OptionalLong gid = number(parsed, "-g");
    boolean named = uid.isPresent() || gid.isPresent();
    if (Options.isSet(parsed, "--root")) {
      if (named) {
        throw new UsageException(NAME + ": --root excludes -u and -g");
      }
      return OwnerChange.to(Owner.ROOT);
    }
    return named ? new OwnerChange(uid, gid) : OwnerChange.to(Owner.ofThisProcess());
  }

  private static OptionalLong number(ParseResult parsed, String option) {
    String text = parsed.matchedOptionValue(option, null);
    if (text == null) {
      return OptionalLong.empty();
    }
    boolean digits = !text.isEmpty() && text.length() <= 10;
    for (int i = 0; i < text.length(); i++) {
      digits &= text.charAt(i) >= '0' && text.charAt(i) <= '9';
    }
    if (!digits || Long.parseLong(text) > OwnerChange.LARGEST) {
      throw new UsageException(
          NAME
              + ": "
              + option
              + " takes a number from 0 to "
              + OwnerChange.LARGEST
              + ", not \""
              + text
              + "\"; the command id shows yours");
    }
    return OptionalLong.of(Long.parseLong(text));
  }
}
