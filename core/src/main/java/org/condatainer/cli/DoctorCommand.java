package org.condatainer.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.condatainer.config.Configuration;
import org.condatainer.doctor.Examination;
import org.condatainer.doctor.Finding;
import org.condatainer.process.ProcessRunner;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code condatainer doctor}: whether all that is needed works here. */
final class DoctorCommand implements Subcommand {
  @Override
  public CommandSpec spec() {
    CommandSpec spec =
        Options.command(
            "doctor",
            "Looks whether all that is needed works on this machine: the scheduler, a container"
                + " (one is tried), the programs, the folders. Exit code 1: something does not.");
    spec.addOption(Options.flag("print the result as JSON", "--json"));
    return spec;
  }

  @Override
  public int run(ParseResult parsed, Invocation invocation) {
    List<Finding> findings = new ArrayList<>();
    List<String> problems = ConfigValidateCommand.problems(invocation);
    for (String problem : problems) {
      findings.add(
          new Finding(
              "configuration", Finding.Level.PROBLEM, problem, "condatainer config validate"));
    }
    if (problems.isEmpty()) {
      Configuration configuration =
          Configuration.load(
              Installation.home(), invocation.environment().variables(), invocation::say);
      findings.addAll(
          new Examination(
                  Installation.home(),
                  configuration,
                  Installation.schedulers(),
                  invocation.environment(),
                  invocation.workingDirectory(),
                  new ProcessRunner(invocation.environment().variables()))
              .findings());
    }
    if (Options.isSet(parsed, "--json")) {
      invocation.showJson(json(findings));
    } else {
      invocation.show(text(findings));
    }
    return findings.stream().anyMatch(one -> one.level() == Finding.Level.PROBLEM)
        ? ExitCode.FAILURE
        : ExitCode.SUCCESS;
  }

  private static String text(List<Finding> findings) {
    StringBuilder text = new StringBuilder();
    for (Finding finding : findings) {
      String level = finding.level() == Finding.Level.OK ? "ok" : word(finding);
      text.append(padded(level, 8)).append("  ").append(padded(finding.subject(), 14));
      text.append("  ").append(finding.detail().replace("\n", "\n" + " ".repeat(26)));
      text.append('\n');
      if (!finding.next().isEmpty()) {
        text.append(" ".repeat(26)).append("next: ").append(finding.next()).append('\n');
      }
    }
    return text.toString();
  }

  private static String padded(String text, int width) {
    return text + " ".repeat(Math.max(0, width - text.length()));
  }

  private static String word(Finding finding) {
    return finding.level().name().toLowerCase(Locale.ROOT);
  }

  private static String json(List<Finding> findings) {
    StringWriter text = new StringWriter();
    try (JsonGenerator out = new JsonFactory().createGenerator(text).useDefaultPrettyPrinter()) {
      out.writeStartArray();
      for (Finding finding : findings) {
        out.writeStartObject();
        out.writeStringField("subject", finding.subject());
        out.writeStringField("level", word(finding));
        out.writeStringField("detail", finding.detail());
        out.writeStringField("next", finding.next());
        out.writeEndObject();
      }
      out.writeEndArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }
}
