package org.condatainer.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.condatainer.config.UserPath;
import org.condatainer.launch.LaunchException;
import org.condatainer.launch.OverlayNames;
import org.condatainer.overlay.OverlayException;
import org.condatainer.process.SystemWords;

/**
 * Finds the images that a user means: named ones, and all {@code *.img} below folders. A folder may
 * be large, and a file system may not answer at all: who makes no progress for a while is left.
 *
 * @param patience how long without any progress
 * @param overlays where those named otherwise than by a path are
 */
record ImageSearch(Duration patience, OverlayNames overlays) {
  /** A search for one name. */
  private record Search(Path path, boolean named, Future<Optional<List<Path>>> images) {}

  /**
   * The images below these folders, and the ones named; links are followed only to a named one. A
   * file or folder that does not answer is among them, so that it is told of.
   *
   * @param names files and folders; what is none is looked for as {@code run} does
   * @param optional folders that need not be there
   * @param wanted which of those below folders; may look at the file
   * @throws OverlayException if there is no such file, or it may not be read, or is none; what may
   *     not be read below a folder is passed over
   * @throws LaunchException if it can only have been a name, and no folder has it
   */
  List<Path> find(List<String> names, List<Path> optional, Predicate<Path> wanted) {
    ExecutorService threads =
        Executors.newFixedThreadPool(
            16,
            work -> {
              Thread thread = new Thread(work, "image search");
              thread.setDaemon(true);
              return thread;
            });
    try {
      AtomicLong steps = new AtomicLong();
      List<Search> searches = new ArrayList<>();
      for (String name : names) {
        Path path = UserPath.of(name, overlays.workingDirectory());
        searches.add(
            new Search(
                path, true, threads.submit(() -> images(located(name, path), steps, wanted))));
      }
      for (Path path : optional) {
        searches.add(new Search(path, false, threads.submit(() -> images(path, steps, wanted))));
      }
      Set<Path> found = new LinkedHashSet<>();
      for (Search search : searches) {
        Optional<List<Path>> images = await(search, steps);
        if (images.isEmpty() && search.named()) {
          throw unusable("there is no file or folder " + search.path());
        }
        found.addAll(images.orElse(List.of()));
      }
      return List.copyOf(found);
    } finally {
      threads.shutdownNow();
    }
  }

  private static String why(Throwable cause) {
    if (cause instanceof UncheckedIOException unchecked) {
      return SystemWords.why(unchecked.getCause());
    }
    return cause instanceof IOException problem ? SystemWords.why(problem) : cause.getMessage();
  }

  private Optional<List<Path>> await(Search search, AtomicLong steps) {
    while (true) {
      long before = steps.get();
      try {
        return search.images().get(patience.toMillis(), TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        if (steps.get() == before) {
          return Optional.of(List.of(search.path()));
        }
      } catch (ExecutionException e) {
        if (!search.named()) {
          return Optional.empty();
        }
        if (e.getCause() instanceof LaunchException missing) {
          throw missing;
        }
        throw unusable(search.path() + " cannot be read: " + why(e.getCause()));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return Optional.of(List.of(search.path()));
      }
    }
  }

  private static OverlayException unusable(String why) {
    return new OverlayException(OverlayException.Kind.UNUSABLE, why);
  }

  private Path located(String name, Path path) {
    return Files.notExists(path) ? overlays.locate(name) : path;
  }

  /** Empty if there is no such file. */
  private static Optional<List<Path>> images(Path path, AtomicLong steps, Predicate<Path> wanted)
      throws IOException {
    steps.incrementAndGet();
    if (Files.notExists(path)) {
      return Optional.empty();
    }
    if (!Files.exists(path)) {
      throw new AccessDeniedException(path.toString());
    }
    if (!Files.isDirectory(path)) {
      if (!Files.isRegularFile(path)) {
        throw new FileSystemException(path.toString(), null, "it is no regular file");
      }
      return Optional.of(List.of(path));
    }
    List<Path> found = new ArrayList<>();
    Files.walkFileTree(
        path,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            steps.incrementAndGet();
            if (attributes.isRegularFile()
                && file.toString().endsWith(".img")
                && wanted.test(file)) {
              found.add(file);
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException problem)
              throws IOException {
            if (file.equals(path)) {
              throw problem;
            }
            return FileVisitResult.CONTINUE;
          }
        });
    found.sort(null);
    return Optional.of(found);
  }
}
