package org.condatainer.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
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
