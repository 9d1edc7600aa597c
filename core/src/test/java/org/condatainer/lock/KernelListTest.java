package org.condatainer.lock;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.condatainer.lock.KernelLock.FileNumber;
import org.junit.jupiter.api.Test;

class KernelListTest {
  private static final LockedFile FILE =
      new LockedFile(Path.of("/x"), new FileNumber(0x62, 0, 13), new FileNumber(0x62, 0, 13));

  /** A server's own list while a client of NFSv4 has the lock, as Linux 6.1 prints it. */
  @Test
  void writersLockThatTheNfsServerHasForAClientIsAnotherMachines() {
    String text = "1: POSIX  ADVISORY  WRITE 783 62:00:13 0 33554431\n";

    KernelList ofServer = KernelList.of(text, pid -> pid == 783);
    assertThat(ofServer.on(FILE)).isEmpty();
    assertThat(ofServer.mode(FILE)).isEmpty();
    assertThat(ofServer.listed(FILE)).contains(LockMode.WRITE);
    assertThat(KernelList.of(text, pid -> false).mode(FILE)).contains(LockMode.WRITE);
  }

  @Test
  void readersLockThatTheNfsServerHasForAClientIsShown() {
    KernelList list =
        KernelList.of("1: POSIX  ADVISORY  READ 783 62:00:13 0 33554431\n", pid -> pid == 783);
    assertThat(list.mode(FILE)).contains(LockMode.READ);
  }

  /** Anybody may call a process of his nfsd. */
  @Test
  void processOfAUserIsNoNfsServer() {
    long own = ProcessHandle.current().pid();
    KernelList list = KernelList.of("1: POSIX  ADVISORY  WRITE " + own + " 62:00:13 0 33554431\n");
    assertThat(list.mode(FILE)).contains(LockMode.WRITE);
  }
}
