package org.condatainer.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.condatainer.dist.Installed.Result;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Overlays by name, several at once, in a real container: which program is found, and whose. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class OverlayNamesIT {
  private static final int UNUSABLE = 5;

  @TempDir private static Path parent;
  private final Map<Engines.Place, Installed> places = new ConcurrentHashMap<>();

  private Installed place(Engines.Place runtime) {
    assumeTrue(Engines.isInPath("mksquashfs"), "mksquashfs is here");
    return places.computeIfAbsent(runtime, OverlayNamesIT::prepared);
  }

  private static Installed prepared(Engines.Place runtime) {
    Installed condatainer = runtime.in(parent);
    condatainer = condatainer.with("CNT_IMAGE_DIRS", condatainer.folder() + "/images");
    condatainer.overlay("env.img");
    module(condatainer, "cnt/samtools/1.21/bin", "samtools--1.21.sqf");
    module(condatainer, "cnt/samtools/1.9/bin", "samtools--1.9.sqf");
    module(condatainer, "ext3/env/bin", "frozen.sqf");
    condatainer.write("images/samtools--1.21.sqf.env", "VERSION=1.21\nBOTH=module\n");
    condatainer.write("env.img.env", "BOTH=image\n#ENVNOTE:BOTH=of both\n");
    return condatainer;
  }

  /** A squashfs with a program {@code tool} in a folder, which says what it is of. */
  private static void module(Installed condatainer, String folder, String name) {
    condatainer.write("tree/" + folder + "/tool", "#!/bin/sh\necho " + name + "\n");
    Result made =
        condatainer.asUser(
            List.of(
                "sh",
                "-c",
                "mkdir -p images && chmod 755 tree/\"$1\"/tool"
                    + " && mksquashfs tree images/\"$2\" -quiet -no-progress && rm -r tree",
                "sh",
                folder,
                name),
            "");
    assertThat(made.exitCode()).as(made.everything()).isZero();
  }

  @ParameterizedTest
  @MethodSource("org.condatainer.dist.Engines#eachRuntime")
  void theProgramsOfTheLastNamedOneComeFirst(Engines.Place runtime) {
    Installed condatainer = place(runtime);
    for (String[] row :
        new String[][] {
          {"exec -o samtools/1.21 -o samtools/1.9 tool", "samtools--1.9.sqf"},
          {"exec -o samtools/1.9 -o samtools--1.21 tool", "samtools--1.21.sqf"},
          {"exec -o env.img -o samtools/1.9 -o frozen tool", "frozen.sqf"},
          {"exec -o frozen.sqf -o env.img -o images/samtools--1.9.sqf tool", "samtools--1.9.sqf"},
          {"e samtools/1.9 samtools/1.21 tool", "samtools--1.21.sqf"},
          {"e -r samtools--1.21.sqf frozen.sqf -- tool", "frozen.sqf"},
          {"e frozen.sqf samtools/1.9 -r tool", "samtools--1.9.sqf"},
        }) {
      Result result = condatainer.call(row[0].split(" ", -1));
      assertThat(result.exitCode()).as(row[0] + " " + result.everything()).isZero();
      assertThat(result.out()).as(row[0]).isEqualTo(row[1] + "\n");
    }
  }

  @ParameterizedTest
  @MethodSource("org.condatainer.dist.Engines#eachRuntime")
  void scriptAndItsCallNameOverlaysToo(Engines.Place runtime) {
    Installed condatainer = place(runtime);
    condatainer.write(
        "job.sh",
        "#!/bin/bash\n#DEP: samtools/1.21\n#DEP: env.img\ntool\ncat /ext3/env/fact\n"
            + "echo \"$VERSION $BOTH\"\n");
    Result result = condatainer.call("run", "job.sh");
    assertThat(result.exitCode()).as(result.everything()).isZero();
    assertThat(result.out()).isEqualTo("samtools--1.21.sqf\nonly in the overlay\n1.21 image\n");
    assertThat(result.err())
        .containsOnlyOnce("overlay variables:")
        .contains("  VERSION: 1.21 (samtools--1.21.sqf)\n  BOTH: of both (env.img)\n");

    Result more = condatainer.call("run", "--overlay", "frozen", "job.sh");
    assertThat(more.out()).as(more.everything()).startsWith("frozen.sqf\n");
  }

  @ParameterizedTest
  @MethodSource("org.condatainer.dist.Engines#eachRuntime")
  void missingNameIsToldWithItsPlaceAndWhatItMayBe(Engines.Place runtime) {
    Installed condatainer = place(runtime);
    condatainer.write("bad.sh", "#!/bin/bash\n#DEP: env.img samtool/1.21\ntrue\n");
    for (String call : List.of("exec -o samtool/1.21 tool", "e samtool/1.21 tool", "run bad.sh")) {
      Result result = condatainer.call(call.split(" ", -1));
      assertThat(result.exitCode()).as(call + " " + result.everything()).isEqualTo(UNUSABLE);
      assertThat(result.err())
          .contains("there is no overlay samtool/1.21", "do you mean samtools/1.21?")
          .contains("image_dirs: " + condatainer.folder() + "/images");
    }
    assertThat(condatainer.call("run", "bad.sh").err()).contains("bad.sh:2:");
  }

  /** A folder of a colleague's that is closed does not hide what the next one has. */
  @ParameterizedTest
  @MethodSource("org.condatainer.dist.Engines#eachRuntime")
  void closedFolderIsPassedOverAndNamed(Engines.Place runtime) {
    assumeTrue(!runtime.user().isEmpty(), "root reads all");
    Installed open = place(runtime);
    Path closed = open.folder().resolve("closed");
    open.asUser(List.of("mkdir", "-m", "000", closed.toString()), "");
    Installed condatainer = open.with("CNT_IMAGE_DIRS", closed + ":" + open.folder() + "/images");
    assertThat(condatainer.call("exec", "-o", "samtools/1.9", "tool").out())
        .isEqualTo("samtools--1.9.sqf\n");
    assertThat(condatainer.call("exec", "-o", "bedtools", "tool").err())
        .contains("image_dirs: " + closed + " (you may not read it), ");
  }
}
