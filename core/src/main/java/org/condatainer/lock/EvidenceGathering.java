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
import org.condatainer.overlay.Owner;

/**
 * Asks all sources about any number of images, side by side: the kernel once, each scheduler once,
 * and each image for itself. What has not answered when the time is over is shown as such; a thread
 * that hangs in a file system is left behind.
 *
 * @param schedulers the schedulers of this machine
 * @param limit how long all sources together may take
 */
public record EvidenceGathering(SchedulerInquiry schedulers, Duration limit) {
  /** How long it takes by default, at most. */
  public static final Duration DEFAULT_LIMIT = Duration.ofSeconds(15);

  private static final int THREADS = 16;

  public EvidenceGathering {
    requireNonNull(schedulers, "schedulers is null");
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
  }

  /** The evidence on each image, in their order. */
  public List<Evidence> of(List<Path> images) {
    ExecutorService threads =
        Executors.newFixedThreadPool(
            Math.min(images.size() + 6, THREADS),
            work -> {
              Thread thread = new Thread(work, "evidence");
              thread.setDaemon(true);
              return thread;
            });
    try {
      return gather(images, new Patience(threads, limit));
    } finally {
      threads.shutdownNow();
    }
  }

  private List<Evidence> gather(List<Path> images, Patience patience) {
    SchedulerInquiry.Living living = schedulers.askForLiving(patience);
    Patience.Waiting<KernelLocks> scan =
        patience.ask("the processes of " + host(), KernelLocks::scan);
    Map<Path, Patience.Waiting<Beside>> asked = new LinkedHashMap<>();
    for (Path image : images) {
      asked.put(image, patience.ask(image.toString(), () -> beside(image)));
    }
    Map<Path, Beside> found = new LinkedHashMap<>();
    List<Lease> leases = new ArrayList<>();
    // The scheduler is asked when the leases are known; a folder that hangs leaves it its time.
    asked.forEach(
        (image, waiting) -> {
          Answer<Beside> answer = waiting.answerWithin(limit.dividedBy(3));
          String why = answer instanceof Answer.Unavailable<Beside> silent ? silent.why() : "";
          Beside beside =
              answer
                  .value()
                  .orElse(
                      new Beside(
                          new Answer.Unavailable<>(why),
                          new Answer.Unavailable<>(why),
                          new Answer.Unavailable<>(why),
                          new Answer.Unavailable<>(why)));
          found.put(image, beside);
          beside.lease().value().orElse(Optional.empty()).ifPresent(leases::add);
        });
    SchedulerInquiry.LeaseJobs jobs = schedulers.askForJobs(leases, patience);
    Answer<KernelLocks> kernel = scan.answer();
    Machine here = Machine.here();
    Map<Path, Patience.Waiting<HostEvidence>> nodes = new LinkedHashMap<>();
    found.forEach(
        (image, beside) -> {
          Optional<Lease> lease = beside.lease().value().orElse(Optional.empty());
          if (lease.isPresent() && beside.held() && !here.wrote(lease.get())) {
            jobs.onNode(lease.get(), image, patience)
                .ifPresent(waiting -> nodes.put(image, waiting));
          }
        });
    Evidence.Asker asker =
        new Evidence.Asker(ProcessFolder.of(ProcessHandle.current().pid()).user(), isRoot());
    List<Evidence> all = new ArrayList<>();
    found.forEach(
        (image, beside) -> {
          Optional<Lease> lease = beside.lease().value().orElse(Optional.empty());
          Answer<HostEvidence> node = new Answer.NotAsked<>("no job of another machine runs");
          if (nodes.containsKey(image)) {
            node = nodes.get(image).answer();
          }
          all.add(
              new Evidence(
                  image,
                  asker,
                  beside.lock(),
                  host(kernel, here, beside, lease),
                  beside.lease(),
                  beside.image(),
                  jobs.of(lease),
                  living.naming(image, beside.file().value().map(LockedFile::path)),
                  node));
        });
    return all;
  }

  private static Beside beside(Path image) {
    return new Beside(
        new Answer.Said<>(LockProbe.probe(image)),
        Patience.now(() -> LockedFile.of(image)),
        Patience.now(() -> LeaseFile.read(image)),
        Patience.now(() -> ImageFile.read(image)));
  }

  /** This machine's processes: who holds is looked for only where something is held. */
  private static Answer<HostEvidence> host(
      Answer<KernelLocks> kernel, Machine here, Beside beside, Optional<Lease> lease) {
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
      holders = kernel.value().orElseThrow().holders(file);
      for (KernelLock lock : LockProbe.kernelLocks(file).orElse(List.of())) {
        if (lock.excludesContainers() && !listed.equals(Optional.of(LockMode.WRITE))) {
          listed = Optional.of(lock.mode());
        }
      }
    }
    HostEvidence.Writer writer = lease.map(here::writer).orElse(HostEvidence.Writer.NOT_OF_HERE);
    return new Answer.Said<>(new HostEvidence(here, listed, holders, writer));
  }

  private static String host() {
    return Machine.here().host();
  }

  private static boolean isRoot() {
    return Owner.ofThisProcess().uid() == 0;
  }
}
