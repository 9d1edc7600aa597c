package org.condatainer.scheduler.htcondor;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.condatainer.job.JobId;
import org.condatainer.job.JobState;
import org.condatainer.job.JobState.Phase;
import org.condatainer.process.CommandResult;
import org.condatainer.scheduler.ClusterInfo;
import org.condatainer.scheduler.Failure;
import org.condatainer.scheduler.Overrides;
import org.condatainer.scheduler.SchedulerException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * What jobs find on their nodes, and the nodes themselves, on the HTCondor that {@code
 * CONDOR_CONFIG} names, as an ordinary user.
 */
@EnabledIfSystemProperty(named = "condatainer.it.htcondor", matches = "true")
class HtcondorNodesIT {
  @RegisterExtension final HtcondorBench bench = new HtcondorBench();

  @Test
  void theScriptRunsWhereItWasSubmittedWithPathHomeAndWhatItWasGranted() throws Exception {
    Path folder = bench.folder();
    JobId id =
        bench.submit(
            folder,
            "#CONDOR request_cpus = 2\n#CONDOR request_memory = 2 * 100\n"
                + "#CONDOR arguments = \"one 'two words' $(Process)\"\n",
            "pwd; echo $HOME; command -v ls; echo $NCPUS $MEM $CNT_JOB_ID.;"
                + " printf '<%s>' \"$@\"; echo; echo wrong >&2",
            Overrides.none());
    bench.ended(id);
    List<String> lines = Files.readAllLines(folder.resolve("job 'a|b.sh_" + id + ".out"), UTF_8);
    assertThat(lines)
        .hasSize(6)
        .startsWith(folder.toString())
        .contains("2 256 " + id + ".", "<one><two words><0>", "wrong");
    assertThat(lines.get(1)).startsWith("/");
    assertThat(lines.get(2)).endsWith("/ls");
  }

  @Test
  void theScheddThatGaveTheIdIsKnownInTheJobAndAnsweredFor() throws Exception {
    Path folder = bench.folder();
    JobId id =
        bench.submit(
            folder, "#CONDOR output = o\n", "echo $CNT_JOB_CLUSTER; sleep 300", Overrides.none());
    Path output = folder.resolve("o");
    bench.await(id, state -> isRunning(state) && output.toFile().length() > 0);
    String schedd = Files.readString(output).strip();
    assertThat(schedd).startsWith("tests@");

    JobId whole = new JobId(id.value(), schedd);
    assertThat(bench.query(whole).state()).matches(HtcondorNodesIT::isRunning);
    assertThat(bench.condor().runOnNode(whole, List.of("echo", "here")).output()).contains("here");
    assertThat(bench.query(new JobId("99999999", schedd)).source())
        .isEqualTo("condor_q, condor_history");
    JobId strange = new JobId(id.value(), "nosuch@" + schedd);
    assertThat(bench.query(strange).state()).isInstanceOf(JobState.Unavailable.class);
    assertThatThrownBy(() -> bench.condor().cancel(Set.of(strange)))
        .isInstanceOfSatisfying(
            SchedulerException.class,
            e -> assertThat(e.failure().kind()).isEqualTo(Failure.Kind.UNAVAILABLE));
    bench.condor().cancel(Set.of(whole));
    assertThat(bench.ended(id).outcome()).isEqualTo(JobState.Outcome.CANCELLED);
  }

  private static boolean isRunning(JobState state) {
    return HtcondorBench.phase(Phase.RUNNING).test(state);
  }

  @Test
  void describesThePool() {
    ClusterInfo info = bench.condor().cluster();
    assertThat(info.version()).matches("\\d+\\.\\d+.*");
    assertThat(info.nodes()).hasSize(2).allMatch(node -> node.cpus() == 4);
    assertThat(info.nodes()).allMatch(node -> node.memoryBytes() == 4000L << 20);
    assertThat(info.nodes()).allMatch(node -> node.gpus().equals(Map.of("", 2L)));
  }

  @Test
  void runsACommandOnTheNodeOfARunningJob() throws Exception {
    JobId id = bench.submit("", "sleep 300", Overrides.none());
    bench.await(id, HtcondorBench.phase(Phase.RUNNING));
    List<String> words = List.of("a  b", " \t", "*", "it's \"", "\\n\n", "$HOME;", "üñ", "");
    List<String> command =
        new ArrayList<>(List.of("sh", "-c", "printf '<%s>' $_CONDOR_SLOT_NAME \"$@\"; exit 7", ""));
    command.addAll(words);
    CommandResult result = bench.condor().runOnNode(id, command);
    assertThat(result.exitCode()).isEqualTo(7);
    assertThat(result.output()).startsWith("<slot").endsWith("><" + String.join("><", words) + ">");
  }
}
