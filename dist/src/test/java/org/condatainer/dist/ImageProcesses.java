package org.condatainer.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** The processes that work with the images of a test. */
final class ImageProcesses {
  private ImageProcesses() {}

  /** Whether this is the name of a FUSE helper of Apptainer's. */
  static boolean isHelper(String name) {
    return name.equals("fuse2fs") || name.equals("fuse-overlayfs") || name.startsWith("squash");
  }

  /** Kills those whose name is such. */
  static void kill(Installed condatainer, Predicate<String> which) {
    List<Long> pids = new ArrayList<>();
    for (long pid : of(condatainer)) {
      if (which.test(comm(pid))) {
        pids.add(pid);
      }
    }
    assertThat(pids).isNotEmpty();
    signal("KILL", pids);
  }

  static List<Long> named(Installed condatainer, String name) {
    List<Long> pids = new ArrayList<>();
    for (long pid : of(condatainer)) {
      if (comm(pid).equals(name)) {
        pids.add(pid);
      }
    }
    assertThat(pids).as(name).isNotEmpty();
    return pids;
  }

  /** Every process that works for this folder: by its current folder, its files and its words. */
  static List<Long> of(Installed condatainer) {
    String folder = condatainer.folder().toString();
    List<Long> pids = new ArrayList<>();
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
      for (Path process : processes) {
        if (mentions(process, folder)) {
          pids.add(Long.parseLong(process.getFileName().toString()));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return pids;
  }

  private static boolean mentions(Path process, String folder) {
    try {
      String state = Files.readString(process.resolve("stat"));
      if (state.charAt(state.lastIndexOf(')') + 2) == 'Z') {
        return false;
      }
      if (Files.readSymbolicLink(process.resolve("cwd")).toString().startsWith(folder)
          || Files.readString(process.resolve("cmdline")).contains(folder)
          || Files.readString(process.resolve("environ")).contains(folder)) {
        return true;
      }
      try (DirectoryStream<Path> files = Files.newDirectoryStream(process.resolve("fd"))) {
        for (Path file : files) {
          if (Files.readSymbolicLink(file).toString().startsWith(folder)) {
            return true;
          }
        }
      }
    } catch (IOException e) {
      return false;
    }
    return false;
  }

  static String comm(long pid) {
    try {
      return Files.readString(Path.of("/proc", Long.toString(pid), "comm")).strip();
    } catch (IOException e) {
      return "";
    }
  }

  static void signal(String name, List<Long> pids) {
    List<String> words = new ArrayList<>(List.of("sh", "-c", "kill \"$@\"", "kill", "-" + name));
    pids.forEach(pid -> words.add(pid.toString()));
    try {
      new ProcessBuilder(words).start().waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
