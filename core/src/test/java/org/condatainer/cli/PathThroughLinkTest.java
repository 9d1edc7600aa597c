package org.condatainer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.condatainer.overlay.Images;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * {@code link/../env.img} is beside the folder that the link leads to, and not beside the link,
 * where another image may be of the same name.
 */
class PathThroughLinkTest {
  @TempDir private Path folder;
  private Path here;
  private Path meant;
  private final Map<String, String> variables = new HashMap<>(System.getenv());

  @BeforeEach
  void makesTwoImagesOfOneName() throws IOException {
    folder = folder.toRealPath();
    here = Files.createDirectory(folder.resolve("here"));
    Path other = Files.createDirectories(folder.resolve("other/deep")).getParent();
    Files.createSymbolicLink(here.resolve("link"), other.resolve("deep"));
    meant = other.resolve("env.img");
    Images.overlay(meant);
    Files.writeString(here.resolve("env.img"), "not this one");
    variables.put("CNT_RUNTIME", "apptainer");
    variables.put("CNT_APPTAINER", "/no/apptainer");
    variables.put("CNT_RUNS_DIR", folder.resolve("runs").toString());
  }

  private ProgramCall call(String line) {
    return ProgramCall.in(here, variables, line.split(" ", -1));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "overlay info link/../env.img",
        "overlay info --json link/../env.img",
        "overlay chown link/../env.img",
        "overlay resize -s 20M link/../env.img",
        "overlay check link/../env.img",
        "lock status link/../env.img",
        "lock release --dry-run link/../env.img",
      })
  void commandsWorkOnTheImageThatTheKernelFinds(String line) {
    ProgramCall call = call(line);
    assertThat(call.exitCode()).as(call.err()).isZero();
    assertThat(call.out() + call.err()).contains(meant.toString()).doesNotContain("..");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"o link/../new.img -s 16M --sparse", "overlay pack link/../env.img link/../p.zst"})
  void newFilesAreMadeWhereTheKernelWould(String line) throws IOException {
    ProgramCall call = call(line);
    assertThat(call.exitCode()).as(call.err()).isZero();
    try (var made = Files.list(here)) {
      assertThat(made).containsExactlyInAnyOrder(here.resolve("link"), here.resolve("env.img"));
    }
    try (var made = Files.list(meant.getParent())) {
      assertThat(made).hasSize(3);
    }
  }

  @Test
  void runsMountAndBindIt() throws IOException {
    Files.writeString(
        here.resolve("job.sh"),
        "#!/bin/bash\n#DEP: link/../env.img\n#CNT --bind link/../deep:/mnt\ntrue\n");

    ProgramCall call = call("run --dry-run --local link/../../here/job.sh");

    assertThat(call.exitCode()).as(call.err()).isZero();
    assertThat(call.out())
        .contains(meant.toString(), meant.resolveSibling("deep") + ":/mnt")
        .doesNotContain(here.resolve("env.img").toString());
  }

  @Test
  void saysThatThereIsNoImageWhereThereIsNoFolderToGoThrough() {
    ProgramCall call = call("overlay info none/../env.img");
    assertThat(call.exitCode()).isEqualTo(ExitCode.OVERLAY_UNUSABLE);
    assertThat(call.err()).contains("there is no image " + here + "/none/../env.img");
  }
}
