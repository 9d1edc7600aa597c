package org.condatainer.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.condatainer.config.Configuration;
import org.condatainer.config.Key;
import org.condatainer.config.Setting;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code condatainer config show}: every key, what holds for it, and where that was said. */
final class ConfigShowCommand implements Subcommand {
  @Override
  public CommandSpec spec() {
    CommandSpec spec =
        Options.command(
            "config show",
            "Shows every key of the configuration, its value, and where that was said: a file and"
                + " line, a variable, or default.");
    spec.addOption(Options.flag("print the result as JSON", "--json"));
    return spec;
  }

  @Override
  public int run(ParseResult parsed, Invocation invocation) {
    Configuration configuration =
        Configuration.load(
            Installation.home(), invocation.environment().variables(), invocation::say);
    if (Options.isSet(parsed, "--json")) {
      invocation.showJson(json(configuration));
      return ExitCode.SUCCESS;
    }
    List<List<String>> rows = new ArrayList<>(List.of(List.of("KEY", "VALUE", "SAID BY")));
    for (Key key : Key.values()) {
      Optional<Setting> setting = configuration.setting(key);
      rows.add(
          List.of(
              key.text(),
              setting.map(said -> String.join(", ", said.values())).orElse("-"),
              setting.map(Setting::origin).orElse("-")));
    }
    TextTable.of(rows).forEach(invocation.out()::println);
    return ExitCode.SUCCESS;
  }

  private static String json(Configuration configuration) {
    StringWriter text = new StringWriter();
    try (JsonGenerator out = new JsonFactory().createGenerator(text).useDefaultPrettyPrinter()) {
      out.writeStartArray();
      for (Key key : Key.values()) {
        out.writeStartObject();
        out.writeStringField("key", key.text());
        out.writeStringField("variable", key.variable());
        out.writeStringField("description", key.description());
        Optional<Setting> setting = configuration.setting(key);
        out.writeArrayFieldStart("values");
        for (String value : setting.map(Setting::values).orElse(List.of())) {
          out.writeString(value);
        }
        out.writeEndArray();
        if (setting.isPresent()) {
          out.writeStringField("origin", setting.get().origin());
        }
        out.writeEndObject();
      }
      out.writeEndArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }
}
