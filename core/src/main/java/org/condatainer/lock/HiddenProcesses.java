package org.condatainer.lock;

import java.nio.file.Path;
import java.util.StringTokenizer;

/**
 * Whether {@code /proc} hides other users' processes: mounted with {@code hidepid} (proc(5)), it
 * shows none of them, or their names alone. Who is not shown is not gone.
 */
final class HiddenProcesses {
  private HiddenProcesses() {}

  static boolean are() {
    return !Superuser.is() && by(new ProcessFolder(Path.of("/proc/self")).text("mounts"));
  }

  /**
   * Whether there may be some in the user namespace of a process, though it is this user's own:
   * with fakeroot, a service that gives up being root there has another of his numbers (subuid(5)).
   */
  static boolean mayLiveBeside(ProcessFolder process) {
    return are() && hasSeveral(process.text("uid_map"));
  }

  /**
   * Whether a user namespace of a user's own has several numbers.
   *
   * @param map the text of {@code /proc/PID/uid_map}
   */
  static boolean hasSeveral(String map) {
    StringTokenizer words = new StringTokenizer(map);
    boolean one = false;
    if (words.countTokens() == 3) {
      words.nextToken();
      words.nextToken();
      one = words.nextToken().equals("1");
    }
    return !one && !Superuser.by(map);
  }

  /**
   * @param table the text of {@code /proc/self/mounts}
   */
  static boolean by(String table) {
    boolean hidden = false;
    for (String line : table.split("\n", -1)) {
      String[] words = line.split(" ", -1);
      if (words.length > 3 && words[1].equals("/proc") && words[2].equals("proc")) {
        // of two mounts on one place, the later covers the earlier
        hidden = false;
        for (String option : words[3].split(",", -1)) {
          hidden |=
              option.startsWith("hidepid=")
                  && !option.equals("hidepid=0")
                  && !option.equals("hidepid=off");
        }
      }
    }
    return hidden;
  }
}
