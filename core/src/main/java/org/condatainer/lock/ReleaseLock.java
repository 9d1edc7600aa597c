package org.condatainer.lock;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.condatainer.lock.HostEvidence.Writer;
import org.condatainer.overlay.OpenFiles;
import org.condatainer.script.ShellWords;

/**
 * Keeps two releases of one image apart: a locked file {@code env.img.release}. When a release is
 * killed the kernel drops the lock, and the next one takes over the file.
 *
 * <p>Where a lock does not reach other machines it keeps those of one machine apart, and a file
 * that only one can make, {@code env.img.release.lease}, those of several. It names who made it as
 * a lease does. When that one is killed, the next release on his machine takes it over: there it is
 * seen that he is gone. On another machine nothing proves that.
 */
final class ReleaseLock implements AutoCloseable {
  /** More than releases that end in between can make of it. */
  private static final int MOST_TRIES = 1000;

  private record Kept(Path file, FileChannel channel, Optional<Lease> claim) {}

  private final Optional<Kept> kept;

  private ReleaseLock(Optional<Kept> kept) {
    this.kept = kept;
  }

  /** For a folder in which no file can be made. */
  static ReleaseLock none() {
    return new ReleaseLock(Optional.empty());
  }

  /** Whether it is one; not so where no file can be made. */
  boolean isKept() {
    return kept.isPresent();
  }

  /** Whether there is one, of a release that works or was killed. */
  static boolean isLeft(Path real) {
    return Files.exists(
        real.resolveSibling(real.getFileName() + ".release"), LinkOption.NOFOLLOW_LINKS);
  }

  /**
   * @param reach whether locks on the image reach other machines
   * @return empty if another release works on the image
   * @throws IOException if a file cannot be made, or is a link; or if a release on another machine
   *     may work on the image, which the message says
   */
  static Optional<ReleaseLock> tryAcquire(Path image, boolean reach) throws IOException {
    Path real = image.toRealPath();
    Path file = real.resolveSibling(real.getFileName() + ".release");
    for (int tries = 0; tries < MOST_TRIES; tries++) {
      // to close it again would give up the lock of another release in this process
      if (OpenFiles.now().contain(file)) {
        return Optional.empty();
      }
      FileChannel channel =
          FileChannel.open(
              file,
              Set.of(
                  StandardOpenOption.CREATE,
                  StandardOpenOption.READ,
                  StandardOpenOption.WRITE,
                  LinkOption.NOFOLLOW_LINKS),
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r--r--")));
      boolean taken = false;
      try {
        FileLock lock = channel.tryLock();
        if (lock == null) {
          return Optional.empty();
        }
        // A release that has just ended has removed the file that was opened.
        taken = isOpenHere(file);
        if (taken) {
          taken = false;
          Optional<Lease> claim = reach ? Optional.empty() : Optional.of(claim(file));
          taken = true;
          return Optional.of(new ReleaseLock(Optional.of(new Kept(file, channel, claim))));
        }
      } catch (OverlappingFileLockException e) {
        return Optional.empty();
      } finally {
        if (!taken) {
          channel.close();
        }
      }
    }
    throw new IOException(
        file + " is being replaced all the time, or has another number each time; try again later");
  }

  /** Releases of this machine do so one after the other. */
  private static Lease claim(Path file) throws IOException {
    Lease own =
        Machine.ownLease(
            "lock release",
            Instant.now().truncatedTo(ChronoUnit.SECONDS),
            OptionalInt.empty(),
            Optional.empty());
    Optional<Lease> found = LeaseFile.read(file);
    if (found.isPresent() && isGone(found.get())) {
      LeaseFile.remove(file, found.get());
    }
    if (LeaseFile.claim(file, own)) {
      return own;
    }
    Lease other = LeaseFile.read(file).orElse(own);
    throw new IOException(
        "a release by "
            + other.user()
            + " on "
            + other.host()
            + " (process "
            + other.pid()
            + ") works on the image since "
            + other.since()
            + ", or was killed, and on this file system no lock reaches other machines. Wait for"
            + " its end, or release the image on "
            + other.host()
            + ", where it shows whether that one is gone. If that machine is gone for good, remove "
            + ShellWords.quote(LeaseFile.of(file).toString()));
  }

  private static boolean isGone(Lease claim) {
    Writer writer = Machine.here().writer(claim);
    return writer == Writer.GONE || writer == Writer.REBOOTED;
  }

  /**
   * Whether the file of that name is one that this process has open, and no other that was made
   * since.
   */
  private static boolean isOpenHere(Path file) {
    LeaseFile.askServer(file.toAbsolutePath().getParent());
    return OpenFiles.now().contain(file);
  }

  @Override
  public void close() throws IOException {
    if (kept.isPresent()) {
      if (kept.get().claim().isPresent()) {
        LeaseFile.remove(kept.get().file(), kept.get().claim().get());
      }
      try (FileChannel locked = kept.get().channel()) {
        if (locked.isOpen() && isOpenHere(kept.get().file())) {
          Files.deleteIfExists(kept.get().file());
        }
      }
    }
  }
}
