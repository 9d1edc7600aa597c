package org.condatainer.lock;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.condatainer.job.JobSnapshot;
import org.condatainer.job.JobState;
import org.condatainer.lock.Verdict.Ruling;
import org.condatainer.scheduler.NodeState;

/** What the scheduler's word on the job of a lease is worth. */
record JobProof(Evidence evidence, Lease lease, Evidence.LeaseJob said) {
  /** By how much the clocks of two machines of a cluster may differ. */
  static final Duration CLOCKS = Duration.ofMinutes(2);

  void ruling(List<Ruling> rulings) {
    JobSnapshot job = said.job();
    String name = said.scheduler() + " job " + job.id().value();
    if (job.state() instanceof JobState.Alive alive) {
      // Not by its times: a job that is put back gets a new time of submission from some.
      Rule rule = isTheUsers() ? Rule.JOB_NOT_ENDED : Rule.OTHER_JOB;
      rulings.add(new Ruling(rule, name + " (" + alive.word() + ")"));
    } else if (job.state() instanceof JobState.Unavailable silent) {
      rulings.add(new Ruling(Rule.NOT_AVAILABLE, name + ": " + silent.why()));
    } else if (job.state() instanceof JobState.Absent absent) {
      rulings.add(
          new Ruling(
              absenceProves(job) ? Rule.JOB_ABSENT : Rule.ABSENT_UNPROVEN,
              name + ": " + absent.where()));
    } else if (job.state() instanceof JobState.Ended ended) {
      ended(name, ended, rulings);
    }
  }

  private void ended(String name, JobState.Ended ended, List<Ruling> rulings) {
    String detail =
        name + " (" + ended.word() + ended.endTime().map(end -> ", " + end).orElse("") + ")";
    if (!isTheLeases(ended)) {
      rulings.add(new Ruling(Rule.OTHER_JOB, detail));
      return;
    }
    Optional<String> lost = Optional.of(detail);
    if (ended.outcome() != JobState.Outcome.NODE_FAILED) {
      lost = isDecided(ended) ? silentNode() : Optional.empty();
    }
    if (lost.isPresent()) {
      rulings.add(new Ruling(Rule.NODE_LOST, lost.get()));
      rebooted().ifPresent(nodes -> rulings.add(new Ruling(Rule.REBOOTED, nodes)));
      return;
    }
    if (isDecided(ended) && said.nodes() instanceof Answer.Unavailable<Map<String, NodeState>> no) {
      rulings.add(new Ruling(Rule.NOT_AVAILABLE, "the nodes of " + name + ": " + no.why()));
      return;
    }
    rulings.add(new Ruling(Rule.JOB_ENDED, detail));
    Optional<Instant> modified = evidence.file().value().map(ImageFile::modified);
    if (modified.isEmpty()
        || ended.endTime().isEmpty()
        || modified.get().isAfter(ended.endTime().get().plus(CLOCKS))) {
      rulings.add(
          new Ruling(Rule.WRITTEN_SINCE, modified.map(Instant::toString).orElse("not known")));
    }
  }

  /**
   * Whether the scheduler may have ended it by itself. Otherwise its node told how it ended, and
   * was there to do so.
   */
  private static boolean isDecided(JobState.Ended ended) {
    return switch (ended.outcome()) {
      case CANCELLED, TIMED_OUT, PREEMPTED, NODE_FAILED -> true;
      case SUCCEEDED, FAILED, OUT_OF_MEMORY -> false;
    };
  }

  /** A node of the job from which the scheduler does not hear, if it tells of nodes at all. */
  private Optional<String> silentNode() {
    Map<String, NodeState> states = said.nodes().value().orElse(Map.of());
    if (states.isEmpty()) {
      return Optional.empty();
    }
    for (String node : said.job().nodes()) {
      NodeState state = states.get(node);
      if (state == null || !state.answers()) {
        String word = state == null ? "not known" : state.word();
        return Optional.of(said.scheduler() + " does not hear from " + node + " (" + word + ")");
      }
    }
    return said.job().nodes().isEmpty()
        ? Optional.of(said.scheduler() + " does not tell where it ran")
        : Optional.empty();
  }

  /** When the scheduler says that all nodes of the job were started again since. */
  private Optional<String> rebooted() {
    Map<String, NodeState> states = said.nodes().value().orElse(Map.of());
    StringBuilder text = new StringBuilder();
    for (String node : said.job().nodes()) {
      NodeState state = states.get(node);
      boolean since =
          state != null
              && state.booted().isPresent()
              && state.booted().get().isAfter(lease.since().plus(CLOCKS));
      if (!since) {
        return Optional.empty();
      }
      text.append(text.isEmpty() ? "" : ", ").append(node).append(" at ");
      text.append(state.booted().get()).append(" (").append(said.scheduler()).append(')');
    }
    return text.isEmpty() ? Optional.empty() : Optional.of(text.toString());
  }

  /**
   * Ids are used again: the job must be the user's, and have had the time of the lease. So must its
   * run: a job that was put back because its node was lost ends with another one.
   */
  private boolean isTheLeases(JobState.Ended ended) {
    JobSnapshot job = said.job();
    if (!isTheUsers()) {
      return false;
    }
    Instant early = lease.since().minus(CLOCKS);
    Instant late = lease.since().plus(CLOCKS);
    boolean told = job.submitted().isPresent() || ended.endTime().isPresent();
    return told
        && (ended.endTime().isEmpty() || !ended.endTime().get().isBefore(early))
        && (job.submitted().isEmpty() || !job.submitted().get().isAfter(late))
        && (job.started().isEmpty() || !job.started().get().isAfter(late));
  }

  private boolean isTheUsers() {
    Optional<String> owner = said.job().owner();
    return owner.isEmpty() || owner.get().equals(lease.user());
  }

  /**
   * Absent from the queue and from the accounting, of a job that the asker would be shown: a
   * private queue hides other users' jobs.
   */
  private boolean absenceProves(JobSnapshot job) {
    boolean both = said.history() && job.source().indexOf(',') >= 0;
    boolean shown = evidence.asker().root() || evidence.asker().user().equals(lease.user());
    return both && shown && !isOfUnknownServer();
  }

  /** A pool has many schedds, each of which knows its own jobs alone. */
  private boolean isOfUnknownServer() {
    return said.scheduler().equals("htcondor") && said.job().id().cluster().isEmpty();
  }
}
