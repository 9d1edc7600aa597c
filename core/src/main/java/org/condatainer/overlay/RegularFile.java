package org.condatainer.overlay;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Opens files of folders in which others may write: between a look at a file and its opening,
 * somebody may have put a link, a pipe or a device in its place.
 */
public final class RegularFile {
  private static final Duration LONGEST = Duration.ofSeconds(10);

  private RegularFile() {}

  /**
   * Opens one for reading, and never what a link leads to.
   *
   * <p>What is empty may be a pipe whose other end somebody holds: who reads it would wait for him.
   *
   * @throws FileSystemException if it cannot be opened, or does not open within some seconds
   */
  public static FileChannel open(Path file) throws IOException {
    return open(file, LONGEST);
  }

  /** A pipe opens when somebody writes to it, and Java cannot open it without waiting for that. */
  static FileChannel open(Path file, Duration longest) throws IOException {
    FutureTask<FileChannel> opening =
        new FutureTask<>(
            () -> FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
    Thread thread = new Thread(opening, "opens " + file);
    thread.setDaemon(true);
    thread.start();
    try {
      return opening.get(longest.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new FileSystemException(file.toString(), null, "it does not open, as a pipe would not");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException problem) {
        throw problem;
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while " + file + " was opened");
    }
  }
}
