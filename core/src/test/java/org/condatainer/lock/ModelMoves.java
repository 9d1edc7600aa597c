package org.condatainer.lock;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.state.Action;
import net.jqwik.api.state.ActionChain;
import net.jqwik.api.state.ActionChainArbitrary;
import net.jqwik.api.state.Transformer;
import org.condatainer.job.JobId;
import org.condatainer.job.JobState.Outcome;
import org.condatainer.job.JobState.Phase;
import org.condatainer.lock.ModelWorld.Job;
import org.condatainer.lock.ModelWorld.Node;
import org.condatainer.lock.ModelWorld.Use;

/** Everything that may happen in the model, at any time and in any order. */
final class ModelMoves {
  /** What a history is about. */
  private static final List<String> OFTEN =
      List.of(
          "release: plan",
          "release: go on",
          "somebody comes while a release checks",
          "mount",
          "submit",
          "a job starts");

  /** What the rarer mistakes need: {@code ModelFindsTest} tells how soon each is found. */
  private static final List<String> NOW_AND_THEN =
      List.of(
          "the controller",
          "a job's script is killed, and what it had started goes on",
          "a job's node is lost, and its id used again, or not",
          "a job is suspended or goes on",
          "a job is cancelled or its time is over");

  private static final List<String> USERS = List.of("anna", "berta");

  private ModelMoves() {}

  /** A move; the number decides whom it is about. */
  private record Move(
      String name, Predicate<ModelWorld> possible, BiConsumer<ModelWorld, Integer> change)
      implements Action.Independent<ModelWorld> {
    @Override
    public boolean precondition(ModelWorld world) {
      return possible.test(world);
    }

    @Override
    public Arbitrary<Transformer<ModelWorld>> transformer() {
      return Arbitraries.integers()
          .between(0, 29)
          .map(
              chance ->
                  Transformer.mutate(name + " " + chance, world -> change.accept(world, chance)));
    }
  }

  private interface OnUse {
    void change(ModelWorld world, Use use, int chance);
  }

  private interface OnJob {
    void change(ModelWorld world, Job job, int chance);
  }

  private static Move move(String name, BiConsumer<ModelWorld, Integer> change) {
    return new Move(name, world -> true, change);
  }

  private static Move use(String name, Predicate<Use> which, OnUse change) {
    return new Move(
        name,
        world -> world.uses.stream().anyMatch(which),
        (world, chance) -> {
          List<Use> some = world.uses.stream().filter(which).toList();
          change.change(world, some.get(chance % some.size()), chance / some.size());
        });
  }

  private static Move job(String name, Predicate<Job> which, OnJob change) {
    return new Move(
        name,
        world -> world.jobs.stream().anyMatch(which),
        (world, chance) -> {
          List<Job> some = world.jobs.stream().filter(which).toList();
          change.change(world, some.get(chance % some.size()), chance / some.size());
        });
  }

  private static Node node(ModelWorld world, int chance) {
    return world.nodes.get(chance % world.nodes.size());
  }

  /** Histories of up to so many moves in a kind of place. */
  static Arbitrary<ActionChain<ModelWorld>> histories(
      ModelWorld.Place place, BrokenRule rule, int length) {
    ActionChainArbitrary<ModelWorld> chain =
        ActionChain.startWith(() -> new ModelWorld(place, rule)).withMaxTransformations(length);
    for (Move move : moves()) {
      int rare = NOW_AND_THEN.contains(move.name()) ? 4 : 2;
      chain = chain.withAction(OFTEN.contains(move.name()) ? 10 : rare, move);
    }
    return chain;
  }

  private static List<Move> moves() {
    List<Move> all = new ArrayList<>(ofUses());
    all.addAll(ofJobs());
    all.addAll(ofPlace());
    all.add(
        new Move(
            "release: plan",
            world -> world.releases.size() < 2,
            (world, chance) -> {
              String asker = List.of("anna", "berta", "root").get(chance / 3 % 3);
              ModelRelease release = new ModelRelease(world, node(world, chance), asker, false);
              if (release.isOver()) {
                release.tidyUp();
              } else {
                world.releases.add(release);
              }
            }));
    all.add(
        new Move(
            "release: go on",
            world -> !world.releases.isEmpty(),
            (world, chance) -> {
              ModelRelease release = world.releases.get(chance % world.releases.size());
              release.goOn();
              world.releases.removeIf(ModelRelease::isOver);
            }));
    all.add(
        new Move(
            "somebody comes while a release checks",
            world -> world.releases.stream().anyMatch(ModelRelease::checks),
            (world, chance) -> {
              Node node = node(world, chance);
              if (chance / 3 % 2 == 0) {
                world.begin(node, "berta", Optional.empty(), true, chance).ifPresent(world::mount);
                return;
              }
              ModelRelease release = new ModelRelease(world, node, "root", false);
              world.releases.add(release);
              for (int step = 0; step < 3 && !release.isOver(); step++) {
                release.goOn();
              }
              world.releases.removeIf(ModelRelease::isOver);
            }));
    all.add(
        new Move(
            "a job's script is killed, and what it had started goes on",
            world -> world.uses.stream().anyMatch(use -> mayLeave(world, use)),
            (world, chance) -> {
              List<Use> some = world.uses.stream().filter(use -> mayLeave(world, use)).toList();
              Job job = some.get(chance % some.size()).job.orElseThrow();
              world.complete(job, false, true);
              job.outcome = Outcome.FAILED;
              job.end = world.now;
            }));
    all.add(
        new Move(
            "a release is killed",
            world -> !world.releases.isEmpty(),
            (world, chance) -> world.releases.remove(chance % world.releases.size())));
    return all;
  }

  private static boolean mayLeave(ModelWorld world, Use use) {
    return world.place.losesProcesses()
        && use.payload
        && use.writes
        && use.job.filter(job -> job.runs() && !job.node.cut).isPresent();
  }

  private static List<Move> ofUses() {
    Predicate<Use> mounted = use -> use.payload;
    Predicate<Use> byHand = use -> use.payload && use.job.isEmpty();
    return List.of(
        move(
            "somebody starts by hand",
            (world, chance) -> {
              String user = USERS.get(chance / 3 % 2);
              world.begin(node(world, chance), user, Optional.empty(), chance % 5 > 0, chance / 6);
            }),
        new Move(
            "a writer comes without a lease",
            world -> world.place.locksReach(),
            (world, chance) -> {
              world.now = world.now.plusSeconds(world.isFirstMountOpen() ? 180 : 1);
              Use use =
                  new Use(
                      node(world, chance), "berta", Optional.empty(), true, chance % 2 > 0, world);
              world.uses.add(use);
              world.mount(use);
            }),
        use(
            "mount",
            use -> use.leader && !use.locks() && use.inode > 0,
            (world, use, chance) -> world.mount(use)),
        new Move(
            "the lease tells of the mount",
            world -> world.uses.stream().anyMatch(world::isToBeNoted),
            (world, chance) -> List.copyOf(world.uses).forEach(world::note)),
        use(
            "it writes",
            use -> use.payload && use.writes,
            (world, use, chance) -> {
              if (use.inode == world.inode) {
                world.modified = world.now;
              }
            }),
        use("it ends in order", mounted, (world, use, chance) -> world.leave(use)),
        use(
            "the starter is killed",
            mounted,
            (world, use, chance) -> {
              use.payload = false;
              world.returnLease(use);
              use.leader = false;
            }),
        use("the process group is killed", mounted, (world, use, c) -> world.kill(use, false)),
        use("all is killed", Use::alive, (world, use, chance) -> killed(world, use, chance)),
        use("the lease's process is killed", mounted, (world, use, chance) -> use.leader = false),
        use("the helper is killed", use -> use.helper, (world, use, chance) -> use.helper = false),
        use(
            "it is killed but for what it put into the background",
            byHand,
            (w, use, c) -> {
              w.returnLease(use);
              use.leader = false;
            }));
  }

  /** The file server may keep the lock. */
  private static void killed(ModelWorld world, Use use, int chance) {
    if (world.place.keepsLocks()
        && use.locks()
        && use.writes
        && use.inode == world.inode
        && chance % 2 == 0) {
      world.keptInode = use.inode;
    }
    world.kill(use, true);
  }

  private static List<Move> ofJobs() {
    return List.of(
        move("submit", ModelMoves::submit),
        job(
            "a job starts",
            job -> !job.ended() && (job.phase == Phase.PENDING || job.phase == Phase.REQUEUED),
            ModelMoves::start),
        job(
            "the controller falls silent when a job starts",
            job -> !job.ended() && job.writes && job.phase == Phase.PENDING,
            (world, job, chance) -> {
              start(world, job, chance);
              world.controllerAnswers = false;
            }),
        job(
            "a job is suspended or goes on",
            job -> job.runs() && job.phase != Phase.COMPLETING,
            (world, job, chance) ->
                job.phase = job.phase == Phase.RUNNING ? Phase.SUSPENDED : Phase.RUNNING),
        job(
            "a job is cancelled or its time is over",
            job -> !job.ended() && job.phase != Phase.COMPLETING,
            (world, job, chance) -> {
              job.end = world.now;
              if (job.runs()) {
                job.phase = Phase.COMPLETING;
              } else {
                job.outcome = Outcome.CANCELLED;
                job.started = world.now;
              }
            }),
        job(
            "a job has completed",
            job -> job.runs() && job.phase == Phase.COMPLETING && !job.node.cut,
            (world, job, chance) -> {
              world.complete(job, chance % 2 == 0, chance % 4 == 1);
              job.outcome = chance % 2 == 0 ? Outcome.TIMED_OUT : Outcome.FAILED;
            }),
        job(
            "a job is put back",
            job -> job.runs() && !job.node.cut,
            (world, job, chance) -> {
              world.complete(job, chance % 2 == 0, chance % 4 == 1);
              job.phase = Phase.REQUEUED;
              job.submitted = world.now;
            }),
        job(
            "a job's node is lost, and its id used again, or not",
            job -> job.runs() && job.writes && !job.node.cut,
            ModelMoves::useIdAgain),
        job(
            "a job is cancelled whose node is lost",
            job -> job.runs() && !job.node.cut,
            (world, job, chance) -> {
              job.outcome = Outcome.CANCELLED;
              job.end = world.now;
              job.node.cut = true;
              lost(world, job.node);
            }),
        job(
            "a job's node is lost, and the job put back",
            job -> job.runs() && !job.node.cut,
            (world, job, chance) -> {
              job.node.cut = true;
              job.phase = Phase.REQUEUED;
              lost(world, job.node);
              world.now = world.now.plusSeconds(181);
            }),
        job(
            "the queue forgets a job",
            job -> job.ended() && job.inQueue,
            (world, job, chance) -> forget(world, job)),
        job(
            "the accounting forgets a job",
            job -> !job.inQueue && job.inAccounting,
            (world, job, chance) ->
                job.inAccounting = hasProcesses(world, job) && !world.place.losesProcesses()));
  }

  private static boolean hasProcesses(ModelWorld world, Job job) {
    return world.uses.stream().anyMatch(use -> use.alive() && use.job.equals(Optional.of(job)));
  }

  /** Ids begin anew, as when a controller has lost its state: the lowest is taken that is free. */
  private static void submit(ModelWorld world, int chance) {
    int id = 1;
    while (isQueued(world, JobId.of(Integer.toString(id)))) {
      id++;
    }
    String user = USERS.get(chance % 5 >= 3 ? 1 : 0);
    world.jobs.add(
        new Job(JobId.of(Integer.toString(id)), user, chance % 4 > 0, chance % 7 > 2, world.now));
  }

  /** Rare as a chance meeting of moves: the job lives on, unseen, and one of its id has ended. */
  private static void useIdAgain(ModelWorld world, Job job, int chance) {
    job.node.cut = true;
    lost(world, job.node);
    if (chance % 3 > 0) {
      forget(world, job);
    }
    if (chance % 3 < 2) {
      return;
    }
    Job later = new Job(job.id, USERS.get(chance / 3 % 2), true, false, world.now);
    world.now = world.now.plusSeconds(60);
    later.outcome = Outcome.CANCELLED;
    later.started = world.now;
    later.end = world.now;
    world.jobs.add(later);
  }

  private static void forget(ModelWorld world, Job job) {
    job.inQueue = false;
    world.now = world.now.plusSeconds(181);
  }

  private static boolean isQueued(ModelWorld world, JobId id) {
    return world.jobs.stream().anyMatch(job -> job.inQueue && job.id.equals(id));
  }

  private static void start(ModelWorld world, Job job, int chance) {
    Node node = node(world, chance);
    if (node.cut) {
      return;
    }
    job.node = node;
    job.phase = Phase.RUNNING;
    job.started = world.now;
    Optional<Use> use = world.begin(node, job.owner, Optional.of(job), job.writes, chance / 3);
    if (use.isEmpty()) {
      job.outcome = Outcome.FAILED;
      job.end = world.now;
    }
  }

  private static List<Move> ofPlace() {
    return List.of(
        move("time passes", (world, n) -> world.now = world.now.plusSeconds(1L << (n / 2))),
        move("the controller", (world, n) -> world.controllerAnswers = n % 3 > 0),
        move("the accounting", (world, n) -> world.accountingAnswers = n % 3 > 0),
        move("the file server lets go", (world, n) -> world.keptInode = 0),
        move(
            "a node is lost, its processes go on",
            (world, chance) -> {
              Node node = node(world, chance);
              node.cut = true;
              lost(world, node);
            }),
        move(
            "a node crashes",
            (world, chance) -> {
              Node node = node(world, chance);
              for (Use use : world.uses) {
                if (use.node == node) {
                  killed(world, use, chance / 3);
                }
              }
              world.crash(node);
              node.cut = true;
              lost(world, node);
            }),
        move("a node is started again", (world, n) -> restart(world, node(world, n))),
        move("a node is back", (world, n) -> back(world, node(world, n))));
  }

  /** It is told of the jobs that were cancelled meanwhile. */
  private static void back(ModelWorld world, Node node) {
    node.cut = false;
    for (Job job : world.jobs) {
      if (job.node == node && job.outcome == Outcome.CANCELLED) {
        world.complete(job, false, false);
      }
    }
  }

  private static void lost(ModelWorld world, Node node) {
    for (Job job : world.jobs) {
      if (job.runs() && job.node == node) {
        job.outcome = Outcome.NODE_FAILED;
        job.end = world.now;
      }
    }
  }

  static void restart(ModelWorld world, Node node) {
    world.crash(node);
    node.boot++;
    node.booted = world.now;
    node.cut = false;
    lost(world, node);
  }
}
