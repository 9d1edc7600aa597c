package org.condatainer.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The folder of one run. */
final class RunRecordTest {
  @TempDir private Path runs;

  @Test
  void onlyItsOwnerCanReadIt() throws IOException {
    RunRecord record = RunRecord.create(runs.resolve("deep/runs"), "1");
    Path script = record.write("job.sh", "true\n");

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(record.folder())))
        .isEqualTo("rwx------");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(script)))
        .isEqualTo("rwx------");
  }

  @Test
  void linkThatWasPlantedIsNotFollowed() throws IOException {
    RunRecord record = RunRecord.create(runs, "1");
    Path victim = Files.writeString(runs.resolve("victim"), "precious");
    Files.createSymbolicLink(record.folder().resolve("job.sh"), victim);

    assertThatThrownBy(() -> record.write("job.sh", "overwritten"))
        .isInstanceOf(LaunchException.class);
    assertThat(victim).hasContent("precious");
  }

  @Test
  void scriptMayHaveTheNameOfAnyOtherFile() {
    for (String name : new String[] {Ranks.FILE, ArrayInputs.FILE, RunRecord.DESCRIPTION, "job"}) {
      RunRecord record = RunRecord.create(runs, name);
      Path script = record.writeScript(name, "true\n".getBytes(StandardCharsets.UTF_8));
      record.write(Ranks.FILE, "ranks");
      record.write(ArrayInputs.FILE, "inputs");
      record.write(RunRecord.DESCRIPTION, "{}");
      assertThat(script).hasFileName(name).hasContent("true\n");
      record.discard();
      assertThat(record.folder()).doesNotExist();
    }
  }

  @Test
  void discardedRecordLeavesNothing() {
    RunRecord record = RunRecord.create(runs, "1");
    record.write("a\nb", "x".getBytes(StandardCharsets.UTF_8));

    record.discard();

    assertThat(record.folder()).doesNotExist();
  }

  @Test
  void folderThatCannotBeMadeNamesTheSettingToChange() throws IOException {
    Path file = Files.writeString(runs.resolve("file"), "");

    assertThatThrownBy(() -> RunRecord.create(file, "1"))
        .isInstanceOf(LaunchException.class)
        .hasMessageContaining("runs_dir");
  }

  @Test
  void runIdsDiffer() {
    Set<String> ids = new HashSet<>();
    for (int i = 0; i < 1_000; i++) {
      ids.add(RunRecord.newRunId());
    }
    assertThat(ids).hasSize(1_000);
    assertThat(ids).allMatch(id -> id.matches("\\d{8}-\\d{6}-[0-9a-z]+"));
  }
}
