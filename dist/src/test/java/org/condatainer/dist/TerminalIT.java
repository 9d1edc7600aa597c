package org.condatainer.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.condatainer.dist.Installed.Result;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Commands at a terminal: its keys, its size and its jobs are the command's own. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class TerminalIT {
  private static final String LOOP = "echo ready; while :; do sleep 0.1; done";

  @TempDir private static Path parent;
  private final Map<Engines.Place, Installed> places = new ConcurrentHashMap<>();

  @ParameterizedTest
  @MethodSource("org.condatainer.dist.Engines#eachRuntime")
  void interruptKeyReachesTheCommandsTrap(Engines.Place runtime) {
    for (String access : List.of("exec -o env.img", "exec -w -o env.img", "e -r", "e")) {
      Result result =
          at(
              runtime,
              List.of("wait:ready", "send:\u0003"),
              access + " -- bash -c",
              "trap 'echo caught; exit 7' INT; " + LOOP);

      assertThat(result.exitCode()).as(access + " " + result.everything()).isEqualTo(7);
      assertThat(result.out()).containsOnlyOnce("caught");
    }
  }

  @ParameterizedTest
  @MethodSource("org.condatainer.dist.Engines#eachRuntime")
  void interruptKeyEndsACommandThatDoesNotCatchIt(Engines.Place runtime) {
    for (String access : List.of("exec -o env.img", "exec -w -o env.img")) {
      Result result =
          at(
              runtime,
              List.of("wait:ready", "send:\u0003"),
              access + " -- sh -c",
              "echo ready; exec sleep 300");

      assertThat(result.exitCode()).as(access + " " + result.everything()).isEqualTo(130);
    }
  }

  @ParameterizedTest
  @MethodSource("org.condatainer.dist.Engines#eachRuntime")
  void interruptKeyReachesTheScriptOfARun(Engines.Place runtime) {
    place(runtime)
        .write(
            "job.sh", "#!/bin/bash\n#DEP: env.img\ntrap 'echo caught; exit 8' INT\n" + LOOP + "\n");

    Result result = at(runtime, List.of("wait:ready", "send:\u0003"), "run job.sh", "an argument");

    assertThat(result.exitCode()).as(result.everything()).isEqualTo(8);
    assertThat(result.out()).containsOnlyOnce("caught");
  }

  @ParameterizedTest
  @MethodSource("org.condatainer.dist.Engines#eachRuntime")
  void quitKeyAndEndOfInputReachTheCommand(Engines.Place runtime) {
    Result quit =
        at(
            runtime,
            List.of("wait:ready", "send:\u001c"),
            "exec -w -o env.img -- bash -c",
            "trap 'exit 9' QUIT; " + LOOP);
    assertThat(quit.exitCode()).as(quit.everything()).isEqualTo(9);

    Result ended =
        at(
            runtime,
            List.of("wait:ready", "send:a line\n\u0004"),
            "exec -w -o env.img -- sh -c",
            "echo ready; cat; exit 4");
    assertThat(ended.exitCode()).as(ended.everything()).isEqualTo(4);
  }

  @ParameterizedTest
  @MethodSource("org.condatainer.dist.Engines#eachRuntime")
  void sizeOfTheWindowAndItsChangeArrive(Engines.Place runtime) {
    for (String access : List.of("exec -o env.img", "e")) {
      Result result =
          at(
              runtime,
              List.of("wait:41 123", "wait:ready", "size:30,99", "wait:30 99"),
              access + " -- bash -c",
              "trap 'stty size; exit 0' WINCH; stty size; " + LOOP);

      assertThat(result.exitCode()).as(access + " " + result.everything()).isZero();
    }
  }

  @ParameterizedTest
  @MethodSource("org.condatainer.dist.Engines#eachRuntime")
  void shellHasJobControlAndItsExitCodeComesBack(Engines.Place runtime) {
    List<String> steps =
        List.of(
            "wait:\\(env.img\\).*[#$] ",
            "send:sh -c 'echo st''arted; exec sleep 300'\n",
            "wait:started",
            "send:\u001a",
            "wait:Stopped",
            "send:bg; jobs\n",
            "wait:Running",
            "send:kill %1; wait; echo go''ne\n",
            "wait:gone",
            "send:sh -c 'echo st''arted; read line; echo \"got $line\"; exec sleep 300'\n",
            "wait:started",
            "send:\u001a",
            "wait:Stopped",
            "send:fg\n",
            "send:this\n",
            "wait:got this",
            "send:\u0003",
            "wait:[#$] ",
            "send:echo \"co\"de $?; cat /ext3/env/fact\n",
            "wait:code 130",
            "wait:only in the overlay",
            "send:exit 5\n");
    for (String access : List.of("e", "e -r")) {
      Result result = at(runtime, steps, access, "env.img");

      assertThat(result.exitCode()).as(access + " " + result.everything()).isEqualTo(5);
      assertThat(result.out()).doesNotContain("no job control", "cannot set terminal");
    }
  }

  /** Calls the program at a terminal; the last word may have blanks. */
  private Result at(Engines.Place runtime, List<String> steps, String words, String lastWord) {
    Installed condatainer = place(runtime);
    List<String> command = new ArrayList<>(List.of("python3", "terminal.py"));
    command.addAll(steps);
    command.add("--");
    List<String> call = new ArrayList<>(List.of(words.split(" ", -1)));
    call.add(lastWord);
    command.addAll(condatainer.words(call.toArray(new String[0])));
    return condatainer.asUser(command, "");
  }

  private Installed place(Engines.Place runtime) {
    return places.computeIfAbsent(runtime, TerminalIT::prepared);
  }

  private static Installed prepared(Engines.Place runtime) {
    Installed condatainer = runtime.in(parent).with("SHELL", "/bin/bash").with("TERM", "dumb");
    condatainer.overlay("env.img");
    try (InputStream in = TerminalIT.class.getResourceAsStream("/terminal.py")) {
      condatainer.write("terminal.py", new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return condatainer;
  }
}
