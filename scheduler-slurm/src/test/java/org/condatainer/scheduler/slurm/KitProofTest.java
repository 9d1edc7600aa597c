package org.condatainer.scheduler.slurm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.condatainer.scheduler.testkit.Laboratory;
import org.condatainer.scheduler.testkit.SchedulerContract;
import org.condatainer.scheduler.testkit.simulator.SimulatedLaboratory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.LauncherConstants;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * The kit itself is tried: an adapter that breaks a rule fails the test of that rule. (The same
 * tests pass with the right adapter: {@link SlurmContractTest}.)
 */
class KitProofTest {
  /** The contract on a wrong adapter; a nested class, so that only this test runs it. */
  static class WrongContract extends SchedulerContract {
    static final String PROPERTY = "condatainer.wrong";

    @Override
    protected Laboratory open(Path folder) {
      WrongAdapter wrong = WrongAdapter.named(System.getProperty(PROPERTY));
      return SimulatedLaboratory.slurm(wrong.provider(), folder, wrong.hasAccounting());
    }
  }

  static List<WrongAdapter> wrongAdapters() {
    return WrongAdapter.all();
  }

  @ParameterizedTest
  @MethodSource("wrongAdapters")
  void aWrongAdapterFailsAtItsRule(WrongAdapter wrong) {
    System.setProperty(WrongContract.PROPERTY, wrong.name());
    try {
      Verdict verdict = new Verdict();
      LauncherFactory.create()
          .execute(
              LauncherDiscoveryRequestBuilder.request()
                  .selectors(selectMethod(WrongContract.class, wrong.rule()))
                  .configurationParameter(LauncherConstants.CAPTURE_STDOUT_PROPERTY_NAME, "false")
                  .build(),
              verdict);
      assertThat(verdict.failed).containsExactly(wrong.rule() + "()");
    } finally {
      System.clearProperty(WrongContract.PROPERTY);
    }
  }

  @Test
  void noTwoWrongAdaptersHaveOneName() {
    assertThat(wrongAdapters()).extracting(WrongAdapter::name).doesNotHaveDuplicates();
  }

  @Test
  void everyRuleHasAWrongAdapter() {
    for (int rule = 1; rule <= 8; rule++) {
      String prefix = "rule" + rule + "_";
      assertThat(wrongAdapters().stream().map(WrongAdapter::rule))
          .anyMatch(name -> name.startsWith(prefix));
    }
    assertThat(wrongAdapters().stream().map(WrongAdapter::rule))
        .isSubsetOf(
            Arrays.stream(SchedulerContract.class.getMethods()).map(m -> m.getName()).toList());
  }

  private static final class Verdict implements TestExecutionListener {
    private final List<String> failed = new ArrayList<>();

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
      if (test.isTest() && result.getStatus() == TestExecutionResult.Status.FAILED) {
        failed.add(test.getDisplayName());
      }
    }
  }
}
