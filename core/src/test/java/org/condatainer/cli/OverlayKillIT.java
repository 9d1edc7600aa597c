package org.condatainer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.condatainer.overlay.Images;
import org.condatainer.overlay.OddTree;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * SIGKILL at random points of each operation on an image with 20,000 files: afterwards the image is
 * whole, or one check makes it so; the same operation then succeeds, and nothing is left behind.
 * The property {@code condatainer.it.kills} says how many points, {@code condatainer.it.seed}
 * which.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OverlayKillIT {
  private static final int KILLS = Integer.getInteger("condatainer.it.kills", 20);
  private static final long SEED = Long.getLong("condatainer.it.seed", 1);

  @TempDir private static Path folder;
  private Path original;
  private List<String> listing;

  @BeforeAll
  void makesTheImage() throws IOException {
    Path tree = OddTree.make(folder.resolve("tree"), 200, 90);
    original = OddTree.image(folder.resolve("original"), tree, "300M", "-t", "ext3", "-i", "8192");
    listing = OddTree.listingOf(original);
    assertThat(listing).hasSizeGreaterThan(20_000);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "o new.img -s 200M --sparse",
        "overlay resize env.img -s 600M",
        "overlay resize env.img -s 200M",
        "overlay resize env.img -s 200M --in-place",
        "overlay chown -u 1001 -g 1002 env.img",
        "overlay check -f env.img",
        "overlay pack env.img",
        "overlay freeze env.img -l 1",
        "overlay unpack packed.zst new.img",
      })
  void survivesAKillAtAnyPoint(String line) throws Exception {
    Path work = Files.createTempDirectory(folder, "work");
    CalledProgram program = new CalledProgram(work);
    List<String> arguments = List.of(line.split(" ", -1));
    fresh(work);
    long began = System.nanoTime();
    assertThat(program.call(arguments.toArray(new String[0])).exitCode()).isZero();
    long duration = System.nanoTime() - began;
    Random random = new Random(SEED);
    int interrupted = 0;
    int repaired = 0;
    for (int i = 0; i < KILLS; i++) {
      fresh(work);
      String point = line + ", kill " + i;
      Process process = program.start(arguments);
      boolean ended =
          process.waitFor((long) (duration * random.nextDouble()), TimeUnit.NANOSECONDS);
      interrupted += ended ? 0 : 1;
      process.destroyForcibly().waitFor();
      // what it started is killed by the kernel with it, or works on a file that nobody has
      Path image = work.resolve("env.img");
      if (Images.e2fsck("-fn", image) != 0) {
        repaired++;
        CalledProgram.Result check = program.call("overlay", "check", "-y", "--yes", "env.img");
        assertThat(check.exitCode()).as(point + ": " + check.text()).isZero();
      }
      assertThat(Images.e2fsck("-fn", image)).as(point).isZero();
      assertThat(OddTree.listingOf(image)).as(point).isEqualTo(listing);
      for (String made : List.of("new.img", "env.img.zst", "env.sqf")) {
        Files.deleteIfExists(work.resolve(made));
      }
      CalledProgram.Result again = program.call(arguments.toArray(new String[0]));
      assertThat(again.exitCode()).as(point + ": " + again.text()).isZero();
      assertThat(OddTree.listingOf(image)).as(point).isEqualTo(listing);
      try (Stream<Path> files = Files.list(work)) {
        assertThat(files.map(file -> file.getFileName().toString()).sorted())
            .as(point)
            .isSubsetOf("env.img", "env.img.zst", "env.sqf", "new.img", "packed.zst");
      }
    }
    System.out.println(
        line + ": " + interrupted + " of " + KILLS + " interrupted, " + repaired + " repaired");
  }

  private void fresh(Path work) throws IOException {
    try (Stream<Path> files = Files.list(work)) {
      for (Path file : files.toList()) {
        // what a killed call has left stays, for the next one to remove
        if (!file.getFileName().toString().startsWith(".")) {
          Files.delete(file);
        }
      }
    }
    Images.copy(original, work.resolve("env.img"));
    Path packed = folder.resolve("packed.zst");
    if (!Files.exists(packed)) {
      assertThat(
              new CalledProgram(work)
                  .call("overlay", "pack", "env.img", packed.toString())
                  .exitCode())
          .isZero();
    }
    Files.copy(packed, work.resolve("packed.zst"));
  }
}
