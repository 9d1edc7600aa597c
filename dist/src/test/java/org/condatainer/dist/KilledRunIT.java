package org.condatainer.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.condatainer.dist.Installed.Result;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a run on this machine leaves in {@code runs_dir} when it is killed. */
final class KilledRunIT {
  @TempDir private Path parent;

  private static List<Path> records(Path folder) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> records = Files.list(folder)) {
      return records.toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long owner(Path record) throws IOException {
    return Files.readAllLines(record.resolve("script")).stream()
        .filter(line -> line.startsWith("#of pid="))
        .mapToLong(line -> Long.parseLong(line.substring(8)))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void recordStaysWhileTheRunLivesAndIsToldAndRemovedWhenItIsGone() throws Exception {
    assumeThat(Engines.runtimes()).as("runtimes").isNotEmpty();
    Installed condatainer =
        Installed.in(parent, "").with("CNT_SCHEDULER", "none").with("CNT_RUNTIME", "embedded");
    condatainer.write("inputs.txt", "a\n");
    condatainer.write("job.sh", "#!/bin/bash\nwhile [ ! -e gate ]; do sleep 0.1; done\n");
    Path here = condatainer.folder().resolve(".runs/here");
    Process run = condatainer.start(condatainer.words("run", "--array", "inputs.txt", "job.sh"));
    try {
      Installed.await("the record is there", () -> records(here).size() == 1);
      Path record = records(here).get(0);
      Installed.await("its inputs are there", () -> records(record).size() == 2);

      assertThat(condatainer.call("jobs").err()).doesNotContain("job.sh");
      assertThat(record).isDirectory();

      long owner = owner(record);
      ProcessHandle.of(owner).orElseThrow().destroyForcibly();
      run.waitFor();
      Result told = condatainer.call("jobs");
      assertThat(told.err())
          .containsPattern(
              "the run of .*job.sh on this machine, begun .*, was ended before its end")
          .contains("its process " + owner + " is gone");
      assertThat(records(here)).isEmpty();
      assertThat(condatainer.call("jobs").err()).doesNotContain("job.sh");
    } finally {
      Files.createFile(condatainer.folder().resolve("gate"));
      run.waitFor();
    }
  }
}
