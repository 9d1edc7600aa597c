package org.condatainer.overlay;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * An image that is being made, under a name of its own beside its target, so that nobody ever finds
 * a half-made one. Its name tells which process makes it; when that one was killed, the next that
 * makes an image in the folder removes what it left.
 */
final class UnfinishedImage implements AutoCloseable {
  private static final String PREFIX = ".condatainer-new-";
  private static final String LEASE = ".lease";

  /** The start of a process is computed from the clock, which may have been set meanwhile. */
  private static final Duration CLOCK_TOLERANCE = Duration.ofSeconds(2);

  /**
   * The maker of an image.
   *
   * @param pid its process
   * @param startMillis when that started
   * @param namespace in which pid namespace it has this number
   * @param boot which start of the machine
   * @param machine which machine, {@code /etc/machine-id}; empty if it has none
   * @param host its name
   */
  record Maker(
      long pid, long startMillis, String namespace, String boot, String machine, String host) {
    static Maker thisProcess() {
      ProcessHandle self = ProcessHandle.current();
      return new Maker(
          self.pid(),
          self.info().startInstant().orElse(Instant.EPOCH).toEpochMilli(),
          digits(linkText("/proc/self/ns/pid")),
          digits(firstLine("/proc/sys/kernel/random/boot_id").replaceAll("-.*", "")),
          digits(firstLine("/etc/machine-id")),
          escaped(firstLine("/proc/sys/kernel/hostname")));
    }

    /**
     * The maker that a name tells; empty for names that earlier versions gave, in which two
     * machines could not be told apart: those stay.
     */
    static Optional<Maker> of(String fileName) {
      List<String> parts = List.of(fileName.substring(PREFIX.length()).split("-", 7));
      if (parts.size() < 7) {
        return Optional.empty();
      }
      try {
        return Optional.of(
            new Maker(
                Long.parseLong(parts.get(0)),
                Long.parseLong(parts.get(1)),
                parts.get(2),
                parts.get(3),
                parts.get(5),
                parts.get(6)));
      } catch (NumberFormatException e) {
        return Optional.empty();
      }
    }

    /** Whether it is certain that this maker has ended. */
    boolean ended(Maker here) {
      if (!host.equals(here.host) || !machine.equals(here.machine)) {
        return false;
      }
      if (!boot.equals(here.boot)) {
        // a name that every new machine has is no identity, and copied machines share their id
        return !machine.isEmpty() && !host.startsWith("localhost");
      }
      if (!namespace.equals(here.namespace)) {
        return false;
      }
      Optional<Instant> start = ProcessHandle.of(pid).flatMap(found -> found.info().startInstant());
      return start.isEmpty()
          || Duration.between(start.get(), Instant.ofEpochMilli(startMillis))
                  .abs()
                  .compareTo(CLOCK_TOLERANCE)
              > 0;
    }

    String fileName(long number) {
      return PREFIX
          + pid
          + "-"
          + startMillis
          + "-"
          + namespace
          + "-"
          + boot
          + "-"
          + number
          + "-"
          + machine
          + "-"
          + host;
    }

    private static String linkText(String link) {
      try {
        return Files.readSymbolicLink(Path.of(link)).toString();
      } catch (IOException e) {
        return "";
      }
    }

    private static String firstLine(String file) {
      try {
        return Files.readString(Path.of(file)).strip();
      } catch (IOException e) {
        return "";
      }
    }

    /** A text of which each has another name; what is special in paths is written as a number. */
    private static String escaped(String text) {
      StringBuilder name = new StringBuilder();
      text.chars()
          .forEach(
              c -> {
                if (Character.isLetterOrDigit(c) || c == '-' || c == '.') {
                  name.append((char) c);
                } else {
                  name.append('_').append(Integer.toHexString(c)).append('_');
                }
              });
      return name.toString();
    }

    /** The letters and digits of a text, so that a name can be taken apart again. */
    private static String digits(String text) {
      StringBuilder kept = new StringBuilder();
      text.chars().filter(Character::isLetterOrDigit).forEach(c -> kept.append((char) c));
      return kept.toString();
    }
  }

  private final Path path;

  private UnfinishedImage(Path path) {
    this.path = path;
  }

  /**
   * Makes an empty, sparse file in a folder, after removing what ended processes left there.
   *
   * @param bytes its length
   */
  static UnfinishedImage in(Path folder, long bytes) throws IOException {
    Maker here = Maker.thisProcess();
    removeLeftovers(folder, here);
    for (long number = 0; ; number++) {
      Path path = folder.resolve(here.fileName(number));
      try (FileChannel channel =
          FileChannel.open(
              path,
              StandardOpenOption.CREATE_NEW,
              StandardOpenOption.WRITE,
              LinkOption.NOFOLLOW_LINKS)) {
        path.toFile().deleteOnExit();
        channel.write(ByteBuffer.allocate(1), bytes - 1);
        return new UnfinishedImage(path);
      } catch (FileAlreadyExistsException e) {
        // another thread of this process makes one too
      }
    }
  }

  Path path() {
    return path;
  }

  /** Opens it again, and never what somebody may have put in its place. */
  FileChannel open() throws IOException {
    return FileChannel.open(
        path, StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
  }

  /**
   * Writes the image to the disk and gives it its name, in one step that never replaces anything.
   *
   * @throws FileAlreadyExistsException if the name has been taken meanwhile
   */
  void publish(Path target) throws IOException {
    try (FileChannel channel = open()) {
      channel.force(true);
    }
    try {
      Files.createLink(target, path);
      Files.delete(path);
    } catch (FileAlreadyExistsException e) {
      throw e;
    } catch (UnsupportedOperationException | IOException e) {
      publishWithoutLink(target);
    }
    try (FileChannel folder = FileChannel.open(target.getParent(), StandardOpenOption.READ)) {
      folder.force(true);
    }
  }

  /**
   * For file systems without hard links: the name is reserved first, then only our own replaced.
   */
  private void publishWithoutLink(Path target) throws IOException {
    Files.createFile(target);
    Files.move(path, target, StandardCopyOption.ATOMIC_MOVE);
  }

  /** Writes the image to the disk and lets it take the place of another, in one step. */
  void replace(Path target) throws IOException {
    try (FileChannel channel = open()) {
      channel.force(true);
    }
    Files.move(path, target, StandardCopyOption.ATOMIC_MOVE);
    try (FileChannel folder = FileChannel.open(target.getParent(), StandardOpenOption.READ)) {
      folder.force(true);
    }
  }

  /** Removes the image unless it was published. */
  @Override
  public void close() throws IOException {
    Files.deleteIfExists(path);
  }

  private static void removeLeftovers(Path folder, Maker here) throws IOException {
    long user = Owner.ofThisProcess().uid();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder, PREFIX + "*")) {
      for (Path entry : entries) {
        String name = entry.getFileName().toString();
        // a container that filled it may have left its lease
        Optional<Maker> maker =
            Maker.of(
                name.endsWith(LEASE) ? name.substring(0, name.length() - LEASE.length()) : name);
        if (maker.isPresent()
            && maker.get().ended(here)
            && Files.isRegularFile(entry, LinkOption.NOFOLLOW_LINKS)
            && Owner.of(entry).uid() == user) {
          Files.deleteIfExists(entry);
        }
      }
    }
  }
}
