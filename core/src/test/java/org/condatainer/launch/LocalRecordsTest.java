package org.condatainer.launch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.condatainer.lock.ProcessMark;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalRecordsTest {
  private static final byte[] SCRIPT = "#!/bin/bash\necho a\n".getBytes(UTF_8);

  @TempDir private Path runs;
  private LocalRecords records;

  @BeforeEach
  void folder() {
    records = new LocalRecords(runs);
  }

  /** The mark of a process that was this one, with a line of it changed. */
  private static byte[] script(String key, String value) {
    String text =
        ProcessMark.ofThis("my job.sh")
            .text()
            .replaceFirst("(?m)^" + key + "=.*$", key + "=" + value);
    return LocalRecords.marked(SCRIPT, ProcessMark.read(text).orElseThrow());
  }

  private Path file(String name, byte[] content) {
    Path file = records.folder().resolve(name);
    RunRecord.writeAlone(file, content);
    return file;
  }

  private Path array(byte[] content) {
    RunRecord record = RunRecord.create(records.folder(), "array");
    record.write(RunRecord.SCRIPT, content);
    record.write(ArrayInputs.FILE, "a\n");
    return record.folder();
  }

  @Test
  void recordsOfProcessesThatAreGoneAreRemovedAndTold() {
    Path file = file("one", script("start", "1"));
    Path folder = array(script("pid", "999999999"));

    assertThat(records.clean())
        .hasSize(2)
        .allSatisfy(
            killed -> {
              assertThat(killed.name()).isEqualTo("my job.sh");
              assertThat(killed.proof()).contains("is gone");
            });
    assertThat(file).doesNotExist();
    assertThat(folder).doesNotExist();
    assertThat(records.clean()).isEmpty();
  }

  @Test
  void recordOfARunBeforeTheMachinesLastStartIsRemoved() {
    Path file = file("one", script("boot", "other"));
    assertThat(records.clean())
        .singleElement()
        .satisfies(killed -> assertThat(killed.proof()).contains("was started again since"));
    assertThat(file).doesNotExist();
  }

  @Test
  void whatMayLiveStays() throws IOException {
    file("living", living());
    file("of another machine", another());
    file("in another pid namespace", script("pidns", "pid:[1]"));
    file("without a mark", SCRIPT);
    Files.createSymbolicLink(records.folder().resolve("link"), Path.of("/etc/passwd"));

    assertThat(records.clean()).isEmpty();
    try (var left = Files.list(records.folder())) {
      assertThat(left).hasSize(5);
    }
  }

  private static byte[] living() {
    return LocalRecords.marked(SCRIPT, ProcessMark.ofThis("my job.sh"));
  }

  private static byte[] another() {
    String text =
        ProcessMark.ofThis("x")
            .text()
            .replaceFirst("(?m)^boot=.*$", "boot=other")
            .replaceFirst("(?m)^host=.*$", "host=elsewhere")
            .replaceFirst("(?m)^pid=.*$", "pid=999999999");
    return LocalRecords.marked(SCRIPT, ProcessMark.read(text).orElseThrow());
  }

  @Test
  void markIsACommentBehindTheFirstLine() {
    assertThat(new String(living(), UTF_8))
        .startsWith("#!/bin/bash\n#of condatainer-lease=1\n#of user=")
        .endsWith("\necho a\n");
  }
}
