package org.condatainer.lock;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.condatainer.job.JobState;
import org.condatainer.overlay.Superblock;
import org.condatainer.scheduler.ProcessTracking;

/**
 * What one source said, as a line of a table.
 *
 * @param source the source
 * @param answered whether it was asked and answered
 * @param says what it said, or why it said nothing
 */
public record EvidenceLine(String source, boolean answered, String says) {
  public EvidenceLine {
    requireNonNull(source, "source is null");
    requireNonNull(says, "says is null");
  }

  /** The sources one after the other. */
  static List<EvidenceLine> of(Evidence evidence) {
    List<EvidenceLine> lines = new ArrayList<>();
    lines.add(line("lock", evidence.lock(), EvidenceLine::lock));
    lines.add(line("this machine", evidence.host(), EvidenceLine::host));
    lines.add(line("lease", evidence.lease(), EvidenceLine::lease));
    lines.add(line("image", evidence.file(), EvidenceLine::file));
    lines.add(line("job of the lease", evidence.job(), EvidenceLine::job));
    lines.add(line("jobs by tag", evidence.tagged(), EvidenceLine::tagged));
    lines.add(line("node of the job", evidence.node(), EvidenceLine::host));
    if (!(evidence.tracking() instanceof Answer.NotAsked<ProcessTracking>)) {
      lines.add(line("processes of a job", evidence.tracking(), EvidenceLine::tracking));
    }
    return lines;
  }

  private interface Words<T> {
    String of(T value);
  }

  private static <T> EvidenceLine line(String source, Answer<T> answer, Words<T> words) {
    if (answer instanceof Answer.Said<T> said) {
      return new EvidenceLine(source, true, words.of(said.answer()));
    }
    String why =
        answer instanceof Answer.Unavailable<T> silent
            ? silent.why()
            : answer instanceof Answer.NotAsked<T> none ? "not asked: " + none.why() : "";
    return new EvidenceLine(source, false, why);
  }

  private static String lock(ImageLock lock) {
    String where = lock.place() == ImageLock.Place.HERE ? ", in this machine's list" : "";
    where = lock.place() == ImageLock.Place.ELSEWHERE ? ", by another machine" : where;
    return switch (lock.state()) {
      case FREE -> "nobody has it for writing";
      case HELD_FOR_READING -> "held for reading" + where;
      case HELD_FOR_WRITING -> "held for writing" + where;
      case UNKNOWN -> "cannot be told: " + lock.detail();
    };
  }

  private static String host(HostEvidence host) {
    StringBuilder text = new StringBuilder(host.machine().host());
    text.append(", boot ").append(host.machine().boot());
    for (LockHolder holder : host.holders().holders()) {
      text.append("; process ").append(holder.pid()).append(" of ").append(holder.user());
      text.append(" (").append(holder.program());
      text.append(holder.mode() == LockMode.WRITE ? ", writes" : ", reads");
      text.append(holder.orphan() ? ", orphaned" : "");
      text.append(holder.suspended() ? ", suspended" : "").append(')');
    }
    if (host.holders().holders().isEmpty()) {
      text.append("; no process seen with it");
    }
    if (!host.holders().loopDevices().isEmpty()) {
      text.append("; kept open by ").append(host.holders().loopDevices());
    }
    if (host.holders().unseen() > 0) {
      text.append("; ").append(host.holders().unseen()).append(" processes of others not seen");
    }
    return text.append(
            switch (host.writer()) {
              case NOT_OF_HERE -> "";
              case ALIVE -> "; the process of the lease is alive";
              case GONE -> "; the process of the lease is gone";
              case REBOOTED -> "; started again since the lease";
              case NOT_VISIBLE -> "; the process of the lease is not to be seen from here";
            })
        .toString();
  }

  private static String lease(Optional<Lease> lease) {
    return lease
        .map(
            found ->
                found.user()
                    + " on "
                    + found.host()
                    + ", boot "
                    + found.boot()
                    + ", process "
                    + found.pid()
                    + found.job().map(job -> ", " + job.shown()).orElse("")
                    + (found.run().isEmpty() ? "" : ", run " + found.run())
                    + ", since "
                    + found.since()
                    + found.mounted().map(mount -> ", mounted " + mount).orElse(""))
        .orElse("none");
  }

  private static String reach(ImageMount mount) {
    return switch (mount.reach()) {
      case ALL -> "";
      case DECLARED -> ", whose locks reach other machines, as shared_locks says";
      case NOT_KNOWN -> ", of whose locks it is not known whether they reach other machines";
      case NONE -> ", whose locks stay on their machine";
    };
  }

  private static String file(ImageFile file) {
    String on =
        "; on " + file.mount().type() + reach(file.mount()) + ", written to at " + file.modified();
    if (file.superblock().isEmpty()) {
      return (file.overlay() ? "no ext3 file system" : "no ext3 or squashfs image") + on;
    }
    Superblock superblock = file.superblock().get();
    String state = superblock.clean() ? "clean" : "";
    state += superblock.interrupted() ? "has errors" : "";
    if (superblock.needsRecovery()) {
      state += state.isEmpty() ? "" : ", ";
      state +=
          superblock.journalNeedsRecovery()
              ? "mounted by the kernel, or its journal is to be replayed"
              : "mounted, or not unmounted in order";
    }
    return state
        + WriteMount.of(superblock).map(mount -> ", last mounted " + mount).orElse("")
        + superblock.lastWritten().map(time -> ", superblock written " + time).orElse("")
        + on;
  }

  private static String job(Evidence.LeaseJob job) {
    String name = new HolderJob(job.scheduler(), job.job().id()).shown();
    String by = " (" + job.job().source() + ")";
    if (job.job().state() instanceof JobState.Alive alive) {
      return name + " has not ended: " + alive.word() + by;
    }
    if (job.job().state() instanceof JobState.Ended ended) {
      String time = ended.endTime().map(end -> " at " + end).orElse("");
      return name + " has ended: " + ended.word() + time + by;
    }
    if (job.job().state() instanceof JobState.Absent absent) {
      return name
          + " is not known to "
          + absent.where()
          + (job.history() ? "" : "; ended jobs are not kept");
    }
    return job.job().state() instanceof JobState.Unavailable silent
        ? name + ": could not be asked: " + silent.why()
        : name;
  }

  private static String tracking(ProcessTracking tracking) {
    String how = tracking.word().isEmpty() ? "" : ", by " + tracking.word();
    return switch (tracking.kind()) {
      case WHOLE -> "held together" + how;
      case PARTIAL -> "not held together" + how;
      case NOT_KNOWN -> "the scheduler does not tell whether it holds them together" + how;
    };
  }

  private static String tagged(List<TaggedJob> jobs) {
    StringBuilder text = new StringBuilder();
    for (TaggedJob tagged : jobs) {
      text.append(text.isEmpty() ? "" : "; ");
      text.append(new HolderJob(tagged.scheduler(), tagged.job().id()).shown());
      text.append(tagged.mode() == LockMode.WRITE ? ", to write" : ", to read");
      if (tagged.job().state() instanceof JobState.Alive alive) {
        text.append(", ").append(alive.word());
      }
    }
    return text.isEmpty() ? "no living job names the image" : text.toString();
  }
}
