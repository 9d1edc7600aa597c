package org.condatainer.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/**
 * The assembled program, called as a user calls it.
 *
 * @param user the user who calls it; empty for the one who runs the tests
 * @param folder the folder in which it is called; the user owns it
 * @param variables variables over those of the tests
 */
record Installed(String user, Path folder, Map<String, String> variables) {
  /** What a call left. */
  record Result(int exitCode, String out, String err) {
    /** The exit code and both outputs, for the message of a failed assertion. */
    String everything() {
      return "exit code " + exitCode + "\n--- out\n" + out + "\n--- err\n" + err;
    }
  }

  static final Path PROGRAM =
      Path.of(System.getProperty("condatainer.dist", "target/condatainer")).toAbsolutePath();

  /** The program in a new folder below {@code parent}, called by this user. */
  static Installed in(Path parent, String user) {
    try {
      Files.setPosixFilePermissions(parent, PosixFilePermissions.fromString("rwxr-xr-x"));
      Path folder = Files.createTempDirectory(parent, "work");
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
      Installed installed = new Installed(user, folder, Map.of("CNT_RUNS_DIR", folder + "/.runs"));
      if (!user.isEmpty()) {
        installed.command(List.of("chown", "-R", user, folder.toString()), "");
      }
      return installed;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** With a Slurm that says that it uses control groups, which the engine of the tests has not. */
  Installed withProcessesHeldTogether() {
    Path folder = folder().resolve("tools");
    write(
        "tools/scontrol",
        "#!/bin/bash\nset -o pipefail\nPATH=${PATH#*:} scontrol \"$@\" |"
            + " sed 's,proctrack/linuxproc,proctrack/cgroup,'\n");
    asUser(List.of("chmod", "755", folder + "/scontrol"), "");
    return with("PATH", folder + ":" + System.getenv("PATH"));
  }

  Installed with(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(variables);
    more.put(name, value);
    return new Installed(user, folder, more);
  }

  Installed at(Path otherFolder) {
    return new Installed(user, otherFolder, variables);
  }

  /** Calls the program. */
  Result call(String... arguments) {
    return callWithInput("", arguments);
  }

  Result callWithInput(String input, String... arguments) {
    return asUser(words(arguments), input);
  }

  /** The words of a call, for tests that start it themselves. */
  List<String> words(String... arguments) {
    List<String> words = new ArrayList<>();
    words.add(PROGRAM.resolve("bin/condatainer").toString());
    words.addAll(List.of(arguments));
    return words;
  }

  /** Runs any command as the user, in the folder. */
  Result asUser(List<String> command, String input) {
    return command(userWords(command), input);
  }

  /** The words that run a command as the user. */
  List<String> userWords(List<String> command) {
    List<String> words = new ArrayList<>();
    if (!user.isEmpty()) {
      words.addAll(List.of("runuser", "-u", user, "--", "env", "HOME=" + home()));
    }
    words.addAll(command);
    return words;
  }

  private String home() {
    return "/home/" + user;
  }

  /** A process that was started and not waited for. */
  Process start(List<String> command) {
    try {
      return builder(userWords(command))
          .redirectErrorStream(true)
          .redirectOutput(folder.resolve("started.out").toFile())
          .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private ProcessBuilder builder(List<String> words) {
    ProcessBuilder builder = new ProcessBuilder(words).directory(folder.toFile());
    builder.environment().putAll(variables);
    return builder;
  }

  private Result command(List<String> words, String input) {
    try {
      Path out = Files.createTempFile("out", "");
      Path err = Files.createTempFile("err", "");
      Path in = Files.createTempFile("in", "");
      try {
        Files.writeString(in, input);
        Process process =
            builder(words)
                .redirectInput(in.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        if (!process.waitFor(120, TimeUnit.SECONDS)) {
          process.destroyForcibly();
          throw new AssertionError(words + " did not end within 120 s: " + Files.readString(err));
        }
        return new Result(process.exitValue(), text(out), text(err));
      } finally {
        Files.delete(out);
        Files.delete(err);
        Files.delete(in);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static String text(Path file) throws IOException {
    return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
  }

  /** The records of its jobs; those of runs on this machine are in a folder of their own. */
  List<Path> jobRecords() {
    try (Stream<Path> records = Files.list(folder.resolve(".runs"))) {
      return records.filter(record -> !record.endsWith("here")).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Writes a file of the user's. */
  Path write(String name, String text) {
    Path file = folder.resolve(name);
    try {
      Files.createDirectories(file.getParent());
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (!user.isEmpty()) {
      command(List.of("chown", "-R", user, "--", folder.toString()), "");
    }
    return file;
  }

  /** Makes a small overlay with one file that exists nowhere else. */
  Path overlay(String name) {
    Result made = call("o", name, "-s", "32M", "--sparse");
    if (made.exitCode() != 0) {
      throw new AssertionError("no overlay: " + made.everything());
    }
    Result filled =
        call(
            "exec",
            "-w",
            "-o",
            name,
            "sh",
            "-c",
            "mkdir -p /ext3/env && echo 'only in the overlay' > /ext3/env/fact");
    if (filled.exitCode() != 0) {
      throw new AssertionError("the overlay could not be filled: " + filled.everything());
    }
    return folder.resolve(name);
  }

  /** Submits a run, and returns the id of its job, which is written like this. */
  String submit(String id, List<String> arguments) {
    List<String> words = new ArrayList<>(List.of("run"));
    words.addAll(arguments);
    Result submitted = call(words.toArray(new String[0]));
    assertThat(submitted.exitCode()).as(submitted.everything()).isZero();
    String printed = submitted.out().strip();
    assertThat(printed).as(submitted.everything()).matches(id);
    return printed;
  }

  /** What is known of a job, as JSON. */
  String jobs(String id) {
    return call("jobs", "--json", id).out();
  }

  /** What is known of a job when it has ended, as JSON. */
  String ended(String id) {
    String[] last = {""};
    await(
        "job " + id + " ends",
        () -> {
          last[0] = jobs(id);
          return last[0].contains("\"state\" : \"ended\"");
        });
    return last[0];
  }

  /** The text of a file of the user's. */
  String read(String name) throws IOException {
    return Files.readString(folder.resolve(name));
  }

  /** Waits until something is so, for 120 seconds at most. */
  static void await(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("waited in vain: " + what);
      }
      try {
        TimeUnit.MILLISECONDS.sleep(100);
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
  }

  /** How many files of the folder have names that begin so. */
  long count(String prefix) {
    String[] names = folder.toFile().list((parent, name) -> name.startsWith(prefix));
    return names == null ? 0 : names.length;
  }

  /** Waits for as long as the count grows; two minutes without growth are in vain. */
  void awaitCount(long expected, String what, LongSupplier count) {
    long[] seen = {0};
    while (seen[0] < expected) {
      long before = seen[0];
      try {
        await(
            "more than " + before + " of " + expected + " " + what,
            () -> {
              seen[0] = count.getAsLong();
              return seen[0] > before;
            });
      } catch (AssertionError e) {
        throw new AssertionError(e.getMessage() + "; what was started says: " + started(), e);
      }
    }
  }

  private String started() {
    try {
      return Files.readString(folder.resolve("started.out"));
    } catch (IOException e) {
      return e.toString();
    }
  }
}
