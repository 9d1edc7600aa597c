package org.condatainer.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.condatainer.dist.Installed.Result;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A Slurm script means the same to {@code condatainer run} as to {@code sbatch}: Slurm shows the
 * same job, but for what is ours: command, comment, and names and times that carry the id.
 */
@EnabledIfSystemProperty(named = Engines.SLURM, matches = "true")
final class FidelityIT {
  private static final Set<String> OURS =
      Set.of(
          "JobId",
          "Command",
          "Comment",
          "SubmitLine",
          "SubmitTime",
          "EligibleTime",
          "AccrueTime",
          "StartTime",
          "EndTime",
          "LastSchedEval",
          "ArrayJobId",
          "HetJobId");

  /** Fields that name the job, or a het job's components; a number elsewhere is no id. */
  private static final Set<String> WITH_IDS =
      Set.of("StdOut", "StdErr", "StdIn", "HetJobId", "HetJobIdSet", "ArrayJobId");

  @TempDir private Path parent;
  private Installed condatainer;

  @BeforeEach
  void user() {
    condatainer = Installed.in(parent, Engines.user()).with("CNT_RUNTIME", "embedded");
  }

  /** The options of sbatch(1), each at least once where the tests' cluster takes it. */
  static Stream<String> directives() {
    return Stream.of(
        "",
        "-a 1-3",
        "--array=0,5,7-9:2%2",
        "-b now+1hour",
        "--begin=2030-01-01T00:00:00",
        "--comment='a b'",
        "--comment=\"a # b\" # trailing",
        "--comment=a#b",
        "--contiguous",
        "-C ''",
        "--cores-per-socket=1",
        "--cpu-freq=high",
        "-c 2",
        "-c2",
        "--cpus-per-task=2",
        "--cpus-per-t 2",
        "--cpus-per-gpu=1 --gpus=1",
        "--deadline=2031-01-01T00:00:00 -t 5",
        "--delay-boot=5",
        "-d singleton",
        "-D /tmp",
        "--chdir=/tmp",
        "-e err-%j.txt",
        "--error=e.txt -o o.txt",
        "-x n2",
        "--exclude=n2",
        "--exclusive",
        "--exclusive=user",
        "--export=NONE",
        "--export=A=1,B",
        "-B 1:1:1",
        "--extra-node-info=1",
        "--get-user-env",
        "-G 2",
        "--gpus=tesla:1",
        "--gpus-per-node=1",
        "--gpus-per-node=tesla:2 -N 2",
        "--gpus-per-task=1 -n 2",
        "--gpus-per-socket=1 --sockets-per-node=1",
        "--gpu-bind=closest",
        "--gpu-freq=low -G1",
        "--gres=gpu",
        "--gres=gpu:tesla:2",
        "--gres-flags=enforce-binding",
        "-H",
        "--hint=nomultithread",
        "--ignore-pbs",
        "-i /dev/null",
        "--input=/dev/null",
        "-J short",
        "--job-name='a name | with; odd = letters'",
        "-k",
        "--no-kill",
        "--kill-on-invalid-dep=yes",
        "-L x",
        "--mail-type=END,FAIL --mail-user=a@b.c",
        "--mem=300",
        "--mem=1G",
        "--mem 200M",
        "--mem=0",
        "--mem=1025K",
        "--mem-per-cpu=50",
        "--mem-per-gpu=100 -G 1",
        "--mincpus=2",
        "--nice",
        "--nice=100",
        "--no-requeue",
        "--requeue",
        "-w n1",
        "--nodelist=n1",
        "-N 2",
        "-N2",
        "-N 1-2",
        "--nodes=1-2 --use-min-nodes",
        "-n 3",
        "-n3",
        "--ntasks=2 --ntasks-per-core=1",
        "--ntasks-per-node=2 -N 2",
        "--tasks-per-node=2",
        "--ntasks-per-socket=1",
        "--ntasks-per-gpu=1 -G 2",
        "--open-mode=append",
        "-o 'out put %j.txt'",
        "--output=%x-%u.txt",
        "-O",
        "--overcommit -n 4",
        "-s",
        "--oversubscribe",
        "-p short",
        "--partition=main,short",
        "--parsable",
        "--priority=10",
        "--profile=none",
        "--propagate=NONE",
        "-q normal",
        "--reboot",
        "--signal=B:USR1@60",
        "--signal=INT",
        "--spread-job",
        "--switches=1@10:00",
        "--sockets-per-node=1",
        "-S 1",
        "--thread-spec=1",
        "--threads-per-core=1",
        "-t 90",
        "-t 90:30",
        "-t 1:30:00",
        "-t 0-12",
        "--time=0-01:30",
        "--time=UNLIMITED",
        "--time-min=5 --time=10",
        "--tmp=0",
        "--umask=077",
        "--wckey=x",
        "--acctg-freq=30",
        "-Q",
        "-v",
        "-Hn 2",
        "-N1 -n2 -c1 --mem=100 -t5",
        "-A account",
        "--reservation=none",
        "--nosuchoption=1",
        "stray",
        "--time=2h",
        "--mem=1.5G",
        "--gres=nosuch:1");
  }

  @ParameterizedTest(name = "#SBATCH {0}")
  @MethodSource("directives")
  void sameJob(String directive) {
    compare("#SBATCH " + directive + "\n");
  }

  static Stream<String> headers() {
    return Stream.of(
        "#SBATCH -n 2\n#SBATCH hetjob\n#SBATCH -n 1 -c 2\n",
        "#SBATCH --mem=100\n\n# a remark\n  # another\n##SBATCH --mem=200\n#SBATCH -t 5\n",
        "#SBATCH -t 5\n#SBATCH -t 6\n#SBATCH --mem=1G\n#SBATCH --mem-per-cpu=50\n",
        " #SBATCH -n 2\n#SBATCH -J x\n",
        "#SBATCH -J x\ntrue\n#SBATCH -n 2\n",
        "#SBATCH -J x\ncat <<END\n#SBATCH --mem=999G\nEND\n");
  }

  @ParameterizedTest
  @MethodSource("headers")
  void sameJobOfSeveralLines(String header) {
    compare(header);
  }

  private void compare(String header) {
    condatainer.write("job.sh", "#!/bin/bash\n" + header + "true\n");
    Result theirs = condatainer.asUser(List.of("sbatch", "--parsable", "--hold", "job.sh"), "");
    Result ours = condatainer.call("run", "--hold", "--scheduler", "slurm", "job.sh");
    try {
      if (theirs.exitCode() != 0) {
        assertThat(ours.exitCode()).as(theirs.err() + ours.everything()).isIn(2, 7);
        return;
      }
      assertThat(ours.exitCode()).as(ours.everything()).isZero();
      assertThat(shown(ours.out().strip())).containsExactlyElementsOf(shown(theirs.out().strip()));
    } finally {
      cancel(theirs);
      cancel(ours);
    }
  }

  private void cancel(Result submitted) {
    if (submitted.exitCode() == 0) {
      condatainer.asUser(List.of("scancel", submitted.out().strip()), "");
    }
  }

  /** The fields that Slurm shows of a job, in order of their names, without what is ours. */
  private List<String> shown(String id) {
    String text = condatainer.asUser(List.of("scontrol", "-o", "show", "job", id), "").out();
    List<String> shown = new ArrayList<>();
    for (String component : text.split("\n", -1)) {
      TreeMap<String, String> fields = new TreeMap<>();
      for (String field : component.split(" (?=[A-Za-z/:]+=)", -1)) {
        int equals = field.indexOf('=');
        String name = equals < 0 ? field : field.substring(0, equals);
        if (!OURS.contains(name)) {
          String shownField = field.replace(condatainer.folder().toString(), "FOLDER");
          fields.put(name, WITH_IDS.contains(name) ? withoutIds(shownField, id) : shownField);
        }
      }
      shown.addAll(fields.values());
    }
    return shown;
  }

  /** A field without the ids that are in it: the job's, and those of a het job's components. */
  private String withoutIds(String field, String id) {
    long number = Long.parseLong(id);
    return field.replaceAll("(?<![0-9])(" + id + "|" + (number + 1) + ")(?![0-9])", "ID");
  }
}
