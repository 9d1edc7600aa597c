package org.condatainer.overlay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.condatainer.process.Command;
import org.condatainer.process.CommandResult;
import org.condatainer.process.CommandRunner;
import org.condatainer.process.ProcessRunner;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OverlayResizeTest {
  private static final CommandRunner RUNNER = new ProcessRunner(System.getenv());

  @TempDir private Path folder;
  private Path image;
  private List<String> listing;

  @BeforeEach
  void makesAnImage() throws IOException {
    Path tree = OddTree.make(folder.resolve("tree"), 5, 40);
    image = OddTree.image(folder.resolve("e.img"), tree, "200M", "-t", "ext3").toRealPath();
    listing = OddTree.listingOf(image);
    OddTree.command(Command.of("rm", "-r", tree.toString()));
  }

  private OverlayResize.Result resize(String size, boolean inPlace, CommandRunner runner)
      throws IOException {
    Optional<ByteSize> wanted =
        size.equals("min") ? Optional.empty() : Optional.of(ByteSize.parse(size));
    try (FileChannel channel =
        FileChannel.open(image, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      return new OverlayResize(runner, channel, image, Progress.SILENT).to(wanted, inPlace);
    }
  }

  private void assertWhole() throws IOException {
    assertThat(Images.e2fsck("-fn", image)).isZero();
    assertThat(OddTree.listingOf(image)).isEqualTo(listing);
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files.toList()).containsExactly(image);
    }
  }

  /** Neither its length nor the disk space that was taken for it stays. */
  @Test
  void leavesTheFileAsLongAsItWasWhereNothingCouldBeResized() {
    CommandRunner none =
        command ->
            command.words().stream().anyMatch(word -> word.endsWith("resize2fs"))
                ? new CommandResult(1, "", "resize2fs: not today")
                : RUNNER.run(command);

    assertThatThrownBy(() -> resize("500M", false, none)).hasMessageContaining("not today");

    assertThat(image).hasSize(200 << 20);
  }

  private long onDisk() {
    String blocks = OddTree.command(Command.of("stat", "-c", "%b", image.toString())).output();
    return Long.parseLong(blocks.strip()) * 512;
  }

  @ParameterizedTest
  @CsvSource({
    "500M, false",
    "2G, false",
    "100M, false",
    "100M, true",
    "min, false",
    "min, true",
    "200M, false"
  })
  void changesTheSizeAndNothingElse(String size, boolean inPlace) throws IOException {
    OverlayResize.Result result = resize(size, inPlace, RUNNER);
    assertThat(result.before()).isEqualTo(200 << 20);
    assertThat(Files.size(image)).isEqualTo(result.after());
    assertThat(Superblock.read(image).bytes()).isEqualTo(result.after());
    if (!size.equals("min")) {
      assertThat(result.after()).isEqualTo(ByteSize.parse(size).bytes());
    } else {
      assertThat(result.after()).isLessThan(100 << 20);
    }
    assertWhole();
    assertThat(onDisk()).as("a sparse image stays sparse").isLessThan(160 << 20);
  }

  // resize2fs 1.47.0 leaves an invalid resize inode then
  @ParameterizedTest
  @CsvSource({"false", "true"})
  void shrinksASecondTime(boolean inPlace) throws IOException {
    resize("100M", inPlace, RUNNER);
    OverlayResize.Result result = resize("min", inPlace, RUNNER);
    assertThat(Files.size(image)).isEqualTo(result.after()).isLessThan(100 << 20);
    assertWhole();
  }

  @ParameterizedTest
  @CsvSource({"300M", "150M"})
  void leavesNoHolesWhereThereWereNone(String size) throws IOException {
    OddTree.command(Command.of("fallocate", "-l", "200M", image.toString()));
    resize(size, false, RUNNER);
    assertThat(onDisk()).isGreaterThanOrEqualTo(ByteSize.parse(size).bytes());
    assertWhole();
  }

  @Test
  void refusesLessThanTheFilesNeedWithTheNumber() throws IOException {
    assertThatThrownBy(() -> resize("10M", false, RUNNER))
        .isInstanceOfSatisfying(
            OverlayException.class,
            e -> assertThat(e.kind()).isEqualTo(OverlayException.Kind.BAD_INPUT))
        .hasMessageMatching(
            "(?s)10 MiB is too small for what is in .*e.img; the smallest is \\d+M.*");
    assertThat(Superblock.read(image).bytes()).isEqualTo(200 << 20);
    assertWhole();
  }

  @Test
  void repairsWhatAKilledContainerLeftFirst() throws IOException {
    Images.debugfs(image, "ssv state 0");
    resize("300M", false, RUNNER);
    assertWhole();
  }

  @Test
  void goesOnWhereAKilledResizeLeftTheImageMarked() throws IOException {
    Images.debugfs(image, "ssv state 3");
    resize("300M", false, RUNNER);
    assertWhole();
  }

  @Test
  void refusesWhatIsNotToBeRepairedWithoutAChoice() {
    Images.debugfs(image, "clri <2>");
    assertThatThrownBy(() -> resize("300M", false, RUNNER))
        .hasMessageContaining("condatainer overlay check -y");
  }

  /** e2fsck would sort large folders anew, in place: killed meanwhile, it loses names. */
  @ParameterizedTest
  @CsvSource({"300M, false", "100M, false", "100M, true"})
  void letsNoCheckWriteToASoundImage(String size, boolean inPlace) throws IOException {
    CommandRunner looking =
        command -> {
          assertThat(command.words()).doesNotContain("-fp", "-fy", "-p");
          return RUNNER.run(command);
        };
    resize(size, inPlace, looking);
    assertWhole();
    try (FileChannel channel =
        FileChannel.open(image, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      OverlayCheckUp check = new OverlayCheckUp(looking, channel, image, Progress.SILENT);
      assertThat(check.preen(true).sound()).isTrue();
    }
  }

  @Test
  void doesNotReplaceOneOfSeveralNames() throws IOException {
    Path other = Files.createLink(folder.resolve("other.img"), image);
    assertThatThrownBy(() -> resize("100M", false, RUNNER))
        .hasMessageContaining("has 2 names (hard links)")
        .hasMessageContaining("--in-place");
    resize("100M", true, RUNNER);
    Files.delete(other);
    assertWhole();
  }

  @ParameterizedTest
  @CsvSource({"cp, 100M", "resize2fs, 100M", "resize2fs, 300M", "fallocate, 300M"})
  void leavesTheImageAsItWasWhenAProgramFails(String program, String size) throws IOException {
    OddTree.command(Command.of("fallocate", "-l", "200M", image.toString()));
    CommandRunner failing =
        command ->
            command.words().contains(program) && !command.words().contains("-P")
                ? new CommandResult(1, "", program + ": No space left on device\n")
                : RUNNER.run(command);
    assertThatThrownBy(() -> resize(size, false, failing))
        .isInstanceOfSatisfying(
            OverlayException.class,
            e -> assertThat(e.kind()).isEqualTo(OverlayException.Kind.FAILED))
        .hasMessageContaining("No space left on device");
    assertThat(Superblock.read(image).bytes()).isEqualTo(200 << 20);
    assertWhole();
  }

  @Test
  void leavesNoImageInTheFileThatWasReplaced() throws IOException {
    try (FileChannel old = FileChannel.open(image, StandardOpenOption.READ)) {
      resize("100M", false, RUNNER);
      assertThatThrownBy(() -> Superblock.read(old, image))
          .hasMessageContaining("is no ext3 image");
    }
    assertWhole();
  }

  @Test
  void growsWhatAKilledResizeLeftTooLong() throws IOException {
    OddTree.command(Command.of("truncate", "-s", "300M", image.toString()));
    resize("300M", false, RUNNER);
    assertThat(Superblock.read(image).bytes()).isEqualTo(300 << 20);
    assertWhole();
  }
}
