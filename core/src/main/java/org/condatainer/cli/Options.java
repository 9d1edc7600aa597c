package org.condatainer.cli;

import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/** The shapes that options take here: flags, values, and values that can be repeated. */
final class Options {
  private Options() {}

  static OptionSpec flag(String description, String... names) {
    return OptionSpec.builder(names)
        .type(boolean.class)
        .arity("0")
        .description(description)
        .build();
  }

  static OptionSpec value(String label, String description, String... names) {
    return OptionSpec.builder(names)
        .type(String.class)
        .paramLabel(label)
        .description(description)
        .build();
  }

  static OptionSpec values(String label, String description, String... names) {
    return OptionSpec.builder(names)
        .type(List.class)
        .auxiliaryTypes(String.class)
        .paramLabel(label)
        .description(description + " (can be repeated)")
        .build();
  }

  /** All words from the first that is no option. */
  static PositionalParamSpec rest(String label, String description) {
    return PositionalParamSpec.builder()
        .index("0..*")
        .type(List.class)
        .auxiliaryTypes(String.class)
        .arity("0..*")
        .paramLabel(label)
        .hideParamSyntax(true)
        .description(description)
        .build();
  }

  static CommandSpec command(String name, String description) {
    CommandSpec spec = CommandSpec.create().name("condatainer " + name);
    spec.usageMessage().description(description).width(100).abbreviateSynopsis(true);
    spec.addOption(
        OptionSpec.builder("-h", "--help")
            .type(boolean.class)
            .arity("0")
            .usageHelp(true)
            .description("show this help and exit")
            .build());
    spec.addOption(flag("show the Java stack trace of an error", "--debug"));
    return spec;
  }

  static boolean isSet(ParseResult parsed, String name) {
    return parsed.matchedOptionValue(name, false);
  }

  static List<String> all(ParseResult parsed, String name) {
    return parsed.matchedOptionValue(name, List.of());
  }
}
