package org.condatainer.lock;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The numbers beside his own that a user's processes may have: in a container with fakeroot, a
 * service that gives up being root there runs as one of them (subuid(5)).
 *
 * @param ranges each with its first number and how many they are
 */
record SubordinateUsers(List<long[]> ranges) {
  SubordinateUsers {
    ranges = List.copyOf(ranges);
  }

  /** Those that this machine gives to a user, by his name or number. */
  static SubordinateUsers of(String user, long uid) {
    return of(new ProcessFolder(Path.of("/etc")).text("subuid"), user, uid);
  }

  /**
   * @param table the text of {@code /etc/subuid}
   */
  static SubordinateUsers of(String table, String user, long uid) {
    List<long[]> ranges = new ArrayList<>();
    for (String line : table.split("\n", -1)) {
      String[] words = line.strip().split(":", -1);
      boolean his = words[0].equals(user) || words[0].equals(Long.toString(uid));
      if (his && words.length == 3) {
        try {
          ranges.add(new long[] {Long.parseLong(words[1]), Long.parseLong(words[2])});
        } catch (NumberFormatException e) {
          // newuidmap(1) takes none from such a line
        }
      }
    }
    return new SubordinateUsers(ranges);
  }

  boolean contain(long uid) {
    return ranges.stream().anyMatch(range -> uid >= range[0] && uid - range[0] < range[1]);
  }
}
