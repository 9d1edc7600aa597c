package org.condatainer.scheduler.lsf;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.condatainer.job.JobId;
import org.condatainer.scheduler.HostEnvironment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a job learns of itself, from variables as volclava set them. */
class GrantedResourcesTest {
  @ParameterizedTest(name = "{0} with {1}: {2}")
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      textBlock =
          """
          node1 2 node2 2 | -                                           | 2 4 2 1 -
          node2 1         | -                                           | 1 1 1 1 -
          node1 8         | cnt_cpus=8 cnt_slots_of_task=8              | 1 1 1 8 -
          node1 4 node2 4 | cnt_cpus=2 cnt_slots_of_task=2              | 2 4 2 2 -
          node1 2         | cnt_cpus=4 cnt_slots_of_task=1              | 1 2 2 4 -
          node1 2 node2 2 | cnt_mebibytes_of_host=4096                  | 2 4 2 1 2048
          node1 2 node2 2 | cnt_mebibytes_of_job=4096                   | 2 4 2 1 1024
          node1 2 node2 2 | cnt_mebibytes_of_task=4096                  | 2 4 2 1 4096
          -               | -                                           | 1 1 1 1 -
          """)
  void grantIsReadFromTheHosts(String hosts, String assignments, String expected)
      throws IOException, InterruptedException {
    Map<String, String> variables = new HashMap<>();
    variables.put("LSB_JOBID", "59");
    variables.put("LSB_JOBINDEX", "0");
    if (hosts != null) {
      variables.put("LSB_MCPU_HOSTS", hosts + " ");
    }
    assertThat(run(variables, assignments, "$NNODES $NTASKS $NTASKS_PER_NODE $NCPUS ${MEM:--}"))
        .isEqualTo(expected);
  }

  /** Of an array that another scheduler's script counts from 0 on. */
  @Test
  void indexThatBeginsAtZeroIsOneLessThanLsfs() throws IOException, InterruptedException {
    assertThat(
            run(
                Map.of("LSB_JOBID", "59", "LSB_JOBINDEX", "1", "LSB_MCPU_HOSTS", "node2 1 "),
                "cnt_index_less=1",
                "$CNT_JOB_ID $CNT_ARRAY_INDEX"))
        .isEqualTo("59[1] 0");
  }

  @Test
  void elementOfAnArrayHasItsIndex() throws IOException, InterruptedException {
    assertThat(
            run(
                Map.of("LSB_JOBID", "59", "LSB_JOBINDEX", "9", "LSB_MCPU_HOSTS", "node2 1 "),
                null,
                "$CNT_JOB_ID $CNT_ARRAY_INDEX"))
        .isEqualTo("59[9] 9");
    LsfProvider provider = new LsfProvider();
    assertThat(
            provider.currentJob(
                new HostEnvironment(Map.of("LSB_JOBID", "59", "LSB_JOBINDEX", "9"))))
        .contains(JobId.of("59[9]"));
    assertThat(
            provider.currentJob(
                new HostEnvironment(Map.of("LSB_JOBID", "59", "LSB_JOBINDEX", "0"))))
        .isEqualTo(Optional.of(JobId.of("59")));
    assertThat(provider.currentJob(new HostEnvironment(Map.of()))).isEmpty();
  }

  private static String run(Map<String, String> variables, String assignments, String show)
      throws IOException, InterruptedException {
    String script =
        "set -eu\n"
            + (assignments == null ? "" : assignments)
            + "\n"
            + new LsfDialect(LsfSite.DEFAULT).grantedResources()
            + "echo \""
            + show
            + "\"\n";
    ProcessBuilder builder = new ProcessBuilder("sh", "-c", script).redirectErrorStream(true);
    builder.environment().keySet().removeIf(name -> name.startsWith("LSB_"));
    builder.environment().putAll(variables);
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8).strip();
    assertThat(process.waitFor()).as(output).isZero();
    return output;
  }
}
