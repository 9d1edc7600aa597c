package org.condatainer.overlay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.condatainer.process.Command;
import org.condatainer.process.CommandRunner;
import org.condatainer.process.ProcessRunner;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Images whose own tables are wrong: they are refused, and nothing is written to a wrong place. */
@Timeout(600)
class DamagedImageTest {
  private static final CommandRunner RUNNER = new ProcessRunner(System.getenv());
  private static final int FILES = 40;

  @TempDir private Path folder;
  private Path tree;

  @BeforeEach
  void makesATree() throws IOException {
    tree = folder.resolve("tree");
    Path meta = Files.createDirectories(tree.resolve("upper/ext3/env/conda-meta"));
    Files.createDirectories(tree.resolve("work"));
    Files.writeString(meta.resolve("history"), "==> 2024-01-01 00:00:00 <==\n# specs: ['r']\n");
    Files.writeString(
        meta.resolve("r-4.4-0.json"),
        "{\"name\": \"r\", \"version\": \"4.4\", \"build\": \"0\", \"channel\": \"c\"}");
    Random random = new Random(1);
    for (int i = 0; i < FILES; i++) {
      byte[] content = new byte[1 + random.nextInt(30_000)];
      random.nextBytes(content);
      Files.write(tree.resolve("upper/ext3/env/file" + i), content);
    }
    Files.createSymbolicLink(tree.resolve("upper/link"), Path.of("ext3/env/file0"));
    Files.createSymbolicLink(tree.resolve("upper/long"), Path.of("x".repeat(100)));
  }

  private Path image(String options) {
    return OddTree.image(folder.resolve("e.img"), tree, "6M", options.split(" ", -1));
  }

  private static void chown(Path image) throws IOException {
    try (FileChannel channel =
        FileChannel.open(image, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      new OwnerRewrite(channel, image, Progress.SILENT)
          .rewrite(List.of(), OwnerChange.to(new Owner(70_001, 70_002)), RUNNER);
    }
  }

  private static void write(Path image, long position, int... words) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(4 * words.length).order(ByteOrder.LITTLE_ENDIAN);
    for (int word : words) {
      bytes.putInt(word);
    }
    try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
      file.seek(position);
      file.write(bytes.array());
    }
  }

  /** A number in what debugfs says. */
  private static long ask(Path image, String request, String pattern) {
    String said =
        OddTree.command(Command.of("/usr/sbin/debugfs", "-R", request, image.toString())).output();
    Matcher matcher = Pattern.compile(pattern).matcher(said);
    assertThat(matcher.find()).as(said).isTrue();
    return Long.decode(matcher.group(1));
  }

  private void assertRefusedUnchanged(Path image) throws IOException {
    byte[] before = Files.readAllBytes(image);
    assertThatThrownBy(() -> chown(image))
        .isInstanceOfSatisfying(
            OverlayException.class,
            e -> assertThat(e.kind()).isEqualTo(OverlayException.Kind.UNUSABLE))
        .hasMessageContaining("damaged");
    assertThat(Files.size(image)).isEqualTo(before.length);
    assertThat(Files.readAllBytes(image)).isEqualTo(before);
  }

  @ParameterizedTest
  @ValueSource(ints = {0xf00000, -1, 0, 1, 2, 6143, 6100})
  void writesNothingWhereATableOfInodesCannotBe(int block) throws IOException {
    Path image = image("-t ext3 -b 1024");
    write(image, 2048 + 8, block);
    assertRefusedUnchanged(image);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"-t ext3 -b 1024", "-t ext3 -b 1024 -g 1024", "-t ext4 -O ^metadata_csum"})
  void writesNothingIntoTheContentOfAFile(String options) throws IOException {
    Path image = image(options);
    long block = ask(image, "bmap /upper/ext3/env/file3 1", "(\\d+)");
    write(image, Math.max(2048, Superblock.read(image).blockSize()) + 8, (int) block);
    assertRefusedUnchanged(image);
  }

  @Test
  void writesNothingIntoTheTableOfAnotherGroup() throws IOException {
    Path image = image("-t ext3 -b 1024 -g 1024");
    try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
      byte[] first = new byte[4];
      file.seek(2048 + 8);
      file.readFully(first);
      file.seek(2048 + 32 + 8);
      file.write(first);
    }
    assertRefusedUnchanged(image);
  }

  /** The fields are named as in linux/fs/ext4/ext4.h. */
  @ParameterizedTest
  @CsvSource({
    "s_inodes_per_group, 40, 2147483640",
    "s_inodes_per_group, 40, 0",
    "s_inodes_per_group, 40, 7",
    "s_blocks_per_group, 32, 0",
    "s_blocks_per_group, 32, 2147483640",
    "s_blocks_count, 4, 0",
    "s_blocks_count, 4, -1",
    "s_inodes_count, 0, -1",
    "s_inode_size, 88, 255",
    "s_inode_size, 88, 8192",
    "s_first_data_block, 20, 70000",
    "s_log_block_size, 24, 7",
    "s_desc_size, 254, 8192",
    "s_desc_size, 254, 0",
    "s_desc_size, 254, 48",
  })
  void refusesASuperblockThatNoFileSystemHas(String field, long position, int value)
      throws IOException {
    Path image = image("-t ext4 -O 64bit -b 4096");
    if (position == 88 || position == 254) {
      try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
        file.seek(1024 + position);
        file.write(new byte[] {(byte) value, (byte) (value >> 8)});
      }
    } else {
      write(image, 1024 + position, value);
    }
    assertThatThrownBy(() -> OverlayInfo.read(image))
        .as(field)
        .isInstanceOf(OverlayException.class)
        .hasMessageContaining("has a damaged ext superblock");
    assertRefusedUnchanged(image);
  }

  @Test
  void refusesATableBehindTheEndOfWhatCanBeCounted() throws IOException {
    Path image = image("-t ext4 -O 64bit -b 4096");
    write(image, 4096 + 40, -1);
    assertThatThrownBy(() -> OverlayInfo.read(image))
        .isInstanceOf(OverlayException.class)
        .hasMessageContaining("the table of groups names block");
  }

  @Test
  void readsEachTableOfAFileOnce() throws IOException {
    Path content = Files.writeString(folder.resolve("five"), "x".repeat(5 * 4096));
    Path image = image("-t ext4 -O ^metadata_csum -b 4096");
    Images.debugfs(image, "write " + content + " five");
    int[] blocks = new int[5];
    for (int i = 0; i < blocks.length; i++) {
      blocks[i] = (int) ask(image, "bmap /five " + i, "(\\d+)");
    }
    for (int depth = 4; depth >= 0; depth--) {
      int[] node = new int[3 + 3 * 340];
      node[0] = 0xF30A | 340 << 16;
      node[1] = 340 | depth << 16;
      for (int i = 0; i < 340 && depth > 0; i++) {
        node[3 + 3 * i + 1] = blocks[depth - 1];
      }
      write(image, blocks[depth] * 4096L, node);
    }
    long inode =
        ask(image, "imap /upper", "at block (\\d+)") * 4096
            + ask(image, "imap /upper", "offset (0x[0-9a-f]+)");
    write(image, inode + 40, 0xF30A | 1 << 16, 4 | 5 << 16, 0, 0, blocks[4], 0);
    assertThatThrownBy(() -> OverlayInfo.read(image))
        .isInstanceOf(OverlayException.class)
        .hasMessageContaining("tables that lead in a circle");
  }

  @Test
  void refusesALinkOfNegativeLength() throws IOException {
    Path image = image("-t ext3");
    Images.debugfs(image, "sif /upper/link size 0xffffffff");
    assertThatThrownBy(() -> archive(image)).isInstanceOf(IOException.class);
  }

  /** Reads all, as freezing does. */
  private static void archive(Path image) throws IOException {
    try (FileChannel channel = FileChannel.open(image, StandardOpenOption.READ)) {
      ExtFileSystem files = new ExtFileSystem(channel, Superblock.read(channel, image));
      try (TarStream out = new TarStream(new Little())) {
        new TreeArchive(files, out, Progress.SILENT).write(files.find("upper").orElse(root(files)));
      }
    }
  }

  private static ExtInode root(ExtFileSystem files) throws IOException {
    return files.inode(ExtFileSystem.ROOT);
  }

  /** Takes no more than a damaged size could make sense of. */
  private static final class Little extends OutputStream {
    private long left = 1 << 30;

    @Override
    public void write(int letter) throws IOException {
      write(new byte[1], 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
      left -= length;
      if (left < 0) {
        throw new IOException("the disk is full");
      }
    }
  }

  private interface Operation {
    void on(Path image) throws IOException;
  }

  private static void pack(Path image) throws IOException {
    try (FileChannel channel = FileChannel.open(image, StandardOpenOption.READ)) {
      Superblock superblock = Superblock.read(channel, image);
      OverlayInspection.refuseUnsound(image, superblock);
      OverlayPack.feed(channel, superblock, new Little(), Progress.SILENT);
    }
  }

  private static boolean answers(Operation operation, Path image, String what) {
    try {
      operation.on(image);
      return true;
    } catch (OverlayException | IOException e) {
      assertThat(e.getMessage()).as(what).isNotBlank();
      return false;
    } catch (RuntimeException | StackOverflowError e) {
      return fail(what, e);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "-t ext3 -b 1024 -g 1024 -N 256, 300",
    "-t ext3 -b 4096, 100",
    "-t ext4 -b 1024 -O ^metadata_csum, 40",
    "-t ext4 -b 1024, 40",
  })
  void answersOrRefusesWhateverIsSpoiled(String options, int rounds) throws IOException {
    Path image = image(options);
    byte[] sound = Files.readAllBytes(image);
    List<long[]> places = new ArrayList<>();
    List<int[]> contents = new ArrayList<>();
    look(image, places, contents);
    Random random = new Random(11);
    int chowned = 0;
    for (int round = 0; round < rounds; round++) {
      byte[] spoiled = sound.clone();
      StringBuilder what = new StringBuilder("round " + round + ":");
      for (int spots = 1 + random.nextInt(3); spots > 0; spots--) {
        spoil(spoiled, places.get(random.nextInt(places.size())), random, what);
      }
      Files.write(image, spoiled);
      answers(Superblock::read, image, "lock status, " + what);
      answers(OverlayInfo::read, image, "info, " + what);
      answers(i -> OverlayInspection.of(i, true, Owner.ROOT), image, "exec, " + what);
      answers(DamagedImageTest::archive, image, "freeze, " + what);
      answers(DamagedImageTest::pack, image, "pack, " + what);
      assertThat(Arrays.equals(Files.readAllBytes(image), spoiled)).as("read, " + what).isTrue();
      chowned += answers(DamagedImageTest::chown, image, "chown, " + what) ? 1 : 0;
      byte[] after = Files.readAllBytes(image);
      assertThat(after.length).as("length after chown, " + what).isEqualTo(sound.length);
      for (int[] content : contents) {
        assertThat(Arrays.equals(after, content[0], content[1], spoiled, content[0], content[1]))
            .as("bytes from " + content[0] + " to " + content[1] + " after chown, " + what)
            .isTrue();
      }
    }
    assertThat(chowned).as("times that nothing was to be seen of it").isBetween(1, rounds - 1);
  }

  private static void spoil(byte[] image, long[] place, Random random, StringBuilder what) {
    int at = (int) (place[0] + random.nextInt((int) (place[1] - place[0])));
    int length = random.nextBoolean() ? 1 : 4;
    byte[] bytes = new byte[length];
    switch (random.nextInt(4)) {
      case 0 -> Arrays.fill(bytes, (byte) -1);
      case 1 -> Arrays.fill(bytes, (byte) 0);
      default -> random.nextBytes(bytes);
    }
    System.arraycopy(bytes, 0, image, at, length);
    what.append(" ").append(at).append("=").append(Arrays.toString(bytes));
  }

  /** Where the superblock, the tables and the folders are, and where the contents of files. */
  private static void look(Path image, List<long[]> places, List<int[]> contents)
      throws IOException {
    try (FileChannel channel = FileChannel.open(image, StandardOpenOption.READ)) {
      Superblock superblock = Superblock.read(channel, image);
      ExtFileSystem files = new ExtFileSystem(channel, superblock);
      int blockSize = superblock.blockSize();
      places.add(new long[] {1024, 1024 + 360});
      long groups = (superblock.firstDataBlock() + 1) * blockSize;
      places.add(new long[] {groups, groups + 32 * files.groups().count()});
      long first = files.groups().inodeTable(files.groups().descriptor(0));
      places.add(new long[] {first, first + 60L * superblock.inodeSize()});
      places.add(new long[] {first + superblock.inodeSize(), first + 2L * superblock.inodeSize()});
      files.forEachEntry(
          files.find("upper", "ext3", "env").orElseThrow(),
          (name, number) -> {
            for (ExtBlocks.Run run : ExtBlocks.of(channel, superblock, files.inode(number))) {
              int from = (int) run.physical() * blockSize;
              contents.add(new int[] {from, from + (int) run.length() * blockSize});
            }
          });
      for (String[] path : new String[][] {{}, {"upper"}, {"upper", "ext3", "env"}}) {
        for (ExtBlocks.Run run :
            ExtBlocks.of(channel, superblock, files.find(path).orElseThrow())) {
          places.add(
              new long[] {run.physical() * blockSize, run.physical() * blockSize + blockSize});
        }
      }
    }
  }
}
