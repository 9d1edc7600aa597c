package org.condatainer.cli;

import java.nio.file.Path;
import java.util.List;
import org.condatainer.overlay.ByteSize;
import org.condatainer.overlay.NewOverlay;
import org.condatainer.overlay.OverlayCreation;
import org.condatainer.overlay.OverlayProfile;
import org.condatainer.overlay.Owner;
import org.condatainer.process.ProcessRunner;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code condatainer o}: makes a workspace overlay. */
final class CreateOverlayCommand implements Subcommand {
  private final String name;

  CreateOverlayCommand(String name) {
    this.name = name;
  }

  @Override
  public CommandSpec spec() {
    CommandSpec spec =
        Options.command(
            name, "Creates a workspace overlay: one file that holds a whole environment.");
    spec.addOption(
        Options.value("SIZE", "size of the overlay: 500M, 10G (default 10G)", "-s", "--size"));
    spec.addOption(
        Options.value(
            "TYPE",
            "what it will hold: small, balanced or large files (default balanced); data means large",
            "-t",
            "--type"));
    spec.addOption(Options.flag("make it for use with --fakeroot: owned by root", "--fakeroot"));
    spec.addOption(
        Options.flag("take disk space only for what is written, not all of it now", "--sparse"));
    spec.addPositional(Options.rest("[IMAGE]", "the file to make (default env.img)"));
    spec.usageMessage()
        .footer(
            "",
            "Examples:",
            "  condatainer " + name + "                           env.img, 10G",
            "  condatainer " + name + " my_data.img -s 50G -t large",
            "  condatainer " + name + " --sparse --fakeroot");
    return spec;
  }

  @Override
  public int run(ParseResult parsed, Invocation invocation) {
    List<String> names = parsed.matchedPositionalValue(0, List.of("env.img"));
    if (names.size() > 1) {
      throw new UsageException(name + ": one image at a time, not also " + names.get(1));
    }
    Path path = invocation.workingDirectory().resolve(names.get(0)).normalize();
    ProcessRunner runner = new ProcessRunner(invocation.environment().variables());
    new OverlayCreation(runner)
        .create(
            new NewOverlay(
                path,
                ByteSize.parse(parsed.matchedOptionValue("--size", "10G")),
                OverlayProfile.of(parsed.matchedOptionValue("--type", "balanced")),
                Options.isSet(parsed, "--sparse"),
                Options.isSet(parsed, "--fakeroot") ? Owner.ROOT : Owner.ofThisProcess()));
    invocation.say("created " + path);
    return ExitCode.SUCCESS;
  }
}
