package org.condatainer.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.Stream;
import org.condatainer.dist.Installed.Result;
import org.condatainer.scheduler.testkit.Fault;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code jobs} removes the records of runs whose jobs are long since gone, and no others. */
final class RecordRemovalIT {
  private static final String OLD = "20200101-100000-abc";

  @TempDir private Path parent;

  static Stream<String> schedulers() {
    return Simulated.IDS.stream();
  }

  @ParameterizedTest
  @MethodSource("schedulers")
  void recordsOfJobsThatQueueAndHistoryHaveForgottenAreRemoved(String id) throws IOException {
    try (Simulated at = Simulated.open(id, parent)) {
      at.condatainer().overlay("env.img");
      at.condatainer().write("job.sh", "#!/bin/bash\n#SBATCH -n 1\n#DEP: env.img\ntrue\n");
      String job = submitted(at);
      Path young = at.condatainer().jobRecords().get(0);
      Path living = aged(young, job, job);
      submitted(at);
      Path other =
          at.condatainer().jobRecords().stream()
              .filter(one -> !one.equals(living) && !one.equals(young))
              .findFirst()
              .orElseThrow();
      Path forgotten = other.resolveSibling(OLD);
      Files.move(other, forgotten);
      String text = Files.readString(forgotten.resolve(".condatainer.json"));
      String number = text.replaceAll("(?s).*\"jobId\" : \"([^\"]*)\".*", "$1");
      describe(forgotten, number, at.laboratory().unknownJob(1).value(), other);

      at.laboratory().make(Fault.STOPPED);
      Result unanswered = at.condatainer().call("jobs");
      assertThat(unanswered.exitCode()).as(unanswered.everything()).isEqualTo(6);
      assertThat(forgotten.resolve("job/job.sh")).exists();
      at.laboratory().mend();

      Result listed = at.condatainer().call("jobs");

      assertThat(listed.exitCode()).as(listed.everything()).isZero();
      assertThat(listed.out()).contains(job);
      assertThat(living.resolve("job/job.sh")).as("of a job that has not ended").exists();
      if (id.equals("htcondor") || id.equals("pbs")) {
        // Which of a pool's schedds had the job is not known; qstat speaks for PBS alone.
        assertThat(forgotten.resolve("job/job.sh")).exists();
      } else {
        assertThat(listed.err()).contains("removed the records of 1 run whose job ended");
        assertThat(forgotten).doesNotExist();
      }
    }
  }

  private static String submitted(Simulated at) {
    Result submitted = at.condatainer().call("run", "--hold", "job.sh");
    assertThat(submitted.exitCode()).as(submitted.everything()).isZero();
    return submitted.out().strip();
  }

  /** The record as if it were years old. */
  private static Path aged(Path record, String job, String newJob) throws IOException {
    Path old = record.resolveSibling("20200101-100000-living");
    Files.move(record, old);
    describe(old, job, newJob, record);
    return old;
  }

  private static void describe(Path record, String job, String newJob, Path before)
      throws IOException {
    Path description = record.resolve(".condatainer.json");
    String runId = record.getFileName().toString();
    String text = Files.readString(description);
    Files.writeString(
        description,
        text.replace("\"jobId\" : \"" + job + "\"", "\"jobId\" : \"" + newJob + "\"")
            .replace("\"" + before.getFileName() + "\"", "\"" + runId + "\""));
    Path script = record.resolve("job/job.sh");
    Files.writeString(
        script, Files.readString(script).replace(before.getFileName().toString(), runId));
    Files.setLastModifiedTime(description, FileTime.from(Instant.now().minus(Duration.ofDays(30))));
  }
}
