package org.condatainer.lock;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.condatainer.job.JobId;
import org.condatainer.lock.ImageLock.Place;
import org.condatainer.lock.ImageLock.State;
import org.condatainer.lock.ImageUse.Answer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageUseTest {
  private static final LockHolders NOBODY = new LockHolders(List.of(), List.of(), 7);

  @TempDir private Path folder;
  private Path image;

  @BeforeEach
  void makeAFile() throws IOException {
    image = Files.write(folder.resolve("env.img"), new byte[4096]);
  }

  @ParameterizedTest
  @CsvSource({
    "FREE, FREE, FREE",
    "HELD_FOR_READING, FREE, IN_USE",
    "HELD_FOR_WRITING, IN_USE, IN_USE",
    "UNKNOWN, UNKNOWN, UNKNOWN",
  })
  void letsReadersBesideReadersAndNobodyBesideAWriter(State state, Answer read, Answer write) {
    ImageUse use =
        new ImageUse(image, new ImageLock(state, Place.NOWHERE, "why"), NOBODY, Optional.empty());
    assertThat(use.answer(false)).isEqualTo(read);
    assertThat(use.answer(true)).isEqualTo(write);
  }

  @Test
  void isFreeWhenNobodyHasIt() {
    ImageUse use = ImageUse.of(image);
    assertThat(use.answer(true)).isEqualTo(Answer.FREE);
    assertThat(use.message()).isEqualTo(image + " is free");
  }

  @ParameterizedTest
  @ValueSource(strings = {"ofd", "posix"})
  void namesTheHolder(String kind) throws IOException {
    try (OtherProcess other =
        OtherProcess.holding(folder, kind, "write", image, Map.of("SLURM_JOB_ID", "4242"))) {
      ImageUse use = ImageUse.of(image);
      assertThat(use.answer(false)).isEqualTo(Answer.IN_USE);
      assertThat(use.holders().holders()).hasSize(1);
      LockHolder holder = use.holders().holders().get(0);
      assertThat(holder.pid()).isEqualTo(other.pid());
      assertThat(holder.user()).isEqualTo(System.getProperty("user.name"));
      assertThat(holder.command()).endsWith("hold_lock.pl " + kind + " write " + image);
      assertThat(holder.mode()).isEqualTo(LockMode.WRITE);
      assertThat(holder.orphan()).isFalse();
      assertThat(holder.job()).contains(new HolderJob("slurm", JobId.of("4242")));
      assertThat(Duration.between(holder.started(), Instant.now()).abs())
          .isLessThan(Duration.ofMinutes(1));
      assertThat(use.message())
          .startsWith(image + " is in use: it is mounted writable, so nobody else can mount it\n")
          .contains("process " + other.pid() + " of " + holder.user() + " since ")
          .contains(", slurm job 4242: /usr/bin/perl ")
          .contains("\n  Wait until it ends.\n")
          .endsWith("cancels slurm job 4242: condatainer lock release --cancel " + image);
    }
  }

  @Test
  void nothingOfAHoldersCommandSteersATerminal() throws IOException {
    Path steering = Files.createDirectory(folder.resolve("\u001b[2J"));
    try (OtherProcess other = OtherProcess.holding(steering, "ofd", "write", image)) {
      assertThat(other.pid()).isPositive();
      assertThat(ImageUse.of(image).message())
          .contains("?[2J/hold_lock.pl")
          .doesNotContain("\u001b");
    }
  }

  @Test
  void namesEveryReader() {
    try (OtherProcess first = OtherProcess.holding(folder, "ofd", "read", image);
        OtherProcess second = OtherProcess.holding(folder, "ofd", "read", image)) {
      ImageUse use = ImageUse.of(image);
      assertThat(use.lock().state()).isEqualTo(State.HELD_FOR_READING);
      assertThat(use.holders().holders())
          .extracting(LockHolder::pid)
          .containsExactlyInAnyOrder(first.pid(), second.pid());
    }
  }

  @Test
  void looksForTheJobAmongTheAncestors() {
    // the shell belongs to the job, the process with the lock has an empty environment
    try (OtherProcess script = OtherProcess.holding(folder, "ofd", "read", image)) {
      assertThat(ImageUse.of(image).holders().holders().get(0).job()).isEmpty();
      assertThat(script.pid()).isPositive();
    }
    try (OtherProcess shell =
        OtherProcess.started(
            List.of(
                "/bin/sh",
                "-c",
                "env -i /usr/bin/perl \"$0\" ofd read \"$1\"; exit",
                folder.resolve("hold_lock.pl").toString(),
                image.toString()),
            "locked",
            Map.of("LSB_JOBID", "77", "LSB_JOBINDEX", "3"))) {
      List<LockHolder> holders = ImageUse.of(image).holders().holders();
      assertThat(holders).hasSize(1);
      assertThat(holders.get(0).pid()).isNotEqualTo(shell.pid());
      assertThat(holders.get(0).job()).contains(new HolderJob("lsf", JobId.of("77[3]")));
    }
  }

  @Test
  void saysThatAnotherNodeHasIt() {
    ImageUse use =
        new ImageUse(
            image,
            new ImageLock(State.HELD_FOR_WRITING, Place.ELSEWHERE, ""),
            NOBODY,
            Optional.empty());
    assertThat(use.message())
        .contains("It is held on another node", "condatainer lock status " + image);
  }

  @Test
  void namesTheHolderOfAnotherNodeByItsLease() throws IOException {
    Lease lease =
        new Lease(
            "anna",
            "n7",
            "m",
            "b",
            "pid:[1]",
            42,
            99,
            Optional.of(new HolderJob("slurm", JobId.of("4711"))),
            "r",
            Instant.parse("2026-11-23T10:00:00Z"),
            OptionalInt.empty(),
            Optional.empty());
    for (Place place : List.of(Place.ELSEWHERE, Place.HERE)) {
      ImageUse use =
          new ImageUse(
              image, new ImageLock(State.HELD_FOR_WRITING, place, ""), NOBODY, Optional.of(lease));
      assertThat(use.message())
          .contains(
              "\n  Its lease was written by anna on n7, process 42, slurm job 4711, at 2026-");
    }
  }

  @Test
  void saysWhatItCouldNotSee() {
    ImageUse use =
        new ImageUse(
            image, new ImageLock(State.HELD_FOR_WRITING, Place.HERE, ""), NOBODY, Optional.empty());
    assertThat(use.message())
        .contains("by a process that you may not look into (7 processes of others)");
  }

  @Test
  void namesALoopDeviceWithoutProcess() {
    LockHolders loop = new LockHolders(List.of(), List.of(Path.of("/dev/loop1")), 0);
    ImageUse use =
        new ImageUse(
            image, new ImageLock(State.HELD_FOR_WRITING, Place.HERE, ""), loop, Optional.empty());
    assertThat(use.message()).contains("the loop device /dev/loop1 keeps it open");
  }

  /** A copy of an image that somebody writes to is broken. */
  @Test
  void aCopyIsAdvisedForReadersAlone() {
    LockHolder starter =
        new LockHolder(
            7,
            1,
            Instant.EPOCH,
            "anna",
            "starter",
            "x",
            LockMode.WRITE,
            false,
            false,
            false,
            Optional.empty());
    LockHolder left =
        new LockHolder(
            8,
            2,
            Instant.EPOCH,
            "anna",
            "python",
            "x",
            LockMode.WRITE,
            false,
            false,
            true,
            Optional.empty());
    assertThat(message(State.HELD_FOR_WRITING, starter)).endsWith("Wait until it ends.");
    assertThat(message(State.HELD_FOR_READING, starter))
        .endsWith("Wait until it ends, or use a copy of the image.");
    assertThat(message(State.HELD_FOR_WRITING, left))
        .contains("Its container is gone")
        .endsWith("kill 8; then: condatainer lock release " + image);
  }

  private String message(State state, LockHolder holder) {
    return new ImageUse(
            image,
            new ImageLock(state, Place.HERE, ""),
            new LockHolders(List.of(holder), List.of(), 0),
            Optional.empty())
        .message();
  }

  @Test
  void saysHowToEndWhatAKilledContainerLeft() {
    LockHolder orphan =
        new LockHolder(
            9444,
            1,
            Instant.EPOCH,
            "anna",
            "fuse2fs",
            "/usr/bin/fuse2fs -f",
            LockMode.WRITE,
            false,
            true,
            true,
            Optional.empty());
    ImageUse use =
        new ImageUse(
            image,
            new ImageLock(State.HELD_FOR_WRITING, Place.HERE, ""),
            new LockHolders(List.of(orphan), List.of(), 0),
            Optional.empty());
    assertThat(use.message())
        .contains(", left behind by a killed container: /usr/bin/fuse2fs -f")
        .endsWith("condatainer lock release " + image);
  }
}
