package org.condatainer.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.condatainer.overlay.ByteSize;
import org.condatainer.overlay.OverlayFreeze;
import org.condatainer.trust.Printable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code condatainer overlay freeze}: a compressed, read-only overlay of what is in an image. */
final class FreezeOverlayCommand implements Subcommand {
  private static final String NAME = "overlay freeze";

  @Override
  public CommandSpec spec() {
    CommandSpec spec =
        Options.command(
            NAME,
            "Makes a compressed, read-only overlay of what is in an image: smaller, and for any"
                + " number of jobs at once. The image stays as it is.");
    spec.addOption(
        Options.value("N", "how hard to compress, 1 to 22 (default 15)", "-l", "--level"));
    spec.addPositional(
        Options.rest("IMAGE [FILE.sqf]", "the image, and the file to make (default beside it)"));
    spec.usageMessage()
        .footer(
            "",
            "Examples:",
            "  condatainer overlay freeze env.img              makes env.sqf",
            "  condatainer exec -o env.sqf python test.py");
    return spec;
  }

  @Override
  public int run(ParseResult parsed, Invocation invocation) {
    NamedImage.Pair files = NamedImage.pair(NAME, parsed, invocation, ".sqf");
    int level = OptionValues.upTo("--level", parsed.matchedOptionValue("--level", "15"), 22);
    List<String> notes;
    try (ProgressLine progress = ProgressLine.on(invocation)) {
      notes =
          files
              .from()
              .read(
                  NAME,
                  held ->
                      OverlayFreeze.make(
                          held.channel(), files.from().path(), files.to(), level, progress));
    }
    notes.forEach(invocation::say);
    invocation.say("created " + Printable.line(files.to().toString()) + size(files.to()));
    return ExitCode.SUCCESS;
  }

  static String size(Path file) {
    try {
      return ", " + new ByteSize(Files.size(file));
    } catch (IOException e) {
      return "";
    }
  }
}
