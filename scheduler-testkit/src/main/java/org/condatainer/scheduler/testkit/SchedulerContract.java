package org.condatainer.scheduler.testkit;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/**
 * What every adapter promises: the numbered rules of {@link org.condatainer.scheduler}, tried on a
 * simulator or a real engine. A test's name begins with the number of its rule. An adapter's test
 * is
 *
 * <pre>
 * class MyContractTest extends SchedulerContract {
 *   protected Laboratory open(Path folder) {
 *     return …;
 *   }
 * }
 * </pre>
 *
 * <p>What an adapter says it cannot do ({@link org.condatainer.scheduler.Scheduler#capabilities})
 * is not left out: it must fail with a message that names it. A test that needs a fault which the
 * laboratory cannot make is reported as not tried, with the reason.
 */
public abstract class SchedulerContract
    implements StateRules,
        QueryRules,
        FormatRules,
        ErrorRules,
        SubmitRules,
        TagRules,
        CapabilityRules,
        ProviderRules {
  @TempDir private Path folder;

  private Laboratory laboratory;
  private Bench bench;

  /**
   * Opens the scheduler to try; called before each test.
   *
   * @param folder an empty folder that jobs can reach
   */
  protected abstract Laboratory open(Path folder) throws IOException;

  @BeforeEach
  final void openLaboratory(TestInfo test) throws IOException {
    Path own = folder.resolve("laboratory");
    own.toFile().mkdir();
    laboratory = open(own);
    Path jobs = folder.resolve("jobs");
    jobs.toFile().mkdir();
    bench = new Bench(laboratory, jobs);
  }

  @AfterEach
  final void closeLaboratory() throws IOException {
    try {
      if (bench != null) {
        bench.clean();
      }
    } finally {
      if (laboratory != null) {
        laboratory.close();
      }
    }
  }

  @Override
  public final Bench bench() {
    return bench;
  }
}
