package org.condatainer.lock;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.condatainer.job.JobId;
import org.condatainer.job.JobState.Outcome;
import org.condatainer.job.JobState.Phase;
import org.condatainer.scheduler.ProcessTracking.Kind;

/**
 * A small cluster with one image: what is really so, and what of it each source would tell. Clocks
 * agree to the second. Six things are taken for granted, as {@code docs/locks.md} says: where the
 * scheduler does not tell that it may be otherwise, nor the file system that a machine lives, a job
 * that ended in order has no process left but FUSE helpers; there the accounting forgets a job only
 * when its processes are gone (the queue forgets earlier); whoever mounts an image writable without
 * a lease comes later than two minutes after a lease whose writer has not mounted it; nobody does
 * so where locks stay on their machine; nobody writes a lease between another's lease and mount;
 * and no id is used again, and no job of a lost node started again, within two minutes.
 */
final class ModelWorld {
  /** Exists everywhere; the model's image needs a path. */
  static final Path IMAGE = Path.of("/dev/null");

  /**
   * What kind of place it is.
   *
   * @param locksReach whether locks are seen on other machines
   * @param accounting whether ended jobs are kept
   * @param privateQueue whether users see their own jobs only
   * @param helpersSurvive whether FUSE helpers outlive their job, as with Slurm's proctrack/pgid
   * @param locksEnd whether the file server takes away the locks of machines that do not live any
   *     more, and keeps no others: where locks reach, NFSv4
   * @param tracking whether the scheduler holds a job's processes together, as it says
   * @param mounts how often the image has been mounted to write
   */
  record Place(
      boolean locksReach,
      boolean accounting,
      boolean privateQueue,
      boolean helpersSurvive,
      boolean locksEnd,
      Kind tracking,
      int mounts) {
    /** Whether a process may outlive its job. */
    boolean losesProcesses() {
      return tracking == Kind.PARTIAL || (tracking == Kind.NOT_KNOWN && locksEnd);
    }

    /** Whether the file server keeps locks that nobody has. */
    boolean keepsLocks() {
      return locksReach && !locksEnd;
    }
  }

  /** A machine, the first of which is the one where users log in. */
  static final class Node {
    final String host;
    int boot = 1;
    Instant booted = Instant.EPOCH;
    boolean cut;

    Node(String host) {
      this.host = host;
    }

    Machine machine() {
      return new Machine(host, "m-" + host, host + "-b" + boot, "pid:[1]");
    }
  }

  /** A job. */
  static final class Job {
    final JobId id;
    final String owner;
    final boolean writes;

    /** Whether its tag names the image: not so if it was not submitted by {@code run}. */
    final boolean tagged;

    Phase phase = Phase.PENDING;
    Outcome outcome;
    Instant submitted;

    /** The last time, or when it was cancelled while it waited, as with Slurm. */
    Instant started;

    Instant end;
    Node node;
    boolean inQueue = true;
    boolean inAccounting = true;

    Job(JobId id, String owner, boolean writes, boolean tagged, Instant submitted) {
      this.id = id;
      this.owner = owner;
      this.writes = writes;
      this.tagged = tagged;
      this.submitted = submitted;
    }

    boolean ended() {
      return outcome != null;
    }

    /** Whether it has processes on its node. */
    boolean runs() {
      return !ended()
          && (phase == Phase.RUNNING || phase == Phase.SUSPENDED || phase == Phase.COMPLETING);
    }
  }

  /** Which release made that file, and on which start of its machine. */
  record Claim(ModelRelease release, Node node, int boot) {}

  /**
   * Somebody's use of the image, from the first look at its lock to the end of its last process.
   */
  static final class Use {
    final Node node;
    final String user;
    final Optional<Job> job;
    final boolean writes;
    final boolean fuse;
    final long pid;
    final int inode;
    Lease lease;

    /** The process that the lease names. */
    boolean leader = true;

    /** Apptainer's starter, or any process in the mounts: it has the lock, and works. */
    boolean payload;

    /** fuse2fs, which has the lock too. */
    boolean helper;

    Use(Node node, String user, Optional<Job> job, boolean writes, boolean fuse, ModelWorld in) {
      this.node = node;
      this.user = user;
      this.job = job;
      this.writes = writes;
      this.fuse = fuse;
      this.pid = ++in.pids;
      this.inode = in.inode;
    }

    boolean alive() {
      return leader || payload;
    }

    boolean locks() {
      return payload || helper;
    }
  }

  final Place place;

  /** What is wrong with the rules of proof here. */
  final BrokenRule rule;

  final List<Node> nodes = List.of(new Node("login"), new Node("n1"), new Node("n2"));
  final List<Job> jobs = new ArrayList<>();
  final List<Use> uses = new ArrayList<>();
  final List<ModelRelease> releases = new ArrayList<>();
  Instant now = Instant.parse("2026-11-23T10:00:00Z");
  boolean controllerAnswers = true;
  boolean accountingAnswers = true;
  Optional<Lease> lease = Optional.empty();
  int inode = 1;

  /** Whether the file server keeps a lock on this inode that nobody has. */
  int keptInode;

  /** Until when, where it takes away those of machines that are gone. */
  private Instant keptUntil = Instant.MAX;

  boolean valid = true;
  int mounts;
  Instant lastMounted = now.minusSeconds(9000);
  Instant modified = lastMounted;
  private long pids = 100;

  /** The file that only one release can make, where locks stay on their machine. */
  Optional<Claim> claim = Optional.empty();

  /** The harm that was done, empty as long as all is well. */
  String harm = "";

  ModelWorld(Place place, BrokenRule rule) {
    this.place = place;
    this.mounts = place.mounts();
    this.rule = rule;
    for (int id = 1; id <= 3; id++) {
      Job old = new Job(JobId.of(Integer.toString(id)), "anna", true, true, lastMounted);
      old.outcome = Outcome.TIMED_OUT;
      old.end = lastMounted.plusSeconds(60);
      old.inQueue = false;
      old.started = lastMounted;
      jobs.add(old);
    }
  }

  /** Whether somebody has a lock that a machine would run into. */
  boolean isLocked(Node from, boolean exclusive) {
    if (keptInode == inode && now.isBefore(keptUntil)) {
      return true;
    }
    for (Use use : uses) {
      boolean seen = place.locksReach() || use.node == from;
      if (use.inode == inode && use.locks() && seen && (exclusive || use.writes)) {
        return true;
      }
    }
    return isChecked(Optional.of(from));
  }

  /** Whether a release has the image's lock, as a machine sees it, or anywhere. */
  private boolean isChecked(Optional<Node> from) {
    for (ModelRelease release : releases) {
      boolean seen = place.locksReach() || from.filter(node -> node != release.node()).isEmpty();
      if (release.checks() && seen) {
        return true;
      }
    }
    return false;
  }

  /** What the machine's own list shows of locks on the image. */
  Optional<LockMode> listed(Node on) {
    Optional<LockMode> mode = Optional.empty();
    for (Use use : uses) {
      if (use.node == on && use.inode == inode && use.locks()) {
        mode = use.writes ? Optional.of(LockMode.WRITE) : mode.or(() -> Optional.of(LockMode.READ));
      }
    }
    return mode;
  }

  /** Whether the lock that a machine runs into is not its own: only others can tell of it. */
  boolean isLockedElsewhere(Node from) {
    return listed(from).isEmpty() && isLocked(from, false);
  }

  /** Whether a process lives in the image's mounts; of readers that nobody can see none tells. */
  boolean isWorkedWith(boolean writersOnly) {
    for (Use use : uses) {
      boolean counts = use.writes || (place.locksReach() && !writersOnly);
      if (use.inode == inode && use.payload && counts) {
        return true;
      }
    }
    return false;
  }

  /** Whether the lease is of somebody who is alive. */
  boolean isLeaseOfTheLiving() {
    for (Use use : uses) {
      if (use.alive() && use.lease != null && lease.equals(Optional.of(use.lease))) {
        return true;
      }
    }
    return isLeaseOfARelease();
  }

  private boolean isLeaseOfWhoIsToMount() {
    for (Use use : uses) {
      if (use.leader && !use.payload && use.lease != null && lease.equals(Optional.of(use.lease))) {
        return true;
      }
    }
    return false;
  }

  /** Whether the lease is of a release that works. */
  boolean isLeaseOfARelease() {
    return releases.stream().anyMatch(some -> some.checks() && some.lease().equals(lease));
  }

  void harm(String what) {
    if (harm.isEmpty()) {
      harm = what;
    }
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(place + " at " + now);
    text.append("\n  lease ").append(lease).append("\n  inode ").append(inode);
    text.append(", lock kept on ").append(keptInode).append(valid ? ", clean" : ", dirty");
    text.append(", mount ")
        .append(mounts)
        .append(" at ")
        .append(lastMounted)
        .append(", written ")
        .append(modified);
    for (Use use : uses) {
      text.append("\n  use ").append(use.pid).append(" of ").append(use.user).append(" on ");
      text.append(use.node.host).append(use.node.cut ? " (cut)" : "");
      text.append(use.writes ? " writes inode " : " reads inode ").append(use.inode);
      text.append(use.job.map(job -> ", job " + job.id).orElse(""));
      text.append(use.leader ? ", leader" : "").append(use.payload ? ", payload" : "");
      text.append(use.helper ? ", helper" : "");
    }
    for (Job job : jobs) {
      text.append("\n  job ").append(job.id).append(" of ").append(job.owner).append(' ');
      text.append(job.ended() ? job.outcome + " at " + job.end : job.phase);
      text.append(job.inQueue ? "" : ", forgotten");
    }
    return text.toString();
  }

  // -- What happens to somebody's use of the image.

  /** The first half of a start: a look at the lock, and the lease. Empty if it was refused. */
  Optional<Use> begin(Node node, String user, Optional<Job> job, boolean writes, int chance) {
    boolean foreign =
        writes && lease.isPresent() && !place.locksReach() && !lease.get().host().equals(node.host);
    boolean another = writes && isLeaseOfWhoIsToMount();
    if (isLocked(node, writes) || foreign || another) {
      return Optional.empty();
    }
    now = now.plusSeconds(1);
    Use use = new Use(node, user, job, writes, chance % 3 > 0, this);
    if (writes) {
      use.lease =
          new Lease(
              user,
              node.host,
              node.machine().id(),
              node.machine().boot(),
              "pid:[1]",
              use.pid,
              use.pid,
              job.map(some -> new HolderJob("slurm", some.id)),
              "r",
              now,
              OptionalInt.of(mounts),
              Optional.empty());
      lease = Optional.of(use.lease);
    }
    uses.add(use);
    return Optional.of(use);
  }

  /** The second half: the lock, and the mount. */
  void mount(Use use) {
    if (isLocked(use.node, use.writes) || use.inode != inode) {
      leave(use);
      return;
    }
    if (use.writes && isChecked(Optional.empty())) {
      harm("mounted to write while a release checks the image");
    }
    for (Use other : uses) {
      if (use.writes && other.writes && other.leader && other.payload && other.inode == inode) {
        harm("two write to the image at once");
      }
    }
    use.payload = true;
    use.helper = use.fuse;
    if (use.writes) {
      valid = false;
      mounts = afterAMount();
      lastMounted = now;
      modified = now;
      // The embedded runtime knows at once that it is done.
      if (use.pid % 2 == 0) {
        note(use);
      }
    }
  }

  /** Whether its lease does not tell yet that it was mounted. */
  boolean isToBeNoted(Use use) {
    return use.payload && use.lease != null && use.lease.mounted().isEmpty();
  }

  /** Its lease tells of its mount from now on. */
  void note(Use use) {
    if (isToBeNoted(use) && lease.equals(Optional.of(use.lease))) {
      Lease old = use.lease;
      use.lease =
          new Lease(
              old.user(),
              old.host(),
              old.machine(),
              old.boot(),
              old.processSpace(),
              old.pid(),
              old.startTicks(),
              old.job(),
              old.run(),
              old.since(),
              old.mounts(),
              Optional.of(latestMount()));
      lease = Optional.of(use.lease);
    }
  }

  /** Whether the next mount would be taken for that of the lease, which has none of its own. */
  boolean isFirstMountOpen() {
    return lease
        .filter(some -> some.mounted().isEmpty())
        .filter(
            some -> !new WriteMount(afterAMount(), now).isSecondSince(some.mounts().orElseThrow()))
        .isPresent();
  }

  private int afterAMount() {
    return (mounts + 1) % 65536;
  }

  WriteMount latestMount() {
    return new WriteMount(mounts, lastMounted);
  }

  /** A check of the whole file system begins the count anew. */
  void check() {
    now = now.plusSeconds(1);
    valid = true;
    mounts = 0;
    modified = now;
  }

  /** It ends in order. */
  void leave(Use use) {
    if (use.payload && use.writes && use.inode == inode) {
      valid = true;
      modified = now;
    }
    use.payload = false;
    use.helper = false;
    returnLease(use);
    use.leader = false;
  }

  void returnLease(Use use) {
    if (use.leader && use.lease != null && lease.equals(Optional.of(use.lease))) {
      lease = Optional.empty();
    }
  }

  /** Its processes are killed, and perhaps its helper. */
  void kill(Use use, boolean withHelper) {
    use.leader = false;
    use.payload = false;
    use.helper &= !withHelper;
  }

  /** A FUSE helper is told to end: it unmounts. */
  void endHelper(Use use) {
    if (use.payload) {
      harm("the helper of a live holder was ended");
    }
    use.helper = false;
    if (use.writes && use.inode == inode) {
      valid = true;
      modified = now;
    }
  }

  /** What a machine's end does to all that ran on it. */
  void crash(Node node) {
    for (Use use : uses) {
      if (use.node == node) {
        if (place.locksEnd() && use.locks() && use.writes) {
          keptInode = use.inode;
          keptUntil = now.plusSeconds(90);
        }
        kill(use, true);
      }
    }
    releases.removeIf(release -> release.node() == node);
  }

  /**
   * The job's last processes end, as far as the scheduler finds them: its helpers not everywhere,
   * nor what has left the job, if something has.
   */
  void complete(Job job, boolean inOrder, boolean leaves) {
    for (Use use : uses) {
      if (use.job.equals(Optional.of(job))) {
        if (inOrder && use.leader) {
          returnLease(use);
        }
        if (leaves && place.losesProcesses()) {
          use.leader = false;
        } else {
          kill(use, !place.helpersSurvive());
        }
      }
    }
  }
}
