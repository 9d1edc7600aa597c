package org.condatainer.scheduler.htcondor;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import org.condatainer.job.BeginTime;
import org.condatainer.job.JobRequest;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** In which zone a time to begin at is counted. */
final class LocalZoneTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          CET-1CEST,M3.5.0,M10.5.0/3         | GMT+01:00     | ''
          CET-1CEST                          | GMT+02:00     | ''
          ''                                 | GMT+01:00     | ''
          ''                                 | Europe/Berlin | Europe/Berlin
          ''                                 | GMT           | GMT
          :Europe/Berlin                     | Europe/Berlin | Europe/Berlin
          EST5EDT                            | EST5EDT       | EST5EDT
          /usr/share/zoneinfo/Europe/Berlin  | GMT+01:00     | Europe/Berlin
          /usr/share/zoneinfo/Nowhere        | GMT+01:00     | ''
          XYZ3                               | GMT-03:00     | GMT-03:00
          <+0330>-3:30                       | GMT+03:30     | GMT+03:30
          """)
  void zoneIsThatOfTheCLibraryOrNone(String variable, String javas, String expected) {
    assertThat(LocalZone.known(variable, ZoneId.of(javas)).map(ZoneId::getId).orElse(""))
        .isEqualTo(expected);
  }

  /** In a process of its own, since a process has one zone from its start. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          CET-1CEST,M3.5.0,M10.5.0/3 | refused
          Europe/Berlin              | 1783504800
          UTC                        | 1783512000
          """)
  void timeIsRefusedWhereItsZoneIsNotKnown(String variable, String expected)
      throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin/java").toString(),
                    "-cp",
                    System.getProperty("java.class.path"),
                    Printed.class.getName()))
            .redirectErrorStream(true);
    builder.environment().put("TZ", variable);
    Process process = builder.start();
    String printed = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as(printed).isZero();

    assertThat(printed).contains(expected);
    if (expected.equals("refused")) {
      assertThat(printed).contains("TZ=Europe/Berlin").doesNotContain("deferral_time =");
    }
  }

  /** What a job that begins on a day in July becomes. */
  static final class Printed {
    private Printed() {}

    public static void main(String[] arguments) {
      var request =
          JobRequest.empty().toBuilder()
              .begin(new BeginTime.At(LocalDateTime.parse("2026-07-08T12:00:00")))
              .build();
      var rendering = new HtcondorProvider().dialect().render(request);
      System.out.println(rendering.directiveLines());
      rendering
          .parts()
          .forEach(
              part ->
                  System.out.println(
                      part.outcome().name().toLowerCase(Locale.ROOT) + " " + part.detail()));
    }
  }
}
