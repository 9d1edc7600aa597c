package org.condatainer.overlay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.condatainer.process.Command;
import org.condatainer.process.CommandRunner;
import org.condatainer.process.ProcessRunner;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OverlayPackTest {
  private static final CommandRunner RUNNER = new ProcessRunner(System.getenv());

  @TempDir private Path folder;
  private Path tree;
  private Path image;
  private Path packed;

  @BeforeEach
  void makesAnImage() {
    assumeInstalled("zstd");
    tree = OddTree.make(folder.resolve("tree"), 5, 40);
    image = OddTree.image(folder.resolve("e.img"), tree, "200M", "-t", "ext3");
    packed = folder.resolve("e.img.zst");
  }

  private static void assumeInstalled(String program) {
    assumeThat(System.getenv("PATH").split(":"))
        .as("folders with the program " + program)
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
  }

  private void pack(Path from) throws IOException {
    try (FileChannel channel = FileChannel.open(from, StandardOpenOption.READ)) {
      OverlayPack.pack(channel, from, packed, 1, Progress.SILENT);
    }
  }

  private Path unpack(Optional<OwnerChange> owner) throws IOException {
    Path target = folder.resolve("new.img");
    OverlayUnpack.unpack(packed, target, owner, RUNNER, Progress.SILENT);
    return target;
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private static long onDisk(Path file) {
    String blocks = OddTree.command(Command.of("stat", "-c", "%b", file.toString())).output();
    return Long.parseLong(blocks.strip()) * 512;
  }

  @ParameterizedTest
  @ValueSource(strings = {"4096", "1024"})
  void arrivesAsItWas(String blockSize) throws IOException {
    image = OddTree.image(folder.resolve("b.img"), tree, "200M", "-t", "ext3", "-b", blockSize);
    List<String> before = OddTree.listingOf(image);
    pack(image);
    Path arrived = unpack(Optional.empty());
    assertThat(OddTree.listingOf(arrived)).isEqualTo(before);
    assertThat(Files.size(arrived)).isEqualTo(Files.size(image));
    assertThat(onDisk(arrived)).as("holes").isLessThanOrEqualTo(onDisk(image) + (1 << 20));
    assertThat(Images.e2fsck("-fn", arrived)).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-t ext4 -O bigalloc,^metadata_csum -C 16384",
        "-t ext4 -O bigalloc",
        "-t ext4 -O uninit_bg,^metadata_csum",
        "-t ext4 -O ^flex_bg,uninit_bg,^metadata_csum -b 1024",
        "-t ext4",
      })
  void arrivesWholeWhateverFormItHas(String options) throws IOException {
    image = OddTree.image(folder.resolve("b.img"), tree, "200M", options.split(" ", -1));
    List<String> before = OddTree.listingOf(image);
    pack(image);
    Path arrived = unpack(Optional.empty());
    assertThat(OddTree.listingOf(arrived)).isEqualTo(before);
    assertThat(Images.e2fsck("-fn", arrived)).isZero();
    try (FileChannel channel = FileChannel.open(image, StandardOpenOption.READ)) {
      assertThat(OverlayPack.asItIs(channel, image).isPresent())
          .isEqualTo(options.contains("bigalloc"));
    }
  }

  @Test
  void packsAGroupWholeWhoseBitmapIsWrong() throws IOException {
    List<String> before = OddTree.listingOf(image);
    Images.debugfs(image, "set_bg 0 block_bitmap 30000");
    pack(image);
    assertThat(OddTree.listingOf(unpack(Optional.empty()))).isEqualTo(before);
  }

  /** A few bytes can unpack to any number of others, and fill a disk. */
  @ParameterizedTest
  @ValueSource(strings = {"cat \"$0\"; head -c 3M /dev/zero | tr '\\0' a", "yes | head -c 40M"})
  void doesNotUnpackMoreThanTheImage(String content) throws IOException {
    OddTree.command(
        Command.of("sh", "-c", "{ " + content + "; } | zstd -q >\"$1\"", image + "", packed + ""));
    assertThatThrownBy(() -> unpack(Optional.empty()))
        .isInstanceOfSatisfying(
            OverlayException.class,
            e -> assertThat(e.kind()).isEqualTo(OverlayException.Kind.UNUSABLE))
        .hasMessageContaining(packed.toString());
    assertThat(names()).containsExactly("e.img", "e.img.zst", "tree");
  }

  @Test
  void isPlainZstd() throws IOException {
    pack(image);
    Path plain = folder.resolve("plain.img");
    OddTree.command(Command.of("zstd", "-q", "-d", packed.toString(), "-o", plain.toString()));
    assertThat(OddTree.listingOf(plain)).isEqualTo(OddTree.listingOf(image));
  }

  @Test
  void doesNotTakeAlongWhatWasDeleted() throws IOException {
    byte[] secret = "a secret that was deleted".getBytes(StandardCharsets.UTF_8);
    Path file = Files.write(folder.resolve("secret"), secret);
    Images.debugfs(image, "write " + file + " secret", "rm secret");
    assertThat(contains(image, secret)).isTrue();
    Files.delete(file);
    pack(image);
    assertThat(contains(unpack(Optional.empty()), secret)).isFalse();
  }

  private static boolean contains(Path file, byte[] wanted) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    for (int i = 0; i + wanted.length <= bytes.length; i += 512) {
      if (Arrays.equals(bytes, i, i + wanted.length, wanted, 0, wanted.length)) {
        return true;
      }
    }
    return false;
  }

  @Test
  void givesItsFilesToWhoUnpacksIt() throws IOException {
    pack(image);
    Path arrived = unpack(Optional.of(OwnerChange.to(new Owner(4711, 815))));
    assertThat(OverlayInfo.read(arrived).upper()).contains(new Owner(4711, 815));
    assertThat(Images.e2fsck("-fn", arrived)).isZero();
  }

  @Test
  void unpacksGzipToo() throws IOException {
    OddTree.command(Command.of("gzip", "-1", "-k", image.toString()));
    packed = folder.resolve("e.img.gz");
    assertThat(OddTree.listingOf(unpack(Optional.empty()))).isEqualTo(OddTree.listingOf(image));
  }

  @ParameterizedTest
  @ValueSource(strings = {"zst", "gz"})
  void leavesNothingOfWhatIsNotWhole(String kind) throws IOException {
    if (kind.equals("zst")) {
      pack(image);
    } else {
      OddTree.command(Command.of("gzip", "-1", "-k", image.toString()));
      packed = folder.resolve("e.img.gz");
    }
    byte[] bytes = Files.readAllBytes(packed);
    Files.write(packed, Arrays.copyOf(bytes, bytes.length / 2));
    List<String> before = names();
    assertThatThrownBy(() -> unpack(Optional.empty())).isInstanceOf(OverlayException.class);
    assertThat(names()).isEqualTo(before);
  }

  @Test
  void refusesWhatIsNotPacked() throws IOException {
    Files.writeString(packed, "neither");
    assertThatThrownBy(() -> unpack(Optional.empty()))
        .hasMessageContaining("is packed neither by zstd nor by gzip");
  }

  @Test
  void refusesWhatHoldsNoImage() throws IOException {
    Path text = Files.writeString(folder.resolve("text"), "x".repeat(5000));
    OddTree.command(Command.of("zstd", "-q", text.toString(), "-o", packed.toString()));
    assertThatThrownBy(() -> unpack(Optional.empty())).hasMessageContaining("is no ext3 image");
    assertThat(names()).containsExactly("e.img", "e.img.zst", "text", "tree");
  }

  @Test
  void neverReplacesAnything() throws IOException {
    Files.writeString(packed, "precious");
    assertThatThrownBy(() -> pack(image)).hasMessageContaining("exists already");
    assertThat(packed).hasContent("precious");
  }

  @Test
  void refusesAnImageThatWasNotUnmountedInOrder() throws IOException {
    Images.debugfs(image, "ssv state 0");
    assertThatThrownBy(() -> pack(image)).hasMessageContaining("condatainer overlay check");
    assertThat(names()).containsExactly("e.img", "tree");
  }

  @Test
  void freezesEveryFileAndItsOwner() throws IOException {
    assumeInstalled("mksquashfs");
    try (FileChannel channel =
        FileChannel.open(image, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      new OwnerRewrite(channel, image, Progress.SILENT)
          .rewrite(List.of(), OwnerChange.to(new Owner(4711, 3_000_000)), RUNNER);
    }
    Path frozen = folder.resolve("e.sqf");
    try (FileChannel channel = FileChannel.open(image, StandardOpenOption.READ)) {
      OverlayFreeze.make(channel, image, frozen, 1, Progress.SILENT);
    }
    String list =
        OddTree.command(Command.of("unsquashfs", "-lln", "-d", "", frozen.toString())).output();
    List<String> lines = list.lines().filter(line -> line.matches("[-dlp][-rwxsS]{9} .*")).toList();
    assertThat(lines).hasSizeGreaterThan(700);
    assertThat(lines.subList(1, lines.size())).allMatch(line -> line.contains(" 4711/3000000 "));
    Path thawed = folder.resolve("thawed");
    OddTree.command(
        Command.of("unsquashfs", "-q", "-n", "-d", thawed.toString(), frozen.toString()));
    assertThat(OddTree.listing(thawed)).isEqualTo(OddTree.listing(tree.resolve("upper")));
    Path hard = thawed.resolve("ext3/env/hard");
    assertThat(Files.isSameFile(hard, thawed.resolve("ext3/env/d1/f1"))).isTrue();
  }
}
