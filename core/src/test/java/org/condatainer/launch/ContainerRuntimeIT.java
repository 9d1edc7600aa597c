package org.condatainer.launch;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.condatainer.container.Base;
import org.condatainer.container.Bind;
import org.condatainer.container.Container;
import org.condatainer.container.MountedOverlay;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Batch scripts on the real runtimes. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ContainerRuntimeIT {
  private static final String HOSTILE = "a b'c\"d$(touch x)`y`,:\\ é@IMAGE@$(touch x)\n-rf";

  private Path folder;

  static List<Engine> engines() {
    return Engine.available();
  }

  @BeforeEach
  void makeFolder() throws Exception {
    folder = Files.createTempDirectory("condatainer-it");
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
  }

  @AfterEach
  void removeFolder() throws Exception {
    new ProcessBuilder("rm", "-rf", folder.toString()).start().waitFor();
  }

  @ParameterizedTest
  @MethodSource("engines")
  void readsTheOverlayAndCannotWriteIt(Engine engine) throws Exception {
    Path image = engine.overlay(folder, "env.img");
    Engine.Result result =
        run(engine, image, false, "bash", "-c", "hello; touch /ext3/env/new; pwd; exit 3");
    assertThat(result.output()).isEqualTo("from the overlay\n" + folder + "\n");
    assertThat(result.errors()).contains("Read-only file system").doesNotContain("WARNING");
    assertThat(result.exitCode()).isEqualTo(3);
  }

  @ParameterizedTest
  @MethodSource("engines")
  void keepsWhatIsWrittenInACleanImage(Engine engine) throws Exception {
    Path image = engine.overlay(folder, "env.img");
    Engine.Result written =
        run(engine, image, true, "bash", "-c", "echo kept >/ext3/env/new; ls -n /ext3/env/new");
    assertThat(written.exitCode()).as(written.errors()).isZero();
    assertThat(written.output()).doesNotContain("65534");
    Engine.Result checked = engine.run(folder, "e2fsck -fn \"$1\"", image.toString());
    assertThat(checked.exitCode()).as(checked.output()).isZero();
    assertThat(run(engine, image, false, "cat", "/ext3/env/new").output()).isEqualTo("kept\n");
    assertThat(run(engine, image, true, "true").exitCode()).as("free at once").isZero();
  }

  @ParameterizedTest
  @MethodSource("engines")
  void setsTheEnvironmentAndKeepsTheHostsLibrariesOut(Engine engine) throws Exception {
    Path image = engine.overlay(folder, "env.img");
    Container plain = Engine.container(Engine.mounted(image, false));
    String odd = "a,b \"$(touch x)` 'é\n\\n";
    Container container =
        new Container(
            plain.base(),
            plain.overlays(),
            List.of(),
            Map.of("ODD", odd, "R_LIBS", "/mine"),
            false,
            false);
    Engine.Result result = engine.run(folder, engine.batch(folder, container, "env", "-0"), "");
    List<String> variables = List.of(result.output().split("\0"));
    assertThat(variables)
        .contains("ODD=" + odd, "R_LIBS=/mine", "OF_THE_JOB=kept", "CONDA_PREFIX=/ext3/env")
        .contains("CNT_CONDA_PREFIX=/ext3/env", "IN_CONDATAINER=1", "PYTHONNOUSERSITE=1")
        .contains("NCPUS=3", "MEM=2500", "MEM_GB=2", "OMP_NUM_THREADS=3")
        .anyMatch(variable -> variable.startsWith("PATH=/ext3/env/bin:"))
        .noneMatch(variable -> variable.startsWith("PYTHONPATH") || variable.contains("/leak"))
        .noneMatch(variable -> variable.startsWith("CONDA_SHLVL"));
  }

  @ParameterizedTest
  @MethodSource("engines")
  void runsTheScriptAsItWasUnderItsOwnName(Engine engine) throws Exception {
    Path image = engine.overlay(folder, "env.img");
    Path odd = Files.createDirectory(folder.resolve(HOSTILE));
    Path script = odd.resolve("-j o'b,:.sh");
    String text =
        "#!/bin/bash\ncat; printf '%s|' \"$0\" \"$PWD\" \"$@\"; echo \u00e9; hello; exit 7\n#";
    byte[] content = text.getBytes(ISO_8859_1);
    Files.write(script, content);
    Path batch =
        engine.batch(
            folder, Engine.container(Engine.mounted(image, false)), script, HOSTILE, "", "-x");
    Files.writeString(script, "#!/bin/bash\necho changed since\n");
    Engine.Result result = engine.run(odd, batch, "in\n");
    assertThat(result.output())
        .as(result.errors())
        .startsWith("in\n" + script + "|" + odd + "|" + HOSTILE + "||-x|")
        .endsWith("from the overlay\n");
    assertThat(result.exitCode()).isEqualTo(7);
    assertThat(folder.resolve("x")).doesNotExist();
    assertThat(odd.resolve("x")).doesNotExist();
  }

  @ParameterizedTest
  @MethodSource("engines")
  void runsAScriptThatTheNodeDoesNotHave(Engine engine) throws Exception {
    Path image = engine.overlay(folder, "env.img");
    Path script = Files.writeString(folder.resolve("gone.sh"), "#!/bin/sh\nhello; echo \"$1\"\n");
    Path batch =
        engine.batch(folder, Engine.container(Engine.mounted(image, false)), script, "one");
    Files.delete(script);
    Engine.Result result = engine.run(folder, batch, "");
    assertThat(result.output()).as(result.errors()).isEqualTo("from the overlay\none\n");
    assertThat(result.errors()).contains("runs from a copy");
  }

  @ParameterizedTest
  @MethodSource("engines")
  void mountsOverlaysAndBindsOfAnyName(Engine engine) throws Exception {
    Path odd = Files.createDirectory(folder.resolve(HOSTILE));
    Files.setPosixFilePermissions(odd, PosixFilePermissions.fromString("rwxrwxrwx"));
    Path image = engine.overlay(odd, "e,n:v ".repeat(30) + ".img");
    Files.writeString(odd.resolve("file"), "seen");
    for (boolean writable : List.of(false, true)) {
      Container plain = Engine.container(Engine.mounted(image, writable));
      Container container =
          new Container(
              plain.base(),
              plain.overlays(),
              List.of(
                  new Bind(odd, Path.of("/shown"), false),
                  new Bind(odd, Path.of("/at/" + HOSTILE), true)),
              Map.of(),
              false,
              false);
      Path batch =
          engine.batch(
              folder,
              container,
              "bash",
              "-c",
              "hello; cat /shown/file \"/at/$1/file\"; touch \"/at/$1/new\"",
              "bash",
              HOSTILE);
      Engine.Result result = engine.run(folder, batch, "");
      assertThat(result.output()).as(result.errors()).isEqualTo("from the overlay\nseenseen");
      assertThat(result.errors()).contains("Read-only file system");
    }
  }

  @ParameterizedTest
  @MethodSource("engines")
  void takesAFolderAsBaseImage(Engine engine) throws Exception {
    Path image = engine.overlay(folder, "env.img");
    Path base = folder.resolve("base");
    engine.run(
        folder,
        "mkdir -p base/{usr,etc,proc,sys,dev,tmp,var/tmp}; cp -P /bin /lib /lib64 /sbin base"
            + "; echo mine >base/mark; cp -rL --parents /usr/bin/{bash,sh,cat,rm} base"
            + "; for f in $(ldd /usr/bin/bash /usr/bin/rm | grep -o '/lib[^ ]*'); do"
            + " mkdir -p \"base/usr${f%/*}\"; cp -L \"$f\" \"base/usr$f\"; done");
    Container container =
        new Container(
            new Base.Image(base),
            List.of(Engine.mounted(image, false)),
            List.of(),
            Map.of(),
            false,
            false);
    Path script =
        Files.writeString(folder.resolve("job"), "#!/bin/bash\nhello; cat /mark; pwd; ls\n");
    Engine.Result result = engine.run(folder, engine.batch(folder, container, script), "");
    assertThat(result.output())
        .as(result.errors())
        .isEqualTo("from the overlay\nmine\n" + folder + "\n");
    assertThat(result.errors()).contains("ls: command not found");
  }

  @ParameterizedTest
  @MethodSource("engines")
  void letsTheScriptHandleItsSignals(Engine engine) throws Exception {
    Path image = engine.overlay(folder, "env.img");
    for (boolean writable : List.of(false, true)) {
      Path script =
          Files.writeString(
              folder.resolve("job.sh"),
              """
              #!/bin/bash
              trap 'echo got TERM; exit 9' TERM
              trap 'echo got USR1' USR1
              trap 'echo got INT' INT
              echo ready
              while :; do sleep 0.05; done
              """);
      Path batch = engine.batch(folder, Engine.container(Engine.mounted(image, writable)), script);
      Process process = engine.start(folder, List.of("bash", batch.toString()));
      var output = process.inputReader();
      assertThat(output.readLine()).isEqualTo("ready");
      for (String signal : List.of("USR1", "INT", "TERM")) {
        new ProcessBuilder("sh", "-c", "kill -" + signal + " " + process.pid()).start().waitFor();
        assertThat(output.readLine()).isEqualTo("got " + signal);
      }
      assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isEqualTo(9);
    }
  }

  @ParameterizedTest
  @MethodSource("engines")
  void endsAsTheCommandEnds(Engine engine) throws Exception {
    Path image = engine.overlay(folder, "env.img");
    assertThat(run(engine, image, false, "sh", "-c", "kill -9 $$").exitCode()).isEqualTo(137);
    assertThat(run(engine, image, false, "sh", "-c", "kill -15 $$").exitCode()).isEqualTo(143);
    assertThat(run(engine, image, false, "true").exitCode()).isZero();
    assertThat(run(engine, image, true, "sh", "-c", "exit 127").exitCode()).isEqualTo(127);
  }

  @ParameterizedTest
  @MethodSource("engines")
  void endsAsAShellForACommandThatCannotBeRun(Engine engine) throws Exception {
    Path image = engine.overlay(folder, "env.img");
    for (String word : List.of("no such command", "/no such/command")) {
      Engine.Result missing =
          engine.run(
              folder,
              "PATH=/usr/bin:/bin:/usr/sbin:/sbin bash \"$1\"",
              engine
                  .batch(folder, Engine.container(Engine.mounted(image, false)), word, "x")
                  .toString());
      assertThat(missing.exitCode()).as(missing.errors()).isEqualTo(127);
      assertThat(missing.errors()).contains(word);
    }
    Engine.Result notExecutable = run(engine, image, true, "/etc/passwd");
    assertThat(notExecutable.exitCode()).as(notExecutable.errors()).isEqualTo(126);
    assertThat(notExecutable.errors()).contains("/etc/passwd").containsIgnoringCase("permission");
    Engine.Result directory = run(engine, image, false, "/usr");
    assertThat(directory.exitCode()).as(directory.errors()).isEqualTo(126);
    Path script = Files.writeString(folder.resolve("job"), "#!/no/such/interpreter\n");
    Path batch = engine.batch(folder, Engine.container(Engine.mounted(image, false)), script);
    Engine.Result interpreter = engine.run(folder, batch, "");
    assertThat(interpreter.exitCode()).as(interpreter.errors()).isEqualTo(127);
    assertThat(interpreter.errors()).contains("/no/such/interpreter");
  }

  @ParameterizedTest
  @MethodSource("engines")
  void endsAsTheTrapEnds(Engine engine) throws Exception {
    Path image = engine.overlay(folder, "env.img");
    Path script =
        Files.writeString(
            folder.resolve("job.sh"),
            """
            #!/bin/bash
            # what is still about to end would keep the overlay from the next one
            trap 'kill $!; wait $!; exit 9' TERM
            sleep 60 &
            echo ready
            wait
            """);
    for (boolean writable : List.of(false, true)) {
      Path batch = engine.batch(folder, Engine.container(Engine.mounted(image, writable)), script);
      for (int i = 0; i < 5; i++) {
        Process process = engine.start(folder, List.of("bash", batch.toString()));
        String line = process.inputReader().readLine();
        assertThat(line)
            .as(() -> process.errorReader().lines().toList().toString())
            .isEqualTo("ready");
        process.destroy();
        assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(9);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("engines")
  void showsTheOverlayInTheShellsPrompt(Engine engine) throws Exception {
    Path image = engine.overlay(folder, "env.img");
    Path batch =
        engine.shell(folder, Engine.container(Engine.mounted(image, false)), "e$nv `x`.img");
    Engine.Result result =
        engine.run(
            folder,
            "export SHELL=/bin/bash; printf 'exit 4\\n' | script -qec \"bash $1\" /dev/null",
            batch.toString());
    assertThat(result.output()).as(result.errors()).contains("(e_nv _x_.img) ");
  }

  @ParameterizedTest
  @MethodSource("engines")
  void warnsOfAnOverlayThatChangedUnlessItMay(Engine engine) throws Exception {
    Path image = engine.overlay(folder, "env.img");
    MountedOverlay planned = Engine.mounted(image, false);
    MountedOverlay awaited =
        new MountedOverlay(
            image,
            planned.format(),
            planned.writable(),
            planned.uuid(),
            Optional.empty(),
            Duration.ZERO);
    engine.run(folder, "touch -d '1 hour ago' env.img");
    Path batch = engine.batch(folder, Engine.container(planned), "hello");
    assertThat(engine.run(folder, batch, "").errors()).contains("modified since this run was plan");
    batch = engine.batch(folder, Engine.container(awaited), "hello");
    Engine.Result silent = engine.run(folder, batch, "");
    assertThat(silent.output()).isEqualTo("from the overlay\n");
    assertThat(silent.errors()).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("engines")
  void refusesWhatIsMissingDirtyOrNotTheSame(Engine engine) throws Exception {
    Path image = engine.overlay(folder, "env.img");
    Path batch = engine.batch(folder, Engine.container(Engine.mounted(image, false)), "true");
    engine.run(folder, "debugfs -w -R 'ssv state 0' env.img");
    Engine.Result dirty = engine.run(folder, batch, "");
    assertThat(dirty.exitCode()).isEqualTo(5);
    assertThat(dirty.errors()).contains("condatainer overlay check " + image);
    engine.run(folder, "e2fsck -p env.img; debugfs -w -R 'feature needs_recovery' env.img");
    assertThat(engine.run(folder, batch, "").errors()).contains("not cleanly unmounted");
    engine.run(folder, "rm env.img");
    engine.overlay(folder, "env.img");
    Engine.Result other = engine.run(folder, batch, "");
    assertThat(other.exitCode()).isEqualTo(5);
    assertThat(other.errors()).contains("UUID");
    Files.delete(image);
    Engine.Result gone = engine.run(folder, batch, "");
    assertThat(gone.exitCode()).isEqualTo(5);
    assertThat(gone.errors()).contains(image.toString());
  }

  @ParameterizedTest
  @MethodSource("engines")
  void excludesByTheLockAcrossRuntimes(Engine engine) throws Exception {
    for (Engine other : engines()) {
      if (!other.user().equals(engine.user())) {
        continue;
      }
      Path image = engine.overlay(folder, other.name().hashCode() + ".img");
      for (boolean writable : List.of(true, false)) {
        Path holder =
            engine.batch(
                folder,
                Engine.container(Engine.mounted(image, writable)),
                "bash",
                "-c",
                "echo ready; read -r");
        Process process = engine.start(folder, List.of("bash", holder.toString()));
        assertThat(process.inputReader().readLine()).isEqualTo("ready");
        String pair = other + " beside " + engine;
        Engine.Result reader = run(other, image, false, "hello");
        assertThat(reader.exitCode()).as(pair + reader.errors()).isEqualTo(writable ? 4 : 0);
        Engine.Result writer = run(other, image, true, "true");
        assertThat(writer.exitCode()).as(pair + writer.errors()).isEqualTo(4);
        assertThat(writer.errors()).contains("in use by another process");
        process.outputWriter().append('\n').close();
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(run(other, image, true, "true").exitCode()).as("free again").isZero();
      }
    }
  }

  @ParameterizedTest
  @MethodSource("engines")
  void letsManyReadAtOnceAndLeavesNothing(Engine engine) throws Exception {
    Path image = engine.overlay(folder, "env.img");
    Path batch = engine.batch(folder, Engine.container(Engine.mounted(image, false)), "hello");
    List<Process> processes = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      processes.add(engine.start(folder, List.of("bash", batch.toString())));
    }
    for (Process process : processes) {
      Engine.Result result = Engine.finish(process, "");
      assertThat(result.output()).as(result.errors()).isEqualTo("from the overlay\n");
    }
    assertThat(run(engine, image, true, "true").exitCode()).isZero();
    String kept =
        new String(new ProcessBuilder("mount").start().getInputStream().readAllBytes(), UTF_8);
    assertThat(kept).doesNotContain("condatainer");
  }

  private Engine.Result run(Engine engine, Path image, boolean writable, String... words)
      throws Exception {
    Container container = Engine.container(Engine.mounted(image, writable));
    return engine.run(folder, engine.batch(folder, container, words), "");
  }
}
