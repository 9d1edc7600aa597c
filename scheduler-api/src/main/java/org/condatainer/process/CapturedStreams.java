package org.condatainer.process;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.exec.ExecuteStreamHandler;

/**
 * Feeds a process and keeps what it and its children print until it ends. A child that it left
 * behind may hold its output open: that is no error, and what it prints later is lost, as the JDK
 * closes the pipe.
 */
final class CapturedStreams implements ExecuteStreamHandler {
  private final byte[] input;
  private final Duration patience;
  private final Sink output = new Sink();
  private final Sink errors = new Sink();
  private final List<Thread> readers = new ArrayList<>();
  private OutputStream processInput;
  private InputStream processOutput;
  private InputStream processErrors;

  /**
   * @param input what the process reads
   * @param patience how long to wait for output after its end
   */
  CapturedStreams(byte[] input, Duration patience) {
    this.input = input;
    this.patience = patience;
  }

  @Override
  public void setProcessInputStream(OutputStream stream) {
    processInput = stream;
  }

  @Override
  public void setProcessOutputStream(InputStream stream) {
    processOutput = stream;
  }

  @Override
  public void setProcessErrorStream(InputStream stream) {
    processErrors = stream;
  }

  @Override
  public void start() {
    readers.add(background("output", () -> output.drain(processOutput)));
    readers.add(background("errors", () -> errors.drain(processErrors)));
    if (input.length > 0) {
      background("input", this::feed);
    } else {
      close(processInput);
    }
  }

  @Override
  public void stop() {
    long end = System.nanoTime() + patience.toNanos();
    try {
      for (Thread reader : readers) {
        reader.join(Math.max(1, (end - System.nanoTime()) / 1_000_000));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  String output() {
    return output.text();
  }

  String errors() {
    return errors.text();
  }

  private void feed() {
    try (OutputStream stream = processInput) {
      stream.write(input);
    } catch (IOException e) {
      // It ended without reading all of its input; its exit code tells the rest.
    }
  }

  private static Thread background(String name, Runnable work) {
    Thread thread = new Thread(work, "process " + name);
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  private static void close(OutputStream stream) {
    try {
      stream.close();
    } catch (IOException e) {
      // The process is gone already.
    }
  }

  /** Bytes that one thread adds to while another may read them. */
  private static final class Sink {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    void drain(InputStream stream) {
      byte[] buffer = new byte[8192];
      try {
        for (int count = stream.read(buffer); count >= 0; count = stream.read(buffer)) {
          synchronized (bytes) {
            bytes.write(buffer, 0, count);
          }
        }
      } catch (IOException e) {
        // Closed while it was read, after the process ended: what came until then counts.
      }
    }

    String text() {
      synchronized (bytes) {
        return bytes.toString(UTF_8);
      }
    }
  }
}
