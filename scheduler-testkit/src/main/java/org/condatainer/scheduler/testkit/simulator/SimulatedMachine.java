package org.condatainer.scheduler.testkit.simulator;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Runs simulated jobs as processes of this machine, each with its script in the spool folder. */
final class SimulatedMachine {
  private final Path spool;
  private final SimulatedCluster.Words words;

  SimulatedMachine(Path spool, SimulatedCluster.Words words) {
    this.spool = spool;
    this.words = words;
    try {
      Files.createDirectories(spool);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Process start(SimulatedJob job) throws IOException {
    JobOrder order = job.order;
    Path script = spool.resolve("job" + job.number);
    Files.write(script, order.script.getBytes(ISO_8859_1));
    List<String> command = new ArrayList<>();
    String firstLine = order.script.substring(0, Math.max(0, order.script.indexOf('\n')));
    // The kernel's way: one interpreter, and the rest of the line as one argument.
    if (firstLine.startsWith("#!")) {
      command.addAll(Arrays.asList(firstLine.substring(2).strip().split("\\s+", 2)));
    } else {
      command.add("/bin/sh");
    }
    command.add(script.toString());
    order.arguments.forEach(argument -> command.add(Call.utf8(argument)));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.directory(new File(Call.utf8(order.start.isEmpty() ? order.folder : order.start)));
    builder.environment().clear();
    order.variables.forEach(
        (name, value) -> builder.environment().put(Call.utf8(name), Call.utf8(value)));
    builder.environment().putAll(words.variables(job));
    builder.redirectInput(new File("/dev/null"));
    builder.redirectOutput(
        words.report(job, 0).isPresent()
            ? ProcessBuilder.Redirect.to(kept(job).toFile())
            : stream(job, order.output));
    if (order.error.isEmpty()) {
      builder.redirectErrorStream(true);
    } else {
      builder.redirectError(stream(job, order.error));
    }
    return builder.start();
  }

  private ProcessBuilder.Redirect stream(SimulatedJob job, String written) {
    File file = job.order.file(words.fileName(job, written)).toFile();
    return job.order.append
        ? ProcessBuilder.Redirect.appendTo(file)
        : ProcessBuilder.Redirect.to(file);
  }

  /** Puts the output that was kept until the end where it belongs. */
  void deliver(SimulatedJob job, int exitCode) throws IOException {
    Optional<String> report = words.report(job, exitCode);
    if (report.isEmpty()) {
      return;
    }
    byte[] output = Files.readAllBytes(kept(job));
    Path file = job.order.file(words.fileName(job, job.order.output));
    Files.write(
        file,
        (report.get() + new String(output, ISO_8859_1)).getBytes(ISO_8859_1),
        StandardOpenOption.CREATE,
        job.order.append ? StandardOpenOption.APPEND : StandardOpenOption.TRUNCATE_EXISTING);
  }

  private Path kept(SimulatedJob job) {
    return spool.resolve("output" + job.number);
  }

  /** The process of a job and all that it has started. */
  static List<ProcessHandle> tree(SimulatedJob job) {
    List<ProcessHandle> processes = new ArrayList<>(List.of(job.process.toHandle()));
    processes.addAll(job.process.descendants().toList());
    return processes;
  }

  static void signal(SimulatedJob job, String signal) {
    // the shell's own: a bare machine has no program kill
    List<String> kill = new ArrayList<>(List.of("sh", "-c", "kill \"$@\"", "kill", signal));
    tree(job).forEach(process -> kill.add(Long.toString(process.pid())));
    try {
      new ProcessBuilder(kill).start().waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
