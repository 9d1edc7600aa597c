package org.condatainer.lock;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.condatainer.lock.ImageLock.Place;
import org.condatainer.lock.ImageLock.State;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LockProbeTest {
  @TempDir private Path folder;
  private Path image;

  @BeforeEach
  void makeAFile() throws IOException {
    image = Files.write(folder.resolve("env.img"), new byte[4096]);
  }

  @Test
  void isFreeWhenNobodyHasIt() {
    assertThat(LockProbe.probe(image)).isEqualTo(new ImageLock(State.FREE, Place.NOWHERE, ""));
  }

  @ParameterizedTest
  @CsvSource({
    "ofd, write, HELD_FOR_WRITING",
    "ofd, read, HELD_FOR_READING",
    "posix, write, HELD_FOR_WRITING",
    "posix, read, HELD_FOR_READING",
  })
  void seesTheLockOfAnotherProcess(String kind, String mode, State state) {
    try (OtherProcess holder = OtherProcess.holding(folder, kind, mode, image)) {
      assertThat(LockProbe.probe(image)).isEqualTo(new ImageLock(state, Place.HERE, ""));
      assertThat(holder.pid()).isPositive();
    }
    assertThat(LockProbe.probe(image).state()).isEqualTo(State.FREE);
  }

  @Test
  void seesTheLockThroughALinkAndAnotherName() throws IOException {
    Path link = Files.createSymbolicLink(folder.resolve("link.img"), image);
    Path hardLink = Files.createLink(folder.resolve("second.img"), image);
    try (OtherProcess holder = OtherProcess.holding(folder, "ofd", "write", image)) {
      assertThat(LockProbe.probe(link).state()).isEqualTo(State.HELD_FOR_WRITING);
      assertThat(LockProbe.probe(hardLink).state()).isEqualTo(State.HELD_FOR_WRITING);
      assertThat(holder.pid()).isPositive();
    }
  }

  @Test
  void mindsFlockOnlyWhereContainersWouldMeetIt() {
    try (OtherProcess holder = OtherProcess.holding(folder, "flock", "write", image)) {
      assertThat(LockProbe.probe(image).state()).isEqualTo(State.FREE);
      assertThat(holder.pid()).isPositive();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"read", "write"})
  void leavesTheLockOfTheHolderAlone(String mode) {
    try (OtherProcess holder = OtherProcess.holding(folder, "ofd", mode, image)) {
      ImageLock before = LockProbe.probe(image);
      assertThat(LockProbe.probe(image)).isEqualTo(before);
      assertThat(holder.pid()).isPositive();
    }
  }

  @ParameterizedTest
  @CsvSource({"ofd, read, true", "ofd, write, false", "posix, write, false", "flock, write, true"})
  void isFreeToReadUnlessSomebodyWrites(String kind, String mode, boolean free) {
    try (OtherProcess holder = OtherProcess.holding(folder, kind, mode, image)) {
      assertThat(LockProbe.isFreeToRead(image)).isEqualTo(free);
      assertThat(holder.pid()).isPositive();
    }
  }

  @Test
  void isNotFreeToReadWhenThereIsNoFile() {
    assertThat(LockProbe.isFreeToRead(folder.resolve("none"))).isFalse();
    assertThat(LockProbe.isFreeToRead(folder)).isFalse();
  }

  @Test
  void doesNotDropALockThatThisProcessHolds() throws IOException {
    try (ExclusiveLock lock = ExclusiveLock.tryAcquire(image).orElseThrow()) {
      assertThat(LockProbe.probe(image).state()).isEqualTo(State.HELD_FOR_WRITING);
      assertThat(LockProbe.probe(image).state()).isEqualTo(State.HELD_FOR_WRITING);
      assertThat(lock.held()).isTrue();
    }
    assertThat(LockProbe.probe(image).state()).isEqualTo(State.FREE);
  }

  @Test
  void seesALockOfAChannelInThisProcess() throws IOException {
    try (FileChannel channel = FileChannel.open(image, StandardOpenOption.READ)) {
      assertThat(channel.lock(0, 100, true).isShared()).isTrue();
      assertThat(LockProbe.probe(image).state()).isEqualTo(State.HELD_FOR_READING);
    }
  }

  @Test
  void cannotTellOfWhatIsNotThere() {
    assertThat(LockProbe.probe(folder.resolve("none")))
        .isEqualTo(
            new ImageLock(
                State.UNKNOWN, Place.NOWHERE, "there is no file " + folder.resolve("none")));
    assertThat(LockProbe.probe(folder).detail()).isEqualTo("it is not a regular file");
  }
}
