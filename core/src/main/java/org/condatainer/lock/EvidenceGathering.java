package org.condatainer.lock;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.condatainer.scheduler.ProcessTracking;

/**
 * Asks all sources about any number of images, side by side: the kernel once, each scheduler once,
 * and each image for itself. What has not answered when the time is over is shown as such; a thread
 * that hangs in a file system is left behind.
 *
 * @param schedulers the schedulers of this machine
 * @param shell by which other machines are asked for which no scheduler can; empty for none
 * @param declared what the site says of its file systems
 * @param limit how long all sources together may take
 */
public record EvidenceGathering(
    SchedulerInquiry schedulers, Optional<NodeShell> shell, SharedLocks declared, Duration limit) {
  /** How long it takes by default, at most. */
  public static final Duration DEFAULT_LIMIT = Duration.ofSeconds(15);

  private static final int THREADS = 16;

  /** A command on a node starts a process here and there. */
  private static final int MOST_NODES = 16;

  public EvidenceGathering {
    requireNonNull(schedulers, "schedulers is null");
    requireNonNull(shell, "shell is null");
    requireNonNull(declared, "declared is null");
    requireNonNull(limit, "limit is null");
  }

  /** What can be learnt from the image and its folder. */
  private record Beside(
      Answer<ImageLock> lock,
      Answer<LockedFile> file,
      Answer<Optional<Lease>> lease,
      Answer<ImageFile> image) {
    boolean held() {
      return lock.value()
          .map(ImageLock::state)
          .filter(state -> state != ImageLock.State.FREE)
          .isPresent();
    }

    static Beside silent(String why) {
      return new Beside(
          new Answer.Unavailable<>(why),
          new Answer.Unavailable<>(why),
          new Answer.Unavailable<>(why),
          new Answer.Unavailable<>(why));
    }

    /** Whether a writer, if there is one, may be on another machine. */
    boolean mayBeElsewhere() {
      boolean elsewhere =
          lock.value().filter(some -> some.place() == ImageLock.Place.ELSEWHERE).isPresent();
      return elsewhere
          || image.value().filter(some -> !some.mount().locksReachOtherNodes()).isPresent();
    }

    Beside placed(KernelList later) {
      if (lock.value().isEmpty() || file.value().isEmpty()) {
        return this;
      }
      ImageLock where = LockProbe.placed(lock.value().get(), file.value().get(), later);
      Answer<ImageFile> on = image;
      if (image.value().isPresent() && later.isLockedByNfs4(file.value().get())) {
        ImageFile found = image.value().get();
        on = new Answer.Said<>(found.on(found.mount().servedByNfs4()));
      }
      return new Beside(new Answer.Said<>(where), file, lease, on);
    }
  }

  /** The evidence on each image, in their order. */
  public List<Evidence> of(List<Path> images) {
    // Images that hang keep no scheduler waiting.
    ExecutorService files = threads(Math.min(images.size() + 1, THREADS));
    ExecutorService askers = threads(THREADS);
    try {
      return gather(images, new Patience(files, limit), new Patience(askers, limit));
    } finally {
      files.shutdownNow();
      askers.shutdownNow();
    }
  }

  private static ExecutorService threads(int most) {
    return Executors.newFixedThreadPool(
        most,
        work -> {
          Thread thread = new Thread(work, "evidence");
          thread.setDaemon(true);
          return thread;
        });
  }

  private List<Evidence> gather(List<Path> images, Patience files, Patience askers) {
    SchedulerInquiry.Living living = schedulers.askForLiving(askers);
    Patience.Waiting<KernelLocks> scan =
        askers.ask("the processes of " + host(), KernelLocks::scan);
    KernelList before = KernelList.read();
    Answer<MountPoints> mounts = Patience.now(MountPoints::read);
    Map<Path, Patience.Waiting<Beside>> asked = new LinkedHashMap<>();
    for (Path image : images) {
      asked.put(image, files.ask(image.toString(), () -> beside(image, before, mounts)));
    }
    Map<Path, Beside> found = new LinkedHashMap<>();
    List<Lease> leases = new ArrayList<>();
    // The scheduler is asked when the leases are known; a folder that hangs leaves it its time.
    asked.forEach(
        (image, waiting) -> {
          Answer<Beside> answer = waiting.answerWithin(limit.dividedBy(3));
          String why = answer instanceof Answer.Unavailable<Beside> silent ? silent.why() : "";
          Beside beside = answer.value().orElseGet(() -> Beside.silent(why));
          found.put(image, beside);
          beside.lease().value().orElse(Optional.empty()).ifPresent(leases::add);
        });
    SchedulerInquiry.LeaseJobs jobs = schedulers.askForJobs(leases, askers);
    KernelList after = before;
    if (found.values().stream().anyMatch(Beside::held)) {
      after = KernelList.read();
      KernelList later = after;
      found.replaceAll((image, beside) -> beside.placed(later));
    }
    Answer<KernelLocks> kernel = scan.answer();
    Machine here = Machine.here();
    Map<Path, Patience.Waiting<HostEvidence>> nodes = new LinkedHashMap<>();
    Map<Path, Patience.Waiting<ProcessTracking>> trackings = new LinkedHashMap<>();
    Map<Path, Patience.Waiting<List<String>>> there = new LinkedHashMap<>();
    found.forEach(
        (image, beside) -> {
          Optional<Lease> lease = beside.lease().value().orElse(Optional.empty());
          if (lease.isPresent() && beside.mayBeElsewhere() && !here.wrote(lease.get())) {
            jobs.tracking(lease.get(), askers).ifPresent(waiting -> trackings.put(image, waiting));
            there.put(
                image, askers.ask(lease.get().host(), () -> jobs.there(lease.get(), image, shell)));
          }
          if (lease.isPresent()
              && beside.held()
              && !here.wrote(lease.get())
              && nodes.size() < MOST_NODES) {
            jobs.onNode(lease.get(), image, shell, askers)
                .ifPresent(waiting -> nodes.put(image, waiting));
          }
        });
    Evidence.Asker asker =
        new Evidence.Asker(ProcessFolder.of(ProcessHandle.current().pid()).user(), Superuser.is());
    List<Evidence> all = new ArrayList<>();
    for (Map.Entry<Path, Beside> entry : found.entrySet()) {
      Path image = entry.getKey();
      Beside beside = entry.getValue();
      Optional<Lease> lease = beside.lease().value().orElse(Optional.empty());
      Answer<HostEvidence> node =
          new Answer.NotAsked<>(
              nodes.size() < MOST_NODES
                  ? "no job of another machine runs"
                  : "only " + MOST_NODES + " nodes are asked at once");
      if (nodes.containsKey(image)) {
        node = nodes.get(image).answer();
      }
      all.add(
          new Evidence(
              image,
              asker,
              beside.lock(),
              host(kernel, after, here, beside, lease),
              beside.lease(),
              beside.image(),
              jobs.of(lease),
              living.naming(image, beside.file().value().map(LockedFile::path)),
              node,
              trackings.containsKey(image)
                  ? trackings.get(image).answer()
                  : new Answer.NotAsked<>("it does not matter here"),
              there.containsKey(image)
                  ? there.get(image).answer().value().orElse(List.of())
                  : List.of()));
    }
    return all;
  }

  private Beside beside(Path image, KernelList list, Answer<MountPoints> mounts) {
    if (mounts instanceof Answer.Unavailable<MountPoints> silent) {
      return Beside.silent(silent.why());
    }
    MountPoints points = mounts.value().orElseThrow();
    Answer<LockedFile> file = Patience.now(() -> LockedFile.of(image, points));
    ImageLock lock =
        file.value()
            .map(some -> LockProbe.probe(some, list))
            .orElseGet(() -> ImageLock.unknown(((Answer.Unavailable<LockedFile>) file).why()));
    return new Beside(
        new Answer.Said<>(lock),
        file,
        Patience.now(() -> LeaseFile.read(image)),
        Patience.now(() -> ImageFile.read(image, points, declared)));
  }

  /** This machine's processes: who holds is looked for only where something is held. */
  private static Answer<HostEvidence> host(
      Answer<KernelLocks> kernel,
      KernelList list,
      Machine here,
      Beside beside,
      Optional<Lease> lease) {
    if (kernel instanceof Answer.Unavailable<KernelLocks> silent) {
      return new Answer.Unavailable<>(silent.why());
    }
    if (beside.file() instanceof Answer.Unavailable<LockedFile> silent) {
      return new Answer.Unavailable<>(silent.why());
    }
    LockHolders holders = new LockHolders(List.of(), List.of(), 0);
    Optional<LockMode> listed = Optional.empty();
    if (beside.held()) {
      LockedFile file = beside.file().value().orElseThrow();
      holders = kernel.value().orElseThrow().holders(file, list);
      listed = list.listed(file);
    }
    HostEvidence.Writer writer = lease.map(here::writer).orElse(HostEvidence.Writer.NOT_OF_HERE);
    return new Answer.Said<>(new HostEvidence(here, listed, holders, writer));
  }

  private static String host() {
    return Machine.here().host();
  }
}
