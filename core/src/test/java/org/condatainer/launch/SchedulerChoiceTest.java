package org.condatainer.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.condatainer.job.JobId;
import org.condatainer.scheduler.Detection;
import org.condatainer.scheduler.Dialect;
import org.condatainer.scheduler.HostEnvironment;
import org.condatainer.scheduler.InstalledSchedulers;
import org.condatainer.scheduler.Scheduler;
import org.condatainer.scheduler.SchedulerContext;
import org.condatainer.scheduler.SchedulerProvider;
import org.junit.jupiter.api.Test;

/** Which scheduler a run goes to. */
final class SchedulerChoiceTest {
  private static final HostEnvironment NOWHERE = new HostEnvironment(Map.of());

  @Test
  void theOneThatIsThereIsTaken() {
    SchedulerChoice choice = choose(Optional.empty(), provider("a", false), provider("b", true));

    assertThat(choice.provider().orElseThrow().id()).isEqualTo("b");
  }

  @Test
  void noneMeansThisMachineAndSaysWhatWasLookedFor() {
    SchedulerChoice choice = choose(Optional.empty(), provider("a", false));

    assertThat(choice.provider()).isEmpty();
    assertThat(choice.reason()).containsExactly("A: looked for a-submit");
  }

  @Test
  void severalAreNotGuessedAmong() {
    assertThatThrownBy(
            () ->
                choose(
                    Optional.empty(),
                    provider("a", true),
                    provider("b", true),
                    provider("c", false)))
        .isInstanceOf(LaunchException.class)
        .hasMessageContaining("--scheduler a  A: looked for a-submit")
        .hasMessageContaining("--scheduler b  B: looked for b-submit")
        .hasMessageNotContaining("c-submit");
  }

  @Test
  void theWantedOneIsTakenWithoutLooking() {
    SchedulerChoice choice = choose(Optional.of("a"), provider("a", false), provider("b", true));

    assertThat(choice.provider().orElseThrow().id()).isEqualTo("a");
  }

  @Test
  void wantedNoneIsThisMachine() {
    assertThat(choose(Optional.of("none"), provider("b", true)).provider()).isEmpty();
  }

  @Test
  void unknownWantedOneIsRefusedWithTheInstalledOnes() {
    assertThatThrownBy(() -> choose(Optional.of("c"), provider("a", true), provider("b", true)))
        .isInstanceOf(LaunchException.class)
        .hasMessageContaining("\"c\" (the test)")
        .hasMessageContaining("Installed: a, b");
  }

  private static SchedulerChoice choose(Optional<String> wanted, SchedulerProvider... providers) {
    return SchedulerChoice.of(
        wanted, "the test", new InstalledSchedulers(List.of(providers)), NOWHERE);
  }

  private static SchedulerProvider provider(String id, boolean found) {
    return new SchedulerProvider() {
      @Override
      public String id() {
        return id;
      }

      @Override
      public String displayName() {
        return id.toUpperCase(java.util.Locale.ROOT);
      }

      @Override
      public Dialect dialect() {
        throw new AssertionError();
      }

      @Override
      public Detection detect(HostEnvironment environment) {
        return new Detection(found, "looked for " + id + "-submit");
      }

      @Override
      public Optional<JobId> currentJob(HostEnvironment environment) {
        return Optional.empty();
      }

      @Override
      public Scheduler open(SchedulerContext context) {
        throw new AssertionError();
      }
    };
  }
}
