package org.condatainer.cli;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Finds the images that a user means: named ones, and all {@code *.img} below folders. */
final class ImageSearch {
  private ImageSearch() {}

  /**
   * The images below these folders, and the ones named; links are followed only to a named one.
   *
   * @param names files and folders
   * @param folder what relative names start from
   * @throws UsageException if there is no such file
   */
  static List<Path> find(List<String> names, Path folder) {
    Set<Path> found = new LinkedHashSet<>();
    for (String name : names) {
      Path path = folder.resolve(name).normalize();
      if (!Files.exists(path)) {
        throw new UsageException("there is no file or folder " + path);
      }
      if (Files.isDirectory(path)) {
        found.addAll(below(path));
      } else {
        found.add(path);
      }
    }
    return List.copyOf(found);
  }

  private static List<Path> below(Path folder) {
    List<Path> found = new ArrayList<>();
    try {
      Files.walkFileTree(
          folder,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
              if (attributes.isRegularFile() && file.toString().endsWith(".img")) {
                found.add(file);
              }
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException problem) {
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      throw new UsageException(folder + " cannot be read: " + e.getMessage());
    }
    found.sort(null);
    return found;
  }
}
