package org.condatainer.lock;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.condatainer.job.JobState;
import org.condatainer.overlay.Superblock;
import org.condatainer.scheduler.ProcessTracking;
import org.condatainer.script.ShellWords;

/**
 * The evidence on an image with what follows from it, ready to be shown.
 *
 * @param evidence the evidence
 * @param verdict what follows
 * @param holders who has the image
 * @param next the command to type next, empty if there is nothing to do
 */
public record LockReport(Evidence evidence, Verdict verdict, List<Holder> holders, String next) {
  /**
   * What one source said, as a line of a table.
   *
   * @param source the source
   * @param answered whether it was asked and answered
   * @param says what it said, or why it said nothing
   */
  public record Line(String source, boolean answered, String says) {}

  public LockReport {
    requireNonNull(evidence, "evidence is null");
    requireNonNull(verdict, "verdict is null");
    holders = List.copyOf(holders);
    requireNonNull(next, "next is null");
  }

  public static LockReport of(Evidence evidence) {
    Verdict verdict = Verdict.of(evidence);
    return new LockReport(evidence, verdict, Holder.of(evidence, verdict), next(evidence, verdict));
  }

  /** Whether there is a lease whose writer is proved gone. */
  boolean leaseIsLeft() {
    return evidence.knownLease().isPresent() && WriterProof.leaseIsLeft(evidence, verdict.proof());
  }

  private static String next(Evidence evidence, Verdict verdict) {
    String image = ShellWords.quote(evidence.image().toString());
    String word = image.startsWith("-") ? "./" + image : image;
    return switch (verdict.state()) {
      case FREE ->
          verdict.has(Rule.LEASE_LEFT) && WriterProof.leaseIsLeft(evidence, verdict.proof())
              ? "condatainer lock release " + word
              : note(evidence).isPresent() ? "condatainer overlay info " + word : "";
      case STALE, DIRTY -> "condatainer lock release " + word;
      case IN_USE -> whileInUse(evidence, verdict, word);
      case UNKNOWN -> {
        if (ReleasePlan.isReadersHelper(verdict)) {
          yield "condatainer lock release " + word;
        }
        if (isForThatMachine(verdict) && !evidence.there().isEmpty()) {
          yield onThatMachine(evidence, verdict, word);
        }
        Optional<Lease> lease = evidence.knownLease();
        boolean there = verdict.has(Rule.OTHER_MACHINE) || verdict.has(Rule.OTHER_JOB);
        // Anybody may have written the lease: what is no name of a host is not put into a command.
        if (there && lease.isPresent() && NodeShell.isHostName(lease.get().host())) {
          yield "ssh "
              + lease.get().host()
              + " "
              + ShellWords.quote("condatainer lock status " + word);
        }
        yield verdict.has(Rule.HIDDEN)
            ? "sudo condatainer lock status " + word
            : "condatainer lock explain " + word;
      }
    };
  }

  /** Where the scheduler proves nothing, a machine that lives may still tell by itself. */
  private static boolean isForThatMachine(Verdict verdict) {
    boolean open = verdict.has(Rule.NODE_LOST) || verdict.has(Rule.ABSENT_UNPROVEN);
    return verdict.isForThatMachine()
        || (open && verdict.has(Rule.MACHINE_LIVES) && !verdict.has(Rule.NOT_AVAILABLE));
  }

  /**
   * What is proved there ends in order there, so that nothing is lost. A machine that was lost or
   * started again has no lock for long; which of the two it is, time tells.
   */
  private static String onThatMachine(Evidence evidence, Verdict verdict, String word) {
    boolean lost = verdict.has(Rule.REBOOTED) || verdict.has(Rule.NODE_LOST);
    if (lost && verdict.has(Rule.MACHINE_LIVES)) {
      return "condatainer lock status --watch "
          + word
          + " (if that machine is gone, its lock is too, in some minutes)";
    }
    return evidence.there().get(0)
        + (evidence.there().size() > 1 ? " (or: " + evidence.there().get(1) + ")" : "");
  }

  private static String whileInUse(Evidence evidence, Verdict verdict, String word) {
    Evidence.Asker asker = evidence.asker();
    Optional<Lease> lease = evidence.knownLease();
    boolean own = lease.isPresent() && (asker.root() || asker.user().equals(lease.get().user()));
    if (own && verdict.has(Rule.JOB_NOT_ENDED)) {
      // First what does no harm: a tired reader takes the first command for the one to type.
      return "condatainer lock status --watch "
          + word
          + " (or, if the job is needed no more: condatainer lock release --cancel "
          + word
          + ")";
    }
    boolean onNode = verdict.has(Rule.HOLDER_ON_NODE) && verdict.has(Rule.JOB_ENDED);
    if (onNode && !verdict.has(Rule.TAGGED_JOB) && !evidence.there().isEmpty()) {
      // Only there it is seen whether that is more than a helper which was left.
      return evidence.there().get(0);
    }
    List<Long> left =
        evidence.host().value().map(host -> host.holders().leftAlone()).orElse(List.of());
    if (verdict.has(Rule.JOB_ENDED) && lease.isPresent() && evidence.host().value().isPresent()) {
      // Nobody waits for them any more: Slurm has been seen to miss what a killed script had
      // started.
      left = evidence.host().value().get().holders().ofJob(lease.get().job().orElseThrow());
    }
    if (!left.isEmpty() && mayKill(evidence)) {
      StringBuilder kill = new StringBuilder("kill");
      left.forEach(pid -> kill.append(' ').append(pid));
      return kill + " (if nobody needs them); then: condatainer lock release " + word;
    }
    return "condatainer lock status --watch " + word;
  }

  private static boolean mayKill(Evidence evidence) {
    Evidence.Asker asker = evidence.asker();
    return asker.root()
        || evidence.host().value().orElseThrow().holders().holders().stream()
            .allMatch(holder -> holder.user().equals(asker.user()));
  }

  /**
   * Why a container could not mount it even while nobody has it; empty if nothing speaks for that.
   */
  public Optional<String> note() {
    return note(evidence);
  }

  private static Optional<String> note(Evidence evidence) {
    Optional<ImageFile> file = evidence.file().value();
    if (file.isEmpty()) {
      return Optional.empty();
    }
    if (!file.get().overlay()) {
      return Optional.of(
          "it is neither an ext3 nor a squashfs image, so that no container can mount it");
    }
    return file.get().superblock().filter(Superblock::shorterThanItsFileSystem).isPresent()
        ? Optional.of("its end is cut off, so that no container can mount it")
        : Optional.empty();
  }

  /** The sources one after the other. */
  public List<Line> table() {
    List<Line> lines = new ArrayList<>();
    lines.add(line("lock", evidence.lock(), LockReport::lock));
    lines.add(line("this machine", evidence.host(), LockReport::host));
    lines.add(line("lease", evidence.lease(), LockReport::lease));
    lines.add(line("image", evidence.file(), LockReport::file));
    lines.add(line("job of the lease", evidence.job(), LockReport::job));
    lines.add(line("jobs by tag", evidence.tagged(), LockReport::tagged));
    lines.add(line("node of the job", evidence.node(), LockReport::host));
    if (!(evidence.tracking() instanceof Answer.NotAsked<ProcessTracking>)) {
      lines.add(line("processes of a job", evidence.tracking(), LockReport::tracking));
    }
    return lines;
  }

  private interface Words<T> {
    String of(T value);
  }

  private static <T> Line line(String source, Answer<T> answer, Words<T> words) {
    if (answer instanceof Answer.Said<T> said) {
      return new Line(source, true, words.of(said.answer()));
    }
    String why =
        answer instanceof Answer.Unavailable<T> silent
            ? silent.why()
            : answer instanceof Answer.NotAsked<T> none ? "not asked: " + none.why() : "";
    return new Line(source, false, why);
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
