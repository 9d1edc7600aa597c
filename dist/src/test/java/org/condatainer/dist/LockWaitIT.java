package org.condatainer.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.condatainer.dist.Installed.Result;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Who wants an overlay that somebody writes to can wait for that one's end. */
final class LockWaitIT {
  @TempDir private Path parent;

  @ParameterizedTest
  @MethodSource("org.condatainer.dist.Engines#eachRuntime")
  void runWaitsForTheWriterThatItNames(Engines.Place runtime) throws Exception {
    Installed condatainer = runtime.in(parent);
    condatainer.overlay("env.img");
    condatainer.write("job.sh", "#!/bin/sh\n#DEP: env.img\ncat /ext3/env/late\n");
    Process writer =
        condatainer.start(
            condatainer.words(
                "e", "--", "sh", "-c", "touch up; read x; echo late >/ext3/env/late"));
    Installed.await("it writes", () -> Files.exists(condatainer.folder().resolve("up")));

    Result refused = condatainer.call("run", "--wait-lock", "1s", "job.sh");
    assertThat(refused.exitCode()).as(refused.everything()).isEqualTo(4);
    assertThat(refused.err())
        .contains(" is in use: it is mounted writable", "Waits until it is free, at most 1 s.");
    assertThat(refused.out()).isEmpty();

    Path out = condatainer.folder().resolve("waiter.out");
    ProcessBuilder wait =
        new ProcessBuilder(
                condatainer.userWords(condatainer.words("run", "--wait-lock", "10m", "job.sh")))
            .directory(condatainer.folder().toFile())
            .redirectErrorStream(true)
            .redirectOutput(out.toFile());
    wait.environment().putAll(condatainer.variables());
    Process waiter = wait.start();
    Installed.await("it waits", () -> text(out).contains("at most 10 min"));
    writer.getOutputStream().close();
    assertThat(writer.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(waiter.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(waiter.exitValue()).as(text(out)).isZero();
    assertThat(text(out)).contains("process ").endsWith("late\n");
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return "";
    }
  }
}
