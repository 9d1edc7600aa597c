package org.condatainer.scheduler.slurm;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the fragment of shell makes of Slurm's variables (sbatch(1), output environment). */
final class GrantedResourcesTest {
  @ParameterizedTest(name = "{0} is {1}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          JOB_ID=7                                                   | 7 n=1 t=1 tpn=1 c=1 m=-
          ARRAY_JOB_ID=7 JOB_ID=9 ARRAY_TASK_ID=2                    | 9 n=1 t=1 tpn=1 c=1 m=-
          NTASKS=1 TASKS_PER_NODE=1 CPUS_ON_NODE=4 MEM_PER_NODE=100  | n=1 t=1 tpn=1 c=4 m=100
          TASKS_PER_NODE=2(x3) JOB_NUM_NODES=3 CPUS_ON_NODE=4        | n=3 t=6 tpn=2 c=2 m=-
          TASKS_PER_NODE=2(x3) NTASKS=6 MEM_PER_NODE=100             | n=1 t=6 tpn=2 c=1 m=50
          TASKS_PER_NODE=2 CPUS_PER_TASK=3 MEM_PER_CPU=10            | n=1 t=2 tpn=2 c=3 m=30
          TASKS_PER_NODE=2 MEM_PER_GPU=10 GPUS_ON_NODE=4             | n=1 t=2 tpn=2 c=1 m=20
          TASKS_PER_NODE=2(x3),1 JOB_NUM_NODES=4 CPUS_ON_NODE=2      | n=4 t=7 tpn=- c=- m=-
          TASKS_PER_NODE=2(x3),1 NTASKS=7 MEM_PER_NODE=100           | n=1 t=7 tpn=- c=- m=-
          TASKS_PER_NODE=1,2 CPUS_PER_TASK=2 MEM_PER_CPU=10          | n=1 t=3 tpn=- c=2 m=20
          TASKS_PER_NODE=1,2 MEM_PER_CPU=10 CPUS_ON_NODE=2           | n=1 t=3 tpn=- c=- m=-
          """)
  void grantIsRead(String variables, String expected) throws Exception {
    String print =
        "echo $CNT_JOB_ID n=$NNODES t=$NTASKS tpn=${NTASKS_PER_NODE--} c=${NCPUS--} m=${MEM--}";
    assertThat(printed(variables, "", print)).isEqualTo(expected.strip() + "\n");
  }

  /** Slurm 22.05 was seen to give the variables of the task to the job that the task submitted. */
  @ParameterizedTest(name = "{0} is {1}")
  @CsvSource({
    "'', ARRAY_JOB_ID=7 JOB_ID=9 ARRAY_TASK_ID=2, 9 -",
    "'', ARRAY_JOB_ID=7 JOB_ID=7 ARRAY_TASK_ID=2, 7_2 2",
    "'', JOB_ID=7, 7 -",
    "1, ARRAY_JOB_ID=7 JOB_ID=9 ARRAY_TASK_ID=2, 7_2 2",
  })
  void aJobThatIsNoArrayIsNotTheTaskThatSubmittedIt(String array, String variables, String told)
      throws Exception {
    String print = "echo $CNT_JOB_ID ${CNT_ARRAY_INDEX:--}";
    assertThat(printed(variables, "cnt_array=" + array + "\n", print)).isEqualTo(told + "\n");
  }

  @Test
  void arrayOfTheEnvironmentHasItsIndexes() throws Exception {
    String told =
        printed(
            "ARRAY_JOB_ID=7 JOB_ID=9 ARRAY_TASK_ID=2",
            "cnt_array='' SBATCH_ARRAY_INX=1-3\n",
            "echo $CNT_JOB_ID $CNT_ARRAY_INDEX");
    assertThat(told).isEqualTo("7_2 2\n");
  }

  private static String printed(String variables, String before, String print) throws Exception {
    List<String> words = new ArrayList<>(List.of("env", "-i", "NCPUS=99", "MEM=99"));
    for (String variable : variables.strip().split(" ", -1)) {
      words.add("SLURM_" + variable);
    }
    words.addAll(
        List.of("/bin/sh", "-euc", before + new SlurmDialect().grantedResources() + print));
    Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output;
  }
}
