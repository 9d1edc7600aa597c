package org.condatainer.cli;

import java.io.IOException;
import java.util.Optional;
import org.condatainer.overlay.OverlayUnpack;
import org.condatainer.overlay.Owner;
import org.condatainer.overlay.OwnerChange;
import org.condatainer.overlay.Superblock;
import org.condatainer.process.ProcessRunner;
import org.condatainer.script.ShellWords;
import org.condatainer.trust.Printable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code condatainer overlay unpack}: a shared image, with its files given to who unpacks it. */
final class UnpackOverlayCommand implements Subcommand {
  private static final String NAME = "overlay unpack";

  @Override
  public CommandSpec spec() {
    CommandSpec spec =
        Options.command(
            NAME, "Unpacks an image that was packed by zstd or gzip; its files become yours.");
    spec.addOption(Options.flag("give its files to root, for use with --fakeroot", "--root"));
    spec.addOption(Options.flag("leave its files to whom they belong", "--keep-owner"));
    spec.addPositional(
        Options.rest(
            "FILE.zst [IMAGE]", "the packed file, and the image to make (default beside it)"));
    spec.usageMessage()
        .footer("", "Examples:", "  condatainer overlay unpack env.img.zst          makes env.img");
    return spec;
  }

  @Override
  public int run(ParseResult parsed, Invocation invocation) {
    boolean root = Options.isSet(parsed, "--root");
    boolean keep = Options.isSet(parsed, "--keep-owner");
    if (root && keep) {
      throw new UsageException(NAME + ": --root and --keep-owner exclude each other");
    }
    Optional<OwnerChange> owner =
        keep
            ? Optional.empty()
            : Optional.of(OwnerChange.to(root ? Owner.ROOT : Owner.ofThisProcess()));
    NamedImage.Pair files = NamedImage.pair(NAME, parsed, invocation, ".img");
    Superblock made;
    try (ProgressLine progress = ProgressLine.on(invocation)) {
      made =
          OverlayUnpack.unpack(
              files.from().path(),
              files.to(),
              owner,
              new ProcessRunner(invocation.environment().variables()),
              progress);
    } catch (IOException e) {
      throw NamedImage.failed(NAME, files.from().path(), e);
    }
    if (!made.clean()) {
      invocation.say(
          "warning: it was packed while it was in use; its files were left to whom they belong"
              + "\n  repair it: condatainer overlay check "
              + ShellWords.quote(files.to().toString())
              + "\n  then: condatainer overlay chown "
              + ShellWords.quote(files.to().toString()));
    }
    invocation.say("created " + Printable.line(files.to().toString()));
    return ExitCode.SUCCESS;
  }
}
