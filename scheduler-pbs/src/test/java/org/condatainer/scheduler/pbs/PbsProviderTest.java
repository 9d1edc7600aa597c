package org.condatainer.scheduler.pbs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.condatainer.scheduler.Detection;
import org.condatainer.scheduler.HostEnvironment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whether PBS is there is told from files and variables alone. */
final class PbsProviderTest {
  private static final String ELF = "\u007fELF binary";

  // The head of Slurm's contribs/torque/qsub.pl.
  private static final String SLURM =
      """
      #! /usr/bin/perl -w
      ###############################################################################
      #
      # qsub - submit a batch job in familar pbs/Grid Engine format.
      #
      #  This file is part of Slurm, a resource management program.
      """;

  @TempDir private Path folder;

  @Test
  void itsThreeCommandsAreFound() throws IOException {
    programs("bin", ELF, "qsub", "qstat", "pbsnodes");

    assertThat(detect(Map.of(), "bin"))
        .isEqualTo(Detection.found("qsub is " + folder.resolve("bin/qsub")));
  }

  @Test
  void siteScriptAroundItIsTakenForIt() throws IOException {
    programs("bin", "#!/bin/sh\nexec /opt/pbs/bin/qsub \"$@\"\n", "qsub", "qstat", "pbsnodes");

    assertThat(detect(Map.of(), "bin").found()).isTrue();
  }

  @Test
  void scriptsOfSlurmByItsNamesAreNotTakenForIt() throws IOException {
    programs("bin", SLURM, "qsub", "qstat", "pbsnodes");

    assertThat(detect(Map.of(), "bin"))
        .isEqualTo(
            Detection.missing(
                "qsub is " + folder.resolve("bin/qsub") + ", which is a script of Slurm's"));
  }

  @Test
  void linkToAScriptOfSlurmIsNotTakenForIt() throws IOException {
    programs("bin", ELF, "qstat", "pbsnodes");
    programs("slurm", SLURM, "qsub-slurm");
    Files.createSymbolicLink(folder.resolve("bin/qsub"), folder.resolve("slurm/qsub-slurm"));

    assertThat(detect(Map.of(), "bin").evidence()).endsWith("which is a script of Slurm's");
  }

  @Test
  void gridEngineAheadInPathIsNotTakenForIt() throws IOException {
    programs("sge", ELF, "qsub", "qstat", "qconf");
    programs("pbs", ELF, "pbsnodes");

    assertThat(detect(Map.of(), "sge", "pbs").evidence()).endsWith("which is Grid Engine's");
  }

  @Test
  void whatIsBelowGridEnginesRootIsNotTakenForIt() throws IOException {
    programs("sge/bin/lx-amd64", ELF, "qsub", "qstat");
    programs("pbs", ELF, "qsub", "qstat", "pbsnodes");
    Map<String, String> root = Map.of("SGE_ROOT", folder.resolve("sge").toString());

    assertThat(detect(root, "sge/bin/lx-amd64", "pbs").evidence())
        .endsWith("which is Grid Engine's");
    assertThat(detect(root, "pbs").found()).isTrue();
  }

  @Test
  void programsOfTorqueAreNotTakenForIt() throws IOException {
    // Torque's clients are linked to its library; some of its commands only Torque has.
    programs("linked", ELF + "\0libtorque.so.2\0", "qsub", "qstat", "pbsnodes");
    programs("beside", ELF, "qsub", "qstat", "pbsnodes", "qgpumode");

    assertThat(detect(Map.of(), "linked").evidence()).contains("which is Torque's");
    assertThat(detect(Map.of(), "beside").evidence()).contains("which is Torque's");
  }

  @Test
  void pbsnodesOfTorqueBehindAnotherQsubIsNotTakenForIt() throws IOException {
    programs("site", "#!/bin/sh\nexec /opt/torque/bin/qsub \"$@\"\n", "qsub");
    programs("torque", ELF + "\0libtorque.so.2\0", "qsub", "qstat", "pbsnodes");

    assertThat(detect(Map.of(), "site", "torque").evidence())
        .isEqualTo(
            "qstat is "
                + folder.resolve("torque/qstat")
                + ", which is Torque's, another scheduler than OpenPBS and PBS Professional");
  }

  @Test
  void pbsWhoseProgramsSpeakOfOthersIsStillPbs() throws IOException {
    programs("bin", ELF + "\0SGE_ROOT\0", "qsub", "qstat", "pbsnodes", "pbs_rsub", "qconf");

    assertThat(detect(Map.of(), "bin").found()).isTrue();
  }

  @Test
  void gridEnginesQsubBesideAPbsnodesIsNotTakenForIt() throws IOException {
    programs("bin", ELF + "\0SGE_ROOT\0", "qsub", "qstat", "qconf");
    programs("bin", SLURM, "pbsnodes");

    assertThat(detect(Map.of(), "bin").evidence()).endsWith("which is Grid Engine's");
  }

  @Test
  void missingCommandIsNamed() throws IOException {
    programs("bin", ELF, "qsub", "qstat");

    assertThat(detect(Map.of(), "bin")).isEqualTo(Detection.missing("no pbsnodes in PATH"));
  }

  private void programs(String place, String content, String... names) throws IOException {
    Files.createDirectories(folder.resolve(place));
    for (String name : names) {
      Path file = Files.writeString(folder.resolve(place).resolve(name), content);
      assertThat(file.toFile().setExecutable(true)).isTrue();
    }
  }

  private Detection detect(Map<String, String> variables, String... places) {
    Map<String, String> all = new HashMap<>(variables);
    List<String> path = List.of(places).stream().map(place -> folder + "/" + place).toList();
    all.put("PATH", String.join(":", path));
    return new PbsProvider().detect(new HostEnvironment(all));
  }
}
