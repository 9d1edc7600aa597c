package org.condatainer.lock;

import static org.assertj.core.api.Assertions.assertThat;

import org.condatainer.lock.KernelLock.FileNumber;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KernelLockTest {
  @Test
  void readsALineOfTheKernel() {
    assertThat(KernelLock.parse("2: OFDLCK ADVISORY  WRITE -1 fe:00:2146384 0 67108863"))
        .contains(new KernelLock("OFDLCK", LockMode.WRITE, -1, new FileNumber(0xfe, 0, 2146384)));
    assertThat(KernelLock.parse("\t1: POSIX  ADVISORY  READ 2814 00:1a:1450013 0 EOF"))
        .contains(new KernelLock("POSIX", LockMode.READ, 2814, new FileNumber(0, 0x1a, 1450013)));
  }

  /** GlusterFS and some servers of NFS use all 64 bits. */
  @Test
  void inodesMayHaveTheHighestBit() {
    assertThat(KernelLock.parse("1: OFDLCK ADVISORY  WRITE -1 00:2f:13411123456789012345 0 EOF"))
        .contains(
            new KernelLock(
                "OFDLCK", LockMode.WRITE, -1, new FileNumber(0, 0x2f, -5035620616920539271L)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "1: -> POSIX  ADVISORY  WRITE 2814 fe:00:1450013 0 EOF",
        "1: LEASE  ACTIVE    READ  2814 fe:00:1450013 0 EOF",
        "1: POSIX  ADVISORY  WRITE 2814 <none>:0 0 EOF",
        "1: POSIX  ADVISORY  WRITE 2814 fe:00 0 EOF",
        "1: POSIX  ADVISORY  UNLCK 2814 fe:00:1450013 0 EOF",
        "1: NEWLCK ADVISORY  WRITE 2814 fe:00:1450013 0 EOF",
      })
  void passesOverWhatIsNoHeldLock(String line) {
    assertThat(KernelLock.parse(line)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "0xfe00, 254, 0",
    "0x1a, 0, 26",
    "0x10305, 259, 5",
    "0x10082c, 8, 300",
    "0xffffffff, 4095, 1048575",
    "0xff000000fff11, 1048575, 17",
  })
  void takesADeviceNumberApartAsTheCLibraryDoes(String device, long major, long minor) {
    assertThat(LockedFile.major(Long.decode(device))).isEqualTo(major);
    assertThat(LockedFile.minor(Long.decode(device))).isEqualTo(minor);
  }
}
