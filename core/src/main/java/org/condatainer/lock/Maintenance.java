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
import java.util.OptionalInt;
import org.condatainer.overlay.OpenFiles;
import org.condatainer.overlay.OverlayException;
import org.condatainer.overlay.Superblock;

/**
 * An image in our own hand while it is changed: its exclusive lock, and a lease beside it that
 * tells others who has it. Everything that this process does with the file goes through {@link
 * #channel}.
 */
public final class Maintenance implements AutoCloseable {
  private final Path image;
  private final FileChannel channel;
  private final Optional<Lease> lease;

  /** Takes the lease back where the user interrupts it, when nothing else of Java's runs. */
  private final Thread whenInterrupted;

  private Maintenance(Path image, FileChannel channel, Optional<Lease> lease) {
    this.image = image;
    this.channel = channel;
    this.lease = lease;
    this.whenInterrupted = new Thread(this::removeLeaseQuietly, "lease");
    if (lease.isPresent()) {
      Runtime.getRuntime().addShutdownHook(whenInterrupted);
    }
  }

  private void removeLeaseQuietly() {
    try {
      LeaseFile.remove(image, lease.orElseThrow());
    } catch (IOException e) {
      // the next one takes it over
    }
  }

  /**
   * Keeps writers away from an image while it is read; containers may read it meanwhile.
   *
   * @param declared what the site says of its file systems
   * @return empty if somebody has it writable, be it without a lock ({@link UnlockedMount}); also
   *     if another machine's lease is beside it on a file system whose locks do not reach other
   *     machines
   * @throws IOException if it cannot be read, or its file system has no locks
   */
  public static Optional<Maintenance> beginReading(Path image, SharedLocks declared)
      throws IOException {
    Path real = image.toRealPath();
    // a lock of this process's own would be lost when the file is closed again
    if (OpenFiles.now().contain(real)) {
      return Optional.empty();
    }
    for (KernelLock listed : KernelList.read().on(LockedFile.of(real))) {
      if (listed.excludesContainers() && listed.mode() == LockMode.WRITE) {
        return Optional.empty();
      }
    }
    FileChannel channel = FileChannel.open(real, StandardOpenOption.READ);
    boolean taken = false;
    try {
      FileLock lock = channel.tryLock(0, Long.MAX_VALUE, true);
      taken =
          lock != null
              && !isLeasedElsewhere(real, declared)
              && UnlockedMount.find(real, true).isEmpty();
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
   * @param declared what the site says of its file systems
   * @return empty if somebody has it, be it without a lock ({@link UnlockedMount}); also if the
   *     lease of another machine, or of a process that lives, is beside it on a file system whose
   *     locks do not reach other machines
   * @throws IOException if it cannot be opened for writing, or its file system has no locks, or
   *     locks that do not reach other machines and no lease can be left there
   */
  public static Optional<Maintenance> begin(Path image, String operation, SharedLocks declared)
      throws IOException {
    Path real = image.toRealPath();
    Optional<ExclusiveLock> lock = ExclusiveLock.tryAcquire(real);
    if (lock.isEmpty()) {
      return Optional.empty();
    }
    boolean taken = false;
    try {
      Lease own = own(real, operation, lock.get().channel());
      if (UnlockedMount.find(real, false).isEmpty()) {
        Optional<Maintenance> begun = leave(real, lock.get().channel(), own, declared);
        taken = begun.isPresent();
        return begun;
      }
      return Optional.empty();
    } finally {
      if (!taken) {
        lock.get().close();
      }
    }
  }

  private static Lease own(Path image, String operation, FileChannel channel) {
    Optional<Superblock> superblock = superblock(channel, image);
    return Machine.ownLease(
        operation,
        Instant.now().truncatedTo(ChronoUnit.SECONDS),
        superblock.map(found -> OptionalInt.of(found.mountCount())).orElse(OptionalInt.empty()),
        superblock.flatMap(WriteMount::of));
  }

  /**
   * The lease only tells where the lock holds, and without one it holds all the same. Where the
   * lock does not reach other machines the lease is what keeps them away: another's is respected,
   * and of two in the same moment one alone gets it.
   *
   * @throws IOException if none can be left where the lock does not reach
   */
  private static Optional<Maintenance> leave(
      Path image, FileChannel channel, Lease own, SharedLocks declared) throws IOException {
    removeHalfLeases(image, own.host(), own.pid());
    boolean reach = locksReach(image, declared);
    try {
      if (reach) {
        LeaseFile.write(image, own);
      } else if (!isTaken(image, own)) {
        return Optional.empty();
      }
      return Optional.of(new Maintenance(image, channel, Optional.of(own)));
    } catch (IOException e) {
      if (!reach) {
        throw new IOException(
            "no lock reaches other machines on its file system, and no lease can be left beside it"
                + " to keep them away: "
                + Patience.words(e),
            e);
      }
      return Optional.of(new Maintenance(image, channel, Optional.empty()));
    }
  }

  /** Where a writer of another machine cannot be seen by his lock, his lease is what tells. */
  private static boolean isLeasedElsewhere(Path image, SharedLocks declared) throws IOException {
    Optional<Lease> found;
    try {
      found = LeaseFile.read(image);
    } catch (IOException e) {
      // something else of this name: it proves nothing
      return false;
    }
    return found.isPresent() && !Machine.here().wrote(found.get()) && !locksReach(image, declared);
  }

  private static boolean locksReach(Path image, SharedLocks declared) throws IOException {
    return ImageMount.of(image, declared).locksReachOtherNodes();
  }

  private static boolean isTaken(Path image, Lease own) throws IOException {
    Optional<Lease> found;
    try {
      found = LeaseFile.read(image);
    } catch (IOException e) {
      // something else of this name: it proves nothing
      LeaseFile.write(image, own);
      return true;
    }
    if (found.isEmpty()) {
      return LeaseFile.claim(image, own);
    }
    Machine here = Machine.here();
    if (!here.wrote(found.get()) || here.writer(found.get()) == HostEvidence.Writer.ALIVE) {
      return false;
    }
    LeaseFile.write(image, own);
    return true;
  }

  /** What is no ext file system is never mounted. */
  private static Optional<Superblock> superblock(FileChannel channel, Path image) {
    try {
      return Optional.of(Superblock.read(channel, image));
    } catch (OverlayException | IOException e) {
      return Optional.empty();
    }
  }

  /**
   * A process that was killed while it wrote a lease has left a file beside it, {@code
   * LEASE.HOST.PID.NUMBER}.
   */
  private static void removeHalfLeases(Path image, String host, long ownPid) {
    String start = image.getFileName() + ".lease." + host + ".";
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
        Runtime.getRuntime().removeShutdownHook(whenInterrupted);
      }
    } catch (IllegalStateException e) {
      // it is interrupted at this moment
    } finally {
      channel.close();
    }
  }
}
