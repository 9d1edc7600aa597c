package org.condatainer.scheduler.pbs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the fragment of shell makes of PBS's variables (recordings env-*). */
final class GrantedResourcesTest {
  @TempDir private Path folder;

  @ParameterizedTest(name = "{0} on {1} is {2}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          PBS_JOBID=7.srv                            |                   | 7.srv n=1 t=1 tpn=1 c=1
          PBS_JOBID=7[2].srv PBS_ARRAY_INDEX=2       | n1                | 7[2].srv i=2 n=1 t=1 tpn=1 c=1
          PBS_JOBID=7.a-b PBS_ARRAY_INDEX=2 CNT_ARRAY_INDEX=5 cnt_array= | n1           | 7.a-b n=1 t=1 tpn=1 c=1
          PBS_JOBID=7.a-b PBS_ARRAY_INDEX=2 CNT_ARRAY_INDEX=5 cnt_array=1 | n1          | 7.a-b i=5 n=1 t=1 tpn=1 c=1
          PBS_JOBID=7-3.srv PBS_ARRAYID=3            | n1                | 7-3.srv i=3 n=1 t=1 tpn=1 c=1
          CNT_ARRAY_INDEX=5 CNT_TAG=cnt:r-1          | n1                | i=5 n=1 t=1 tpn=1 c=1
          NCPUS=4                                    | n1                | n=1 t=1 tpn=1 c=4
          NCPUS=2                                    | n1 n1 n1 n1       | n=1 t=4 tpn=4 c=2
          NCPUS=4 cnt_cpus_per_task=2                | n1 n1 n2 n2       | n=2 t=4 tpn=2 c=2
          NCPUS=4 cnt_cpus_per_task=                 | n1 n2             | n=2 t=2 tpn=1 c=-
          NCPUS=1                                    | n1 n2 n1 n2 n1 n2 | n=2 t=6 tpn=3 c=1
          NCPUS=1                                    | n1 n1 n2          | n=2 t=3 tpn=- c=1
          NCPUS=1                                    | n1 n2 n2 n2       | n=2 t=4 tpn=- c=1
          NCPUS=1                                    | n1 n2 n1 n2 n3 n3 n3 n1 n2 | n=3 t=9 tpn=3 c=1
          NCPUS=1 cnt_memory_per_task=512            | n1                | n=1 t=1 tpn=1 c=1 m=512
          NCPUS=1 cnt_memory_per_task=               | n1                | n=1 t=1 tpn=1 c=1
          """)
  void grantIsRead(String variables, String nodes, String expected) throws Exception {
    assertThat(run(variables, nodes)).isEqualTo(expected.strip() + "\n");
  }

  private String run(String variables, String nodes) throws IOException, InterruptedException {
    List<String> words = new ArrayList<>(List.of("env", "-i", "MEM=99"));
    words.addAll(List.of(variables.strip().split(" ", -1)));
    Path file = folder.resolve("nodes");
    if (nodes != null) {
      Files.writeString(file, nodes.strip().replace(' ', '\n') + "\n");
    }
    words.add("PBS_NODEFILE=" + file);
    String print =
        "echo $CNT_JOB_ID ${CNT_TAG-}${CNT_ARRAY_INDEX:+i=$CNT_ARRAY_INDEX}"
            + " n=$NNODES t=$NTASKS tpn=${NTASKS_PER_NODE--} c=${NCPUS--}${MEM:+ m=$MEM}";
    words.addAll(List.of("/bin/sh", "-euc", new PbsDialect().grantedResources() + print));
    Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output;
  }
}
