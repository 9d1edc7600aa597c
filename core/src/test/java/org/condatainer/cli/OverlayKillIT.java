package org.condatainer.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.condatainer.overlay.Images;
import org.condatainer.overlay.OddTree;
import org.condatainer.overlay.Superblock;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * SIGKILL at random points of each operation on an image with 20,000 files, of the Java process
 * alone and of its process group in turn: afterwards the image is whole, or one check makes it so;
 * the same operation then succeeds, and nothing is left behind. The property {@code
 * condatainer.it.kills} says how many points, {@code condatainer.it.seed} which, {@code
 * condatainer.it.operations} is a pattern for what is done.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OverlayKillIT {
  private static final int KILLS = Integer.getInteger("condatainer.it.kills", 20);
  private static final long SEED = Long.getLong("condatainer.it.seed", 1);
  private static final Pattern OPERATIONS =
      Pattern.compile(System.getProperty("condatainer.it.operations", ".*"));

  @TempDir private static Path folder;
  private Path original;
  private Path dirty;
  private Path damaged;
  private List<String> listing;

  @BeforeAll
  void makesTheImages() throws IOException {
    Path tree = OddTree.make(folder.resolve("tree"), 200, 90);
    original = OddTree.image(folder.resolve("original"), tree, "300M", "-t", "ext3", "-i", "8192");
    listing = OddTree.listingOf(original);
    assertThat(listing).hasSizeGreaterThan(20_000);
    // as a killed fuse2fs leaves it: e2fsck then sorts its large folders anew, in place
    dirty = Images.copy(original, folder.resolve("dirty"));
    Images.spoil(dirty, "ssv state 0");
    damaged = Images.copy(original, folder.resolve("damaged"));
    Images.spoil(
        damaged,
        "ssv state 3",
        "ssv free_blocks_count 77",
        "sif /upper/ext3/env/many links_count 9",
        "sif /upper/ext3/env/hard links_count 1",
        "freeb 20000 50");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "o new.img -s 200M --sparse",
        "o new.img -s 200M --sparse -f environment.yml",
        "overlay resize env.img -s 600M",
        "overlay resize env.img -s 200M",
        "overlay resize env.img -s 200M --in-place",
        "overlay chown -u 1001 -g 1002 env.img",
        "overlay check -f env.img",
        "overlay check dirty.img",
        "overlay check -y --yes damaged.img",
        "overlay resize dirty.img -s 600M",
        "overlay pack env.img",
        "overlay freeze env.img -l 1",
        "overlay unpack packed.zst new.img",
      })
  void survivesAKillAtAnyPoint(String line) throws Exception {
    assumeThat(OPERATIONS.matcher(line).find()).as("condatainer.it.operations").isTrue();
    if (line.contains(" -f environment.yml")) {
      assumeThat(System.getProperty("user.name")).as("its container takes root").isEqualTo("root");
    }
    Path work = Files.createTempDirectory(folder, "work");
    CalledProgram program = new CalledProgram(work, variables());
    String[] arguments = line.split(" ", -1);
    String name =
        line.contains("dirty.img")
            ? "dirty.img"
            : line.contains("damaged.img") ? "damaged.img" : "env.img";
    Path before = name.equals("dirty.img") ? dirty : name.equals("env.img") ? original : damaged;
    Path image = work.resolve(name);
    fresh(work, before, image);
    long began = System.nanoTime();
    CalledProgram.Result first = program.call(arguments);
    assertThat(first.exitCode()).as(first.text()).isZero();
    long duration = System.nanoTime() - began;
    Random random = new Random(SEED);
    int interrupted = 0;
    int changed = 0;
    for (int i = 0; i < KILLS; i++) {
      fresh(work, before, image);
      String point = line + ", seed " + SEED + ", kill " + i;
      Process process = program.start(List.of(arguments));
      boolean ended =
          process.waitFor((long) (duration * random.nextDouble()), TimeUnit.NANOSECONDS);
      interrupted += ended ? 0 : 1;
      if (i % 2 == 1) {
        signalGroup(process.pid(), "KILL");
      }
      process.destroyForcibly().waitFor();
      // the programs that it started are killed with it, or see the end of what they read
      while (signalGroup(process.pid(), "0") == 0) {
        Thread.onSpinWait();
      }
      if (Files.mismatch(image, before) >= 0) {
        changed++;
        // -fn looks at the copies of damaged descriptors, and says of these that they are sound
        if (Images.e2fsck("-fn", image) != 0 || !Superblock.read(image).clean()) {
          CalledProgram.Result check = program.call("overlay", "check", name);
          if (check.exitCode() != 0) {
            check = program.call("overlay", "check", "-y", "--yes", name);
          }
          assertThat(check.exitCode()).as(point + ": " + check.text()).isZero();
          assertThat(Images.e2fsck("-fn", image)).as(point + ": " + check.text()).isZero();
        }
        assertThat(OddTree.listingOf(image)).as(point).isEqualTo(listing);
      }
      for (String made : List.of("new.img", "env.img.zst", "env.sqf")) {
        Files.deleteIfExists(work.resolve(made));
      }
      CalledProgram.Result again = program.call(arguments);
      assertThat(again.exitCode()).as(point + ": " + again.text()).isZero();
      if (Files.mismatch(image, before) >= 0) {
        assertThat(Images.e2fsck("-fn", image)).as(point).isZero();
        assertThat(OddTree.listingOf(image)).as(point).isEqualTo(listing);
      }
      try (Stream<Path> files = Files.list(work)) {
        assertThat(files.map(file -> file.getFileName().toString()).sorted())
            .as(point)
            .isSubsetOf(name, "env.img.zst", "env.sqf", "new.img", "packed.zst", "environment.yml");
      }
    }
    System.out.println(
        line + ": " + interrupted + " of " + KILLS + " interrupted, " + changed + " changed");
  }

  private static int signalGroup(long group, String signal) throws Exception {
    return new ProcessBuilder("/bin/sh", "-c", "kill -s " + signal + " -- -" + group)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor();
  }

  private void fresh(Path work, Path before, Path image) throws IOException {
    try (Stream<Path> files = Files.list(work)) {
      for (Path file : files.toList()) {
        // what a killed call has left stays, for the next one to remove
        if (!file.getFileName().toString().startsWith(".")) {
          Files.delete(file);
        }
      }
    }
    Images.copy(before, image);
    Path packed = folder.resolve("packed.zst");
    if (!Files.exists(packed)) {
      Images.copy(original, folder.resolve("env.img"));
      assertThat(
              new CalledProgram(folder)
                  .call("overlay", "pack", "env.img", packed.toString())
                  .exitCode())
          .isZero();
    }
    Files.copy(packed, work.resolve("packed.zst"));
    String packages =
        IntStream.range(0, 200).mapToObj(i -> "  - p" + i + "\n").collect(Collectors.joining());
    Files.writeString(work.resolve("environment.yml"), "dependencies:\n" + packages);
  }

  /** Root's embedded runtime is on every machine; micromamba is the stand-in. */
  private static Map<String, String> variables() throws IOException {
    Path mamba = folder.resolve("micromamba");
    try (InputStream in = OverlayKillIT.class.getResourceAsStream("micromamba")) {
      Files.write(mamba, in.readAllBytes());
    }
    Files.setPosixFilePermissions(mamba, PosixFilePermissions.fromString("rwxr-xr-x"));
    return Map.of("CNT_RUNTIME", "embedded", "MAMBA_EXE", mamba.toString(), "HOME", "" + folder);
  }
}
