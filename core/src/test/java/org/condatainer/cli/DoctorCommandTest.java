package org.condatainer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code condatainer doctor} says where something is wrong. */
final class DoctorCommandTest {
  @TempDir private Path folder;
  private final Map<String, String> variables = new HashMap<>();

  @BeforeEach
  void machine() {
    variables.put("HOME", folder.toString());
    variables.put("PATH", "/usr/bin:/bin");
    variables.put("CNT_SCHEDULER", "none");
    variables.put("CNT_RUNS_DIR", folder.resolve("runs").toString());
  }

  @Test
  void wrongConfigurationIsTheOnlyFinding() {
    variables.put("CNT_RUNTIME", "docker");

    ProgramCall call = doctor();

    assertThat(call.exitCode()).isEqualTo(1);
    assertThat(call.out()).startsWith("problem   configuration   CNT_RUNTIME: runtime is one of");
    assertThat(call.out().lines()).hasSize(2);
  }

  @Test
  void containerThatDoesNotStartIsAProblemInItsOwnWords() throws IOException {
    program("apptainer", "echo 'FATAL: no such luck' >&2; exit 255");
    variables.put("CNT_APPTAINER", folder.resolve("apptainer").toString());

    ProgramCall call = doctor();

    assertThat(call.exitCode()).isEqualTo(1);
    assertThat(call.out())
        .containsPattern("problem +container +apptainer: a container ended with exit code 255")
        .contains("FATAL: no such luck", "next: install Apptainer");
  }

  @Test
  void containerThatForgetsWhatWasWrittenIsAProblem() throws IOException {
    program("apptainer", "exit 0");
    variables.put("CNT_APPTAINER", folder.resolve("apptainer").toString());

    assertThat(doctor().out()).containsPattern("problem +container +apptainer: .*exit code 0");
  }

  @Test
  void folderOfRunsThatCannotBeMadeIsAProblem() {
    variables.put("CNT_RUNS_DIR", "/dev/null/runs");

    assertThat(doctor().out())
        .containsPattern(
            "problem +runs_dir +you cannot write to /dev/null .*\n.*next: .*CNT_RUNS_DIR");
  }

  @Test
  void homeThatIsNotThereIsAProblem() {
    variables.remove("CNT_RUNS_DIR");
    variables.put("HOME", "/proc/nobody");

    assertThat(doctor().out())
        .containsPattern("problem +runs_dir +your home /proc/nobody \\(HOME\\) is no folder, and");
  }

  @Test
  void nothingIsLeftBehind() throws IOException {
    String[] before = trials();

    doctor();

    assertThat(trials()).isEqualTo(before);
    assertThat(folder).isEmptyDirectory();
  }

  private static String[] trials() {
    return Path.of(System.getProperty("java.io.tmpdir"))
        .toFile()
        .list((parent, name) -> name.startsWith("condatainer-trial-"));
  }

  private ProgramCall doctor() {
    return ProgramCall.in(folder, variables, "doctor");
  }

  private void program(String name, String text) throws IOException {
    Path file = Files.writeString(folder.resolve(name), "#!/bin/sh\n" + text + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }
}
