package org.condatainer.scheduler.slurm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.condatainer.scheduler.Dialect;
import org.condatainer.scheduler.testkit.DialectContract;
import org.condatainer.scheduler.testkit.Laboratory;
import org.condatainer.scheduler.testkit.SchedulerContract;
import org.condatainer.scheduler.testkit.simulator.SimulatedLaboratory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.MethodSelector;
import org.junit.platform.launcher.LauncherConstants;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * The rest of the kit's proof beside {@link KitProofTest}: no test of either contract is without an
 * adapter, or a dialect, that fails it.
 */
class EveryTestCanFailTest {
  private static final String WRONG = "condatainer.otherwise";

  /** The contract on a wrong adapter; nested, so that only this test runs it. */
  static class WrongContract extends SchedulerContract {
    @Override
    protected Laboratory open(Path folder) {
      return SimulatedLaboratory.slurm(
          OtherwiseWrong.valueOf(System.getProperty(WRONG)).provider(), folder, false);
    }
  }

  /** The contract on a wrong dialect. */
  static class WrongDialectContract extends DialectContract {
    @Override
    protected Dialect dialect() {
      return WrongDialect.valueOf(System.getProperty(WRONG)).dialect();
    }
  }

  @ParameterizedTest
  @EnumSource
  void aWrongAdapterFailsAtItsTest(OtherwiseWrong wrong) {
    assertThat(failed(wrong.name(), selectMethod(WrongContract.class, wrong.rule())))
        .containsExactly(wrong.rule() + "()");
  }

  @ParameterizedTest
  @EnumSource
  void aWrongDialectFailsAtItsTest(WrongDialect wrong) {
    MethodSelector test =
        wrong.isProperty()
            ? selectMethod(
                WrongDialectContract.class, wrong.test(), "org.condatainer.job.JobRequest")
            : selectMethod(WrongDialectContract.class, wrong.test());
    assertThat(failed(wrong.name(), test)).hasSize(1);
  }

  @Test
  void everyTestOfTheContractHasAWrongAdapter() {
    Set<String> tests = new TreeSet<>();
    for (Method method : SchedulerContract.class.getMethods()) {
      if (method.isAnnotationPresent(Test.class)) {
        tests.add(method.getName());
      }
    }
    assertThat(tests).hasSizeGreaterThan(40);
    WrongAdapter.all().stream().map(WrongAdapter::rule).forEach(tests::remove);
    Arrays.stream(OtherwiseWrong.values()).map(OtherwiseWrong::rule).forEach(tests::remove);
    assertThat(tests).as("tests that no adapter fails").isEmpty();
  }

  @Test
  void everyTestOfADialectHasAWrongDialect() {
    Set<String> tests = new TreeSet<>();
    for (Method method : DialectContract.class.getDeclaredMethods()) {
      if (method.getName().startsWith("dialect_")) {
        tests.add(method.getName());
      }
    }
    assertThat(tests).hasSizeGreaterThan(9);
    Arrays.stream(WrongDialect.values()).map(WrongDialect::test).forEach(tests::remove);
    assertThat(tests).as("tests that no dialect fails").isEmpty();
  }

  private static List<String> failed(String wrong, MethodSelector test) {
    System.setProperty(WRONG, wrong);
    try {
      Verdict verdict = new Verdict();
      LauncherFactory.create()
          .execute(
              LauncherDiscoveryRequestBuilder.request()
                  .selectors(test)
                  .configurationParameter(LauncherConstants.CAPTURE_STDOUT_PROPERTY_NAME, "false")
                  .configurationParameter("jqwik.database", "target/jqwik-of-wrong-dialects")
                  .build(),
              verdict);
      return verdict.failed;
    } finally {
      System.clearProperty(WRONG);
    }
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
