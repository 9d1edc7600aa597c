package org.condatainer.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.condatainer.dist.Installed.Result;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Signals that a whole run gets at once, as a scheduler sends them. */
final class SignalsHereIT {
  private static final int RUNS = 20;

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
}
