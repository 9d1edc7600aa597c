package org.condatainer.launch;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.condatainer.container.ApptainerRuntime;
import org.condatainer.container.Base;
import org.condatainer.container.Container;
import org.condatainer.container.ContainerRuntime;
import org.condatainer.container.EmbeddedRuntime;
import org.condatainer.container.MountedOverlay;
import org.condatainer.script.JobScript;

/**
 * A runtime on this machine and the user that it is tried as.
 *
 * @param user empty for the one that runs the tests
 */
record Engine(String name, ContainerRuntime runtime, Optional<String> user) {
  /** What a process left. */
  record Result(int exitCode, String output, String errors) {}

  /** The runtimes that this machine has, as root and as an ordinary user as far as it can be. */
  static List<Engine> available() {
    List<Engine> engines = new ArrayList<>();
    boolean root = "root".equals(System.getProperty("user.name"));
    Optional<String> ordinary = Optional.ofNullable(System.getProperty("condatainer.it.user"));
    String apptainer = System.getProperty("condatainer.it.apptainer");
    if (apptainer != null) {
      ContainerRuntime runtime = new ApptainerRuntime(apptainer);
      engines.add(new Engine("apptainer", runtime, Optional.empty()));
      ordinary.ifPresent(
          user -> engines.add(new Engine("apptainer as " + user, runtime, Optional.of(user))));
    }
    if (root) {
      engines.add(new Engine("embedded root", new EmbeddedRuntime(true), Optional.empty()));
    }
    if (Files.isExecutable(Path.of("/usr/bin/fuse2fs")) && (!root || ordinary.isPresent())) {
      engines.add(new Engine("embedded rootless", new EmbeddedRuntime(false), ordinary));
    }
    return engines;
  }

  @Override
  public String toString() {
    return name;
  }

  /** A 16 MiB overlay with {@code /ext3/env/bin/hello}, owned by the engine's user. */
  Path overlay(Path folder, String fileName) throws Exception {
    Path image = folder.resolve(fileName);
    Result made =
        run(
            folder,
            """
            set -e
            sk=$(mktemp -d); mkdir -p "$sk/upper/ext3/env/bin" "$sk/work"
            printf '#!/bin/sh\\necho from the overlay\\n' >"$sk/upper/ext3/env/bin/hello"
            chmod +x "$sk/upper/ext3/env/bin/hello"
            truncate -s 16M -- "$1"; mke2fs -q -t ext3 -F -d "$sk" -- "$1"; rm -r "$sk"
            """,
            image.toString());
    if (made.exitCode() != 0) {
      throw new IOException(made.errors());
    }
    return image;
  }

  static MountedOverlay mounted(Path image, boolean writable) throws IOException {
    ByteBuffer uuid = ByteBuffer.allocate(16);
    try (SeekableByteChannel channel = Files.newByteChannel(image)) {
      channel.position(1128).read(uuid);
    }
    return new MountedOverlay(
        image,
        MountedOverlay.Format.EXT3,
        writable,
        HexFormat.of().formatHex(uuid.array()),
        Optional.of(Files.getLastModifiedTime(image).toInstant()),
        Duration.ZERO);
  }

  static Container container(MountedOverlay... overlays) {
    return new Container(new Base.Host(), List.of(overlays), List.of(), Map.of(), false, false);
  }

  /** The batch script for a command, written to a file that the engine's user can read. */
  Path batch(Path folder, Container container, String... words) throws IOException {
    return batch(
        folder,
        container,
        new BatchScript.Payload.Words(List.of(words), "", Optional.empty(), Optional.empty()));
  }

  /** The batch script for the user's shell. */
  Path shell(Path folder, Container container, String prompt) throws IOException {
    return batch(
        folder,
        container,
        new BatchScript.Payload.Words(List.of(), "", Optional.empty(), Optional.of(prompt)));
  }

  Path batch(Path folder, Container container, Path script, String... arguments)
      throws IOException {
    return batch(
        folder,
        container,
        new BatchScript.Payload.Script(
            JobScript.read(script), script, List.of(arguments), "", Optional.empty()));
  }

  private Path batch(Path folder, Container container, BatchScript.Payload payload)
      throws IOException {
    BatchScript script =
        new BatchScript(
            "r-1",
            List.of(),
            "NCPUS=3\nMEM=2500\nNNODES=1\nNTASKS=1\nNTASKS_PER_NODE=1\n",
            0,
            List.of(),
            runtime,
            container,
            payload,
            List.of());
    Path file = Files.createTempFile(folder, "batch", ".sh");
    Files.write(file, script.bytes());
    file.toFile().setReadable(true, false);
    return file;
  }

  Result run(Path folder, String bash, String... arguments) throws Exception {
    List<String> words =
        new ArrayList<>(List.of("bash", "-c", "PATH=$PATH:/usr/sbin:/sbin\n" + bash, "bash"));
    words.addAll(List.of(arguments));
    return finish(start(folder, words), "");
  }

  Result run(Path folder, Path batch, String input) throws Exception {
    return finish(start(folder, List.of("bash", batch.toString())), input);
  }

  /** Starts a command as the engine's user: the process is that command, not runuser. */
  Process start(Path folder, List<String> words) throws IOException {
    List<String> all = new ArrayList<>();
    user.ifPresent(name -> all.addAll(List.of("setpriv", "--reuid", name, "--regid", name)));
    user.ifPresent(name -> all.addAll(List.of("--init-groups")));
    all.addAll(words);
    ProcessBuilder builder = new ProcessBuilder(all).directory(folder.toFile());
    user.ifPresent(name -> builder.environment().put("HOME", "/home/" + name));
    builder.environment().put("PYTHONPATH", "/leak");
    builder.environment().put("CONDA_SHLVL", "7");
    builder.environment().put("LD_LIBRARY_PATH", "/leak");
    builder.environment().put("OF_THE_JOB", "kept");
    return builder.start();
  }

  static Result finish(Process process, String input) throws Exception {
    try (var in = process.getOutputStream()) {
      in.write(input.getBytes(UTF_8));
    } catch (IOException ended) {
      // It did not read its input.
    }
    StringBuilder errors = new StringBuilder();
    Thread reader =
        new Thread(
            () -> {
              try (InputStream stream = process.getErrorStream()) {
                errors.append(new String(stream.readAllBytes(), UTF_8));
              } catch (IOException e) {
                errors.append(e);
              }
            });
    reader.start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new IllegalStateException("it does not end");
    }
    reader.join(Duration.ofSeconds(10).toMillis());
    return new Result(process.exitValue(), output, errors.toString());
  }
}
