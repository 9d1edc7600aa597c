package org.condatainer.overlay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.condatainer.process.Command;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a frozen overlay has besides names and contents: attributes, and what hides files below. */
class OverlayFreezeTest {
  @TempDir private Path folder;
  private Path tree;

  @BeforeEach
  void makesATree() throws IOException {
    assumeInstalled("mksquashfs");
    tree = folder.resolve("tree");
    Files.createDirectories(tree.resolve("upper/hidden"));
    Files.writeString(tree.resolve("upper/hidden/new"), "new");
    Files.writeString(tree.resolve("upper/file"), "content");
    Files.createLink(tree.resolve("upper/same"), tree.resolve("upper/file"));
    Files.createSymbolicLink(tree.resolve("upper/link"), Path.of("file"));
  }

  private static void assumeInstalled(String program) {
    assumeThat(System.getenv("PATH").split(":"))
        .as("folders with the program " + program)
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
  }

  private Path image(String options) throws IOException {
    Path image = OddTree.image(folder.resolve("e.img"), tree, "16M", options.split(" ", -1));
    Path binary = Files.write(folder.resolve("binary"), new byte[] {0, 10, '=', 0, -1, 10});
    // cap_net_raw (linux/capability.h, struct vfs_cap_data)
    byte[] rights = HexFormat.of().parseHex("0100000200200000000000000000000000000000");
    Path capability = Files.write(folder.resolve("capability"), rights);
    Path large = Files.writeString(folder.resolve("large"), "q".repeat(600));
    return Images.debugfs(
        image,
        "ea_set /upper/hidden trusted.overlay.opaque y",
        "ea_set /upper/hidden user.fuseoverlayfs.opaque y",
        "ea_set /upper/file user.binary -f " + binary,
        "ea_set /upper/file user.large -f " + large,
        "ea_set /upper/file user.short s",
        "ea_set /upper/file security.capability -f " + capability,
        "ea_set /upper/link trusted.of-a-link l",
        "ea_set /upper trusted.overlay.origin r",
        "cd /upper",
        "mknod gone c 0 0");
  }

  private List<String> freeze(Path image, Path target) throws IOException {
    try (FileChannel channel = FileChannel.open(image, StandardOpenOption.READ)) {
      return OverlayFreeze.make(channel, image, target, 1, Progress.SILENT);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"-t ext3 -b 4096", "-t ext3 -b 1024", "-t ext2 -I 128", "-t ext4"})
  void carriesEachAttribute(String options) throws IOException {
    Path image = image(options);
    Path archive = folder.resolve("e.tar");
    try (FileChannel channel = FileChannel.open(image, StandardOpenOption.READ);
        TarStream out = new TarStream(Files.newOutputStream(archive))) {
      ExtFileSystem files = new ExtFileSystem(channel, Superblock.read(channel, image));
      TreeArchive written = new TreeArchive(files, out, Progress.SILENT);
      written.write(files.find("upper").orElseThrow());
      assertThat(written.hasMarks()).isTrue();
      assertThat(written.leftOut()).isEmpty();
    }
    String listed =
        OddTree.command(
                Command.of("tar", "--xattrs", "--xattrs-include=*", "-tvvf", archive.toString()))
            .output();
    List<String> names = new ArrayList<>();
    for (String line : listed.split("\n", -1)) {
      if (line.startsWith("  x:")) {
        names.add(line.substring(4).strip());
      }
    }
    assertThat(names)
        .containsExactlyInAnyOrder(
            "1 trusted.overlay.opaque",
            "1 user.fuseoverlayfs.opaque",
            "6 user.binary",
            "600 user.large",
            "1 user.short",
            "20 security.capability",
            "1 trusted.of-a-link");
  }

  @Test
  void keepsThemInTheFrozenOverlay() throws IOException {
    assumeThat(Owner.ofThisProcess().uid()).as("who may see all attributes").isZero();
    assumeInstalled("getfattr");
    Path frozen = folder.resolve("e.sqf");
    assertThat(freeze(image("-t ext3 -b 4096"), frozen)).isEmpty();
    Path thawed = folder.resolve("thawed");
    OddTree.command(
        Command.of("unsquashfs", "-q", "-n", "-d", thawed.toString(), frozen.toString()));
    Map<String, String> expected =
        Map.of(
            "hidden", "trusted.overlay.opaque=0x79",
            "link", "trusted.of-a-link=0x6c",
            "file", "user.binary=0x000a3d00ff0a",
            "same", "user.short=0x73");
    for (Map.Entry<String, String> each : expected.entrySet()) {
      assertThat(attributes(thawed.resolve(each.getKey()))).contains(each.getValue());
    }
    assertThat(attributes(thawed.resolve("file"))).contains("user.large=0x" + "71".repeat(600));
    assertThat(attributes(thawed.resolve("hidden"))).contains("user.fuseoverlayfs.opaque=0x79");
    String gone = OddTree.command(Command.of("stat", "-c", "%F %t %T", thawed + "/gone")).output();
    assertThat(gone.strip()).isEqualTo("character special file 0 0");
  }

  private static String attributes(Path file) {
    return OddTree.command(
            Command.of("getfattr", "-h", "-d", "-m", "-", "-e", "hex", file.toString()))
        .output();
  }

  @Test
  void namesWhatASquashfsCannotHave() throws IOException {
    Path image = image("-t ext3");
    // version 2: owner rw, group r, others none (linux/posix_acl_xattr.h)
    String entries = "01000600ffffffff" + "04000400ffffffff" + "20000000ffffffff";
    byte[] rights = HexFormat.of().parseHex("02000000" + entries);
    Path list = Files.write(folder.resolve("acl"), rights);
    Images.debugfs(image, "ea_set /upper/file system.posix_acl_access -f " + list);
    Images.debugfs(image, "ea_set /upper user.of-the-root r");
    List<String> notes = freeze(image, folder.resolve("e.sqf"));
    assertThat(notes).hasSize(2);
    assertThat(notes.get(0)).contains("system.posix_acl_access", "/file");
    assertThat(notes.get(1)).contains("user.of-the-root");
  }

  @Test
  void goesAsDeepAsThereAreFolders() throws IOException {
    Path image = OddTree.image(folder.resolve("e.img"), tree, "32M", "-t", "ext2", "-b", "1024");
    List<String> commands = new ArrayList<>(List.of("cd /upper"));
    for (int i = 0; i < 3000; i++) {
      commands.addAll(List.of("mkdir d", "cd d"));
    }
    Images.debugfs(image, commands.toArray(String[]::new));
    Path archive = folder.resolve("e.tar");
    try (FileChannel channel = FileChannel.open(image, StandardOpenOption.READ);
        TarStream out = new TarStream(Files.newOutputStream(archive))) {
      ExtFileSystem files = new ExtFileSystem(channel, Superblock.read(channel, image));
      new TreeArchive(files, out, Progress.SILENT).write(files.find("upper").orElseThrow());
    }
    assertThat(Files.size(archive)).isGreaterThan(3000 * 3000);
  }

  @Test
  void leavesOutASocketWithTwoNames() throws IOException {
    Path image = image("-t ext3");
    Images.debugfs(image, "cd /upper", "mknod socket p", "ln socket again");
    Images.debugfs(image, "sif /upper/socket mode 0140644", "sif /upper/socket links_count 2");
    assertThat(freeze(image, folder.resolve("e.sqf"))).isEmpty();
    String listed =
        OddTree.command(Command.of("unsquashfs", "-l", folder.resolve("e.sqf").toString()))
            .output();
    assertThat(listed).contains("/file").doesNotContain("socket").doesNotContain("again");
  }

  @Test
  void saysThatAttributesAreDamaged() throws IOException {
    Path image = image("-t ext2 -I 128");
    Images.debugfs(image, "sif /upper/file file_acl 1");
    assertThatThrownBy(() -> freeze(image, folder.resolve("e.sqf")))
        .isInstanceOf(OverlayException.class)
        .hasMessageContaining("has attributes that are none");
    assertThat(folder.resolve("e.sqf")).doesNotExist();
  }
}
