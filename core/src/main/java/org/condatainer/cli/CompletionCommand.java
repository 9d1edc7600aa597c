package org.condatainer.cli;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code condatainer completion}: prints what lets a shell complete commands and options. */
final class CompletionCommand implements Subcommand {
  private static final String PROGRAM = "condatainer";

  private final Supplier<Map<String, CommandSpec>> commands;

  /**
   * @param commands every command by its name, of one word or two
   */
  CompletionCommand(Supplier<Map<String, CommandSpec>> commands) {
    this.commands = requireNonNull(commands, "commands is null");
  }

  @Override
  public CommandSpec spec() {
    CommandSpec spec =
        Options.command(
            "completion",
            "Prints a script by which bash or zsh completes commands, options and file names.");
    spec.addPositional(Options.rest("[bash|zsh]", "the shell; bash if none is named"));
    spec.usageMessage()
        .footer(
            "",
            "Examples:",
            "  source <(condatainer completion bash)      in this shell",
            "  condatainer completion bash >~/.local/share/bash-completion/completions/condatainer",
            "  condatainer completion zsh >~/.condatainer.zsh    and source it in ~/.zshrc");
    return spec;
  }

  @Override
  public int run(ParseResult parsed, Invocation invocation) {
    List<String> shells = parsed.matchedPositionalValue(0, List.of("bash"));
    String shell = shells.get(0);
    if (shells.size() > 1 || !List.of("bash", "zsh").contains(shell)) {
      throw new UsageException(
          "completion: the shell is bash or zsh, not " + String.join(" ", shells));
    }
    // One script for both: in zsh it loads what knows bash's completions.
    invocation.out().print(AutoComplete.bash(PROGRAM, tree(commands.get())));
    return ExitCode.SUCCESS;
  }

  private static CommandLine tree(Map<String, CommandSpec> commands) {
    CommandSpec root = CommandSpec.create().name(PROGRAM);
    commands.forEach(
        (name, spec) -> {
          int blank = name.indexOf(' ');
          CommandSpec parent = root;
          if (blank >= 0) {
            String first = name.substring(0, blank);
            if (!root.subcommands().containsKey(first)) {
              root.addSubcommand(first, CommandSpec.create().name(first));
            }
            parent = root.subcommands().get(first).getCommandSpec();
          }
          parent.addSubcommand(name.substring(blank + 1), spec);
        });
    return new CommandLine(root);
  }
}
