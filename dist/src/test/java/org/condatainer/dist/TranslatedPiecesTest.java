package org.condatainer.dist;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.util.List;
import org.condatainer.scheduler.InstalledSchedulers;
import org.condatainer.scheduler.Outcome;
import org.condatainer.script.JobScript;
import org.condatainer.translation.SiteNames;
import org.condatainer.translation.TranslatedPart;
import org.condatainer.translation.Translation;
import org.condatainer.translation.Translator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What single directives become that mean more than they say. */
final class TranslatedPiecesTest {
  private static final InstalledSchedulers SCHEDULERS =
      InstalledSchedulers.load(List.of(TranslatedPiecesTest.class.getClassLoader()));

  /** PBS and LSF name the file themselves; at the others a job whose output is a folder fails. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          pbs | #PBS -o logs/                        | slurm    | #SBATCH --output=logs/work.sh.o%A
          pbs | #PBS -e logs/                        | slurm    | #SBATCH --error=logs/work.sh.e%A
          pbs | #PBS -N fit -o node1:/s/logs/        | slurm    | #SBATCH --output=/s/logs/%x.o%A
          pbs | #PBS -J 1-3 -o logs/                 | slurm    | #SBATCH --output=logs/work.sh.o%A.%a
          pbs | #PBS -N fit -J 1-3 -o logs/          | htcondor | #CONDOR output = logs/$(batch_name).o$(Cluster).$(cnt_index)
          lsf | #BSUB -o logs/ -e logs/              | slurm    | #SBATCH --error=logs/%A.err
          lsf | #BSUB -J fit[1-3] -o logs/           | slurm    | #SBATCH --output="logs/%A[%a].out"
          lsf | #BSUB -o logs/                       | htcondor | #CONDOR output = logs/$(Cluster).out
          pbs | #PBS -o logs/                        | lsf      | #BSUB -o logs/
          lsf | #BSUB -o logs/                       | pbs      | #PBS -o logs/
          """)
  void aFolderForTheOutputGetsTheNameThatItsSchedulerGives(
      String from, String directive, String to, String line) {
    Translation translation = translated(from, directive, to);

    assertThat(translation.directiveLines()).contains(line);
    assertThat(translation.report())
        .filteredOn(part -> part.directive().contains("logs/"))
        .allSatisfy(
            part -> {
              assertThat(part.outcome()).isEqualTo(Outcome.APPROXIMATED);
              assertThat(part.detail()).contains("a folder");
            });
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          -M 8GB -R "rusage[mem=4GB]" | --mem=8192M | 4GB | 8GB
          -M 4GB -R "rusage[mem=8GB]" | --mem=8192M | 8GB | 4GB
          -M 8GB -R "rusage[mem=8GB]" | --mem=8192M | 8GB | 8GB
          """)
  void theLargerOfLsfsReservationAndLimitIsBothElsewhere(
      String options, String there, String reserved, String limit) {
    Translation translation = translated("lsf", "#BSUB " + options, "slurm");

    assertThat(translation.directiveLines()).contains("#SBATCH " + there);
    assertThat(translation.report())
        .hasSize(2)
        .allSatisfy(
            part -> {
              assertThat(part.outcome()).isEqualTo(Outcome.APPROXIMATED);
              assertThat(part.detail())
                  .contains(
                      "LSF reserves "
                          + reserved
                          + " and ends a job above "
                          + limit
                          + "; here 8GB is both reservation and limit");
            });
  }

  /** Of two limits bsub takes the first: the second is the one without effect. */
  @Test
  void aSecondLimitStaysWithoutEffect() {
    Translation translation =
        translated("lsf", "#BSUB -M 8GB -R \"rusage[mem=4GB]\" -M 16GB", "slurm");

    assertThat(translation.report())
        .extracting(TranslatedPart::outcome)
        .containsExactly(Outcome.APPROXIMATED, Outcome.APPROXIMATED, Outcome.LEFT_OUT);
  }

  @ParameterizedTest
  @CsvSource({
    "slurm, lsf, srun, does not belong to LSF",
    "slurm, pbs, mpirun, must be built for PBS",
    "slurm, htcondor, mpiexec, HTCondor starts the script once",
    "lsf, slurm, blaunch, does not belong to Slurm"
  })
  void aLauncherInTheBodyIsPointedOut(String from, String to, String launcher, String words) {
    String directive = from.equals("lsf") ? "#BSUB -n 4" : "#SBATCH -n 4";

    Translation translation =
        translated(from, directive + "\n# " + launcher + "\n  " + launcher, to);

    assertThat(translation.diagnostics())
        .filteredOn(one -> one.message().startsWith(launcher))
        .singleElement()
        .satisfies(
            one -> {
              assertThat(one.line()).isEqualTo(4);
              assertThat(one.column()).isEqualTo(3);
              assertThat(one.message()).contains(words);
            });
  }

  /** What HTCondor gives each task nobody else can: such a task would be another one. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          arguments = $(x); queue x from files.txt               | queue x from files.txt
          arguments = $(x); queue x in (1, 2)                    | x in (1, 2)
          arguments = $(x); queue x matching *.dat               | queue x matching *.dat
          arguments = $(Item); queue 2 from a.txt                | queue 2 from a.txt
          queue arguments in (a, b)                              | arguments in (a, b)
          initialdir = run_$(Process); queue 3                   | initialdir = run_$(Process)
          initialdir = $ENV(SCRATCH)/x; queue                    | initialdir = $ENV(SCRATCH)/x
          environment = "A=$(Process)"; queue 3                  | environment = "A=$(Process)"
          container_image = a.sif; queue                         | container_image = a.sif
          universe = docker; queue                               | universe = docker
          """)
  void whatHtcondorFillsInForEachTaskIsRefusedElsewhere(String lines, String refused) {
    for (String to : List.of("slurm", "pbs", "lsf")) {
      assertThat(description(lines, to).report())
          .filteredOn(part -> part.outcome() == Outcome.REFUSED)
          .extracting(TranslatedPart::directive)
          .as(to)
          .containsExactly(refused);
    }
  }

  /** What no task reads is no loss; a macro is filled in where that can be done here. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          queue x in (1, 2)                                      | #SBATCH --array=0-1
          d = run; initialdir = /s/$(d); queue                   | #SBATCH --chdir=/s/run
          description = a$(DOLLAR)(b); queue                     | #SBATCH --comment="a$(b)"
          """)
  void whatCanBeSaidElsewhereIsTranslated(String lines, String line) {
    Translation translation = description(lines, "slurm");
    assertThat(translation.directiveLines()).contains(line);
    assertThat(translation.report())
        .extracting(TranslatedPart::outcome)
        .doesNotContain(Outcome.REFUSED);
  }

  @Test
  void nameThatHtcondorFillsInIsLeftOutAndNotTakenByTheLetter() {
    Translation translation = description("batch_name = a_$(Cluster); queue", "slurm");
    assertThat(translation.directiveLines()).noneMatch(line -> line.contains("$("));
    assertThat(translation.report()).extracting(TranslatedPart::outcome).contains(Outcome.LEFT_OUT);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          -J fit -o logs/%x_%A_%a.out --array=1-3   | #BSUB -o logs/fit_%J_%I.out
          -J "fit %J" -o %x.out                     | #BSUB -o .out
          -o %x.out                                 | #BSUB -o .out
          """)
  void outputOnLsfHasTheJobsNameWhereItIsKnown(String options, String line) {
    assertThat(translated("slurm", "#SBATCH " + options, "lsf").directiveLines()).contains(line);
  }

  /** Several options tell of the same GPUs: how many, and how they are spread. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --gpus=4 --gpus-per-node=2 -N 2                      | pbs      | #PBS -l select=2:ngpus=2
          --gpus=4 --gpus-per-node=2 -N 2                      | lsf      | #BSUB -gpu num=2
          --gpus=4 --gpus-per-task=1                           | htcondor | #CONDOR request_gpus = 4
          --gres=gpu:2 --gpus-per-task=1 --ntasks=2 -N 1       | htcondor | #CONDOR request_gpus = 2
          --gres=gpu:a100:2 --gpus-per-task=1 --ntasks=2 -N 1  | lsf      | #BSUB -gpu num=2:gmodel=a100
          --gpus=2 --gpus-per-node=a100:2 -N 1                 | lsf      | #BSUB -gpu num=2:gmodel=a100
          """)
  void gpusThatAreToldInTwoWaysAreCountedOnce(String options, String to, String line) {
    assertThat(translated("slurm", "#SBATCH " + options, to).directiveLines()).contains(line);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          pbs | #PBS -l nodes=n7:ppn=4+n8:ppn=2     | #SBATCH --ntasks-per-node=4 | n7, n8
          pbs | #PBS -l nodes=n7:ppn=4+n8:ppn=2     | #SBATCH --ntasks-per-node=2 | n7, n8
          lsf | #BSUB -R "rusage[ngpus_physical=1.00]" | #SBATCH --gpus-per-node=1 | ''
          """)
  void whatIsAskedOfNamedNodesAndBehindAPointStays(
      String from, String directive, String line, String leftOut) {
    Translation translation = translated(from, directive, "slurm");
    assertThat(translation.directiveLines()).contains(line);
    assertThat(translation.report())
        .filteredOn(part -> part.outcome() == Outcome.LEFT_OUT)
        .extracting(TranslatedPart::directive)
        .isEqualTo(leftOut.isEmpty() ? List.of() : List.of(leftOut.split(", ", -1)));
  }

  /** A script that is ready for the other scheduler is left in peace. */
  @Test
  void theTargetsOwnLauncherIsFine() {
    assertThat(translated("pbs", "#PBS -l select=2\nsrun hostname", "slurm").diagnostics())
        .noneMatch(one -> one.message().contains("srun"));
  }

  private static Translation description(String lines, String to) {
    String text = "executable = a.sh\n" + lines.replace("; ", "\n") + "\n";
    return new Translator(
            SCHEDULERS.byId("htcondor").orElseThrow(),
            SCHEDULERS.byId(to).orElseThrow(),
            SiteNames.none(),
            SiteNames.none())
        .translate(JobScript.parse("jobs/work.sub", text.getBytes(UTF_8)).asDescription());
  }

  /** What one scheduler counts by node or by GPU is the same number elsewhere. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          slurm | #SBATCH --gpus=2 --cpus-per-gpu=8                       | htcondor | #CONDOR request_cpus = 16
          slurm | #SBATCH --gpus=2 --cpus-per-gpu 8                       | lsf      | #BSUB -n 16
          slurm | #SBATCH -n 4 --gpus-per-task=1 --cpus-per-gpu=8         | htcondor | #CONDOR request_cpus = 32
          slurm | #SBATCH -N 2 --gpus-per-node=4 --ntasks-per-node=4 --cpus-per-gpu=8 | pbs | #PBS -l select=2:ncpus=32:mpiprocs=4:ompthreads=8:ngpus=4
          slurm | #SBATCH --gres=gpu:4 --ntasks-per-gpu=2                 | htcondor | #CONDOR request_cpus = 8
          slurm | #SBATCH --gpus=4 --ntasks-per-gpu=2 --cpus-per-gpu=6    | htcondor | #CONDOR request_cpus = 24
          slurm | #SBATCH -n 8 --ntasks-per-gpu=2                         | htcondor | #CONDOR request_gpus = 4
          slurm | #SBATCH --gpus=2 --mem-per-gpu=10G                      | htcondor | #CONDOR request_memory = 20480M
          lsf   | #BSUB -n 2 -R "span[ptile=4] rusage[mem=2GB/task]"      | slurm    | #SBATCH --mem=4096M
          lsf   | #BSUB -n 2 -R "span[ptile=4]"                           | htcondor | #CONDOR request_cpus = 2
          lsf   | #BSUB -n 2 -R "span[ptile=4]"                           | pbs      | #PBS -l select=1:ncpus=2:mpiprocs=2
          lsf   | #BSUB -n 8 -R "span[ptile=4] rusage[mem=8GB/host]"      | htcondor | #CONDOR request_memory = 16384M
          lsf   | #BSUB -n 8 -R "span[ptile=4]" -gpu num=2                | htcondor | #CONDOR request_gpus = 4
          slurm | #SBATCH -N 2 -n 2 --ntasks-per-node=4                   | lsf      | #BSUB -R "span[ptile=1]"
          slurm | #SBATCH -N 2 -n 5 --ntasks-per-node=4 --mem-per-cpu=1G  | lsf      | #BSUB -R "rusage[mem=3GB] span[ptile=3]"
          slurm | #SBATCH -n 2 --ntasks-per-node=4                        | lsf      | #BSUB -R "span[ptile=4]"
          pbs   | #PBS -l select=4:ncpus=2:mpiprocs=1:mem=2gb -l place=pack | slurm  | #SBATCH --ntasks-per-node=4
          pbs   | #PBS -l select=4:ncpus=2:mpiprocs=1:mem=2gb -l place=pack | slurm  | #SBATCH --mem=8192M
          pbs   | #PBS -l select=4:ncpus=2:mem=2gb -l place=pack          | htcondor | #CONDOR request_cpus = 8
          pbs   | #PBS -l select=3:ncpus=2:ngpus=1 -l place=pack          | slurm    | #SBATCH --gpus-per-node=3
          pbs   | #PBS -l select=1:ncpus=4+1:ncpus=2 -l place=excl        | lsf      | #BSUB -x
          """)
  void whatIsCountedByNodeOrGpuIsTheSameNumber(
      String from, String directive, String to, String line) {
    Translation translation = translated(from, directive, to);

    assertThat(translation.directiveLines()).contains(line);
    assertThat(translation.report())
        .allSatisfy(
            part -> assertThat(part.outcome()).isIn(Outcome.TRANSLATED, Outcome.APPROXIMATED));
  }

  /** Which of several numbers is meant is not guessed. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          -n 3 --gpus=4 --cpus-per-gpu=2            | --cpus-per-gpu=2
          --cpus-per-gpu=2                          | --cpus-per-gpu=2
          --gpus-per-socket=1 --cpus-per-gpu=2      | --cpus-per-gpu=2
          -N 1-4 --gpus-per-node=1 --ntasks-per-gpu=2 | --ntasks-per-gpu=2
          -n 7 --ntasks-per-gpu=2                   | --ntasks-per-gpu=2
          """)
  void whatHasNoOneNumberIsLeftOutInWords(String directive, String option) {
    assertThat(translated("slurm", "#SBATCH " + directive, "pbs").report())
        .filteredOn(part -> part.directive().equals(option))
        .singleElement()
        .satisfies(part -> assertThat(part.outcome()).isEqualTo(Outcome.LEFT_OUT));
  }

  /** A second component that is not there would be another job. */
  @ParameterizedTest
  @CsvSource({"lsf, REFUSED", "htcondor, REFUSED", "pbs, APPROXIMATED"})
  void everyPieceOfAFurtherComponentTellsWhatBecameOfIt(String to, Outcome outcome) {
    Translation translation =
        translated(
            "slurm",
            "#SBATCH -n 1 --mem=1G\n#SBATCH hetjob\n"
                + "#SBATCH -N 4 --ntasks-per-node=8 --gres=gpu:v100:4 -c 2 --mem=2G",
            to);

    assertThat(translation.report())
        .filteredOn(part -> part.line() == 4)
        .hasSize(5)
        .allSatisfy(part -> assertThat(part.outcome()).as("%s", part).isEqualTo(outcome));
    if (to.equals("pbs")) {
      assertThat(translation.directiveLines())
          .contains(
              "#PBS -l select=mem=1gb+4:ncpus=16:mpiprocs=8:ompthreads=2:mem=2gb:ngpus=4",
              "#PBS -l place=scatter");
    }
  }

  @Test
  void aComponentThatIsNotToBeHadIsRefused() {
    String job = "#SBATCH -n 2 --mem=1G\n#SBATCH hetjob\n#SBATCH -n 3 --mem=4G --gres=gpu:2";
    for (String to : List.of("htcondor", "lsf")) {
      assertThat(translated("slurm", job, to).report())
          .filteredOn(part -> part.line() > 2)
          .extracting(TranslatedPart::directive, TranslatedPart::outcome)
          .as(to)
          .containsExactly(
              tuple("hetjob", Outcome.REFUSED),
              tuple("-n 3", Outcome.REFUSED),
              tuple("--mem=4G", Outcome.REFUSED),
              tuple("gpu:2", Outcome.REFUSED));
    }
    assertThat(translated("slurm", job, "pbs").worst()).isEqualTo(Outcome.APPROXIMATED);
  }

  private static Translation translated(String from, String directives, String to) {
    String text = "#!/bin/bash\n" + directives + "\ntrue\n";
    return new Translator(
            SCHEDULERS.byId(from).orElseThrow(),
            SCHEDULERS.byId(to).orElseThrow(),
            SiteNames.none(),
            SiteNames.none())
        .translate(JobScript.parse("jobs/work.sh", text.getBytes(UTF_8)));
  }
}
