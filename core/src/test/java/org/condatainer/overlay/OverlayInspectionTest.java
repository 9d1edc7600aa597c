package org.condatainer.overlay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.condatainer.process.Command;
import org.condatainer.process.CommandException;
import org.condatainer.process.ProcessRunner;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OverlayInspectionTest {
  private static final Owner USER = Owner.ofThisProcess();

  @TempDir private Path folder;

  private Path file() {
    return folder.resolve("my env.img");
  }

  private OverlayFinding onlyFinding(boolean writable) {
    OverlayInspection inspection = OverlayInspection.of(file(), writable, USER);
    assertThat(inspection.findings()).hasSize(1);
    assertThat(inspection.refused()).isTrue();
    return inspection.findings().get(0);
  }

  @Test
  void findsNothingWrongWithASoundImage() {
    Images.overlay(file());
    OverlayInspection inspection = OverlayInspection.of(file(), true, USER);
    assertThat(inspection.findings()).isEmpty();
    assertThat(inspection.refused()).isFalse();
    assertThat(inspection.kind()).contains(OverlayKind.EXT3);
    assertThat(inspection.upperOwner()).contains(USER);
    assertThat(inspection.superblock()).isPresent();
  }

  @Test
  void saysThatThereIsNone() {
    OverlayFinding finding = onlyFinding(false);
    assertThat(finding.kind()).isEqualTo(OverlayFinding.Kind.MISSING);
    assertThat(finding.next()).endsWith("condatainer o '" + file() + "'");
  }

  @Test
  void saysThatItIsAFolder() throws IOException {
    Files.createDirectory(file());
    assertThat(onlyFinding(false).format())
        .isEqualTo(file() + ": it is a folder\n  name the image file itself");
  }

  @Test
  void doesNotWaitForAPipe() throws CommandException {
    new ProcessRunner(System.getenv()).run(Command.of("mkfifo", file().toString()));
    assertThat(onlyFinding(false).kind()).isEqualTo(OverlayFinding.Kind.NOT_A_FILE);
  }

  @Test
  void saysThatItCannotBeRead() throws IOException {
    assumeThat(USER.uid()).as("root reads everything").isNotZero();
    Images.overlay(file());
    Files.setPosixFilePermissions(file(), PosixFilePermissions.fromString("---------"));
    assertThat(onlyFinding(false).kind()).isEqualTo(OverlayFinding.Kind.NOT_READABLE);
  }

  @Test
  void refusesToGoOnReadOnlyWhereWritableIsWanted() throws IOException {
    assumeThat(USER.uid()).as("root writes everything").isNotZero();
    Images.overlay(file());
    Files.setPosixFilePermissions(file(), PosixFilePermissions.fromString("r--r--r--"));
    assertThat(onlyFinding(true).kind()).isEqualTo(OverlayFinding.Kind.NOT_WRITABLE);
    assertThat(OverlayInspection.of(file(), false, USER).findings()).isEmpty();
  }

  @Test
  void saysThatItIsNoOverlay() throws IOException {
    Files.writeString(file(), "a text");
    assertThat(onlyFinding(false).kind()).isEqualTo(OverlayFinding.Kind.NOT_AN_OVERLAY);
    Files.writeString(file(), "");
    assertThat(onlyFinding(false).message()).endsWith("it is empty");
  }

  @Test
  void knowsASquashfsByItsContent() throws IOException {
    Files.write(file(), "hsqs and more".getBytes(StandardCharsets.US_ASCII));
    OverlayInspection reading = OverlayInspection.of(file(), false, USER);
    assertThat(reading.kind()).contains(OverlayKind.SQUASHFS);
    assertThat(reading.findings()).isEmpty();
    assertThat(onlyFinding(true).kind()).isEqualTo(OverlayFinding.Kind.NOT_WRITABLE);
  }

  @Test
  void namesTheFeaturesOfExt4() throws IOException {
    Images.fileSystem(file(), "-t", "ext3", "-O", "extent,huge_file");
    assertThat(onlyFinding(false).message())
        .isEqualTo(file() + ": it is not plain ext3: it has the features extent, huge_file");
  }

  @Test
  void saysThatExt2HasNoJournal() throws IOException {
    Images.fileSystem(file(), "-t", "ext2");
    OverlayFinding finding = onlyFinding(false);
    assertThat(finding.kind()).isEqualTo(OverlayFinding.Kind.NOT_EXT3);
    assertThat(finding.next()).isEqualTo("give it a journal: tune2fs -j '" + file() + "'");
  }

  @Test
  void saysHowToRepairADirtyImage() {
    Images.overlay(file());
    for (List<String> dirt :
        List.of(
            List.of("feature needs_recovery"), List.of("feature -needs_recovery", "ssv state 0"))) {
      Images.debugfs(file(), dirt.toArray(String[]::new));
      OverlayFinding finding = onlyFinding(false);
      assertThat(finding.kind()).isEqualTo(OverlayFinding.Kind.DIRTY);
      assertThat(finding.next()).endsWith(": condatainer overlay check '" + file() + "'");
    }
  }

  @Test
  void saysHowToRepairAnInterruptedResize() {
    Images.debugfs(Images.overlay(file()), "ssv state 3");
    OverlayFinding finding = onlyFinding(true);
    assertThat(finding.kind()).isEqualTo(OverlayFinding.Kind.INTERRUPTED);
    assertThat(finding.next()).endsWith(": condatainer overlay check -y '" + file() + "'");
  }

  @Test
  void saysThatTheEndWasCutOff() throws IOException {
    Images.overlay(file());
    try (RandomAccessFile image = new RandomAccessFile(file().toFile(), "rw")) {
      image.setLength(8 << 20);
    }
    OverlayFinding finding = onlyFinding(false);
    assertThat(finding.kind()).isEqualTo(OverlayFinding.Kind.TOO_SHORT);
    assertThat(finding.next()).contains("condatainer overlay check -y '" + file() + "'");
  }

  @Test
  void saysThatThereIsNoUpper() throws IOException {
    Images.fileSystem(file(), "-t", "ext3");
    assertThat(onlyFinding(false).kind()).isEqualTo(OverlayFinding.Kind.NO_UPPER);
  }

  @Test
  void readsOwnersWithLargeNumbersAndSmallInodes() throws IOException {
    Images.fileSystem(file(), "-t", "ext3", "-b", "1024", "-I", "128");
    Images.debugfs(
        file(), "mkdir first", "mkdir upper", "sif upper uid 1234567", "sif upper gid 7654321");
    assertThat(OverlayInspection.of(file(), false, USER).upperOwner())
        .contains(new Owner(1234567, 7654321));
  }

  @Test
  void refusesAWritableMountOfSomebodyElsesFiles() {
    for (Owner other : List.of(new Owner(1001, 1002), new Owner(1002, 1001))) {
      Path image = Images.overlay(folder.resolve(other.toString()), other);
      Owner user = new Owner(1001, 1001);
      List<OverlayFinding> findings = OverlayInspection.of(image, true, user, user).findings();
      assertThat(findings).hasSize(1);
      assertThat(findings.get(0).refused()).isTrue();
      assertThat(findings.get(0).format())
          .isEqualTo(
              image
                  + ": its /upper belongs to "
                  + other
                  + ", and you are 1001:1001 in the container\n"
                  + "  make its files yours: condatainer overlay chown "
                  + image
                  + ", or use it read-only (e -r, exec without -w)");
      assertThat(OverlayInspection.of(image, true, Owner.ROOT, user).findings().get(0).next())
          .startsWith("make its files yours: condatainer overlay chown --root " + image + ", or");
      assertThat(OverlayInspection.of(image, false, user, user).findings()).isEmpty();
      assertThat(OverlayInspection.of(image, true, Owner.ROOT, Owner.ROOT).findings()).isEmpty();
    }
  }

  @Test
  void advisesFakerootForAnImageOfRoot() {
    Images.overlay(file(), Owner.ROOT);
    Owner user = new Owner(1001, 1001);
    List<OverlayFinding> findings = OverlayInspection.of(file(), true, user, user).findings();
    assertThat(findings).hasSize(1);
    assertThat(findings.get(0).next()).startsWith("add --fakeroot, make its files yours: ");
    assertThat(OverlayInspection.of(file(), true, Owner.ROOT, user).findings()).isEmpty();
  }

  @Test
  void warnsOfMixedOwnersWithFakeroot() {
    Owner user = new Owner(1001, 1001);
    Images.overlay(file(), user);
    OverlayInspection inspection = OverlayInspection.of(file(), true, Owner.ROOT, user);
    assertThat(inspection.refused()).isFalse();
    assertThat(inspection.findings())
        .extracting(OverlayFinding::kind)
        .containsExactly(OverlayFinding.Kind.FOREIGN_OWNER);
  }
}
