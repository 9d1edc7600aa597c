package org.condatainer.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.regex.Pattern;
import org.condatainer.dist.Installed.Result;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every command of docs/overlays.md in its order, in one folder, with a stand-in for micromamba.
 * Sizes are smaller, for a test has no 90 GiB: eight MiB for each GiB.
 */
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class OverlayGuideIT {
  private static final Path GUIDE = Path.of("../docs/overlays.md");
  private static final Path STAND_IN =
      Path.of("../core/src/test/resources/org/condatainer/cli/micromamba");
  private static final Pattern SIZE = Pattern.compile("\\b(\\d+)G\\b");
  private static final Pattern COMMAND = Pattern.compile("(condatainer |cp |zstd |mm-).+");
  private static final Pattern PLACEHOLDER = Pattern.compile("\\[?[A-Z]{3,}…?\\]?");

  @TempDir private Path parent;

  @Test
  void everyCommandInItWorksInItsOrder() throws IOException {
    assumeTrue(Engines.isRoot(), "root's embedded runtime is on every machine");
    assumeTrue(
        Engines.isInPath("zstd") && Engines.isInPath("mksquashfs"), "zstd and mksquashfs are here");
    Installed condatainer = prepared();
    int done = 0;
    for (Guide.Code code : Guide.read(GUIDE)) {
      if (code.block()) {
        done += block(condatainer, code.lines());
      } else if (COMMAND.matcher(code.lines().get(0)).matches()) {
        run(condatainer, code.lines().get(0));
        done++;
      }
    }
    assertThat(done).as("commands in " + GUIDE).isGreaterThan(45);
  }

  /** A folder with all that the guide takes for granted. */
  private Installed prepared() throws IOException {
    Installed plain = Installed.in(parent, "");
    Path micromamba = plain.folder().resolve("bin/micromamba");
    Files.createDirectory(micromamba.getParent());
    Files.copy(STAND_IN, micromamba);
    Files.setPosixFilePermissions(micromamba, PosixFilePermissions.fromString("rwxr-xr-x"));
    Installed condatainer =
        plain
            .with("CNT_SCHEDULER", "none")
            .with("CNT_RUNTIME", "embedded")
            .with("MAMBA_EXE", micromamba.toString())
            .with("PATH", Installed.PROGRAM.resolve("bin") + ":" + System.getenv("PATH"));
    condatainer.write(
        "environment.yml",
        "channels:\n  - conda-forge\ndependencies:\n  - python\n  - numpy\n  - r-base\n");
    condatainer.write("src/test.py", "");
    condatainer.write("src/train.py", "");
    run(condatainer, "condatainer o tools.img --sparse -- samtools");
    run(condatainer, "condatainer overlay freeze tools.img");
    return condatainer;
  }

  /** A job script, the variables beside an image, or commands. */
  private static int block(Installed condatainer, List<String> lines) {
    if (lines.get(0).startsWith("#!")) {
      condatainer.write("job.sh", String.join("\n", lines) + "\n");
      return 0;
    }
    if (lines.stream().noneMatch(line -> line.startsWith("condatainer "))) {
      condatainer.write("env.img.env", String.join("\n", lines) + "\n");
      return 0;
    }
    lines.forEach(line -> run(condatainer, line));
    return lines.size();
  }

  private static void run(Installed condatainer, String line) {
    String command = SIZE.matcher(line).replaceAll(size -> 8 * Long.parseLong(size.group(1)) + "M");
    if (command.startsWith("condatainer o") && !command.contains("overlay")) {
      command = command.contains("-s ") ? command : command.replaceFirst(" o\\b", " o -s 80M");
    }
    if (command.startsWith("mm-")) {
      String packages = PLACEHOLDER.matcher(command).replaceAll("numpy");
      command = "condatainer exec -w -o env.img " + packages;
    }
    Result result = condatainer.asUser(List.of("bash", "-c", beforehand(command) + command), "");
    assertThat(result.exitCode()).as(line + "\n" + result.everything()).isZero();
  }

  /** The guide's commands make one file in several ways, and unpack what came from elsewhere. */
  private static String beforehand(String command) {
    if (command.contains(".gz")) {
      return "gzip -kf env.img; rm -f my.img; ";
    }
    if (command.contains("unpack ") || command.startsWith("zstd ")) {
      return "rm -f env.img; ";
    }
    if (command.startsWith("condatainer o ") && !command.contains(".img")) {
      return "rm -f env.img; ";
    }
    return "";
  }
}
