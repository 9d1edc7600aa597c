package org.condatainer.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.condatainer.dist.Installed.Result;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Which micromamba the commands inside a container call. */
final class MmInsideIT {
  @TempDir private Path parent;

  @ParameterizedTest
  @MethodSource("org.condatainer.dist.Engines#eachRuntime")
  void callsTheConfiguredOneBeforeTheNamedOneBeforeTheOneInPath(Engines.Place runtime) {
    Installed plain = runtime.in(parent);
    plain.overlay("env.img");
    for (String name : List.of("configured/mamba", "named/mamba", "path/micromamba")) {
      plain.write(name, "#!/bin/sh\necho " + name + " \"$1\"\n");
      plain.asUser(List.of("chmod", "755", name), "");
    }
    Installed inPath =
        plain.with("PATH", plain.folder() + "/path:" + System.getenv("PATH")).with("MAMBA_EXE", "");
    Installed named = inPath.with("MAMBA_EXE", plain.folder() + "/named/mamba");
    Installed configured = named.with("CNT_MICROMAMBA", plain.folder() + "/configured/mamba");

    assertThat(search(inPath)).isEqualTo("path/micromamba search\n");
    assertThat(search(named)).isEqualTo("named/mamba search\n");
    assertThat(search(configured)).isEqualTo("configured/mamba search\n");
  }

  private static String search(Installed condatainer) {
    Result result = condatainer.call("exec", "-o", "env.img", "mm-search", "zlib");
    assertThat(result.exitCode()).as(result.everything()).isZero();
    return result.out();
  }
}
