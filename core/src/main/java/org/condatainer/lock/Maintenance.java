package org.condatainer.lock;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * An image in our own hand while it is changed: its exclusive lock, and a lease beside it that
 * tells others who has it. Everything that this process does with the file goes through {@link
 * #channel}.
 */
public final class Maintenance implements AutoCloseable {
  private final Path image;
  private final FileChannel channel;
  private final Optional<Lease> lease;

  private Maintenance(Path image, FileChannel channel, Optional<Lease> lease) {
    this.image = image;
    this.channel = channel;
    this.lease = lease;
  }

  /**
   * Keeps writers away from an image while it is read; containers may read it meanwhile.
   *
   * @return empty if somebody has it writable, be it without a lock ({@link UnlockedMount}); also
   *     if another machine's lease is beside it on a file system whose locks do not reach other
   *     machines
   * @throws IOException if it cannot be read, or its file system has no locks
   */
  public static Optional<Maintenance> beginReading(Path image) throws IOException {
    Path real = image.toRealPath();
    for (KernelLock listed : KernelList.read().on(LockedFile.of(real))) {
      // a lock of this process's own would be lost when the file is closed again
      if (listed.excludesContainers() && listed.mode() == LockMode.WRITE) {
        return Optional.empty();
      }
    }
    FileChannel channel = FileChannel.open(real, StandardOpenOption.READ);
    boolean taken = false;
    try {
      FileLock lock = channel.tryLock(0, Long.MAX_VALUE, true);
      taken = lock != null && !isLeasedElsewhere(real) && UnlockedMount.find(real, true).isEmpty();
    } finally {
      if (!taken) {
        channel.close();
      }
    }
    return taken ? Optional.of(new Maintenance(real, channel, Optional.empty())) : Optional.empty();
  }

  /**
   * Takes an image into our hand.
   *
   * @param operation what is done with it, for others who look at the lease
   * @return empty if somebody has it, be it without a lock ({@link UnlockedMount}); also if another
   *     machine's lease is beside it on a file system whose locks do not reach other machines
   * @throws IOException if it cannot be opened for writing, or its file system has no locks
   */
  public static Optional<Maintenance> begin(Path image, String operation) throws IOException {
    Path real = image.toRealPath();
    Optional<ExclusiveLock> lock = ExclusiveLock.tryAcquire(real);
    if (lock.isEmpty()) {
      return Optional.empty();
    }
    boolean taken = false;
    try {
      if (isLeasedElsewhere(real) || UnlockedMount.find(real, false).isPresent()) {
        return Optional.empty();
      }
      taken = true;
      return Optional.of(new Maintenance(real, lock.get().channel(), leave(real, operation)));
    } finally {
      if (!taken) {
        lock.get().close();
      }
    }
  }

  private static boolean isLeasedElsewhere(Path image) throws IOException {
    Optional<Lease> found;
    try {
      found = LeaseFile.read(image);
    } catch (IOException e) {
      // something else of this name: it proves nothing
      return false;
    }
    return found.isPresent()
        && !Machine.here().wrote(found.get())
        && !ImageMount.of(image).locksReachOtherNodes();
  }

  /** The lease only tells: without one the lock holds all the same. */
  private static Optional<Lease> leave(Path image, String operation) {
    Machine here = Machine.here();
    long pid = ProcessHandle.current().pid();
    Lease lease =
        new Lease(
            ProcessFolder.of(pid).user(),
            here.host(),
            here.id(),
            here.boot(),
            here.processSpace(),
            pid,
            ProcessFolder.of(pid).startTicks(),
            Optional.empty(),
            operation,
            Instant.now().truncatedTo(ChronoUnit.SECONDS));
    removeHalfLeases(image, here, pid);
    try {
      LeaseFile.write(image, lease);
      return Optional.of(lease);
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /**
   * A process that was killed while it wrote a lease has left a file beside it, {@code
   * LEASE.HOST.PID.NUMBER}.
   */
  private static void removeHalfLeases(Path image, Machine here, long ownPid) {
    String start = image.getFileName() + ".lease." + here.host() + ".";
    try (DirectoryStream<Path> files =
        Files.newDirectoryStream(
            image.getParent(), entry -> entry.getFileName().toString().startsWith(start))) {
      for (Path file : files) {
        String rest = file.getFileName().toString().substring(start.length());
        int dot = rest.indexOf('.');
        long pid = dot < 1 ? ownPid : Long.parseLong(rest.substring(0, dot));
        if (pid != ownPid && ProcessFolder.of(pid).ended()) {
          Files.deleteIfExists(file);
        }
      }
    } catch (IOException | NumberFormatException e) {
      // they do no harm
    }
  }

  /** The image's path without links. */
  public Path image() {
    return image;
  }

  /** The open image, for everything that this process wants of it meanwhile. */
  public FileChannel channel() {
    return channel;
  }

  /** Takes the lease back, then the lock. */
  @Override
  public void close() throws IOException {
    try {
      if (lease.isPresent()) {
        LeaseFile.remove(image, lease.get());
      }
    } finally {
      channel.close();
    }
  }
}
