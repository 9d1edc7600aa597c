package org.condatainer.launch;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.condatainer.config.Spelling;
import org.condatainer.config.UserPath;
import org.condatainer.scheduler.HostEnvironment;

/**
 * Finds an overlay by its path, or by its name in one of the {@code image_dirs}: its file's name,
 * with or without the ending, or {@code NAME/VERSION} for {@code NAME--VERSION.sqf}. A file at the
 * path goes before a name, and an earlier folder before a later one.
 *
 * @param folders the {@code image_dirs}
 * @param workingDirectory what relative paths start from
 * @param environment the user's
 */
public record OverlayNames(List<Path> folders, Path workingDirectory, HostEnvironment environment) {
  private static final List<String> ENDINGS = List.of("", ".sqf", ".img");
  private static final int MOST_PROPOSALS = 5;

  /**
   * The file, without symbolic links, so that every name of it has one tag and one lease.
   *
   * @return where it would be, if it was named by a path and is not there
   * @throws LaunchException if it can only have been a name, and no folder has it
   */
  public Path locate(String name) {
    Path path = UserPath.ofHome(name, workingDirectory, environment.variables());
    if (Files.isRegularFile(path)
        || folders.isEmpty()
        || name.isEmpty()
        || "/.~".indexOf(name.charAt(0)) >= 0) {
      return real(path);
    }
    String file = name.replace("/", "--");
    for (Path folder : folders) {
      for (String ending : ENDINGS) {
        Path candidate = folder.resolve(file + ending);
        if (Files.isRegularFile(candidate)) {
          return real(candidate);
        }
      }
    }
    if (Files.exists(path)) {
      return path;
    }
    throw missing(name, path);
  }

  private LaunchException missing(String name, Path path) {
    TreeSet<String> known = new TreeSet<>();
    StringBuilder where = new StringBuilder();
    for (Path folder : folders) {
      where.append(where.length() == 0 ? "" : ", ").append(folder);
      where.append(read(folder, known).map(problem -> " (" + problem + ")").orElse(""));
    }
    return new LaunchException(
        LaunchException.Kind.OVERLAY_UNUSABLE,
        "there is no overlay "
            + name
            + ": neither a file "
            + path
            + " nor one of that name in image_dirs: "
            + where
            + "\n  "
            + next(name, known));
  }

  /** What else a name may have meant: other versions of it, or a word that is nearly the same. */
  private static String next(String name, TreeSet<String> known) {
    List<String> proposals = new ArrayList<>();
    String program = withoutVersion(name);
    for (String candidate : known.descendingSet()) {
      if (withoutVersion(candidate).equals(program) && proposals.size() < MOST_PROPOSALS) {
        proposals.add(candidate);
      }
    }
    if (proposals.isEmpty()) {
      TreeSet<String> names = new TreeSet<>(known);
      known.forEach(candidate -> names.add(withoutVersion(candidate)));
      Optional<String> near = Spelling.nearest(name, names);
      if (near.isEmpty()) {
        near = Spelling.nearest(program, names);
      }
      for (String candidate : known.descendingSet()) {
        boolean meant =
            near.equals(Optional.of(candidate))
                || near.equals(Optional.of(withoutVersion(candidate)));
        if (meant && proposals.size() < MOST_PROPOSALS) {
          proposals.add(candidate);
        }
      }
    }
    return proposals.isEmpty()
        ? "check the name, or make an overlay: condatainer o"
        : "do you mean " + String.join(" or ", proposals) + "?";
  }

  private static String withoutVersion(String name) {
    int slash = name.indexOf('/');
    int end = slash < 0 ? name.indexOf("--") : slash;
    return end < 0 ? name : name.substring(0, end);
  }

  /** Adds the names that a folder has; says what is wrong with one that cannot be read. */
  private static Optional<String> read(Path folder, TreeSet<String> names) {
    if (!Files.isDirectory(folder)) {
      return Optional.of(Files.exists(folder) ? "no folder" : "there is no such folder");
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.{sqf,img}")) {
      for (Path file : files) {
        String name = file.getFileName().toString();
        if (Files.exists(file) || !Files.isSymbolicLink(file)) {
          names.add(name.substring(0, name.length() - 4).replaceFirst("--", "/"));
        }
      }
      return Files.isExecutable(folder) ? Optional.empty() : Optional.of("you may not enter it");
    } catch (IOException | DirectoryIteratorException e) {
      return Optional.of("you may not read it");
    }
  }

  private static Path real(Path path) {
    try {
      return path.toRealPath();
    } catch (IOException e) {
      return path;
    }
  }
}
