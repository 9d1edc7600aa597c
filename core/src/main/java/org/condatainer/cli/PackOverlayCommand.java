package org.condatainer.cli;

import java.util.List;
import org.condatainer.overlay.OverlayPack;
import org.condatainer.trust.Printable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code condatainer overlay pack}: an image as one compressed file to be shared. */
final class PackOverlayCommand implements Subcommand {
  private static final String NAME = "overlay pack";

  /** Names that promise another compression. */
  private static final List<String> OTHER_ENDINGS =
      List.of(".gz", ".tgz", ".xz", ".bz2", ".lz4", ".lzma", ".zip", ".7z");

  @Override
  public CommandSpec spec() {
    CommandSpec spec =
        Options.command(
            NAME,
            "Packs an image into one compressed file to be shared. The image stays as it is; what"
                + " was deleted in it does not travel.");
    spec.addOption(
        Options.value("N", "how hard to compress, 1 to 19 (default 3)", "-l", "--level"));
    spec.addPositional(
        Options.rest("IMAGE [FILE.zst]", "the image, and the file to make (default IMAGE.zst)"));
    spec.usageMessage()
        .footer(
            "",
            "Examples:",
            "  condatainer overlay pack env.img                makes env.img.zst",
            "  condatainer overlay unpack env.img.zst          at the other end");
    return spec;
  }

  @Override
  public int run(ParseResult parsed, Invocation invocation) {
    NamedImage.Pair files = NamedImage.pair(NAME, parsed, invocation, "+.zst");
    for (String other : OTHER_ENDINGS) {
      if (files.to().toString().endsWith(other)) {
        throw new UsageException(
            NAME + ": it packs by zstd, which a name in " + other + " does not tell; use .zst");
      }
    }
    int level = OptionValues.upTo("--level", parsed.matchedOptionValue("--level", "3"), 19);
    try (ProgressLine progress = ProgressLine.on(invocation)) {
      files
          .from()
          .read(
              NAME,
              held -> {
                OverlayPack.asItIs(held.channel(), files.from().path()).ifPresent(invocation::say);
                return OverlayPack.pack(
                    held.channel(), files.from().path(), files.to(), level, progress);
              });
    }
    invocation.say(
        "created " + Printable.line(files.to().toString()) + FreezeOverlayCommand.size(files.to()));
    return ExitCode.SUCCESS;
  }
}
