package org.condatainer.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Stack;
import java.util.regex.Pattern;
import org.condatainer.launch.LaunchException;
import org.condatainer.launch.LaunchOptions;
import picocli.CommandLine.IParameterConsumer;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/** {@code condatainer e}: a shell or a command in a writable overlay. */
final class EnterCommand implements Subcommand {
  private static final String AUTOLOADED = "env.img";

  /** The name of an overlay in one of the image_dirs that is no program here. */
  private static final Pattern MODULE = Pattern.compile("[A-Za-z0-9][\\w.+-]*/[0-9][\\w.+-]*");

  private final List<String> overlays = new ArrayList<>();
  private final List<String> command = new ArrayList<>();
  private List<String> afterDashes = List.of();

  @Override
  public CommandSpec spec() {
    CommandSpec spec =
        Options.command(
            "e",
            "Opens a shell, or runs a command, in env.img of this folder or in the given overlays;"
                + " writable unless -r is given.");
    LaunchOptionSpecs.addContainer(spec);
    spec.addOption(Options.flag("do not load env.img of this folder", "-n", "--no-autoload"));
    spec.addOption(Options.flag("mount .img overlays read-only", "-r", "--read-only"));
    spec.addPositional(
        PositionalParamSpec.builder()
            .index("0..*")
            .type(List.class)
            .auxiliaryTypes(String.class)
            .arity("0..*")
            .paramLabel("[OVERLAY…] [--] [COMMAND…]")
            .hideParamSyntax(true)
            .description(
                "overlays (*.img, *.sqf, NAME/VERSION), then the command; your shell without one")
            .parameterConsumer(new OverlaysThenCommand())
            .build());
    spec.usageMessage()
        .footer(
            "",
            "Examples:",
            "  condatainer e                       a shell in env.img, writable",
            "  condatainer e -r my.img tools.sqf   a shell in these, read-only",
            "  condatainer e -- pip list           one command");
    return spec;
  }

  /** What stands behind {@code --} is the command, whatever it looks like. */
  @Override
  public String[] prepare(String[] words) {
    for (int i = 0; i < words.length; i++) {
      if (words[i].equals("--")) {
        afterDashes = List.of(words).subList(i + 1, words.length);
        return List.of(words).subList(0, i).toArray(new String[0]);
      }
    }
    return words;
  }

  @Override
  public int run(ParseResult parsed, Invocation invocation) {
    List<String> words = new ArrayList<>(command);
    if (!command.isEmpty() && !afterDashes.isEmpty()) {
      words.add("--");
    }
    words.addAll(afterDashes);
    boolean hasImage = overlays.stream().anyMatch(name -> name.endsWith(".img"));
    if (!hasImage && !Options.isSet(parsed, "--no-autoload")) {
      if (Files.exists(invocation.workingDirectory().resolve(AUTOLOADED))) {
        // what the user names comes before it in PATH
        overlays.add(0, AUTOLOADED);
        invocation.say("loads env.img of this folder");
      } else if (overlays.isEmpty()) {
        throw new LaunchException(
            LaunchException.Kind.OVERLAY_UNUSABLE,
            "there is no env.img in "
                + invocation.workingDirectory()
                + "; create one with: condatainer o, or name an overlay, or use -n for none");
      }
    }
    Launcher launcher = Launcher.create(invocation);
    LaunchOptions options =
        LaunchOptionSpecs.readWorkplace(
            parsed,
            overlays,
            !Options.isSet(parsed, "--read-only"),
            invocation,
            launcher.micromamba());
    return launcher.start(launcher.planner().command(words, options));
  }

  private static boolean isOverlay(String word) {
    String name = word.toLowerCase(Locale.ROOT);
    return name.endsWith(".img")
        || name.endsWith(".sqf")
        || name.endsWith(".sqsh")
        || (MODULE.matcher(word).matches() && !Files.exists(Path.of(word)));
  }

  /** Takes one overlay at a time, so that options may follow it; from the command on, all. */
  private final class OverlaysThenCommand implements IParameterConsumer {
    @Override
    public void consumeParameters(
        Stack<String> words, ArgSpec argument, CommandSpec specification) {
      if (isOverlay(words.peek())) {
        overlays.add(words.pop());
        return;
      }
      while (!words.isEmpty()) {
        command.add(words.pop());
      }
    }
  }
}
