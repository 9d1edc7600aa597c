package org.condatainer.scheduler.testkit.simulator;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** A command on a node of a simulated cluster: a process of this machine. */
final class NodeCommand {
  private NodeCommand() {}

  /**
   * Runs it to its end.
   *
   * @param call what asked for it, whose environment and input it gets
   * @param variables what it gets beside
   */
  static Answer run(Call call, List<String> words, Map<String, String> variables) {
    ProcessBuilder builder = new ProcessBuilder(words.stream().map(Call::utf8).toList());
    builder.environment().clear();
    call.variables().forEach((name, value) -> builder.environment().put(name, Call.utf8(value)));
    builder.environment().putAll(variables);
    builder.directory(new File("/"));
    try {
      Process process = builder.start();
      CompletableFuture<Void> input =
          CompletableFuture.runAsync(() -> give(process.getOutputStream(), call.input()));
      CompletableFuture<String> errors =
          CompletableFuture.supplyAsync(() -> text(process.getErrorStream()));
      String output = text(process.getInputStream());
      input.join();
      return new Answer(process.waitFor(), output, errors.join());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void give(OutputStream stream, String input) {
    try (stream) {
      stream.write(input.getBytes(ISO_8859_1));
    } catch (IOException e) {
      // It did not read it to its end.
    }
  }

  private static String text(InputStream stream) {
    try {
      return new String(stream.readAllBytes(), ISO_8859_1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
