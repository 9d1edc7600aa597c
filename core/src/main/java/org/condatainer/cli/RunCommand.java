package org.condatainer.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.condatainer.launch.JobScriptFile;
import org.condatainer.launch.LaunchOptions;
import org.condatainer.launch.LockWait;
import org.condatainer.launch.Plan;
import org.condatainer.launch.Planner;
import org.condatainer.script.Diagnostic;
import org.condatainer.script.JobScript;
import org.condatainer.script.OptionWord;
import org.condatainer.script.ScriptException;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** {@code condatainer run}: a job script in, a job or a local run out. */
final class RunCommand implements Subcommand {
  private static final List<String> COMMAND_LINE_ONLY = List.of("--dry-run", "--json", "--help");

  @Override
  public CommandSpec spec() {
    CommandSpec spec =
        Options.command(
            "run",
            "Runs a job script in the overlays that its #DEP: lines name: on the scheduler at hand"
                + " if the script has directives, otherwise on this machine.");
    LaunchOptionSpecs.addContainer(spec);
    LaunchOptionSpecs.addJob(spec);
    spec.addOption(Options.flag("show what would be run, and run nothing", "--dry-run"));
    spec.addOption(Options.flag("print the result as JSON", "--json"));
    spec.addPositional(Options.rest("SCRIPT [ARGUMENT…]", "the job script, and its own arguments"));
    spec.usageMessage()
        .footer(
            "",
            "Examples:",
            "  condatainer run job.sh                 submit, or run here",
            "  condatainer run -c 8 -m 16G job.sh     with other resources than the script says",
            "  condatainer run --dry-run job.sh       show the plan and the batch script",
            "",
            "A line \"#CNT OPTIONS\" before the script's first command gives options of run.");
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
      throw new UsageException("run: which script?\nTry: condatainer run --help");
    }
    Path path = invocation.path(words.get(0));
    LaunchOptions given = LaunchOptionSpecs.readJob(parsed, invocation);
    JobScript script = JobScriptFile.read(words.get(0), path, Installation::schedulers);
    LaunchOptions options =
        script.options().isEmpty() ? given : given.over(scriptOptions(script, invocation));
    Launcher launcher = Launcher.create(invocation);
    boolean dry = Options.isSet(parsed, "--dry-run");
    Planner planner = dry ? launcher.planner().toShow() : launcher.planner();
    Supplier<Plan> planning =
        () -> planner.script(script, path, words.subList(1, words.size()), options);
    Plan plan =
        options.lockWait().isPresent() && !dry
            ? new LockWait(options.lockWait().get(), invocation::say).until(planning)
            : planning.get();
    if (dry) {
      launcher.show(plan, Options.isSet(parsed, "--json"));
      return ExitCode.SUCCESS;
    }
    return launcher.launch(plan, Options.isSet(parsed, "--json"));
  }

  /** The options of the script's {@code #CNT} lines; they are the options of this command. */
  private LaunchOptions scriptOptions(JobScript script, Invocation invocation) {
    List<OptionWord> words = script.options();
    CommandLine line = new CommandLine(spec());
    line.setExpandAtFiles(false);
    line.setAbbreviatedOptionsAllowed(false);
    List<String> texts = new ArrayList<>();
    for (OptionWord word : words) {
      texts.add(word.text());
    }
    try {
      ParseResult parsed = line.parseArgs(texts.toArray(new String[0]));
      List<String> stray = parsed.matchedPositionalValue(0, List.of());
      if (!stray.isEmpty()) {
        throw new UsageException("\"" + stray.get(0) + "\" is no option of run");
      }
      for (String option : COMMAND_LINE_ONLY) {
        if (Options.isSet(parsed, option)) {
          throw new UsageException(option + " is for the command line, not for a script");
        }
      }
      return LaunchOptionSpecs.readJob(parsed, invocation);
    } catch (ParameterException | UsageException e) {
      OptionWord place = guilty(words, e.getMessage());
      throw new ScriptException(
          script.name(),
          List.of(Diagnostic.error(place.line(), place.column(), "#CNT: " + e.getMessage())));
    }
  }

  /** The word that a message quotes, otherwise one that it contains, otherwise the first. */
  private static OptionWord guilty(List<OptionWord> words, String message) {
    OptionWord guilty = words.get(0);
    for (OptionWord word : words) {
      if (message.contains("\"" + word.text() + "\"")) {
        return word;
      }
      if (word.text().length() > 2 && message.contains(word.text())) {
        guilty = word;
      }
    }
    return guilty;
  }
}
