package org.condatainer.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.condatainer.config.Configuration;
import org.condatainer.launch.JobScriptFile;
import org.condatainer.launch.LaunchException;
import org.condatainer.launch.ScriptTranslation;
import org.condatainer.scheduler.InstalledSchedulers;
import org.condatainer.scheduler.Outcome;
import org.condatainer.script.Diagnostic;
import org.condatainer.script.JobScript;
import org.condatainer.translation.TranslatedPart;
import org.condatainer.translation.TranslationJson;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code condatainer translate}: a job script for one scheduler made into one for another. */
final class TranslateCommand implements Subcommand {
  @Override
  public CommandSpec spec() {
    CommandSpec spec =
        Options.command(
            "translate",
            "Prints a job script with its directives in the words of another scheduler. What has"
                + " no equal there is named on standard error, with line and column.");
    spec.addOption(Options.value("ID", "scheduler to translate for (required)", "--to"));
    spec.addOption(
        Options.value(
            "ID", "scheduler whose directives count, in a script with several", "--from"));
    spec.addOption(
        Options.flag("print what became of every directive, in place of the script", "--explain"));
    spec.addOption(Options.flag("print script and report as JSON", "--json"));
    spec.addPositional(Options.rest("SCRIPT", "the job script"));
    spec.usageMessage()
        .footer(
            "",
            "Exit code 3: a part of a directive was refused; the script is printed all the same.");
    return spec;
  }

  @Override
  public int run(ParseResult parsed, Invocation invocation) {
    List<String> words = parsed.matchedPositionalValue(0, List.of());
    String to = parsed.matchedOptionValue("--to", "");
    if (words.size() != 1 || to.isEmpty()) {
      throw new UsageException(
          "translate: "
              + (to.isEmpty() ? "for which scheduler? --to ID" : "which script? One is needed")
              + "\nTry: condatainer translate --help");
    }
    InstalledSchedulers schedulers = Installation.schedulers();
    Path path = invocation.path(words.get(0));
    JobScript script = JobScriptFile.read(words.get(0), path, () -> schedulers);
    Configuration configuration =
        Configuration.load(
            Installation.home(), invocation.environment().variables(), invocation::say);
    ScriptTranslation translated =
        ScriptTranslation.of(
            script,
            Optional.ofNullable(parsed.matchedOptionValue("--from", null)),
            schedulers
                .byId(to)
                .orElseThrow(
                    () ->
                        new LaunchException(
                            LaunchException.Kind.BAD_REQUEST,
                            "--to: there is no adapter for the scheduler \""
                                + to
                                + "\". Installed: "
                                + String.join(", ", schedulers.ids()))),
            schedulers,
            configuration,
            invocation.workingDirectory());
    show(translated, parsed, invocation, script.name());
    return translated.translation().worst() == Outcome.REFUSED
        ? ExitCode.PARTLY_TRANSLATED
        : ExitCode.SUCCESS;
  }

  private static void show(
      ScriptTranslation translated, ParseResult parsed, Invocation invocation, String name) {
    if (Options.isSet(parsed, "--json")) {
      invocation.showJson(TranslationJson.write(translated.translation(), translated.script()));
      return;
    }
    for (Diagnostic diagnostic : translated.translation().diagnostics()) {
      invocation.tell(diagnostic.format(name));
    }
    if (Options.isSet(parsed, "--explain")) {
      table(translated.translation().report()).forEach(invocation.out()::println);
      return;
    }
    for (TranslatedPart part : translated.translation().report()) {
      if (part.outcome() != Outcome.TRANSLATED) {
        invocation.tell(
            new Diagnostic(
                    part.outcome() == Outcome.REFUSED
                        ? Diagnostic.Severity.ERROR
                        : Diagnostic.Severity.WARNING,
                    part.line(),
                    part.column(),
                    "\"" + part.directive() + "\" " + word(part.outcome()) + ": " + part.detail())
                .format(name));
      }
    }
    byte[] script = translated.script().getBytes(translated.charset());
    invocation.out().write(script, 0, script.length);
    invocation.out().flush();
  }

  private static String word(Outcome outcome) {
    return outcome.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static List<String> table(List<TranslatedPart> report) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("PLACE", "DIRECTIVE", "OUTCOME", "DETAIL"));
    for (TranslatedPart part : report) {
      rows.add(
          List.of(
              part.line() + ":" + part.column(),
              part.directive(),
              word(part.outcome()),
              part.detail()));
    }
    return TextTable.of(rows);
  }
}
