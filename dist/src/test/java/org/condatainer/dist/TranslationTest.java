package org.condatainer.dist;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.condatainer.scheduler.DirectivePart;
import org.condatainer.scheduler.InstalledSchedulers;
import org.condatainer.scheduler.SchedulerProvider;
import org.condatainer.script.Diagnostic;
import org.condatainer.script.JobScript;
import org.condatainer.translation.SiteNames;
import org.condatainer.translation.TranslatedPart;
import org.condatainer.translation.Translation;
import org.condatainer.translation.Translator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * One script of every scheduler translated for every other. What is expected stands in {@code
 * translation/FROM-to-TO.txt}: the directive lines, then what became of each part. With {@code
 * -Dcondatainer.translation.write=true} the files are written anew, to be read and compared.
 */
final class TranslationTest {
  private static final Path FOLDER = Path.of("src/test/resources/translation");
  private static final InstalledSchedulers SCHEDULERS =
      InstalledSchedulers.load(List.of(TranslationTest.class.getClassLoader()));

  private static Stream<Arguments> pairs() {
    List<Arguments> pairs = new ArrayList<>();
    for (SchedulerProvider from : SCHEDULERS.providers()) {
      for (SchedulerProvider to : SCHEDULERS.providers()) {
        if (!from.id().equals(to.id())) {
          pairs.add(Arguments.of(from.id(), to.id()));
        }
      }
    }
    return pairs.stream();
  }

  @ParameterizedTest
  @MethodSource("pairs")
  void everyPartOfEveryDirectiveHasOneOutcome(String from, String to) throws IOException {
    SchedulerProvider source = SCHEDULERS.byId(from).orElseThrow();
    SchedulerProvider target = SCHEDULERS.byId(to).orElseThrow();
    JobScript script = JobScript.read(FOLDER.resolve(from + ".sh"));
    SiteNames names = SiteNames.of(List.of("slurm/gpu=pbs/gpuq", "slurm/gpu=lsf/gpu_long"));

    Translation translation =
        new Translator(source, target, names, SiteNames.none()).translate(script);

    List<DirectivePart> parts = source.dialect().read(script).parts();
    assertThat(translation.report())
        .extracting(TranslatedPart::directive)
        .containsExactlyElementsOf(parts.stream().map(DirectivePart::text).toList());
    Path expected = FOLDER.resolve(from + "-to-" + to + ".txt");
    if (Boolean.getBoolean("condatainer.translation.write")) {
      Files.writeString(expected, text(translation));
    }
    assertThat(text(translation)).isEqualTo(Files.readString(expected));
  }

  /** What a target reads in its own directives is what it was asked for, as far as it says so. */
  @ParameterizedTest
  @MethodSource("pairs")
  void targetReadsItsDirectivesWithoutAComplaint(String from, String to) throws IOException {
    SchedulerProvider target = SCHEDULERS.byId(to).orElseThrow();
    Translation translation =
        new Translator(
                SCHEDULERS.byId(from).orElseThrow(), target, SiteNames.none(), SiteNames.none())
            .translate(JobScript.read(FOLDER.resolve(from + ".sh")));
    String head = "#!/bin/bash\n" + String.join("\n", translation.directiveLines()) + "\n";

    assertThat(target.dialect().read(JobScript.parse("job.sh", head.getBytes(UTF_8))))
        .satisfies(
            reading ->
                assertThat(reading.diagnostics())
                    .noneMatch(diagnostic -> diagnostic.severity() == Diagnostic.Severity.ERROR));
  }

  private static String text(Translation translation) {
    StringBuilder text = new StringBuilder();
    translation.directiveLines().forEach(line -> text.append(line).append('\n'));
    text.append('\n');
    for (TranslatedPart part : translation.report()) {
      text.append(part.line())
          .append(':')
          .append(part.column())
          .append("  ")
          .append(part.directive())
          .append("  ")
          .append(part.outcome().name().toLowerCase(Locale.ROOT).replace('_', '-'))
          .append("\n    ")
          .append(part.detail())
          .append('\n');
    }
    return text.toString();
  }
}
