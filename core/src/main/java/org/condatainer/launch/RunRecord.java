package org.condatainer.launch;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Set;
import org.condatainer.process.SystemWords;

/**
 * The folder of one run, below {@code runs_dir}: the batch script as it was submitted and what is
 * known of the job. Only its owner can read it.
 */
final class RunRecord {
  /** The file that says what was submitted. */
  static final String DESCRIPTION = ".condatainer.json";

  /** The batch script of an array on this machine. */
  static final String SCRIPT = "script";

  /** The folder of what is submitted. */
  static final String SCRIPTS = "job";

  private static final String ANOTHER =
      "; another folder is set by runs_dir in the configuration, or CNT_RUNS_DIR";

  private static final FileAttribute<?> PRIVATE_FOLDER =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
  private static final FileAttribute<?> PRIVATE_FILE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  private final Path folder;

  private RunRecord(Path folder) {
    this.folder = folder;
  }

  /** An id that no other run of this user on any host has: the time (UTC), and a part by chance. */
  static String newRunId() {
    LocalDateTime now =
        LocalDateTime.ofEpochSecond(System.currentTimeMillis() / 1_000, 0, ZoneOffset.UTC);
    String suffix = Long.toString(chance() & 0x7fff_ffffL, 36);
    return two(now.getYear())
        + two(now.getMonthValue())
        + two(now.getDayOfMonth())
        + "-"
        + two(now.getHour())
        + two(now.getMinute())
        + two(now.getSecond())
        + "-"
        + suffix;
  }

  /** From the kernel; Java's own generators take several milliseconds to start. */
  private static long chance() {
    try (InputStream random = Files.newInputStream(Path.of("/dev/urandom"))) {
      return ByteBuffer.wrap(random.readNBytes(Long.BYTES)).getLong();
    } catch (IOException | BufferUnderflowException e) {
      return System.nanoTime() * 0x9E3779B97F4A7C15L;
    }
  }

  private static String two(int number) {
    return number < 10 ? "0" + number : Integer.toString(number);
  }

  /**
   * Makes the folder of a run.
   *
   * @throws LaunchException if it cannot be made
   */
  static RunRecord create(Path runsDirectory, String runId) {
    Path folder = runsDirectory.resolve(runId);
    try {
      Files.createDirectories(runsDirectory, PRIVATE_FOLDER);
      Files.createDirectory(folder, PRIVATE_FOLDER);
    } catch (IOException e) {
      throw notMade(runsDirectory, e);
    }
    return new RunRecord(folder);
  }

  /**
   * Writes the script of a run on this machine, whose record is that file alone.
   *
   * @throws LaunchException if it cannot be written
   */
  static void writeAlone(Path file, byte[] content) {
    try {
      Files.createDirectories(file.getParent(), PRIVATE_FOLDER);
    } catch (IOException e) {
      throw notMade(file.getParent(), e);
    }
    writeNew(file, content);
  }

  static void discardAlone(Path file) {
    try {
      Files.delete(file);
    } catch (IOException e) {
      throw notRemoved(file, e);
    }
  }

  private static LaunchException notMade(Path runsDirectory, IOException problem) {
    return new LaunchException(
        LaunchException.Kind.FAILED,
        "the run's record cannot be made in " + runsDirectory + ": " + reason(problem) + ANOTHER,
        problem);
  }

  private static LaunchException notRemoved(Path path, IOException problem) {
    return new LaunchException(
        LaunchException.Kind.FAILED,
        path + " cannot be removed: " + SystemWords.of(problem),
        problem);
  }

  private static String reason(IOException problem) {
    if (problem instanceof FileAlreadyExistsException e) {
      return e.getFile() + " exists already";
    }
    return problem instanceof NoSuchFileException
        ? "there is no such folder"
        : SystemWords.of(problem);
  }

  Path folder() {
    return folder;
  }

  /**
   * Writes the script to be submitted, in a folder of its own: its name is the user's, and may be
   * that of any file of the record. Schedulers show it as the job's name.
   */
  Path writeScript(String name, byte[] content) {
    Path scripts = folder.resolve(SCRIPTS);
    try {
      Files.createDirectory(scripts, PRIVATE_FOLDER);
    } catch (IOException e) {
      throw new LaunchException(
          LaunchException.Kind.FAILED, scripts + " cannot be made: " + SystemWords.of(e), e);
    }
    Path file = scripts.resolve(name);
    writeNew(file, content);
    return file;
  }

  /** Writes a new executable file of the record. */
  Path write(String name, byte[] content) {
    Path file = folder.resolve(name);
    writeNew(file, content);
    return file;
  }

  private static void writeNew(Path file, byte[] content) {
    boolean made = false;
    try (SeekableByteChannel channel =
        Files.newByteChannel(
            file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), PRIVATE_FILE)) {
      made = true;
      ByteBuffer buffer = ByteBuffer.wrap(content);
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
    } catch (IOException e) {
      LaunchException failure =
          new LaunchException(
              LaunchException.Kind.FAILED,
              file + " cannot be written: " + SystemWords.why(e) + ANOTHER,
              e);
      if (made) {
        removeHalf(file, failure);
      }
      throw failure;
    }
  }

  /** A full disk takes a new file, and then nothing into it. */
  private static void removeHalf(Path file, LaunchException failure) {
    try {
      Files.delete(file);
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  Path write(String name, String text) {
    return write(name, text.getBytes(UTF_8));
  }

  /** Removes the record of a run that did not come to be. */
  void discard() {
    try {
      if (Files.isDirectory(folder.resolve(SCRIPTS), LinkOption.NOFOLLOW_LINKS)) {
        removeFilesAnd(folder.resolve(SCRIPTS));
      }
      removeFilesAnd(folder);
    } catch (IOException e) {
      throw notRemoved(folder, e);
    }
  }

  private static void removeFilesAnd(Path folder) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }
}
