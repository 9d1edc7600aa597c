package org.condatainer.cli;

import java.util.List;
import org.condatainer.launch.LaunchOptions;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code condatainer exec}: a command in overlays, read-only unless told otherwise. */
final class ExecCommand implements Subcommand {
  @Override
  public CommandSpec spec() {
    CommandSpec spec =
        Options.command("exec", "Runs a command in overlays, read-only unless -w is given.");
    LaunchOptionSpecs.addContainer(spec);
    spec.addOption(Options.values("OVERLAY", "overlay to mount", "-o", "--overlay"));
    spec.addOption(Options.flag("mount the .img overlay writable", "-w", "--writable"));
    spec.addPositional(Options.rest("COMMAND [ARGUMENT…]", "what to run"));
    spec.usageMessage()
        .footer(
            "",
            "Examples:",
            "  condatainer exec -o env.img python src/test.py",
            "  condatainer exec -w -o env.img bash");
    return spec;
  }

  @Override
  public boolean stopsAtPositional() {
    return true;
  }

  @Override
  public int run(ParseResult parsed, Invocation invocation) {
    List<String> words = parsed.matchedPositionalValue(0, List.of());
    if (words.isEmpty()) {
      throw new UsageException("exec: which command?\nTry: condatainer exec --help");
    }
    LaunchOptions options =
        LaunchOptionSpecs.readWorkplace(
            parsed,
            Options.all(parsed, "--overlay"),
            Options.isSet(parsed, "--writable"),
            invocation);
    Launcher launcher = Launcher.create(invocation);
    return launcher.start(launcher.planner().command(words, options));
  }
}
