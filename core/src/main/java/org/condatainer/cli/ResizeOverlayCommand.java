package org.condatainer.cli;

import java.util.Optional;
import org.condatainer.overlay.ByteSize;
import org.condatainer.overlay.OverlayResize;
import org.condatainer.process.ProcessRunner;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code condatainer overlay resize}: makes an image larger or smaller. */
final class ResizeOverlayCommand implements Subcommand {
  private static final String NAME = "overlay resize";

  @Override
  public CommandSpec spec() {
    CommandSpec spec =
        Options.command(NAME, "Makes an image larger or smaller. It must not be in use.");
    spec.addOption(
        Options.value("SIZE", "the new size: 500M, 30G; min: as small as it goes", "-s", "--size"));
    spec.addOption(
        Options.flag(
            "make it smaller without a copy to work on, where there is no room for one",
            "--in-place"));
    spec.addPositional(Options.rest("IMAGE", "the image"));
    spec.usageMessage()
        .footer(
            "",
            "An image that takes all its disk space at once goes on doing so; a sparse one stays sparse.",
            "",
            "Examples:",
            "  condatainer overlay resize env.img -s 30G",
            "  condatainer overlay resize env.img -s min");
    return spec;
  }

  @Override
  public int run(ParseResult parsed, Invocation invocation) {
    String text = parsed.matchedOptionValue("--size", "");
    if (text.isEmpty()) {
      throw new UsageException(NAME + ": which size? Write one: -s 30G, or -s min");
    }
    Optional<ByteSize> size =
        text.equals("min") ? Optional.empty() : Optional.of(ByteSize.parse(text));
    boolean inPlace = Options.isSet(parsed, "--in-place");
    NamedImage image = NamedImage.of(NAME, parsed, invocation);
    ProcessRunner runner = new ProcessRunner(invocation.environment().variables());
    OverlayResize.Result result;
    try (ProgressLine progress = ProgressLine.on(invocation)) {
      result =
          image.hold(
              NAME,
              held ->
                  new OverlayResize(runner, held.channel(), held.image(), progress)
                      .to(size, inPlace));
    }
    ByteSize before = new ByteSize(result.before());
    ByteSize after = new ByteSize(result.after());
    invocation.say(
        result.before() == result.after()
            ? image.path() + " has " + after + " already"
            : image.path() + ": " + before + " before, " + after + " now");
    return ExitCode.SUCCESS;
  }
}
