package org.condatainer.scheduler.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.condatainer.job.JobId;
import org.condatainer.job.JobRequest;
import org.condatainer.job.JobSnapshot;
import org.condatainer.job.JobState;
import org.condatainer.job.RequestPart;
import org.condatainer.scheduler.JobFilter;
import org.condatainer.scheduler.Outcome;
import org.condatainer.scheduler.Rendering;
import org.condatainer.scheduler.Scheduler;
import org.junit.jupiter.api.Test;

/** Rule 4: machine formats, whatever the user's variables, names and language are. */
interface FormatRules {
  List<String> ODD_NAMES =
      List.of(
          "a b", "a|b", "a;b,c", "50%", "it's", "a\"b", "Café-λ", "a^b~c", "1e5", "nan", "[1-3]");

  Bench bench();

  @Test
  default void rule4_theUsersFormatVariablesChangeNothing() {
    assertSameAnswers(bench().laboratory().formatVariables());
  }

  @Test
  default void rule4_theUsersLanguageChangesNothing() {
    Map<String, String> german = new HashMap<>();
    german.put("LC_ALL", "de_DE.UTF-8");
    german.put("LANG", "de_DE.UTF-8");
    german.put("LANGUAGE", "de");
    assertSameAnswers(german);
  }

  private void assertSameAnswers(Map<String, String> variables) {
    JobId running = bench().submitRunning();
    JobId held = bench().submitLasting();
    JobId failed = bench().submit("exit 3");
    bench().awaitEnd(failed);
    Set<JobId> ids = new LinkedHashSet<>(List.of(running, held, failed));
    ids.add(bench().laboratory().unknownJob(0));
    Scheduler other = bench().openWith(variables);
    assertThat(other.query(ids)).isEqualTo(bench().scheduler().query(ids));
    assertThat(other.live(JobFilter.all()))
        .extracting(JobSnapshot::id)
        .contains(running, held)
        .doesNotContain(failed);
    assertThat(other.cluster().queues()).isEqualTo(bench().scheduler().cluster().queues());
  }

  @Test
  default void rule4_oddNamesComeBackWholeAndShiftNoField() {
    Map<JobId, String> names = new HashMap<>();
    for (String name : ODD_NAMES) {
      JobRequest request = bench().request().toBuilder().name(name).build();
      Rendering rendering = bench().dialect().render(request);
      boolean said =
          rendering.parts().stream()
              .filter(part -> part.part() == RequestPart.NAME)
              .allMatch(part -> part.outcome() == Outcome.TRANSLATED);
      if (said) {
        JobId id = bench().submit(bench().scheduler(), bench().lasting(request, Bench.freshTag()));
        names.put(id, name);
      }
    }
    assertThat(names).as("names that the dialect can say").isNotEmpty();
    String owner = bench().laboratory().user();
    Map<JobId, JobSnapshot> answers = bench().scheduler().query(names.keySet());
    names.forEach(
        (id, name) -> {
          JobSnapshot job = answers.get(id);
          assertThat(job.state())
              .as("the state of the job '%s'", name)
              .isInstanceOfSatisfying(
                  JobState.Alive.class,
                  alive -> {
                    if (bench().holds()) {
                      assertThat(alive.phase()).isEqualTo(JobState.Phase.HELD);
                    }
                  });
          assertThat(job.name()).contains(name);
          assertThat(job.owner()).isEqualTo(Optional.of(owner));
        });
  }

  @Test
  default void rule4_aNameThatIsNotUtf8BreaksNothing() {
    JobId held = bench().submitLasting();
    bench().make(Fault.NOT_UTF8);
    assertThat(bench().scheduler().live(JobFilter.all()))
        .extracting(JobSnapshot::id)
        .contains(held);
    assertThat(bench().state(held)).isInstanceOf(JobState.Alive.class);
  }

  @Test
  default void rule4_timesAreTold() {
    Instant before = Instant.now().minus(Duration.ofSeconds(2));
    JobId id = bench().submitRunning();
    JobSnapshot running = bench().query(id);
    Instant after = Instant.now().plus(Duration.ofSeconds(2));
    assertThat(running.submitted()).isPresent();
    assertThat(running.submitted().get()).isBetween(before, after);
    assertThat(running.started()).isPresent();
    assertThat(running.started().get()).isBetween(before, after);
    if (bench().holds()) {
      JobId held = bench().submitLasting();
      assertThat(bench().query(held).started()).as("the start of a held job").isEmpty();
    }
  }
}
