package org.condatainer.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.condatainer.overlay.Images;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * {@code overlay chown} compared with the kernel's own {@code chown -hR} on a copy of the same
 * image, mounted on a loop device: every name, kind of file, link, attribute and content. The
 * kernel clears set-user-id, set-group-id and capabilities of files (chown(2)); here they stay.
 */
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class KernelChownIT {
  private static final int SET_ID = 06000;
  private static final String CAPABILITY = " security.capability=";

  /** In place of the owner: another name of a file that was listed before. */
  private static final String AGAIN = "again";

  @TempDir private Path folder;
  private Path mountPoint;
  private Path script;

  @BeforeEach
  void asksForALoopDevice() throws Exception {
    assumeThat(System.getProperty("user.name")).as("a mount takes root").isEqualTo("root");
    mountPoint = Files.createDirectory(folder.resolve("mounted"));
    script = folder.resolve("owners.py");
    try (InputStream in = KernelChownIT.class.getResourceAsStream("owners.py")) {
      Files.write(script, in.readAllBytes());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "100000, 256, 65536, 2147483648",
    "40, 256, 0, 0",
    "40, 256, 65535, 65536",
    "40, 128, 2147483648, 65535",
  })
  void doesWhatTheKernelDoesAndKeepsWhatItClears(int entries, int inodeSize, long uid, long gid)
      throws Exception {
    Path image = folder.resolve("ours.img");
    run("truncate", "-s", "80M", image.toString());
    run(("mke2fs -q -F -t ext3 -b 4096 -N 12000 -I " + inodeSize + " " + image).split(" ", -1));
    boolean mountable = mounted(image, "loop", "python3", script, "make", mountPoint, entries);
    assumeThat(mountable).as("a loop device can be mounted").isTrue();
    Map<String, String[]> before = list(image);
    assertThat(before).hasSizeGreaterThan(entries + 200);
    Path theirs = Images.copy(image, folder.resolve("theirs.img"));
    assertThat(mounted(theirs, "loop", "chown", "-hR", uid + ":" + gid, mountPoint)).isTrue();

    CalledProgram.Result changed =
        new CalledProgram(folder)
            .call("overlay", "chown", "-u", "" + uid, "-g", "" + gid, "ours.img");

    assertThat(changed.exitCode()).as(changed.text()).isZero();
    assertThat(Images.e2fsck("-fn", image)).isZero();
    Map<String, String[]> ours = list(image);
    Map<String, String[]> kernels = list(theirs);
    assertThat(ours.keySet()).isEqualTo(before.keySet()).isEqualTo(kernels.keySet());
    List<String> wrong = new ArrayList<>();
    int cleared = 0;
    for (Map.Entry<String, String[]> file : before.entrySet()) {
      String[] was = file.getValue();
      String[] is = ours.get(file.getKey());
      String[] kernel = kernels.get(file.getKey());
      boolean kept = is[1].equals(was[1]) && is[2].equals(was[2]);
      boolean same = is[1].equals(kernel[1]) && is[2].equals(kernel[2]);
      boolean sameButForWhatItClears =
          (octal(is[1]) & ~SET_ID) == (octal(kernel[1]) & ~SET_ID)
              && is[2].replaceAll(CAPABILITY + "\\w+", "").equals(kernel[2]);
      cleared += same ? 0 : 1;
      boolean given = is[0].equals(was[0].equals(AGAIN) ? AGAIN : uid + ":" + gid);
      if (!given || !kernel[0].equals(is[0]) || !kept || !(same || sameButForWhatItClears)) {
        wrong.add(String.join(" ", was) + " is " + String.join(" ", is));
      }
    }
    assertThat(wrong).isEmpty();
    assertThat(cleared).as("files of which the kernel takes something").isEqualTo(5);
  }

  private static int octal(String mode) {
    return Integer.parseInt(mode, 8);
  }

  /** By the name in hexadecimal: owner, mode, and all else in one text. */
  private Map<String, String[]> list(Path image) throws Exception {
    Path listing = folder.resolve("listing");
    assertThat(mounted(image, "loop,ro", "python3", script, "list", mountPoint, listing)).isTrue();
    Map<String, String[]> files = new HashMap<>();
    for (String line : Files.readAllLines(listing)) {
      String[] words = line.split(" ", 4);
      files.put(words[0], new String[] {words[1], words[2], words[3]});
    }
    return files;
  }

  /** Runs a command while an image is mounted; false if it cannot be mounted. */
  private boolean mounted(Path image, String options, Object... command) throws Exception {
    if (start("mount", "-t", "ext3", "-o", options, "" + image, "" + mountPoint) != 0) {
      return false;
    }
    try {
      List<String> words = new ArrayList<>();
      for (Object word : command) {
        words.add(word.toString());
      }
      run(words.toArray(new String[0]));
    } finally {
      run("umount", mountPoint.toString());
      // a mount that finds the file's device still there would show what that has in memory
      while (isAttached(image)) {
        TimeUnit.MILLISECONDS.sleep(50);
      }
    }
    return true;
  }

  private static boolean isAttached(Path image) throws IOException {
    try (DirectoryStream<Path> devices = Files.newDirectoryStream(Path.of("/sys/block"), "loop*")) {
      for (Path device : devices) {
        try {
          String file = Files.readString(device.resolve("loop/backing_file"));
          if (file.strip().equals(image.toString())) {
            return true;
          }
        } catch (NoSuchFileException e) {
          // a device without a file
        }
      }
    }
    return false;
  }

  private void run(String... words) throws IOException, InterruptedException {
    assertThat(start(words)).as(String.join(" ", words)).isZero();
  }

  private int start(String... words) throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(words).inheritIO();
    builder.environment().merge("PATH", ":/usr/sbin:/sbin", String::concat);
    return builder.start().waitFor();
  }
}
