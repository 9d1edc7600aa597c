package org.condatainer.lock;

import java.nio.file.Path;
import java.util.StringTokenizer;
import org.condatainer.overlay.Owner;

/**
 * Whether this process is root, and not only called so in a user namespace of a user's own
 * (fakeroot, rootless containers): there it may see no more than that user, and a scheduler knows
 * it as him.
 */
final class Superuser {
  /** All numbers but the last, which is none (user_namespaces(7)). */
  private static final String ALL = "4294967295";

  private Superuser() {}

  static boolean is() {
    return Owner.ofThisProcess().uid() == 0
        && by(new ProcessFolder(Path.of("/proc/self")).text("uid_map"));
  }

  /**
   * @param map the text of {@code /proc/self/uid_map}; empty where there are no user namespaces
   */
  static boolean by(String map) {
    StringTokenizer words = new StringTokenizer(map);
    return !words.hasMoreTokens()
        || (words.countTokens() == 3
            && words.nextToken().equals("0")
            && words.nextToken().equals("0")
            && words.nextToken().equals(ALL));
  }
}
