package org.condatainer.lock;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import org.condatainer.job.JobId;
import org.condatainer.job.JobSnapshot;
import org.condatainer.job.JobState;
import org.condatainer.lock.HostEvidence.Writer;
import org.condatainer.lock.ImageLock.Place;
import org.condatainer.lock.ImageMount.Reach;
import org.condatainer.overlay.Superblock;
import org.condatainer.scheduler.NodeState;
import org.condatainer.scheduler.ProcessTracking;

/** Evidence put together for a test: an image on a shared file system that nobody has, to begin. */
final class Found {
  static final Instant SINCE = Instant.parse("2026-11-23T10:00:00Z");
  static final Instant END = Instant.parse("2026-11-23T12:00:00Z");
  private static final Machine HERE = new Machine("login1", "m-login1", "b-login1", "pid:[1]");

  private ImageLock lock = ImageLock.free();
  private final List<LockHolder> holders = new ArrayList<>();
  private List<Path> loops = List.of();
  private int unseen;
  private Writer writer = Writer.NOT_OF_HERE;
  private Optional<Lease> lease = Optional.empty();
  private int state = 1;
  private int incompatible = 2;
  private boolean reach = true;
  private boolean end;
  private Answer<ProcessTracking> tracking = new Answer.NotAsked<>("it does not matter");
  private List<String> there = List.of();
  private Instant modified = END;
  private Optional<WriteMount> mounted = Optional.empty();
  private Answer<Evidence.LeaseJob> job = new Answer.NotAsked<>("no lease");
  private Answer<List<TaggedJob>> tagged = new Answer.Said<>(List.of());
  private Answer<HostEvidence> node = new Answer.NotAsked<>("no job runs");
  private Answer<Map<String, NodeState>> nodes = new Answer.NotAsked<>("not asked");
  private String asker = "anna";
  private boolean hostSilent;

  /** Nobody has it after all. */
  Found free() {
    lock = ImageLock.free();
    return this;
  }

  Found heldHere(LockMode mode) {
    lock = ImageLock.held(mode, Place.HERE);
    return this;
  }

  Found heldElsewhere() {
    lock = ImageLock.held(LockMode.WRITE, Place.ELSEWHERE);
    return this;
  }

  Found lockNotRead() {
    lock = ImageLock.unknown("no locks available");
    return this;
  }

  Found process(String what) {
    holders.add(
        new LockHolder(
            9444,
            1,
            SINCE,
            "anna",
            what.equals("orphan") ? "fuse2fs" : "starter",
            "x",
            lock.state() == ImageLock.State.HELD_FOR_READING ? LockMode.READ : LockMode.WRITE,
            what.equals("suspended"),
            what.equals("orphan"),
            what.equals("orphan") || what.equals("left"),
            what.equals("of job")
                ? Optional.of(new HolderJob("slurm", JobId.of("7")))
                : Optional.empty()));
    return this;
  }

  /** A process that works with the image, started by a job of Slurm's. */
  Found processOfJob(String id) {
    process("x");
    LockHolder some = holders.remove(holders.size() - 1);
    holders.add(
        new LockHolder(
            some.pid(),
            some.startTicks(),
            some.started(),
            some.user(),
            some.program(),
            some.command(),
            some.mode(),
            false,
            false,
            false,
            Optional.of(new HolderJob("slurm", JobId.of(id)))));
    return this;
  }

  Found loop() {
    loops = List.of(Path.of("/dev/loop1"));
    return this;
  }

  Found unseen() {
    unseen = 7;
    return this;
  }

  Found hostSilent() {
    hostSilent = true;
    return this;
  }

  Found askedBy(String user) {
    asker = user;
    return this;
  }

  /** A lease of a process of some machine, by its number, with the start that this one's has. */
  static Lease lease(Machine machine, long pid) {
    return new Lease(
        ProcessFolder.of(ProcessHandle.current().pid()).user(),
        machine.host(),
        machine.id(),
        machine.boot(),
        machine.processSpace(),
        pid,
        ProcessFolder.of(pid).startTicks(),
        Optional.empty(),
        "run",
        SINCE,
        OptionalInt.empty(),
        Optional.empty());
  }

  /** A lease of another machine. */
  Found lease(boolean ofJob) {
    lease =
        Optional.of(
            new Lease(
                "anna",
                "n1",
                "m-n1",
                "b-n1",
                "pid:[1]",
                42,
                99,
                ofJob ? Optional.of(new HolderJob("slurm", JobId.of("7"))) : Optional.empty(),
                "r",
                SINCE,
                OptionalInt.empty(),
                Optional.empty()));
    job = new Answer.NotAsked<>("the lease is of no job");
    return this;
  }

  /** What the lease tells of mounts, as its file has it; both may be empty. */
  Found leaseTells(String mounts, String own) {
    lease =
        lease.map(
            some -> Lease.parse(some.text() + "mounts=" + mounts + "\nmounted=" + own + "\n"));
    return this;
  }

  /** What the machine of the lease shows, which is this one. */
  Found writer(Writer what) {
    writer = what;
    return this;
  }

  Found node(Writer what, boolean holder) {
    List<LockHolder> there = holder ? new Found().heldElsewhere().process("x").holders : List.of();
    node =
        new Answer.Said<>(
            new HostEvidence(
                new Machine("n1", "m-n1", "b-n1", "pid:[1]"),
                holder ? Optional.of(LockMode.WRITE) : Optional.empty(),
                new LockHolders(there, List.of(), 0),
                what));
    return this;
  }

  Found superblock(int stateWord, int incompatibleWord) {
    state = stateWord;
    incompatible = incompatibleWord;
    return this;
  }

  Found locksStay() {
    reach = false;
    return this;
  }

  /** The file system takes away the locks of machines that do not live any more. */
  Found locksEnd() {
    end = true;
    return this;
  }

  Found tracking(String word, ProcessTracking.Kind kind) {
    tracking = new Answer.Said<>(new ProcessTracking(word, kind));
    return this;
  }

  Found trackingSilent() {
    tracking = new Answer.Unavailable<>("how slurm follows processes: no answer in time");
    return this;
  }

  /** What a user would type to release it on its machine. */
  Found there(String... lines) {
    there = List.of(lines);
    return this;
  }

  Found written(Instant when) {
    modified = when;
    return this;
  }

  Found mounted(Instant when) {
    return mounted(1, when);
  }

  /** The last mount: the how-manieth, and when. */
  Found mounted(int count, Instant when) {
    mounted = Optional.of(new WriteMount(count, when));
    return this;
  }

  Found job(JobState jobState) {
    return job(jobState, "squeue", true, "anna", SINCE.minusSeconds(60));
  }

  Found job(JobState jobState, String source, boolean history, String owner, Instant submitted) {
    job =
        new Answer.Said<>(
            new Evidence.LeaseJob(
                "slurm", snapshot("7", jobState, source, owner, submitted), history, nodes));
    return this;
  }

  /** The job's last run began then. */
  Found started(Instant when) {
    Evidence.LeaseJob said = job.value().orElseThrow();
    JobSnapshot some = said.job();
    job =
        new Answer.Said<>(
            new Evidence.LeaseJob(
                said.scheduler(),
                new JobSnapshot(
                    some.id(),
                    some.state(),
                    some.source(),
                    some.name(),
                    some.owner(),
                    some.queue(),
                    some.nodes(),
                    some.submitted(),
                    Optional.of(when),
                    some.tag()),
                said.history(),
                said.nodes()));
    return this;
  }

  /** To be said before what its job is: the job's node, as the scheduler sees it. */
  Found nodeState(String word, boolean answers, Instant booted) {
    nodes = new Answer.Said<>(Map.of("n1", new NodeState(word, answers, Optional.of(booted))));
    return this;
  }

  Found nodesSilent() {
    nodes = new Answer.Unavailable<>("scontrol gave no answer");
    return this;
  }

  Found jobSilent() {
    job = new Answer.Unavailable<>("slurm gave no answer in time");
    return this;
  }

  Found tagged(JobState.Phase phase, LockMode mode) {
    return tagged("8", phase, mode, "anna");
  }

  /** One more job whose tag names the image. */
  Found tagged(String id, JobState.Phase phase, LockMode mode, String owner) {
    JobState alive = new JobState.Alive(phase, phase.toString(), "");
    List<TaggedJob> all = new ArrayList<>(tagged.value().orElse(List.of()));
    all.add(new TaggedJob("slurm", snapshot(id, alive, "squeue", owner, SINCE), mode));
    tagged = new Answer.Said<>(all);
    return this;
  }

  Found taggedSilent() {
    tagged = new Answer.Unavailable<>("slurm gave no answer in time");
    return this;
  }

  static JobSnapshot snapshot(
      String id, JobState state, String source, String owner, Instant submitted) {
    return new JobSnapshot(
        JobId.of(id),
        state,
        source,
        Optional.of("train"),
        Optional.of(owner),
        Optional.empty(),
        List.of("n1"),
        Optional.of(submitted),
        Optional.empty(),
        Optional.empty());
  }

  static JobState ended(JobState.Outcome outcome, Instant when) {
    return new JobState.Ended(
        outcome, outcome.toString(), OptionalInt.empty(), OptionalInt.empty(), Optional.of(when));
  }

  Evidence evidence() {
    boolean here = lock.place() == Place.HERE;
    Optional<LockMode> listed = Optional.empty();
    if (here) {
      boolean reading = lock.state() == ImageLock.State.HELD_FOR_READING;
      listed = Optional.of(reading ? LockMode.READ : LockMode.WRITE);
    }
    List<LockHolders.Helper> helpers = new ArrayList<>();
    for (LockHolder holder : holders) {
      if (holder.orphan()) {
        helpers.add(new LockHolders.Helper(holder.program(), holder.pid()));
      }
    }
    LockHolders seen = new LockHolders(holders, loops, unseen, helpers);
    return new Evidence(
        Path.of("/data/env.img"),
        new Evidence.Asker(asker, asker.equals("root")),
        new Answer.Said<>(lock),
        hostSilent
            ? new Answer.Unavailable<>("/proc gave no answer in time")
            : new Answer.Said<>(new HostEvidence(HERE, listed, seen, writer)),
        new Answer.Said<>(lease),
        new Answer.Said<>(
            new ImageFile(
                Optional.of(superblock(state, incompatible, mounted)),
                modified,
                new ImageMount(
                    reach ? "lustre" : "beegfs", true, reach ? Reach.ALL : Reach.NONE, end))),
        job,
        tagged,
        node,
        tracking,
        there);
  }

  static Superblock superblock(int state, int incompatible, Optional<WriteMount> mounted) {
    return new Superblock(
        1 << 24,
        4096,
        4096,
        10,
        1,
        100,
        50,
        0,
        32768,
        8192,
        256,
        state,
        4,
        incompatible,
        1,
        mounted.map(WriteMount::time),
        Optional.empty(),
        Optional.empty(),
        mounted.map(WriteMount::count).orElse(0),
        0,
        new UUID(0, 0),
        "");
  }
}
