package org.condatainer.dist;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

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

  /** A script that is ready for the other scheduler is left in peace. */
  @Test
  void theTargetsOwnLauncherIsFine() {
    assertThat(translated("pbs", "#PBS -l select=2\nsrun hostname", "slurm").diagnostics())
        .noneMatch(one -> one.message().contains("srun"));
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
