package org.condatainer.scheduler.slurm;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.util.List;
import org.condatainer.job.JobRequest;
import org.condatainer.job.RequestPart;
import org.condatainer.job.Resources;
import org.condatainer.scheduler.DirectivePart;
import org.condatainer.scheduler.DirectiveReading;
import org.condatainer.scheduler.testkit.RequestText;
import org.condatainer.script.Diagnostic;
import org.condatainer.script.JobScript;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What {@code #SBATCH} directives mean, form by form (sbatch(1), tried with sbatch 22.05 to 26.05).
 */
final class SlurmDialectTest {
  @ParameterizedTest(name = "#SBATCH {0} is {1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          -N2                                  | nodes=2
          -N 2                                 | nodes=2
          --nodes=2                            | nodes=2
          --nodes 2                            | nodes=2
          --nodeli=n1                          | native nodelist=n1
          -N 2-4                               | nodes=2-4
          -N 1k                                | nodes=1024
          -N 0                                 | native nodes=0
          -N 0-2                               | native nodes=0-2
          -N 1-0                               | native nodes=1-0
          -N +2                                | nodes=2
          -N 1-3:2                             | native nodes=1-3:2
          -N 1,3                               | native nodes=1,3
          -n4                                  | tasks=4
          -n +4                                | tasks=4
          -n ' 4'                              | tasks=4
          --ntasks 4                           | tasks=4
          --ntasks-per-node=3                  | perNode=3
          --tasks-per-node=3                   | perNode=3
          --tasks=3                            | perNode=3
          --tasks-per=3                        | perNode=3
          -c8                                  | cpus=8
          --cpus-per-task=8                    | cpus=8
          --cpus-per-t=8                       | cpus=8
          -N1 -n2 -c3 --mem=4G                 | nodes=1 tasks=2 cpus=3 mem=4294967296/PER_NODE
          --mem=300                            | mem=314572800/PER_NODE
          --mem=300M                           | mem=314572800/PER_NODE
          --mem=300MB                          | mem=314572800/PER_NODE
          --mem=1K                             | mem=1024/PER_NODE
          --mem=2g                             | mem=2147483648/PER_NODE
          --mem=1T                             | mem=1099511627776/PER_NODE
          --mem=+300                           | mem=314572800/PER_NODE
          --mem=0                              | mem=0/PER_NODE
          --mem-per-cpu=2G                     | mem=2147483648/PER_CPU
          --mem-per-gpu=2G                     | mem=2147483648/PER_GPU
          --tmp=1G                             | scratch=1073741824
          -t 90                                | time=5400
          -t 90:30                             | time=5430
          -t 1:30:00                           | time=5400
          -t 1-12                              | time=129600
          -t 1-                                | time=86400
          -t 1-12:30                           | time=131400
          --time=1-00:00:05                    | time=86405
          -t 99:99:99                          | time=362439
          -t 0                                 | time=unlimited
          --time=UNLIMITED                     | time=unlimited
          --time=infinite                      | time=unlimited
          -G 2                                 | gpu=2/PER_JOB
          --gpus=a100                          | gpu=a100:1/PER_JOB
          --gpus=a100:2                        | gpu=a100:2/PER_JOB
          --gpus=v100:2,a100:1                 | gpu=v100:2/PER_JOB gpu=a100:1/PER_JOB
          --gpus=3                             | gpu=3/PER_JOB
          --gpus=+3                            | gpu=3/PER_JOB
          --gpus=1k                            | gpu=1024/PER_JOB
          --gpus=0                             | gpu=0/PER_JOB
          --gpus-per-node=4                    | gpu=4/PER_NODE
          --gpus-per-node=gpu:a100:2           | gpu=a100:2/PER_NODE
          --gpus-per-task=1                    | gpu=1/PER_TASK
          --gpus-per-socket=2                  | gpu=2/PER_SOCKET
          --gres=gpu                           | gpu=1/PER_NODE
          --gres=gpu:2                         | gpu=2/PER_NODE
          --gres=gpu=2                         | gpu=2/PER_NODE
          --gres=gpu:1g.5gb:2                  | gpu=1g.5gb:2/PER_NODE
          --gres=none                          | native gres=none
          --gres=gres/gpu:1                    | gpu=1/PER_NODE
          --gres=gpu:a100                      | gpu=a100:1/PER_NODE
          --gres=gpu:a100:2,shard:1            | gpu=a100:2/PER_NODE native gres=shard:1
          --gres=gpu:v100:1,nvme:100           | gpu=v100:1/PER_NODE native gres=nvme:100
          --gres=nvme:100                      | native gres=nvme:100
          --exclusive                          | exclusive
          --exclusive=user                     | native exclusive=user
          -J name                              | name=name
          --job-name="my job"                  | name=my job
          --job-name='my job' # a remark       | name=my job
          -p main,short                        | queue=main,short
          -A group                             | account=group
          -q high                              | qos=high
          -D /scratch                          | chdir=/scratch
          --workdir=/scratch                   | chdir=/scratch
          -o out-%j.txt                        | out=out-%j.txt
          --output=o -e e -i i                 | out=o err=e in=i
          --open-mode=append                   | append=true
          --open-mode=truncate                 | append=false
          -H                                   | held
          -b now+1hour                         | begin=PT1H
          --begin=8:05                         | begin=08:05
          --begin=Fika                         | begin=15:00
          --requeue                            | requeue=true
          --requeue=expedite                   | requeue=true native requeue=expedite
          --no-requeue                         | requeue=false
          --consolidate-segments -n 4          | tasks=4 native consolidate-segments
          --spread-segments --mem-update=1     | native spread-segments native mem-update=1
          --comment="a # b"                    | comment=a # b
          --comment=a#b                        | comment=a
          -a 1-10:2%3                          | array=1-10:2%3
          --array=[1-3]                        | array=1-3
          --array=1-3,%2                       | array=1-3%2
          --array=1-3%0                        | array=1-3
          --array=" +1-3, 5"                   | array=1-3,5
          --array=01-03                        | array=1-3
          --array=0,5,7-9                      | array=0,5,7-9
          -d afterok:1:2,afternotok:3          | SUCCEEDED:1:2 FAILED:3
          -d afterany:4                        | ENDED:4
          -d after:4                           | STARTED:4
          -d after:4+5                         | native dependency=after:4+5
          -d afterok:1?afterok:2               | native dependency=afterok:1?afterok:2
          -d singleton                         | native dependency=singleton
          -C skylake                           | native constraint=skylake
          -w n1                                | native nodelist=n1
          -x n1                                | native exclude=n1
          -L matlab:1                          | native licenses=matlab:1
          --hint=nomultithread                 | native hint=nomultithread
          --mail-type=TIME_LIMIT               | native mail-type=TIME_LIMIT
          --mail-user=a@b.c                    | mail=:a@b.c
          --signal=B:USR1@60                   | native signal=B:USR1@60
          --export=ALL,A=1                     | env=ALL,A=1
          --export NONE                        | env=NONE
          --nice                               | native nice
          --nice=5                             | native nice=5
          -k                                   | native no-kill
          -s                                   | native oversubscribe
          -Hn 4                                | held tasks=4
          -t 5 -t 6                            | time=360
          --                                   |
          # all of it a remark                 |
          """)
  void formIsRead(String directive, String expected) {
    DirectiveReading reading = read("#!/bin/sh\n#SBATCH " + directive + "\ntrue\n");

    assertThat(reading.diagnostics()).isEmpty();
    assertThat(RequestText.of(reading.request())).isEqualTo(expected == null ? "" : expected);
  }

  @Test
  void hugeArrayIsReadAndNotListed() {
    DirectiveReading reading = read("#!/bin/sh\n#SBATCH -a 0-4000000000\ntrue\n");
    assertThat(reading.request().array().orElseThrow().count()).isEqualTo(4_000_000_001L);
  }

  @ParameterizedTest(name = "#SBATCH {0} at column {1}: {2}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          -n 2 -t 2h            | 14 | ERROR   | --time: "2h" is not
          --time=1:2:3:4        | 9  | ERROR   | --time: "1:2:3:4" is not
          --mem=1.5G            | 9  | ERROR   | --mem: "1.5G" is not
          --mem=100MiB          | 9  | ERROR   | --mem: "100MiB" is not
          --mem=16777216T       | 9  | ERROR   | --mem: "16777216T" is not
          --mem=9999999T        | 9  | ERROR   | --mem: "9999999T" is not
          -t 999999999999999-00 | 9  | ERROR   | --time: "999999999999999-00" is not
          -t 99999999999999     | 9  | ERROR   | --time: "99999999999999" is not
          --mem=lots            | 9  | ERROR   | --mem: "lots" is not
          -n two                | 9  | ERROR   | --ntasks: "two" is not
          -n 2k                 | 9  | ERROR   | --ntasks: "2k" is not a whole number above 0
          -c 1k                 | 9  | ERROR   | --cpus-per-task: "1k" is not
          --ntasks-per-node=2m  | 9  | ERROR   | --ntasks-per-node: "2m" is not
          -n 0                  | 9  | ERROR   | --ntasks: "0" is not
          -N 4-2                | 9  | ERROR   | --nodes: "4-2" is not
          --gpus=2:a100         | 9  | ERROR   | the type first
          --node=2              | 9  | WARNING | may mean --nodefile, --nodes, --nodelist
          --gres=gpu:2:a100     | 9  | ERROR   | the type first
          -a 1-3:0              | 9  | ERROR   | --array: "1-3:0" is not
          -a %2                 | 9  | ERROR   | --array: "%2" is not
          -t +5                 | 9  | ERROR   | --time: "+5" is not
          -n 2.0                | 9  | ERROR   | --ntasks: "2.0" is not
          -n=2                  | 9  | ERROR   | --ntasks: "=2" is not
          -a 5-1                | 9  | ERROR   | --array: "5-1" is not
          --open-mode=x         | 9  | ERROR   | append or truncate
          -n 2 stray            | 14 | ERROR   | sbatch refuses "stray"
          -n                    | 9  | ERROR   | --ntasks has no value
          --comment="open       | 19 | ERROR   | has no end
          --hold=yes            | 9  | ERROR   | --hold takes no value
          --account=<account>   | 9  | ERROR   | nothing was filled in for <account>
          -p {{queue}}          | 9  | ERROR   | nothing was filled in for {{queue}}
          -o @[out]             | 9  | ERROR   | nothing was filled in for @[out]
          -A !TBG_account       | 9  | ERROR   | nothing was filled in for !TBG_account
          --cpus=4              | 9  | WARNING | may mean --cpus-per-gpu, --cpus-per-task
          --brand-new=4         | 9  | WARNING | --brand-new is no option
          -Z                    | 9  | WARNING | -Z is no option
          """)
  void placeIsNamed(String directive, int column, Diagnostic.Severity severity, String words) {
    DirectiveReading reading = read("#!/bin/sh\n#SBATCH " + directive + "\ntrue\n");

    assertThat(reading.diagnostics()).hasSize(1);
    Diagnostic diagnostic = reading.diagnostics().get(0);
    assertThat(diagnostic.severity()).isEqualTo(severity);
    assertThat(diagnostic.line()).isEqualTo(2);
    assertThat(diagnostic.column()).isEqualTo(column);
    assertThat(diagnostic.message()).contains(words);
  }

  @Test
  void hereDocumentAndWhatFollowsTheFirstCommandAreText() {
    DirectiveReading reading =
        read("#!/bin/sh\n#SBATCH -n 2\ncat <<X\n#SBATCH --mem=999G\nX\n#SBATCH -n 3\n");

    assertThat(RequestText.of(reading.request())).isEqualTo("tasks=2");
    assertThat(reading.diagnostics()).hasSize(2);
    assertThat(reading.diagnostics().get(0).message()).contains("first command (line 3)");
  }

  @Test
  void blanksBeforeADirectiveMakeItARemark() {
    DirectiveReading reading = read("#!/bin/sh\n  #SBATCH -n 2\n##SBATCH -n 3\ntrue\n");

    assertThat(RequestText.of(reading.request())).isEmpty();
    assertThat(reading.diagnostics()).hasSize(1);
    assertThat(reading.diagnostics().get(0).line()).isEqualTo(2);
  }

  @Test
  void linesOfOtherSchedulersAreNamedAndSetAside() {
    String script =
        "#!/bin/sh\n#SBATCH -n 2\n#PBS -N x\n#BSUB -W 10\n#PBS -l mem=1gb\ntrue\n#PBS -q y\n";
    DirectiveReading reading = read(script);

    assertThat(RequestText.of(reading.request())).isEqualTo("tasks=2");
    assertThat(reading.diagnostics()).extracting(Diagnostic::line).containsExactly(3, 4);
    assertThat(reading.diagnostics().get(0).format("job.sh"))
        .startsWith("job.sh:3:1: warning: #PBS is set aside (lines 3, 5, 7): ");
    assertThat(reading.diagnostics().get(1).message()).startsWith("#BSUB is set aside (line 4): ");
    assertThat(read(script.replace("-n 2", "-n 2 --ignore-pbs")).diagnostics()).isEmpty();
  }

  @Test
  void carriageReturnIsNoPartOfAValue() {
    assertThat(RequestText.of(read("#!/bin/sh\r\n#SBATCH -J x\r\ntrue\r\n").request()))
        .isEqualTo("name=x");
  }

  @Test
  void heterogeneousJobHasComponents() {
    for (String separator : List.of("hetjob", "packjob")) {
      JobRequest request =
          read("#!/bin/sh\n#SBATCH -n 2\n#SBATCH " + separator + "\n#SBATCH -n 1 -c 4\ntrue\n")
              .request();

      assertThat(request.resources()).isEqualTo(Resources.none().withTasks(2));
      assertThat(request.furtherComponents())
          .containsExactly(Resources.none().withTasks(1).withCpusPerTask(4));
    }
  }

  @Test
  void separatorAndWhatIsBehindItTellOfTheComponents() {
    DirectiveReading reading =
        read(
            "#!/bin/sh\n#SBATCH -n 2\n#SBATCH hetjob\n#SBATCH -n 1 --gres=gpu:2,lic:1 -J x\n"
                + "true\n");

    assertThat(reading.parts())
        .extracting(
            part -> part.line() + ":" + part.column() + " " + part.text(), DirectivePart::part)
        .containsExactly(
            tuple("2:9 -n 2", RequestPart.TASKS),
            tuple("3:9 hetjob", RequestPart.COMPONENTS),
            tuple("4:9 -n 1", RequestPart.COMPONENTS),
            tuple("4:21 gpu:2", RequestPart.COMPONENTS),
            tuple("4:27 lic:1", RequestPart.NATIVE),
            tuple("4:33 -J x", RequestPart.NAME));
  }

  private static DirectiveReading read(String text) {
    return new SlurmDialect().read(JobScript.parse("job.sh", text.getBytes(UTF_8)));
  }
}
