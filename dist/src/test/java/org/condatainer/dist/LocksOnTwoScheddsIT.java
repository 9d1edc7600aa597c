package org.condatainer.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.condatainer.dist.Installed.Result;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** A pool with two login machines, each with a schedd of its own: both give the same ids. */
@EnabledIfSystemProperty(named = Engines.HTCONDOR, matches = "true")
@EnabledIfSystemProperty(named = LocksOnTwoScheddsIT.SECOND, matches = "/.*")
final class LocksOnTwoScheddsIT {
  /** The configuration of the second login machine. */
  static final String SECOND = "condatainer.it.htcondor.second";

  private static final int FREE = 0;
  private static final int IN_USE = 10;

  @TempDir private Path parent;
  private Installed first;
  private Installed second;

  @BeforeEach
  void twoLoginMachines() {
    first =
        Installed.in(parent, Engines.user())
            .with("CNT_RUNTIME", "embedded")
            .with("CNT_SCHEDULER", "htcondor")
            .with("PATH", Engines.htcondorPrograms() + ":" + System.getenv("PATH"));
    second = first.with("CONDOR_CONFIG", System.getProperty(SECOND));
    first.overlay("first.img");
    first.overlay("second.img");
  }

  @Test
  void leaseNamesTheScheddWhichIsAskedAndToldToCancel() throws IOException {
    long difference = idOf(second) - idOf(first);
    for (long i = 0; i < Math.abs(difference); i++) {
      idOf(difference > 0 ? first : second);
    }
    String id = writer(first, "first");
    assertThat(writer(second, "second")).isEqualTo(id);
    try {
      assertThat(lease("first")).contains("job=" + id + "\n").doesNotContain("cluster=second@");
      assertThat(lease("second")).contains("job=" + id + "\n", "cluster=second@");
      for (String image : List.of("first.img", "second.img")) {
        Result status = first.call("lock", "status", image);
        assertThat(status.exitCode()).as(status.everything()).isEqualTo(IN_USE);
        assertThat(status.out()).contains("htcondor job " + id, "Running", "rule 3:");
      }

      Result released = first.call("lock", "release", "--cancel", "--yes", "second.img");
      assertThat(released.exitCode()).as(released.everything()).isEqualTo(FREE);
      Result kept = second.call("lock", "status", "first.img");
      assertThat(kept.exitCode()).as(kept.everything()).isEqualTo(IN_USE);
      assertThat(kept.out()).contains("rule 3:");
      assertThat(second.call("jobs").out()).doesNotContain("first.sh");
      assertThat(first.call("jobs").out()).contains("first.sh");

      // the first's job of this id is another
      Result ended = second.call("cancel", id);
      assertThat(ended.err()).as(ended.everything()).contains("Removed");
      assertThat(first.call("lock", "status", "first.img").exitCode()).isEqualTo(IN_USE);
    } finally {
      first.write("over", "");
      first.call("cancel", id);
      second.call("cancel", id);
    }
  }

  private String writer(Installed at, String name) {
    at.write(
        name + ".sh",
        "#!/bin/bash\n#DEP: %s.img\n#CNT -w\ntouch %s.up\nuntil [ -e over ]; do sleep 0.2; done\n"
            .formatted(name, name));
    Result submitted = at.call("run", "--submit", name + ".sh");
    assertThat(submitted.exitCode()).as(submitted.everything()).isZero();
    Installed.await("it runs", () -> Files.exists(at.folder().resolve(name + ".up")));
    return submitted.out().strip();
  }

  /** The id that a schedd gives to a job that never runs. */
  private static long idOf(Installed at) {
    at.write("none.sh", "#!/bin/bash\ntrue\n");
    Result submitted = at.call("run", "--submit", "--hold", "none.sh");
    assertThat(submitted.exitCode()).as(submitted.everything()).isZero();
    String id = submitted.out().strip();
    at.call("cancel", id);
    return Long.parseLong(id);
  }

  private String lease(String name) throws IOException {
    return Files.readString(first.folder().resolve(name + ".img.lease"));
  }
}
