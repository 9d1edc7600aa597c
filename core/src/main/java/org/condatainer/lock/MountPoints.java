package org.condatainer.lock;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Where file systems are mounted, as this process sees it: read once for any number of images. */
final class MountPoints {
  /** Lines of the table: of most only the place is ever wanted. */
  private final Map<String, String> byPath;

  private MountPoints(Map<String, String> byPath) {
    this.byPath = byPath;
  }

  /**
   * A file system that is mounted.
   *
   * @param place where
   * @param major its device's major number
   * @param minor its device's minor number
   * @param type its type
   * @param options those of the mount and those of the file system
   */
  record MountPoint(Path place, long major, long minor, String type, List<String> options) {
    MountPoint {
      options = List.copyOf(options);
    }
  }

  /**
   * @throws IOException if {@code /proc/self/mountinfo} cannot be read
   */
  static MountPoints read() throws IOException {
    Path table = Path.of("/proc/self/mountinfo");
    return of(new String(Files.readAllBytes(table), StandardCharsets.UTF_8));
  }

  /**
   * @param table the text of {@code /proc/self/mountinfo} (proc(5))
   */
  static MountPoints of(String table) {
    // 36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue
    Map<String, String> byPath = new HashMap<>();
    for (String line : table.split("\n", -1)) {
      String[] fields = line.split(" ", 6);
      if (fields.length == 6 && fields[5].contains(" - ")) {
        // of two mounts on one place, the later covers the earlier
        byPath.put(unescaped(fields[4]), line);
      }
    }
    return new MountPoints(byPath);
  }

  /** The one on which a file lies, by its path without links. */
  Optional<MountPoint> of(Path real) {
    for (Path path = real; path != null; path = path.getParent()) {
      String line = byPath.get(path.toString());
      if (line != null) {
        return parsed(path, line);
      }
    }
    return Optional.empty();
  }

  private static Optional<MountPoint> parsed(Path place, String line) {
    String[] mount = line.split(" ", 7);
    String[] system = line.substring(line.indexOf(" - ") + 3).split(" ", -1);
    int colon = mount[2].indexOf(':');
    if (colon < 0 || system.length < 3) {
      return Optional.empty();
    }
    List<String> options = new ArrayList<>(List.of(mount[5].split(",", -1)));
    options.addAll(List.of(system[2].split(",", -1)));
    return Optional.of(
        new MountPoint(
            place,
            Long.parseLong(mount[2].substring(0, colon)),
            Long.parseLong(mount[2].substring(colon + 1)),
            system[0],
            options));
  }

  private static String unescaped(String text) {
    if (text.indexOf('\\') < 0) {
      return text;
    }
    return text.replace("\\040", " ")
        .replace("\\011", "\t")
        .replace("\\012", "\n")
        .replace("\\134", "\\");
  }
}
