package org.condatainer.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.condatainer.dist.Installed.Result;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Signals that a whole run gets at once, as a scheduler sends them. */
final class SignalsHereIT {
  private static final int RUNS = 20;

  /** Their numbers (signal(7)), which are what wait(2) tells of a process that they ended. */
  private static final int SIGINT = 2;

  private static final int SIGTERM = 15;

  @TempDir private Path parent;

  @ParameterizedTest
  @MethodSource("org.condatainer.dist.Engines#eachRuntime")
  void commandThatASignalEndsWithAllAroundItEndsTheRunInGoodOrder(Engines.Place runtime) {
    Installed condatainer = runtime.in(parent);
    Path image = condatainer.overlay("env.img");
    String loop =
        """
        for n in $(seq RUNS); do
          setsid "$@" "echo up > up-$n; exec sleep 300" &
          until [ -s up-$n ]; do sleep 0.02; done
          kill -TERM -- -$!
          wait $!
          echo $?
        done
        """
            .replace("RUNS", String.valueOf(RUNS));
    List<String> words = condatainer.words("exec", "-w", "-o", "env.img", "sh", "-c");
    String[] start = {"bash", "-c", loop, "bash"};

    Result result =
        condatainer.asUser(Stream.concat(Stream.of(start), words.stream()).toList(), "");

    assertThat(result.out().lines()).as(result.everything()).containsOnly("143").hasSize(RUNS);
    assertThat(condatainer.asUser(List.of("/sbin/e2fsck", "-fn", image.toString()), "").exitCode())
        .isZero();
  }

  /** What a key of the terminal sends and what another process sends take different ways. */
  @ParameterizedTest
  @ValueSource(strings = {"key", "TERM"})
  void endOfAnArrayIsTheEndOfWhatItsTasksHaveStarted(String how) throws Exception {
    Installed condatainer = Installed.in(parent, "");
    condatainer.write(
        "job.sh",
        """
        #!/bin/bash
        #SBATCH --array=1-2
        grep SigIgn /proc/self/status
        : >up-$CNT_ARRAY_INDEX
        sleep 7351
        """);
    String terminal =
        """
        import os, pty, signal, sys, time
        pid, terminal = pty.fork()
        if pid == 0:
            os.environ["CNT_SCHEDULER"] = "none"
            os.execv(sys.argv[2], sys.argv[2:])
        while not (os.path.exists("up-1") and os.path.exists("up-2")):
            time.sleep(0.02)
        if sys.argv[1] == "key":
            os.write(terminal, b"\\x03")
        else:
            os.kill(pid, signal.SIGTERM)
        print(os.waitpid(pid, 0)[1])
        """;
    List<String> words = condatainer.words("run", "-o", "out-%a", "job.sh");
    List<String> start = List.of("python3", "-c", terminal, how);

    Result result = condatainer.asUser(Stream.concat(start.stream(), words.stream()).toList(), "");

    assertThat(result.out().strip())
        .as(result.everything())
        .isEqualTo(String.valueOf(how.equals("key") ? SIGINT : SIGTERM));
    assertThat(condatainer.read("out-1")).doesNotContainPattern("SigIgn:.*[2367abef]$");
    Installed.await(
        "no task is left",
        () -> ProcessHandle.allProcesses().noneMatch(process -> isSleeping(process)));
  }

  private static boolean isSleeping(ProcessHandle process) {
    return process.info().commandLine().orElse("").endsWith("sleep 7351");
  }
}
