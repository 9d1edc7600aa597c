package org.condatainer.process;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;

/**
 * A process that is fed, or read from, as a stream: for what is too large to be kept. It has no
 * time limit; whoever reads or writes ends it by closing this.
 */
public final class PipedProcess implements AutoCloseable {
  private static final int LONGEST_ERRORS = 1 << 16;

  private final Process process;
  private final ByteArrayOutputStream errors = new ByteArrayOutputStream();
  private final Thread reader;

  private PipedProcess(Process process) {
    this.process = process;
    this.reader = new Thread(this::readErrors, "process errors");
    reader.setDaemon(true);
    reader.start();
  }

  /**
   * Starts a program.
   *
   * @param words the program and its arguments, passed as they are
   * @param variables variables set for it, over those of this process
   * @throws CommandException if there is no such program
   */
  public static PipedProcess start(List<String> words, Map<String, String> variables)
      throws CommandException {
    ProcessBuilder builder = new ProcessBuilder(words);
    builder.environment().putAll(variables);
    try {
      return new PipedProcess(builder.start());
    } catch (IOException e) {
      throw new CommandException(
          CommandException.Kind.NOT_STARTED,
          words.get(0) + " could not be run: " + SystemWords.why(e),
          e);
    }
  }

  /** What it reads. To be closed when there is no more. */
  public OutputStream input() {
    return process.getOutputStream();
  }

  /** What it writes to its standard output. */
  public InputStream output() {
    return process.getInputStream();
  }

  /**
   * Waits for its end. Its output must have been read by then.
   *
   * @return its exit code and the first 64 KiB of its standard error; the output is empty
   * @throws IllegalStateException if this thread is interrupted
   */
  public CommandResult await() {
    try {
      int exitCode = process.waitFor();
      reader.join();
      synchronized (errors) {
        return new CommandResult(exitCode, "", errors.toString(UTF_8));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while a process ran", e);
    }
  }

  private void readErrors() {
    byte[] buffer = new byte[4096];
    try (InputStream stream = process.getErrorStream()) {
      for (int count = stream.read(buffer); count >= 0; count = stream.read(buffer)) {
        synchronized (errors) {
          errors.write(buffer, 0, Math.min(count, Math.max(0, LONGEST_ERRORS - errors.size())));
        }
      }
    } catch (IOException e) {
      // closed while it was read, when the process was ended
    }
  }

  /** Ends it if it still runs. */
  @Override
  public void close() {
    process.destroyForcibly();
  }
}
