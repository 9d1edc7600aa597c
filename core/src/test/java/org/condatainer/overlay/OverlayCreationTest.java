package org.condatainer.overlay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.condatainer.overlay.OverlayException.Kind.BAD_INPUT;
import static org.condatainer.overlay.OverlayException.Kind.FAILED;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.condatainer.process.Command;
import org.condatainer.process.CommandException;
import org.condatainer.process.CommandResult;
import org.condatainer.process.CommandRunner;
import org.condatainer.process.ProcessRunner;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class OverlayCreationTest {
  private static final CommandRunner RUNNER = new ProcessRunner(System.getenv());
  private static final Owner USER = Owner.ofThisProcess();

  @TempDir private Path folder;

  private Path file() {
    return folder.resolve("env.img");
  }

  private NewOverlay wanted(String size, boolean sparse) {
    return new NewOverlay(file(), ByteSize.parse(size), OverlayProfile.BALANCED, sparse, USER);
  }

  private static Superblock create(NewOverlay wanted) {
    return new OverlayCreation(RUNNER, Progress.SILENT).create(wanted);
  }

  private void assertRefused(
      CommandRunner runner, NewOverlay wanted, OverlayException.Kind kind, String message)
      throws IOException {
    List<Path> before = entries();
    assertThatThrownBy(() -> new OverlayCreation(runner, Progress.SILENT).create(wanted))
        .isInstanceOfSatisfying(OverlayException.class, e -> assertThat(e.kind()).isEqualTo(kind))
        .hasMessageContaining(message);
    assertThat(entries()).as("what is left in the folder").isEqualTo(before);
  }

  private List<Path> entries() throws IOException {
    try (Stream<Path> list = Files.list(folder)) {
      return list.sorted().toList();
    }
  }

  private static long bytesOnDisk(Path file) throws CommandException {
    String blocks = RUNNER.run(Command.of("stat", "-c", "%b", file.toString())).output();
    return Long.parseLong(blocks.strip()) * 512;
  }

  @ParameterizedTest
  @CsvSource({"16M", "64M", "100M", "200M", "1.5G", "10G", "16777217B"})
  void makesACleanPlainExt3OfTheWantedSize(String size) throws IOException {
    Superblock made = create(wanted(size, true));
    long rounded = (ByteSize.parse(size).bytes() + 4095) / 4096 * 4096;
    assertThat(Files.size(file())).isEqualTo(rounded);
    assertThat(made.bytes()).isEqualTo(rounded);
    assertThat(made.blockSize()).isEqualTo(4096);
    assertThat(made.readOnlyCompatible()).isEqualTo(0x3);
    assertThat(made.incompatible()).isEqualTo(0x2);
    assertThat(Images.e2fsck("-fn", file())).isZero();
    assertThat(OverlayInspection.of(file(), true, USER).findings()).isEmpty();
    assertThat(entries()).containsExactly(file());
  }

  @ParameterizedTest
  @CsvSource({"SMALL, 2621440", "BALANCED, 655360", "LARGE, 10240"})
  void givesInodesByTheProfile(OverlayProfile profile, long inodes) {
    Superblock made = create(new NewOverlay(file(), ByteSize.parse("10G"), profile, true, USER));
    assertThat(made.inodes()).isEqualTo(inodes);
  }

  @ParameterizedTest
  @EnumSource(OverlayProfile.class)
  void givesTheSmallestImageEnoughInodes(OverlayProfile profile) {
    Superblock made = create(new NewOverlay(file(), OverlayCreation.SMALLEST, profile, true, USER));
    assertThat(made.freeInodes()).isGreaterThan(1000);
  }

  @Test
  void takesDiskSpaceOnlyForWhatIsWrittenToASparseImage() throws CommandException {
    create(wanted("1G", true));
    assertThat(bytesOnDisk(file())).isBetween(16L << 20, 20L << 20);
  }

  @Test
  void takesAllDiskSpaceAtOnceOtherwise() throws CommandException {
    create(wanted("64M", false));
    assertThat(bytesOnDisk(file())).isGreaterThanOrEqualTo(64 << 20);
    assertThat(Images.e2fsck("-fn", file())).isZero();
  }

  @Test
  void writesZerosWhereTheFileSystemHasNoFallocate() throws CommandException {
    CommandRunner runner =
        command ->
            command.program().equals("fallocate")
                ? new CommandResult(1, "", "fallocate: fallocate failed: Operation not supported")
                : RUNNER.run(command);
    new OverlayCreation(runner, Progress.SILENT).create(wanted("64M", false));
    assertThat(bytesOnDisk(file())).isGreaterThanOrEqualTo(64 << 20);
    assertThat(Images.e2fsck("-fn", file())).isZero();
  }

  @Test
  void leavesNothingWhenTheDiskIsFull() throws IOException {
    CommandRunner runner =
        command ->
            command.program().equals("fallocate")
                ? new CommandResult(1, "", "fallocate: fallocate failed: No space left on device")
                : RUNNER.run(command);
    assertRefused(runner, wanted("64M", false), FAILED, "No space left on device");
  }

  @Test
  void checksTheSpaceBeforeItBegins() throws IOException {
    CommandRunner none =
        command -> {
          throw new AssertionError("nothing is to be started");
        };
    assertRefused(none, wanted("15T", false), FAILED, " free, and the image needs 15 TiB");
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1001, 1234567})
  void givesTheFoldersToTheWantedOwner(long uid) throws CommandException {
    Owner owner = new Owner(uid, uid == 0 ? 0 : uid + 1);
    Images.overlay(file(), owner);
    for (String path : List.of("/", "/upper", "/work", "/upper/ext3", "/upper/ext3/env")) {
      String stat =
          RUNNER
              .run(Command.of("/usr/sbin/debugfs", "-R", "stat " + path, file().toString()))
              .output();
      assertThat(stat)
          .as(path)
          .containsPattern("User: +" + owner.uid() + " +Group: +" + owner.gid() + " ")
          .contains("Type: directory    Mode:  0755");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "16777215B, '16 MiB (16777215 bytes) is too small for an overlay; the smallest is 16 MiB'",
    "1M, '1 MiB (1048576 bytes) is too small for an overlay; the smallest is 16 MiB'",
    "16T, '16 TiB is too large for ext3'",
  })
  void refusesASizeOutOfRange(String size, String message) throws IOException {
    assertRefused(RUNNER, wanted(size, true), BAD_INPUT, message);
  }

  @Test
  void neverReplacesAnything() throws IOException {
    Files.writeString(file(), "precious");
    assertRefused(RUNNER, wanted("16M", true), BAD_INPUT, "env.img exists already");
    assertThat(file()).hasContent("precious");
  }

  @Test
  void doesNotFollowALinkThatLeadsNowhere() throws IOException {
    Files.createSymbolicLink(file(), folder.resolve("elsewhere"));
    assertRefused(RUNNER, wanted("16M", true), BAD_INPUT, "env.img exists already");
    assertThat(folder.resolve("elsewhere")).doesNotExist();
  }

  @Test
  void keepsWhatAppearsWhileItWorks() throws IOException {
    CommandRunner runner =
        command -> {
          try {
            Files.writeString(file(), "precious");
          } catch (IOException e) {
            throw new IllegalStateException(e);
          }
          return RUNNER.run(command);
        };
    assertThatThrownBy(
            () -> new OverlayCreation(runner, Progress.SILENT).create(wanted("16M", true)))
        .isInstanceOf(OverlayException.class)
        .hasMessageContaining("exists already");
    assertThat(file()).hasContent("precious");
    assertThat(entries()).containsExactly(file());
  }

  @Test
  void makesNoImageOfWhatSomebodyPutInItsPlace() throws IOException {
    Path theirs = Images.overlay(folder.resolve("theirs.img"));
    byte[] before = Files.readAllBytes(theirs);
    assertThatThrownBy(
            () ->
                new OverlayCreation(RUNNER, Progress.SILENT)
                    .create(
                        wanted("16M", true),
                        image -> {
                          try {
                            Files.delete(image);
                            Files.createSymbolicLink(image, theirs);
                          } catch (IOException e) {
                            throw new UncheckedIOException(e);
                          }
                        }))
        .isInstanceOf(OverlayException.class);
    assertThat(entries()).containsExactly(theirs);
    assertThat(Files.readAllBytes(theirs)).isEqualTo(before);
  }

  @Test
  void refusesAFolderThatIsNotThere() throws IOException {
    NewOverlay wanted =
        new NewOverlay(
            folder.resolve("none/env.img"),
            OverlayCreation.SMALLEST,
            OverlayProfile.BALANCED,
            true,
            USER);
    assertRefused(RUNNER, wanted, BAD_INPUT, "none does not exist; make it first");
  }

  @Test
  void namesThePackageOfAMissingProgram() throws IOException {
    CommandRunner nothing =
        command -> {
          throw new CommandException(CommandException.Kind.NOT_STARTED, "no such file", null);
        };
    assertRefused(
        nothing,
        wanted("16M", true),
        FAILED,
        "the program mke2fs is not installed on this machine; install the package e2fsprogs");
  }

  @Test
  void findsMke2fsThatIsNotInPath() {
    CommandRunner userPath =
        command -> {
          if (!command.program().startsWith("/usr/sbin/")) {
            throw new CommandException(CommandException.Kind.NOT_STARTED, "no such file", null);
          }
          return RUNNER.run(command);
        };
    new OverlayCreation(userPath, Progress.SILENT).create(wanted("16M", true));
    assertThat(OverlayInspection.of(file(), true, USER).findings()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"mke2fs", "debugfs"})
  void reportsWhatAFailedProgramSaid(String program) throws IOException {
    CommandRunner runner =
        command ->
            command.program().equals(program)
                ? new CommandResult(1, "", program + ": Input/output error\n")
                : RUNNER.run(command);
    assertRefused(
        runner,
        wanted("16M", true),
        FAILED,
        program + " ended with exit code 1\n  command: " + program + " -");
  }

  @Test
  void doesNotTrustTheExitCodeOfDebugfs() throws IOException {
    CommandRunner runner =
        command ->
            command.program().equals("debugfs")
                ? new CommandResult(0, "", "upper: Could not allocate block in ext2 filesystem\n")
                : RUNNER.run(command);
    assertRefused(runner, wanted("16M", true), FAILED, "Could not allocate block");
  }

  @Test
  void doesNotTrustWhatASiteConfiguresForMke2fs() throws IOException {
    Path configuration =
        Files.writeString(
            folder.resolve("mke2fs.conf"),
            """
            [defaults]
              base_features = sparse_super,large_file,filetype,dir_index,ext_attr,64bit,extent
              default_mntopts = acl,user_xattr
              blocksize = 1024
            [fs_types]
              ext3 = {
                features = has_journal,metadata_csum,extent,huge_file
              }
            """);
    CommandRunner site =
        new ProcessRunner(
            java.util.Map.of(
                "PATH", System.getenv("PATH"), "MKE2FS_CONFIG", configuration.toString()));
    Superblock made = new OverlayCreation(site, Progress.SILENT).create(wanted("16M", true));
    assertThat(made.mountable()).isTrue();
    assertThat(made.blockSize()).isEqualTo(4096);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"a b", "a'b", "a\"b", "$(touch x)", "-rf", "a\nb", "größe", "%s%n", "150"})
  void takesEveryName(String name) throws IOException {
    Path file = folder.resolve(name.equals("150") ? "x".repeat(150) : name);
    Images.overlay(file);
    assertThat(entries()).containsExactly(file);
    assertThat(Images.e2fsck("-fn", file)).isZero();
  }

  @Test
  void removesWhatAKilledProcessLeftAndNothingElse() throws IOException {
    List<Path> kept = new ArrayList<>();
    CommandRunner runner =
        command -> {
          // while an image is made, its name is there to be copied
          try {
            Path own = entries().get(0);
            String name = own.getFileName().toString();
            String pid = Long.toString(ProcessHandle.current().pid());
            assertThat(name).startsWith(".condatainer-new-" + pid + "-");
            Files.writeString(folder.resolve(name.replaceFirst(pid, "4194999")), "dead");
            Files.writeString(folder.resolve(name.replaceFirst("-" + pid + "-", "-1-")), "reused");
            kept.add(Files.writeString(folder.resolve(name + "x"), "of another host"));
            kept.add(Files.writeString(folder.resolve(".condatainer-new-mine"), "of the user"));
          } catch (IOException e) {
            throw new IllegalStateException(e);
          }
          throw new CommandException(CommandException.Kind.TIMED_OUT, "mke2fs hangs", null);
        };
    assertThatThrownBy(
            () -> new OverlayCreation(runner, Progress.SILENT).create(wanted("16M", true)))
        .hasMessage("mke2fs hangs");
    assertThat(entries()).hasSize(4);

    create(wanted("16M", true));
    kept.add(file());
    assertThat(entries()).containsExactlyInAnyOrderElementsOf(kept);
  }

  @Test
  void letsOnlyOneOfManyAtOnceHaveTheName() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Callable<Boolean>> tasks = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        tasks.add(
            () -> {
              try {
                create(wanted("16M", true));
                return true;
              } catch (OverlayException e) {
                assertThat(e).hasMessageContaining("exists already");
                return false;
              }
            });
      }
      int made = 0;
      for (Future<Boolean> result : threads.invokeAll(tasks)) {
        made += result.get() ? 1 : 0;
      }
      assertThat(made).isEqualTo(1);
      assertThat(entries()).containsExactly(file());
    } finally {
      threads.shutdownNow();
    }
  }
}
