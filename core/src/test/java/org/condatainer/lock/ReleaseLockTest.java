package org.condatainer.lock;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.condatainer.overlay.Images;
import org.condatainer.overlay.OverlayCheckUp;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** No two releases of an image at once, of whatever machines. */
class ReleaseLockTest {
  @TempDir private Path folder;
  private Path image;

  @BeforeEach
  void makeAnImage() throws IOException {
    image = Files.createFile(folder.resolve("env.img"));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void oneAloneHasItAndLeavesNothing(boolean reach) throws IOException {
    try (ReleaseLock lock = ReleaseLock.tryAcquire(image, reach).orElseThrow()) {
      assertThat(ReleaseLock.tryAcquire(image, reach)).isEmpty();
      assertThat(lock).isNotNull();
    }
    assertThat(names()).containsExactly("env.img");
  }

  /** Each removes the file at its end, while others have opened it already and wait. */
  @Test
  void processesHaveItOneAfterTheOther() throws Exception {
    List<Process> processes = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      processes.add(
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin/java").toString(),
                  "-cp",
                  System.getProperty("java.class.path"),
                  Releases.class.getName(),
                  image.toString(),
                  "700")
              .redirectErrorStream(true)
              .start());
    }
    for (Process process : processes) {
      assertThat(new String(process.getInputStream().readAllBytes(), UTF_8).strip())
          .isEqualTo("met 0");
    }
    assertThat(names()).containsExactly("env.img");
  }

  private boolean isLockedInTheKernel(Path file) throws IOException {
    return !KernelList.read().on(LockedFile.of(file)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void anotherTryDoesNotGiveItUp(boolean reach) throws IOException {
    try (ReleaseLock lock = ReleaseLock.tryAcquire(image, reach).orElseThrow()) {
      assertThat(ReleaseLock.tryAcquire(image, reach)).isEmpty();
      assertThat(lock.isKept()).isTrue();
      assertThat(isLockedInTheKernel(folder.resolve("env.img.release"))).isTrue();
    }
  }

  /** As a repair does, which looks for what else lies beside the image. */
  @Test
  void whoeverLooksThroughTheFolderDoesNotGiveItUp() throws IOException {
    Files.delete(image);
    Images.overlay(image);
    Path second = Files.createLink(folder.resolve("second"), image);
    try (ReleaseLock lock = ReleaseLock.tryAcquire(image, true).orElseThrow();
        Maintenance held = Maintenance.begin(image, "test", SharedLocks.NONE).orElseThrow()) {
      ByteBuffer undo = ByteBuffer.allocate(24 + 1024);
      // UndoFile: its mark, two numbers, and the superblock of the image that it is of
      undo.putLong(0x434e54554e444f32L).putLong(1).putLong(1);
      held.channel().read(undo, 1024);
      Object inode = Files.getAttribute(image, "unix:ino");
      Path left = folder.resolve(".condatainer-undo-" + inode + "-" + "A".repeat(43));
      Files.write(left, undo.array());
      OverlayCheckUp.settle(held.channel(), image);
      assertThat(left).as("left over, and looked for in all of the folder").doesNotExist();
      assertThat(lock.isKept()).isTrue();
      assertThat(isLockedInTheKernel(folder.resolve("env.img.release"))).isTrue();
      assertThat(isLockedInTheKernel(second)).isTrue();
    }
  }

  @Test
  void aSecondTryForTheImageDoesNotGiveItUp() throws IOException {
    try (ExclusiveLock lock = ExclusiveLock.tryAcquire(image).orElseThrow()) {
      assertThat(ExclusiveLock.tryAcquire(image)).isEmpty();
      assertThat(Maintenance.beginReading(image, SharedLocks.NONE)).isEmpty();
      assertThat(Maintenance.begin(image, "test", SharedLocks.NONE)).isEmpty();
      assertThat(lock.held()).isTrue();
      assertThat(isLockedInTheKernel(image)).isTrue();
    }
    try (Maintenance reading = Maintenance.beginReading(image, SharedLocks.NONE).orElseThrow()) {
      assertThat(Maintenance.beginReading(image, SharedLocks.NONE)).isEmpty();
      assertThat(reading.image()).isEqualTo(image.toRealPath());
      assertThat(isLockedInTheKernel(image)).isTrue();
    }
  }

  /** On another machine a release runs, or was killed: that it is gone is not to be seen here. */
  @Test
  void whereLocksStayAnotherMachinesIsNeverTakenOver() throws IOException {
    Lease other = claim(there("n7", "m7", "b7"), 42);
    assertThatThrownBy(() -> ReleaseLock.tryAcquire(image, false))
        .hasMessageContaining("on n7 (process 42)")
        .hasMessageContaining("remove " + image + ".release.lease");
    assertThat(LeaseFile.read(folder.resolve("env.img.release"))).contains(other);

    try (ReleaseLock lock = ReleaseLock.tryAcquire(image, true).orElseThrow()) {
      assertThat(lock).as("where locks reach, the lock decides").isNotNull();
    }
  }

  @Test
  void whereLocksStayThisMachinesIsTakenOverOnceItsProcessIsGone() throws Exception {
    Process process = new ProcessBuilder("sleep", "1000").start();
    claim(Machine.here(), process.pid());
    assertThatThrownBy(() -> ReleaseLock.tryAcquire(image, false))
        .hasMessageContaining("(process " + process.pid() + ")");
    process.destroyForcibly().waitFor();
    try (ReleaseLock lock = ReleaseLock.tryAcquire(image, false).orElseThrow()) {
      assertThat(lock).isNotNull();
      assertThat(LeaseFile.read(folder.resolve("env.img.release")).orElseThrow().pid())
          .isEqualTo(ProcessHandle.current().pid());
    }
    assertThat(names()).containsExactly("env.img");
  }

  @Test
  void anEmptyFileOfThatNameIsInTheWay() throws IOException {
    Files.createFile(folder.resolve("env.img.release"));
    Files.createFile(folder.resolve("env.img.release.lease"));
    assertThatThrownBy(() -> ReleaseLock.tryAcquire(image, false))
        .hasMessageContaining("env.img.release.lease: it is no lease");
  }

  /** As between machines: without a lock that all of them see. */
  @Test
  void whatOneAloneCanMakeIsMadeByOne() throws Exception {
    ExecutorService machines = Executors.newFixedThreadPool(16);
    try {
      for (int turn = 0; turn < 50; turn++) {
        CyclicBarrier start = new CyclicBarrier(16);
        List<Callable<Boolean>> claims = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
          Lease lease = Found.lease(there("n" + i, "m" + i, "b" + i), 42);
          claims.add(
              () -> {
                start.await();
                return LeaseFile.claim(image, lease);
              });
        }
        int made = 0;
        for (Future<Boolean> claim : machines.invokeAll(claims)) {
          made += claim.get() ? 1 : 0;
        }
        assertThat(made).isEqualTo(1);
        assertThat(names()).containsExactly("env.img", "env.img.lease");
        Files.delete(folder.resolve("env.img.lease"));
      }
    } finally {
      machines.shutdownNow();
    }
  }

  private Lease claim(Machine machine, long pid) throws IOException {
    Lease lease = Found.lease(machine, pid);
    assertThat(LeaseFile.claim(Files.createFile(folder.resolve("env.img.release")), lease))
        .isTrue();
    return lease;
  }

  private static Machine there(String host, String id, String boot) {
    return new Machine(host, id, boot, "pid:[1]");
  }

  private List<String> names() {
    return Stream.of(folder.toFile().list()).sorted().toList();
  }
}
