package org.condatainer.lock;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.condatainer.job.JobId;
import org.condatainer.job.JobSnapshot;
import org.condatainer.job.JobState;
import org.condatainer.scheduler.Capability;
import org.condatainer.scheduler.ClusterInfo;
import org.condatainer.scheduler.JobFilter;
import org.condatainer.scheduler.Scheduler;
import org.condatainer.scheduler.Submission;
import org.junit.jupiter.api.Test;

/** What a process says of its job is not enough to cancel it. */
class JobsOfHoldersTest {
  private static final JobState RUNNING = new JobState.Alive(JobState.Phase.RUNNING, "RUNNING", "");

  private final Map<String, JobSnapshot> queue = new HashMap<>();

  @Test
  void theJobOfTheProcessesUserMayBeCancelled() {
    queue("7", RUNNING, "anna");
    assertThatCode(() -> check("7", "anna")).doesNotThrowAnyException();
  }

  @Test
  void somebodyElsesJobIsNotCancelledByTheWordOfAProcess() {
    queue("7", RUNNING, "berta");
    assertThatThrownBy(() -> check("7", "anna"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("nothing was cancelled")
        .hasMessageContaining("a process of anna that says it is of slurm job 7, which is berta's");
  }

  @Test
  void aJobWhoseOwnerIsNotToldIsNotCancelled() {
    queue("7", RUNNING, "");
    assertThatThrownBy(() -> check("7", "anna")).hasMessageContaining("nobody's");
    queue("7", new JobState.Unavailable("silent"), "");
    assertThatThrownBy(() -> check("7", "anna")).hasMessageContaining("does not say whose");
  }

  @Test
  void whatIsGoneNeedsNoOwner() {
    queue("7", new JobState.Absent("squeue"), "");
    assertThatCode(() -> check("7", "anna")).doesNotThrowAnyException();
  }

  @Test
  void noneIsCancelledByTheNumberOfItsWholeArray() {
    queue("100", RUNNING, "anna");
    queue("100_3", RUNNING, "anna");
    assertThatThrownBy(() -> check("100", "anna"))
        .hasMessageContaining("slurm job 100 is a whole array")
        .hasMessageContaining("condatainer cancel --scheduler slurm 100_INDEX");
    assertThatCode(() -> check("100_3", "anna")).doesNotThrowAnyException();
  }

  private void check(String id, String user) throws IOException {
    HoldingJob holding = new HoldingJob(new HolderJob("slurm", JobId.of(id)), user);
    new JobsOfHolders(Map.of("slurm", new Queue())).check(List.of(holding));
  }

  private void queue(String id, JobState state, String owner) {
    queue.put(id, Found.snapshot(id, state, "squeue", owner, Instant.EPOCH));
  }

  private final class Queue implements Scheduler {
    @Override
    public Map<JobId, JobSnapshot> query(Set<JobId> ids) {
      Map<JobId, JobSnapshot> answers = new HashMap<>();
      ids.forEach(id -> answers.put(id, queue.get(id.value())));
      return answers;
    }

    @Override
    public List<JobSnapshot> live(JobFilter filter) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Optional<String> taskOfArray(JobId id) {
      String task = id.value() + "_";
      return queue.keySet().stream().anyMatch(other -> other.startsWith(task))
          ? Optional.of(task + "INDEX")
          : Optional.empty();
    }

    @Override
    public Set<Capability> capabilities() {
      return Set.of();
    }

    @Override
    public JobId submit(Submission submission) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void cancel(Set<JobId> ids) {
      throw new UnsupportedOperationException();
    }

    @Override
    public ClusterInfo cluster() {
      throw new UnsupportedOperationException();
    }

    @Override
    public String displayName() {
      return "Slurm";
    }
  }
}
