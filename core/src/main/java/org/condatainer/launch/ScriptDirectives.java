package org.condatainer.launch;

import static java.util.Objects.requireNonNull;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.condatainer.config.Configuration;
import org.condatainer.config.Key;
import org.condatainer.config.Setting;
import org.condatainer.job.JobRequest;
import org.condatainer.job.Memory;
import org.condatainer.job.Resources;
import org.condatainer.scheduler.Amendment;
import org.condatainer.scheduler.InstalledSchedulers;
import org.condatainer.scheduler.Outcome;
import org.condatainer.scheduler.Overrides;
import org.condatainer.scheduler.SchedulerProvider;
import org.condatainer.script.Diagnostic;
import org.condatainer.script.JobScript;
import org.condatainer.translation.SiteNames;
import org.condatainer.translation.TranslatedPart;
import org.condatainer.translation.Translation;
import org.condatainer.translation.Translator;

/**
 * What a job script's directives come to, with the user's overrides: as they are for the scheduler
 * that they were written for, translated for another, and read without binding for this machine.
 *
 * @param lines the directive lines of the batch script
 * @param options arguments for the submit command
 * @param request what they ask for together
 * @param report what there is to say about the script's lines
 * @param translation what became of each part, where the script is another scheduler's
 */
record ScriptDirectives(
    List<String> lines,
    List<String> options,
    JobRequest request,
    List<Diagnostic> report,
    Optional<Translation> translation) {
  ScriptDirectives {
    lines = List.copyOf(lines);
    options = List.copyOf(options);
    requireNonNull(request, "request is null");
    report = List.copyOf(report);
    requireNonNull(translation, "translation is null");
  }

  /** Of a command, which has none. */
  static ScriptDirectives none() {
    return new ScriptDirectives(
        List.of(), List.of(), JobRequest.empty(), List.of(), Optional.empty());
  }

  /** For a scheduler; {@code writtenFor} is another one if the script is written for that. */
  static ScriptDirectives scheduled(
      JobScript script,
      SchedulerProvider provider,
      Optional<SchedulerProvider> writtenFor,
      Overrides overrides,
      Configuration configuration) {
    if (writtenFor.isEmpty()) {
      Amendment amendment = provider.dialect().amend(script, overrides);
      return of(amendment, amendment.diagnostics(), Optional.empty());
    }
    Translation translation =
        translator(writtenFor.get(), provider, configuration).translate(script);
    List<Diagnostic> report = new ArrayList<>(translation.diagnostics());
    for (TranslatedPart part : translation.report()) {
      reported(part, provider, report);
    }
    if (!translation.request().dependencies().isEmpty()) {
      report.add(
          Diagnostic.error(
              0,
              0,
              "the script waits for jobs of "
                  + writtenFor.get().displayName()
                  + ", which "
                  + provider.displayName()
                  + " does not know; remove that directive, and give the ids here with --afterok,"
                  + " --afternotok or --afterany"));
    }
    String text = "#!/bin/bash\n" + String.join("\n", translation.directiveLines()) + "\n";
    Amendment amendment =
        provider
            .dialect()
            .amend(
                JobScript.parse(script.name(), text.getBytes(StandardCharsets.UTF_8)), overrides);
    for (Diagnostic diagnostic : amendment.diagnostics()) {
      // Their lines are those of the translated directives, which the user never saw.
      report.add(new Diagnostic(diagnostic.severity(), 0, 0, diagnostic.message()));
    }
    return of(amendment, report, Optional.of(translation));
  }

  static Translator translator(
      SchedulerProvider from, SchedulerProvider to, Configuration configuration) {
    return new Translator(
        from, to, names(Key.QUEUE_NAMES, configuration), names(Key.ACCOUNT_NAMES, configuration));
  }

  private static SiteNames names(Key key, Configuration configuration) {
    List<String> pairs = configuration.setting(key).map(Setting::values).orElse(List.of());
    try {
      return SiteNames.of(pairs);
    } catch (IllegalArgumentException e) {
      throw new LaunchException(
          LaunchException.Kind.BAD_REQUEST, key.text() + ": " + e.getMessage(), e);
    }
  }

  /** What was translated needs no word, what was refused keeps the run from being submitted. */
  private static void reported(
      TranslatedPart part, SchedulerProvider provider, List<Diagnostic> report) {
    String text = "\"" + part.directive() + "\" for " + provider.displayName() + ": ";
    if (part.outcome() == Outcome.REFUSED) {
      report.add(Diagnostic.error(part.line(), part.column(), text + part.detail()));
    } else if (part.outcome() == Outcome.LEFT_OUT) {
      report.add(
          Diagnostic.warning(part.line(), part.column(), text + "left out: " + part.detail()));
    } else if (part.outcome() == Outcome.APPROXIMATED) {
      report.add(Diagnostic.note(part.line(), part.column(), text + part.detail()));
    }
  }

  private static ScriptDirectives of(
      Amendment amendment, List<Diagnostic> report, Optional<Translation> translation) {
    return new ScriptDirectives(
        amendment.directiveLines(), amendment.options(), amendment.request(), report, translation);
  }

  /** For this machine: the directives are read, and what is wrong with them does no harm. */
  static ScriptDirectives here(
      JobScript script, Overrides overrides, InstalledSchedulers schedulers) {
    for (SchedulerProvider provider : schedulers.providers()) {
      if (provider.dialect().appearsIn(script)) {
        Amendment amendment = provider.dialect().amend(script, overrides);
        List<Diagnostic> report = new ArrayList<>();
        for (Diagnostic diagnostic : amendment.diagnostics()) {
          if (diagnostic.severity() != Diagnostic.Severity.ERROR) {
            report.add(diagnostic);
          }
        }
        return new ScriptDirectives(
            List.of(), List.of(), amendment.request(), report, Optional.empty());
      }
    }
    JobRequest.Builder request = JobRequest.empty().toBuilder();
    overrides.name().ifPresent(request::name);
    overrides.walltime().ifPresent(request::walltime);
    overrides.array().ifPresent(request::array);
    Resources resources = Resources.none().withGpus(overrides.gpus());
    if (overrides.cpusPerTask().isPresent()) {
      resources = resources.withCpusPerTask(overrides.cpusPerTask().getAsInt());
    }
    if (overrides.memoryBytesPerTask().isPresent()) {
      long bytes = overrides.memoryBytesPerTask().getAsLong();
      resources = resources.withMemory(new Memory(bytes, Memory.Scope.PER_TASK));
    }
    request.resources(resources);
    return new ScriptDirectives(
        List.of(), List.of(), request.build(), late(script, schedulers), Optional.empty());
  }

  /** Directives that all stand after the first command, which no scheduler reads. */
  private static List<Diagnostic> late(JobScript script, InstalledSchedulers schedulers) {
    List<Diagnostic> late = new ArrayList<>();
    for (SchedulerProvider provider : schedulers.providers()) {
      for (Diagnostic diagnostic : provider.dialect().read(script).diagnostics()) {
        if (diagnostic.severity() == Diagnostic.Severity.WARNING
            && diagnostic.line() > script.headerLines()) {
          late.add(diagnostic);
        }
      }
    }
    return late;
  }
}
