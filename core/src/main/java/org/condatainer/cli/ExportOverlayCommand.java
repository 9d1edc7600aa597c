package org.condatainer.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.condatainer.overlay.CondaEnvironment;
import org.condatainer.overlay.EnvironmentExport;
import org.condatainer.overlay.EnvironmentExport.Form;
import org.condatainer.overlay.OverlayException;
import org.condatainer.overlay.OverlayInfo;
import org.condatainer.overlay.OverlayKind;
import org.condatainer.script.ShellWords;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code condatainer overlay export}: the environment in an image as a text to make it again. */
final class ExportOverlayCommand implements Subcommand {
  private static final String NAME = "overlay export";

  @Override
  public CommandSpec spec() {
    CommandSpec spec =
        Options.command(
            NAME,
            "Prints the Conda environment in an image as environment.yml, read without a container.");
    spec.addOption(Options.flag("versions without builds", "--no-builds"));
    spec.addOption(
        Options.flag("only what was asked for, not what came with it", "--from-history"));
    spec.addOption(Options.flag("the address of each package instead", "--explicit"));
    spec.addOption(
        Options.value("NAME", "the environment's name (default: the image's)", "-n", "--name"));
    spec.addPositional(Options.rest("IMAGE", "the image"));
    spec.usageMessage()
        .footer(
            "",
            "Examples:",
            "  condatainer overlay export env.img > environment.yml",
            "  condatainer overlay export --explicit env.img > packages.txt",
            "  condatainer o copy.img -f environment.yml");
    return spec;
  }

  @Override
  public int run(ParseResult parsed, Invocation invocation) {
    Form form = Form.EXACT;
    int chosen = 0;
    for (String option : new String[] {"--no-builds", "--from-history", "--explicit"}) {
      if (Options.isSet(parsed, option)) {
        chosen++;
        form =
            switch (option) {
              case "--no-builds" -> Form.VERSIONS;
              case "--from-history" -> Form.FROM_HISTORY;
              default -> Form.EXPLICIT;
            };
      }
    }
    if (chosen > 1) {
      throw new UsageException(
          NAME + ": --no-builds, --from-history and --explicit exclude each other");
    }
    Path image = NamedImage.path(NAME, parsed.matchedPositionalValue(0, List.of()), invocation);
    CondaEnvironment environment;
    try {
      OverlayInfo info = OverlayInfo.read(image);
      environment = info.environment().orElseThrow(() -> none(image, info));
    } catch (IOException e) {
      throw NamedImage.failed(NAME, image, e);
    }
    environment.unread().forEach(problem -> invocation.say("warning: passed over " + problem));
    String name = parsed.matchedOptionValue("--name", stem(image));
    invocation.out().print(EnvironmentExport.write(environment, name, form));
    invocation.out().flush();
    return ExitCode.SUCCESS;
  }

  private static String stem(Path image) {
    String name = image.getFileName().toString();
    int dot = name.lastIndexOf('.');
    return dot > 0 ? name.substring(0, dot) : name;
  }

  private static OverlayException none(Path image, OverlayInfo info) {
    return new OverlayException(
        OverlayException.Kind.UNUSABLE,
        info.kind() == OverlayKind.SQUASHFS
            ? image
                + " is a frozen overlay, which is not read from outside\n  name the image that it was"
                + " made from, or: condatainer exec -o "
                + ShellWords.quote(image.toString())
                + " mm-export"
            : info.readable()
                ? image + " has no Conda environment in /ext3/env that can be read"
                : image + " " + InfoOverlayCommand.unread(info));
  }
}
