package org.condatainer.overlay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.condatainer.process.Command;
import org.condatainer.process.CommandException;
import org.condatainer.process.CommandResult;
import org.condatainer.process.CommandRunner;
import org.condatainer.process.ProcessRunner;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RepairUndoTest {
  private static final CommandRunner RUNNER = new ProcessRunner(System.getenv());

  @TempDir private static Path parent;
  private static Path original;

  @TempDir private Path folder;
  private Path image;
  private FileChannel channel;

  @BeforeAll
  static void makesTheImage() {
    Path tree = OddTree.make(parent.resolve("tree"), 25, 20);
    original = OddTree.image(parent.resolve("original"), tree, "80M", "-t", "ext3");
    // left by fuse2fs; mke2fs has made large folders without an index, which e2fsck sorts anew
    Images.debugfs(original, "ssv state 0", "ssv mnt_count 3");
  }

  @BeforeEach
  void opensACopy() throws IOException {
    image = Images.copy(original, folder.resolve("e.img"));
    channel = FileChannel.open(image, StandardOpenOption.READ, StandardOpenOption.WRITE);
  }

  @AfterEach
  void closesIt() throws IOException {
    channel.close();
  }

  /** What is in the image at the moment of a kill; the process writes nothing any more. */
  private void cutShort() throws IOException {
    assertThat(RepairUndo.begin(channel, image)).isPresent();
    ByteBuffer marked = ImageBytes.read(channel, 1024, 1024);
    assertThat(OddTree.command(Command.of("cp", image.toString(), image + ".marked")).exitCode())
        .isZero();
    OddTree.command(
        Command.of("sh", "-c", "/usr/sbin/e2fsck -fyD \"$1\" || [ $? = 1 ]", "sh", "" + image));
    assertThat(Files.mismatch(image, Path.of(image + ".marked"))).isNotNegative();
    Files.delete(Path.of(image + ".marked"));
    channel.write(marked, 1024);
  }

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void takesBackWhatWasCutShort() throws IOException {
    cutShort();
    assertThat(files()).hasSize(2);
    assertThat(RepairUndo.settle(channel, image, false)).isTrue();
    assertThat(files()).containsExactly("e.img");
    assertThat(metadata(channel)).isEqualTo(metadata(original));
    assertThat(OddTree.listing(channel, image)).isEqualTo(OddTree.listingOf(original));
  }

  private static List<String> metadata(Path image) throws IOException {
    try (FileChannel open = FileChannel.open(image, StandardOpenOption.READ)) {
      return metadata(open);
    }
  }

  private static List<String> metadata(FileChannel open) throws IOException {
    List<String> pieces = new ArrayList<>();
    MetadataBlocks.forEach(
        open,
        Superblock.read(open, original),
        (position, bytes) -> pieces.add(position + " " + bytes.limit() + " " + bytes.hashCode()));
    return pieces;
  }

  @Test
  void isPlayedBackASecondTimeWhenThatWasCutShort() throws IOException {
    cutShort();
    Path undo = folder.resolve(files().get(0));
    Path kept = Files.copy(undo, folder.resolve("kept"));
    ByteBuffer marked = ImageBytes.read(channel, 1024, 1024);
    RepairUndo.settle(channel, image, false);
    Files.move(kept, undo);
    channel.write(marked, 1024);
    assertThat(RepairUndo.settle(channel, image, false)).isTrue();
    assertThat(metadata(channel)).isEqualTo(metadata(original));
  }

  /** Somebody has helped himself. */
  @Test
  void isNotPlayedBackOverAFinishedRepairOrAMount() throws IOException {
    for (String since : List.of("ssv state 1", "ssv mnt_count 4", "ssv lastcheck 20300101")) {
      cutShort();
      Images.debugfs(image, since);
      List<String> before = OddTree.listing(channel, image);
      List<String> blocks = metadata(channel).subList(2, 20);
      assertThat(RepairUndo.settle(channel, image, false)).as(since).isFalse();
      assertThat(files()).containsExactly("e.img");
      assertThat(OddTree.listing(channel, image)).isEqualTo(before);
      assertThat(metadata(channel).subList(2, 20)).isEqualTo(blocks);
      assertThat(Superblock.read(channel, image).lastMountPoint()).isEmpty();
      opensACopy();
    }
  }

  @Test
  void marksTheImageSoThatNobodyTakesItForSound() throws IOException {
    Images.debugfs(image, "ssv state 1");
    assertThat(RepairUndo.begin(channel, image)).isPresent();
    assertThat(Superblock.read(channel, image).clean()).isFalse();
    assertThat(Superblock.read(channel, image).inRepair()).isTrue();
    assertThat(OverlayInspection.of(image, false, Owner.ofThisProcess()).findings())
        .singleElement()
        .satisfies(finding -> assertThat(finding.refused()).isTrue())
        .satisfies(
            finding -> assertThat(finding.next()).endsWith("condatainer overlay check " + image));
  }

  @Test
  void removesWhatAKillBeforeTheMarkHasLeftAndNobodyElsesFile() throws IOException {
    assertThat(RepairUndo.begin(channel, image)).isPresent();
    Path left = folder.resolve(files().get(0));
    Files.copy(left, other(left, "1"));
    long inode = (Long) Files.getAttribute(image, "unix:ino");
    Path strange = folder.resolve(".condatainer-undo-" + inode + "-4-5");
    Files.write(strange, new byte[9]);
    // as if it had been killed before the mark
    try (FileChannel open = FileChannel.open(original)) {
      channel.write(ImageBytes.read(open, 1024, 1024), 1024);
    }

    assertThat(RepairUndo.settle(channel, image, false)).isFalse();

    assertThat(files())
        .containsExactlyInAnyOrder(
            "" + other(left, "1").getFileName(), "" + strange.getFileName(), "e.img");
  }

  /** The same file under the number of another inode. */
  private static Path other(Path undo, String inode) {
    return undo.resolveSibling(
        undo.getFileName().toString().replaceFirst("undo-\\d+", "undo-" + inode));
  }

  /** Who may write in the folder and not in the image has no digest for what he makes up. */
  @Test
  void playsNobodyElsesFileBackAndTakesTheRightOneBesideIt() throws IOException {
    cutShort();
    Path undo = folder.resolve(files().get(0));
    byte[] genuine = Files.readAllBytes(undo);
    byte[] planted = genuine.clone();
    planted[genuine.length - 2] ^= 1;
    for (int i = 0; i < 9; i++) {
      Files.write(other(undo, "" + i), planted);
    }
    Files.createLink(other(undo, "70"), other(undo, "1"));
    Files.createSymbolicLink(other(undo, "71"), Path.of("/dev/zero"));
    assertThat(OddTree.command(Command.of("mkfifo", "" + other(undo, "72"))).exitCode()).isZero();

    assertThat(RepairUndo.settle(channel, image, false)).isTrue();

    assertThat(metadata(channel)).isEqualTo(metadata(original));
    assertThat(undo).doesNotExist();
    assertThat(files()).hasSize(1 + 9 + 3);
    Files.delete(other(undo, "71"));
  }

  /** To close one name of the image would give up the lock that the caller holds. */
  @Test
  void opensNoSecondNameOfTheImage() throws IOException {
    cutShort();
    Path undo = folder.resolve(files().get(0));
    Files.move(undo, folder.resolve("aside"));
    Files.createLink(undo, image);
    try (FileLock lock = channel.lock()) {
      assertThatThrownBy(() -> RepairUndo.settle(channel, image, false))
          .hasMessageContaining("is not beside the image");
      CommandResult other =
          OddTree.command(
              Command.of(
                  "perl",
                  "-e",
                  "use Fcntl; open my $f, '+<', shift or die;"
                      + " my $all = pack('s s x4 q q l x4', F_WRLCK, 0, 0, 0, 0);"
                      + " fcntl $f, 37, $all or print 'held'",
                  image.toString()));
      assertThat(other.output()).isEqualTo("held");
      assertThat(lock.isValid()).isTrue();
    }
  }

  /** Somebody exchanges it between the look at it and its opening. */
  @Test
  void takesNothingThatIsNoFileForOneAndWaitsForNobody() throws Exception {
    String digest = "d".repeat(UndoFile.DIGEST_LETTERS);
    Path pipe = folder.resolve("pipe");
    assertThat(OddTree.command(Command.of("mkfifo", "" + pipe)).exitCode()).isZero();
    Process writer =
        new ProcessBuilder("sh", "-c", "exec 3<>\"$1\"; echo; exec sleep 600", "sh", "" + pipe)
            .start();
    try {
      assertThat(writer.inputReader().readLine()).isEmpty();
      assertThat(UndoFile.open(pipe, digest, Long.MAX_VALUE)).isEmpty();
      assertThat(UndoFile.uuid(pipe)).isEmpty();
    } finally {
      writer.destroyForcibly().waitFor();
    }
    assertThat(UndoFile.open(Path.of("/dev/zero"), digest, Long.MAX_VALUE)).isEmpty();
    Path link = Files.createSymbolicLink(folder.resolve("link"), image);
    assertThatThrownBy(() -> UndoFile.open(link, digest, Long.MAX_VALUE))
        .isInstanceOf(IOException.class);
    assertThatThrownBy(() -> UndoFile.open(folder, digest, Long.MAX_VALUE))
        .isInstanceOf(IOException.class);
    assertThatThrownBy(() -> RegularFile.open(pipe, Duration.ofMillis(20)))
        .isInstanceOf(FileSystemException.class)
        .hasMessageContaining("it does not open");
  }

  @Test
  void refusesAPlantedFileWhereTheRightOneIsGoneAndNamesIt() throws IOException {
    cutShort();
    Path undo = folder.resolve(files().get(0));
    byte[] planted = Files.readAllBytes(undo);
    Files.delete(undo);
    planted[planted.length - 2] ^= 1;
    Files.write(other(undo, "9"), planted);
    List<String> before = metadata(channel);

    assertThatThrownBy(() -> RepairUndo.settle(channel, image, false))
        .isInstanceOf(OverlayException.class)
        .hasMessageContaining(other(undo, "9") + " is not what was written")
        .hasMessageContaining("condatainer overlay check -y");
    assertThat(metadata(channel)).isEqualTo(before);
    assertThat(other(undo, "9")).exists();

    // the user's word lets the repair go on without it, and does not touch it either
    assertThat(RepairUndo.settle(channel, image, true)).isFalse();
    assertThat(other(undo, "9")).hasBinaryContent(planted);
  }

  /** A file that has its digest still writes nothing behind the end of the image. */
  @Test
  void writesNothingOutsideOfTheImage() throws IOException {
    cutShort();
    Path undo = folder.resolve(files().get(0));
    channel.truncate(40 << 20);
    assertThat(RepairUndo.settle(channel, image, false)).isTrue();
    assertThat(channel.size()).isEqualTo(40 << 20);
    assertThat(undo).doesNotExist();
  }

  /** Its owner changes it after it was looked at. */
  @Test
  void playsNoPieceBackThatWasChangedMeanwhile() throws IOException {
    cutShort();
    Path undo = folder.resolve(files().get(0));
    String digest = undo.getFileName().toString().replaceFirst("\\.condatainer-undo-\\d+-", "");
    byte[] bytes = Files.readAllBytes(undo);
    List<Long> told = new ArrayList<>();
    try (UndoFile open = UndoFile.open(undo, digest, Long.MAX_VALUE).orElseThrow()) {
      bytes[bytes.length - 2] ^= 1;
      Files.write(undo, bytes, StandardOpenOption.WRITE);
      assertThatThrownBy(() -> open.forEach((position, piece) -> told.add(position)))
          .hasMessageContaining("was changed while it was read");
    }
    assertThat(told).isNotEmpty();
  }

  /** The file stays for a copy in the same folder, which names it too, and goes with the last. */
  @Test
  void isKeptForACopyThatNamesItToo() throws IOException {
    cutShort();
    Path copy = Images.copy(image, folder.resolve("copy.img"));
    assertThat(RepairUndo.settle(channel, image, false)).isTrue();
    assertThat(files()).hasSize(3);
    try (FileChannel open =
        FileChannel.open(copy, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      assertThat(RepairUndo.settle(open, copy, false)).isTrue();
      assertThat(metadata(open)).isEqualTo(metadata(original));
    }
    assertThat(files()).containsExactly("copy.img", "e.img");
  }

  /** Who may read the image, and nobody else: it has the names of all files. */
  @Test
  void isReadableForWhomTheImageIs() throws IOException {
    for (String permissions : List.of("rw-------", "rw-rw----", "rw-rw-rw-", "r--r-----")) {
      Files.setPosixFilePermissions(image, PosixFilePermissions.fromString(permissions));
      assertThat(RepairUndo.begin(channel, image)).isPresent();
      Path undo = folder.resolve(files().get(0));
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(undo)))
          .isEqualTo(
              permissions.charAt(1) == 'w'
                  ? "rw-" + permissions.substring(3).replace('w', '-')
                  : permissions);
      assertThat(Owner.of(undo)).isEqualTo(Owner.of(image));
      assertThat(RepairUndo.settle(channel, image, false)).isTrue();
      assertThat(files()).containsExactly("e.img");
    }
  }

  @Test
  void refusesToGoOnWithoutItsFileUnlessAsked() throws IOException {
    cutShort();
    Files.delete(folder.resolve(files().get(0)));
    assertThatThrownBy(() -> RepairUndo.settle(channel, image, false))
        .isInstanceOf(OverlayException.class)
        .hasMessageContaining("a repair was cut short")
        .hasMessageContaining("condatainer overlay check -y");
    assertThat(RepairUndo.settle(channel, image, true)).isFalse();
    assertThat(Superblock.read(channel, image).lastMountPoint()).isEmpty();
    assertThat(Superblock.read(channel, image).clean()).isFalse();
  }

  @Test
  void playsNothingOfADamagedFileBack() throws IOException {
    cutShort();
    Path undo = folder.resolve(files().get(0));
    byte[] bytes = Files.readAllBytes(undo);
    List<String> before = metadata(channel);
    bytes[bytes.length / 2] ^= 1;
    List<byte[]> damaged =
        List.of(
            bytes,
            Arrays.copyOf(bytes, bytes.length - 20),
            Arrays.copyOf(bytes, bytes.length + 20),
            new byte[20],
            new byte[0]);
    for (byte[] content : damaged) {
      Files.write(undo, content);
      assertThatThrownBy(() -> RepairUndo.settle(channel, image, false))
          .hasMessageContaining("it is damaged");
      assertThat(metadata(channel)).isEqualTo(before);
      assertThat(undo).exists();
    }
  }

  /** A disk that is full, or a program that was killed: the image is as it was. */
  @Test
  void takesARepairBackThatFails() throws IOException {
    CommandRunner failing =
        command -> {
          if (!command.words().contains("-fp")) {
            return RUNNER.run(command);
          }
          RUNNER.run(Command.of("/usr/sbin/e2fsck", "-fyD", image.toString()));
          return new CommandResult(8, "", "e2fsck: No space left on device");
        };
    OverlayCheckUp check = new OverlayCheckUp(failing, channel, image, Progress.SILENT);
    assertThat(check.preen(false).sound()).isFalse();
    assertThat(metadata(channel)).isEqualTo(metadata(original));
    assertThat(files()).containsExactly("e.img");
  }

  @Test
  void keepsARepairThatCameToItsEnd() throws IOException {
    OverlayCheckUp check = new OverlayCheckUp(RUNNER, channel, image, Progress.SILENT);
    assertThat(check.preen(false).sound()).isTrue();
    assertThat(Superblock.read(channel, image).clean()).isTrue();
    assertThat(Superblock.read(channel, image).lastMountPoint()).isEmpty();
    assertThat(Images.e2fsck("-fn", image)).isZero();
    assertThat(OddTree.listing(channel, image)).isEqualTo(OddTree.listingOf(original));
    assertThat(files()).containsExactly("e.img");
  }

  @Test
  void replaysAJournalAloneAndLeavesALargeFolderAsItIs() throws CommandException, IOException {
    Images.debugfs(image, "ssv state 1", "feature needs_recovery");
    CommandRunner counting =
        command -> {
          assertThat(command.words()).doesNotContain("-fp", "-fy");
          return RUNNER.run(command);
        };
    OverlayCheckUp check = new OverlayCheckUp(counting, channel, image, Progress.SILENT);
    assertThat(check.preen(false).sound()).isTrue();
    assertThat(Superblock.read(channel, image).clean()).isTrue();
    assertThat(OddTree.listing(channel, image)).isEqualTo(OddTree.listingOf(original));
  }
}
