package org.condatainer.cli;

import java.nio.file.Path;
import java.util.List;
import org.condatainer.overlay.ByteSize;
import org.condatainer.overlay.NewOverlay;
import org.condatainer.overlay.OverlayCreation;
import org.condatainer.overlay.OverlayProfile;
import org.condatainer.overlay.Owner;
import org.condatainer.process.ProcessRunner;
import org.condatainer.trust.Printable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code condatainer o}: makes a workspace overlay. */
final class CreateOverlayCommand implements Subcommand {
  private final String name;
  private List<String> packages = List.of();

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
            "what it will hold: small, balanced or large files (default balanced); data means"
                + " large",
            "-t",
            "--type"));
    spec.addOption(Options.flag("make it for use with --fakeroot: owned by root", "--fakeroot"));
    spec.addOption(
        Options.flag("take disk space only for what is written, not all of it now", "--sparse"));
    spec.addOption(
        Options.value(
            "FILE",
            "install this Conda environment: environment.yml, or a list of addresses (@EXPLICIT)",
            "-f",
            "--file"));
    spec.addOption(
        Options.flag("if installing fails, keep what there is as IMAGE.unfinished", "--keep"));
    spec.addOption(
        Options.flag(
            "fetch micromamba, with its checksum, if there is none", "--fetch-micromamba"));
    spec.addOption(
        Options.value(
            "IMAGE", "base image to install in; host: this system", "-b", "--base-image"));
    spec.addPositional(
        Options.rest(
            "[IMAGE] [-- PACKAGE… [-c CHANNEL]…]",
            "the file to make (default env.img); Conda packages to install"));
    spec.usageMessage()
        .footer(
            "",
            "Examples:",
            "  condatainer " + name + "                           env.img, 10G",
            "  condatainer " + name + " my_data.img -s 50G -t large",
            "  condatainer " + name + " --sparse --fakeroot",
            "  condatainer " + name + " -f environment.yml",
            "  condatainer " + name + " r.img -s 20G -- r-base=4.4 r-tidyverse -c conda-forge");
    return spec;
  }

  /** What stands behind {@code --} are packages, whatever they look like. */
  @Override
  public String[] prepare(String[] words) {
    for (int i = 0; i < words.length; i++) {
      if (words[i].equals("--")) {
        packages = List.of(words).subList(i + 1, words.length);
        refuseNoPackage();
        return List.of(words).subList(0, i).toArray(new String[0]);
      }
    }
    return words;
  }

  /** As of an empty variable in a script, which would make an image without what it was to hold. */
  private void refuseNoPackage() {
    if (packages.isEmpty() || packages.contains("")) {
      throw new UsageException(
          name
              + ": which packages? Behind -- there is "
              + (packages.isEmpty() ? "none" : "an empty word")
              + "; leave the -- out for an empty overlay");
    }
  }

  @Override
  public int run(ParseResult parsed, Invocation invocation) {
    List<String> names = parsed.matchedPositionalValue(0, List.of("env.img"));
    if (names.size() > 1) {
      throw new UsageException(name + ": one image at a time, not also " + names.get(1));
    }
    Path path = NamedImage.toMake(name, names.get(0), invocation);
    ProcessRunner runner = new ProcessRunner(invocation.environment().variables());
    boolean fakeroot = Options.isSet(parsed, "--fakeroot");
    NewOverlay wanted =
        new NewOverlay(
            path,
            ByteSize.parse(parsed.matchedOptionValue("--size", "10G")),
            OverlayProfile.of(parsed.matchedOptionValue("--type", "balanced")),
            Options.isSet(parsed, "--sparse"),
            fakeroot ? Owner.ROOT : Owner.ofThisProcess());
    try (ProgressLine progress = ProgressLine.on(invocation)) {
      OverlayCreation creation = new OverlayCreation(runner, progress);
      if (parsed.hasMatchedOption("--file") || !packages.isEmpty()) {
        CondaFilling filling = CondaFilling.of(name, parsed, packages, path, invocation);
        creation.create(
            wanted,
            image -> {
              // micromamba shows its own
              progress.clear();
              filling.fill(image);
            });
      } else {
        creation.create(wanted);
      }
    }
    invocation.say("created " + Printable.line(path.toString()));
    return ExitCode.SUCCESS;
  }
}
