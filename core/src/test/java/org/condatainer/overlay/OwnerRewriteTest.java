package org.condatainer.overlay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.condatainer.process.Command;
import org.condatainer.process.CommandRunner;
import org.condatainer.process.ProcessRunner;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OwnerRewriteTest {
  private static final CommandRunner RUNNER = new ProcessRunner(System.getenv());
  private static final CommandRunner NOTHING =
      command -> {
        throw new AssertionError("nothing is to be started: " + command.words());
      };

  @TempDir private Path folder;

  private Path image(int folders, int files, String... options) {
    Path tree = OddTree.make(folder.resolve("tree"), folders, files);
    return OddTree.image(folder.resolve("e.img"), tree, "300M", options);
  }

  private static OwnerRewrite.Result rewrite(
      Path image, List<String> paths, OwnerChange change, CommandRunner runner) {
    try (FileChannel channel =
        FileChannel.open(image, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      return new OwnerRewrite(channel, image, Progress.SILENT).rewrite(paths, change, runner);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static OwnerChange to(long uid, long gid) {
    return OwnerChange.to(new Owner(uid, gid));
  }

  /** How many names each owner has, counted by debugfs alone. */
  private static Map<String, Integer> owners(Path image, String... paths) {
    StringBuilder script = new StringBuilder();
    for (String path : paths) {
      script.append("stat \"").append(path).append("\"\n");
    }
    Map<String, Integer> found = new HashMap<>();
    String output =
        OddTree.command(
                Command.of("/usr/sbin/debugfs", "-f", "-", image.toString())
                    .withInput(script.toString()))
            .output();
    for (String line : output.split("\n", -1)) {
      if (line.startsWith("User: ")) {
        String[] words = line.split("\\s+", -1);
        // it prints numbers from 2^31 on as negative ones
        String uid = Integer.toUnsignedString(Integer.parseInt(words[1]));
        String gid = Integer.toUnsignedString(Integer.parseInt(words[3]));
        found.merge(uid + ":" + gid, 1, Integer::sum);
      }
    }
    return found;
  }

  private static final String[] SAMPLES = {
    "/",
    "/upper",
    "/work",
    "/work/work",
    "/upper/ext3/env",
    "/upper/ext3/env/hard",
    "/upper/ext3/env/d1/f1",
    "/upper/ext3/env/fifo",
    "/upper/ext3/env/long-link",
    "/upper/ext3/env/odd/end ..",
    "/upper/ext3/env/odd/end ../end .",
    "/upper/ext3/env/many/file-with-a-rather-long-name-000300",
  };

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "1001, 1002",
    "65535, 65536",
    "65536, 65535",
    "2147483648, 2147483648",
    "4294967294, 4294967294",
  })
  void givesEveryFileToTheOwner(long uid, long gid) {
    Path image = image(2, 9, "-t", "ext3", "-E", "root_owner=7:7");
    List<String> before = OddTree.listingOf(image);
    rewrite(image, List.of(), to(77, 88), NOTHING);
    OwnerRewrite.Result result = rewrite(image, List.of(), to(uid, gid), NOTHING);
    assertThat(result.changed()).isEqualTo(result.seen()).isGreaterThan(600);
    assertThat(owners(image, SAMPLES)).isEqualTo(Map.of(uid + ":" + gid, SAMPLES.length));
    assertThat(OddTree.listingOf(image)).as("names, modes and contents").isEqualTo(before);
    assertThat(Images.e2fsck("-fn", image)).isZero();
  }

  @Test
  void givesTwentyThousandFilesToTheOwner() {
    Path image = image(200, 90, "-t", "ext3");
    List<String> before = OddTree.listingOf(image);
    OwnerRewrite.Result result = rewrite(image, List.of(), to(1001, 1002), NOTHING);
    assertThat(result.changed()).isEqualTo(result.seen()).isGreaterThan(20_000);
    assertThat(owners(image, SAMPLES)).isEqualTo(Map.of("1001:1002", SAMPLES.length));
    assertThat(OddTree.listingOf(image)).isEqualTo(before);
    assertThat(Images.e2fsck("-fn", image)).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"-t ext3 -b 1024 -g 1024", "-t ext3 -I 128", "-t ext3 -O meta_bg,^resize_inode"})
  void knowsEveryFormThatContainersTake(String options) {
    Path image = image(3, 50, options.split(" ", -1));
    List<String> before = OddTree.listingOf(image);
    rewrite(image, List.of(), to(12345678, 87654321), NOTHING);
    assertThat(owners(image, SAMPLES)).isEqualTo(Map.of("12345678:87654321", SAMPLES.length));
    assertThat(OddTree.listingOf(image)).isEqualTo(before);
    assertThat(Images.e2fsck("-fn", image)).isZero();
  }

  @Test
  void leavesInodesWithChecksumsToOneProcessOfDebugfs() {
    Path image = image(3, 50, "-t", "ext4", "-O", "metadata_csum,64bit");
    List<String> programs = new ArrayList<>();
    CommandRunner counting =
        command -> {
          programs.add(command.program());
          return RUNNER.run(command);
        };
    rewrite(image, List.of(), to(1001, 1002), counting);
    assertThat(programs).containsExactly("debugfs");
    assertThat(owners(image, SAMPLES)).isEqualTo(Map.of("1001:1002", SAMPLES.length));
    assertThat(Images.e2fsck("-fn", image)).isZero();
  }

  @Test
  void changesOnlyWhatWasAskedFor() {
    Path image = image(3, 50, "-t", "ext3");
    rewrite(image, List.of(), to(1, 2), NOTHING);
    OwnerRewrite.Result result =
        rewrite(image, List.of("/ext3/env/odd", "ext3/env/fifo/"), to(3, 4), NOTHING);
    assertThat(result.changed()).isEqualTo(1 + 16 + 16 * 16 + 1);
    assertThat(owners(image, "/upper/ext3/env/odd", "/upper/ext3/env/odd/*?[/back\\slash"))
        .isEqualTo(Map.of("3:4", 2));
    assertThat(owners(image, "/upper", "/work", "/upper/ext3/env", "/upper/ext3/env/d1/f1"))
        .isEqualTo(Map.of("1:2", 4));
  }

  @Test
  void leavesTheGroupWhenOnlyTheUserWasAskedFor() {
    Path image = image(1, 1, "-t", "ext3");
    rewrite(image, List.of(), to(1, 2), NOTHING);
    rewrite(image, List.of(), new OwnerChange(OptionalLong.of(9), OptionalLong.empty()), NOTHING);
    assertThat(owners(image, SAMPLES)).isEqualTo(Map.of("9:2", SAMPLES.length));
    rewrite(image, List.of(), new OwnerChange(OptionalLong.empty(), OptionalLong.of(8)), NOTHING);
    assertThat(owners(image, SAMPLES)).isEqualTo(Map.of("9:8", SAMPLES.length));
  }

  @Test
  void changesNothingWhenOneOfThePathsIsNotThere() throws IOException {
    Path image = image(1, 1, "-t", "ext3");
    byte[] before = Files.readAllBytes(image);
    assertThatThrownBy(() -> rewrite(image, List.of("/ext3", "/ext3/none"), to(3, 4), NOTHING))
        .isInstanceOfSatisfying(
            OverlayException.class,
            e -> assertThat(e.kind()).isEqualTo(OverlayException.Kind.BAD_INPUT))
        .hasMessageContaining("there is no /ext3/none in ")
        .hasMessageContaining("nothing was changed");
    assertThat(Files.readAllBytes(image)).isEqualTo(before);
  }

  @Test
  void refusesAnImageThatWasNotUnmountedInOrder() {
    Path image = image(1, 1, "-t", "ext3");
    Images.debugfs(image, "ssv state 0");
    assertThatThrownBy(() -> rewrite(image, List.of(), to(3, 4), NOTHING))
        .isInstanceOf(OverlayException.class)
        .hasMessageContaining("repair it first: condatainer overlay check");
  }

  @Test
  void refusesAnImageThatKeepsQuotas() {
    Path image = image(1, 1, "-t", "ext4", "-O", "quota");
    assertThatThrownBy(() -> rewrite(image, List.of(), to(3, 4), NOTHING))
        .isInstanceOf(OverlayException.class)
        .hasMessageContaining("tune2fs -O ^quota");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-t ext4 -O bigalloc",
        "-t ext4 -O ^flex_bg,uninit_bg,^metadata_csum -b 1024",
        "-t ext4 -O sparse_super2 -b 1024",
        "-t ext4 -O meta_bg,64bit,^resize_inode -b 1024 -g 2048",
        "-t ext3 -b 4096 -I 1024",
      })
  void leavesASoundImageOfEachForm(String options) {
    Path image = image(2, 9, options.split(" ", -1));
    List<String> before = OddTree.listingOf(image);
    rewrite(image, List.of(), to(70_001, 70_002), RUNNER);
    assertThat(owners(image, SAMPLES)).isEqualTo(Map.of("70001:70002", SAMPLES.length));
    assertThat(OddTree.listingOf(image)).isEqualTo(before);
    assertThat(Images.e2fsck("-fn", image)).isZero();
  }

  @Test
  void refusesAnImageWithAJournalToReplay() {
    Path image = image(1, 1, "-t", "ext3");
    Images.debugfs(image, "feature needs_recovery");
    assertThatThrownBy(() -> rewrite(image, List.of(), to(3, 4), NOTHING))
        .isInstanceOf(OverlayException.class);
  }
}
