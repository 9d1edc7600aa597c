package org.condatainer.scheduler.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.condatainer.job.JobId;
import org.condatainer.scheduler.ClusterInfo;
import org.condatainer.scheduler.HostEnvironment;
import org.condatainer.scheduler.SchedulerProvider;
import org.junit.jupiter.api.Test;

/** What has no number: how an adapter is found, and what a job finds out about itself. */
interface ProviderRules {
  Bench bench();

  @Test
  default void provider_isFoundWhereItsCommandsAreAndNowhereElse() {
    SchedulerProvider provider = bench().laboratory().provider();
    assertThat(provider.id()).matches("[a-z][a-z0-9]*").isNotEqualTo("none");
    assertThat(provider.dialect().scheduler()).isEqualTo(provider.id());
    assertThat(bench().scheduler().displayName()).isEqualTo(provider.displayName());
    assertThat(provider.detect(new HostEnvironment(bench().laboratory().variables())).found())
        .isTrue();
    assertThat(provider.detect(new HostEnvironment(Map.of())).found()).isFalse();
    assertThat(provider.currentJob(new HostEnvironment(Map.of()))).isEmpty();
  }

  @Test
  default void provider_startsNothingWhenItIsOpened() {
    bench().ran().clear();
    bench().openWith(Map.of());
    assertThat(bench().ran()).isEmpty();
  }

  @Test
  default void provider_aJobKnowsItsId() {
    Path told = bench().newFile("told");
    Path gate = bench().newFile("gate");
    String whole = "env > '" + told + "'.part && mv '" + told + "'.part '" + told + "'";
    JobId id = bench().submit(whole, bench().until(gate)[0]);
    Map<String, String> variables = new HashMap<>();
    for (String line : bench().awaitText(told).split("\n", -1)) {
      int equals = line.indexOf('=');
      if (equals > 0) {
        variables.put(line.substring(0, equals), line.substring(equals + 1));
      }
    }
    assertThat(bench().laboratory().provider().currentJob(new HostEnvironment(variables)))
        .as("while it runs, since some tell it by a file that goes with the job")
        .contains(id);
    bench().open(gate);
  }

  @Test
  default void provider_aJobKnowsWhatItWasGranted() {
    // A file of its own: a scheduler may put a report before the output.
    Path told = bench().newFile("told");
    JobId id =
        bench()
            .submit(
                "set -eu",
                bench().dialect().grantedResources(),
                "echo \"$CNT_JOB_ID $NCPUS $NTASKS $NNODES\" > '" + told + "'");
    bench().awaitEnd(id);
    assertThat(bench().awaitText(told))
        .matches("\\S+ [1-9]\\d* [1-9]\\d* [1-9]\\d*\n")
        .startsWith(id.value() + " ");
  }

  @Test
  default void provider_tellsOfTheCluster() {
    ClusterInfo info = bench().scheduler().cluster();
    assertThat(info.version()).isNotBlank();
    assertThat(info.nodes()).isNotEmpty();
    assertThat(info.nodes()).allMatch(node -> node.cpus() > 0 && node.memoryBytes() > 0);
  }
}
