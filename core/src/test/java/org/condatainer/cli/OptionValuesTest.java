package org.condatainer.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.condatainer.job.GpuRequest;
import org.condatainer.job.JobId;
import org.condatainer.job.Walltime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Option values as users write them. */
final class OptionValuesTest {
  @ParameterizedTest
  @CsvSource({
    "90, PT1H30M",
    "90:30, PT1H30M30S",
    "1:30:00, PT1H30M",
    "1-12, PT36H",
    "1-12:30, PT36H30M",
    "1-00:00:05, PT24H5S",
    "2h, PT2H",
    "1d12h, PT36H",
    "2h30m, PT2H30M",
    "45s, PT45S"
  })
  void walltimeIsReadBySlurmsRulesOrByUnits(String text, Duration expected) {
    assertThat(OptionValues.walltime("-t", text)).isEqualTo(new Walltime.Limit(expected));
  }

  @Test
  void walltimeCanBeUnlimited() {
    assertThat(OptionValues.walltime("-t", "UNLIMITED")).isEqualTo(new Walltime.Unlimited());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "0",
        "soon",
        "1:2:3:4",
        "-5",
        "1--2",
        "h",
        "2h3",
        "2x",
        "1:",
        ":1",
        "1-",
        "9999999999"
      })
  void anythingElseIsNoWalltime(String text) {
    assertThatThrownBy(() -> OptionValues.walltime("-t", text))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("HH:MM:SS");
  }

  @Test
  void gpusHaveANumberATypeOrBoth() {
    assertThat(OptionValues.gpus("-g", "2")).containsExactly(gpus("", 2));
    assertThat(OptionValues.gpus("-g", "a100")).containsExactly(gpus("a100", 1));
    assertThat(OptionValues.gpus("-g", "a100:4")).containsExactly(gpus("a100", 4));
    assertThat(OptionValues.gpus("-g", "a100:1,v100:2"))
        .containsExactly(gpus("a100", 1), gpus("v100", 2));
  }

  private static GpuRequest gpus(String type, long count) {
    return new GpuRequest(
        Optional.of(type).filter(name -> !name.isEmpty()), count, GpuRequest.Scope.PER_NODE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a:b:c", "2,", "a100:99999999", "0", "-1", "-a100", "a100:0", "2,-1"})
  void anythingElseIsNoNumberOfGpus(String text) {
    assertThatThrownBy(() -> OptionValues.gpus("-g", text)).isInstanceOf(UsageException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "0G", "0.0T"})
  void noMemoryIsNoAmountOfIt(String text) {
    assertThatThrownBy(() -> OptionValues.memoryBytes("--mem", text))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("above 0; use 500M");
  }

  @Test
  void memoryThatCannotBeCountedIsRefused() {
    assertThat(OptionValues.memoryBytes("--mem", "4194304T")).isEqualTo(1L << 62);
    assertThatThrownBy(() -> OptionValues.memoryBytes("--mem", "4194305T"))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("is more than 4194304T");
  }

  @Test
  void variablesKeepTheirValuesAsWritten() {
    assertThat(
            OptionValues.variables(
                "--env", List.of("A=b=c,d e", "EMPTY=", "HERE"), Map.of("HERE", "x\ny")))
        .containsExactly(
            Map.entry("A", "b=c,d e"), Map.entry("EMPTY", ""), Map.entry("HERE", "x\ny"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"=x", "1A=x", "A-B=x", "MISSING", ""})
  void variableNeedsAName(String text) {
    assertThatThrownBy(() -> OptionValues.variables("--env", List.of(text), Map.of()))
        .isInstanceOf(UsageException.class);
  }

  @Test
  void jobIdsAreJoinedByColons() {
    assertThat(OptionValues.jobIds("--afterok", "12:84_3"))
        .containsExactly(JobId.of("12"), JobId.of("84_3"));
    assertThatThrownBy(() -> OptionValues.jobIds("--afterok", "12:"))
        .isInstanceOf(UsageException.class);
  }
}
