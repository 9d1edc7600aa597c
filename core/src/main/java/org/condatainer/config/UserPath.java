package org.condatainer.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;

/**
 * Paths as users write them, taken as the kernel takes them: {@code link/..} is the folder above
 * the one that the link leads to, and there is no {@code none/..} where there is no {@code none}.
 */
public final class UserPath {
  private UserPath() {}

  /**
   * The absolute path of a text, without {@code .} and {@code ..} but for those that lead nowhere:
   * whoever opens such a path is told so.
   *
   * @param folder what a relative path starts from, absolute
   */
  public static Path of(String text, Path folder) {
    Path path = folder.resolve(text);
    return path.toString().contains("..") ? climbed(path) : path.normalize();
  }

  /**
   * The same for a text that no shell has read: it may begin with {@code ~/}.
   *
   * @param variables of the environment, for {@code HOME}
   */
  public static Path ofHome(String text, Path folder, Map<String, String> variables) {
    return text.equals("~") || text.startsWith("~/")
        ? of(home(variables) + text.substring(1), folder)
        : of(text, folder);
  }

  /** The user's home; that of the password file where {@code HOME} is not set. */
  public static Path home(Map<String, String> variables) {
    String home = variables.getOrDefault("HOME", "");
    return Path.of(home.isEmpty() ? System.getProperty("user.home") : home).toAbsolutePath();
  }

  private static Path climbed(Path path) {
    Path reached = path.getRoot();
    for (Path name : path) {
      String word = name.toString();
      if (word.equals("..")) {
        reached = above(reached);
      } else if (!word.equals(".")) {
        reached = reached.resolve(name);
      }
    }
    return reached;
  }

  private static Path above(Path folder) {
    Path parent = folder.getParent();
    if (parent == null) {
      return folder;
    }
    if (!folder.endsWith("..")) {
      if (Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
        return parent;
      }
      try {
        Path real = folder.toRealPath();
        if (Files.isDirectory(real)) {
          return real.getParent() == null ? real : real.getParent();
        }
      } catch (IOException e) {
        // nobody gets through there
      }
    }
    return folder.resolve("..");
  }
}
