package org.condatainer.overlay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import org.condatainer.process.Command;
import org.condatainer.process.CommandException;
import org.condatainer.process.ProcessRunner;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * e2fsck killed before each of its writes, spread over {@code condatainer.it.writes} of them: what
 * was cut short is taken back to the last byte. Without that, names would be lost.
 */
class RepairKilledIT {
  private static final int POINTS = Integer.getInteger("condatainer.it.writes", 25);

  @TempDir private Path folder;

  @Test
  void isTakenBackFromEachWrite() throws Exception {
    assumeThat(Files.isExecutable(Path.of("/usr/bin/strace"))).as("there is strace").isTrue();
    Path tree = OddTree.make(folder.resolve("tree"), 40, 60);
    Path original = OddTree.image(folder.resolve("original"), tree, "80M", "-t", "ext3");
    Images.debugfs(original, "ssv state 0");
    List<String> listing = OddTree.listingOf(original);
    int writes = writes(Images.copy(original, folder.resolve("counted")));
    assertThat(writes).isGreaterThan(POINTS);
    int lost = 0;
    for (int point = 0; point < POINTS; point++) {
      int write = 1 + point * writes / POINTS;
      Path image = Images.copy(original, folder.resolve("image"));
      try (FileChannel channel =
          FileChannel.open(image, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
        assertThat(RepairUndo.begin(channel, image)).isPresent();
        e2fsck(image, "inject=pwrite64:signal=KILL:when=" + write);
        lost += isWhole(channel, image, listing) ? 0 : 1;
        assertThat(RepairUndo.settle(channel, image, false)).as("write " + write).isTrue();
        assertThat(OddTree.listing(channel, image)).as("write " + write).isEqualTo(listing);
        assertThat(new OverlayCheckUp(runner(), channel, image, Progress.SILENT).preen(false))
            .matches(OverlayCheckUp.Finding::sound);
        assertThat(OddTree.listing(channel, image)).as("write " + write).isEqualTo(listing);
      }
      try (Stream<Path> files = Files.list(folder)) {
        assertThat(files.map(file -> file.getFileName().toString()))
            .containsExactlyInAnyOrder("tree", "original", "counted", "image");
      }
      Files.delete(image);
    }
    System.out.println(
        lost + " of " + POINTS + " points (of " + writes + " writes) would have lost names");
    assertThat(lost).as("points at which a kill does harm").isPositive();
  }

  /** What is left of the image when the next check only goes on, as it is. */
  private boolean isWhole(FileChannel channel, Path image, List<String> listing)
      throws IOException {
    Path next = Images.copy(image, folder.resolve("next"));
    Images.e2fsck("-fy", next);
    boolean whole = OddTree.listingOf(next).equals(listing);
    Files.delete(next);
    return whole && channel.isOpen();
  }

  private static ProcessRunner runner() {
    return new ProcessRunner(System.getenv());
  }

  private int writes(Path image) throws IOException, CommandException {
    e2fsck(image, "trace=pwrite64");
    Path trace = folder.resolve("trace");
    try (Stream<String> lines = Files.lines(trace)) {
      return (int) lines.filter(line -> line.startsWith("pwrite64(")).count();
    } finally {
      Files.delete(trace);
    }
  }

  private void e2fsck(Path image, String expression) throws CommandException {
    String trace = expression.startsWith("trace") ? folder.resolve("trace") + "" : "/dev/null";
    runner()
        .run(
            Command.of("strace", "-qq", "-o", trace, "-e", "trace=pwrite64", "-e", expression)
                .withArguments(List.of("/usr/sbin/e2fsck", "-fp", image.toString())));
  }
}
