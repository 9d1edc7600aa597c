package org.condatainer.cli;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.condatainer.config.Configuration;
import org.condatainer.launch.LaunchException;
import org.condatainer.launch.OverlayNames;
import org.condatainer.lock.ImageUse;
import org.condatainer.lock.Maintenance;
import org.condatainer.lock.SharedLocks;
import org.condatainer.lock.UnlockedMount;
import org.condatainer.overlay.OverlayException;
import org.condatainer.process.SystemWords;
import org.condatainer.script.ShellWords;
import org.condatainer.trust.Printable;
import picocli.CommandLine.ParseResult;

/**
 * The image that a command works on.
 *
 * @param path its file
 * @param declared what the site says of its file systems
 */
record NamedImage(Path path, SharedLocks declared) {
  /** The system's words for EROFS (errno(3)). */
  private static final String READ_ONLY = "Read-only file system";

  /**
   * The one image that a command line names, by its path or as {@code run} finds it by name.
   *
   * @throws UsageException if it names none or several
   * @throws OverlayException if there is no such file
   * @throws LaunchException if no folder has one of that name
   */
  static NamedImage of(String command, ParseResult parsed, Invocation invocation) {
    return of(command, parsed.matchedPositionalValue(0, List.of()), invocation);
  }

  private static NamedImage of(String command, List<String> names, Invocation invocation) {
    Configuration configuration = configuration(invocation);
    return new NamedImage(
        path(command, names, invocation, configuration),
        new SharedLocks(configuration.sharedLocks()));
  }

  /** Its path alone: without the configuration, if it is there. */
  static Path path(String command, List<String> names, Invocation invocation) {
    Path image = named(command, names, invocation);
    return Files.isRegularFile(image)
        ? image
        : found(names.get(0), image, invocation, configuration(invocation));
  }

  static Path path(
      String command, List<String> names, Invocation invocation, Configuration configuration) {
    Path image = named(command, names, invocation);
    return Files.isRegularFile(image)
        ? image
        : found(names.get(0), image, invocation, configuration);
  }

  private static Path named(String command, List<String> names, Invocation invocation) {
    if (names.size() != 1) {
      throw new UsageException(
          command
              + (names.isEmpty()
                  ? ": which image?"
                  : ": one image at a time, not also " + names.get(1))
              + "\nTry: condatainer "
              + command
              + " --help");
    }
    return invocation.path(names.get(0));
  }

  private static Path found(
      String name, Path image, Invocation invocation, Configuration configuration) {
    if (!Files.exists(image, LinkOption.NOFOLLOW_LINKS) || Files.isDirectory(image)) {
      Path found = names(invocation, configuration).locate(name);
      if (Files.isRegularFile(found)) {
        // what is changed is not to be taken for a file of this folder
        invocation.say(Printable.line(name) + " is " + Printable.line(found.toString()));
        return found;
      }
    }
    throw new OverlayException(OverlayException.Kind.UNUSABLE, refusal(image));
  }

  static OverlayNames names(Invocation invocation, Configuration configuration) {
    return new OverlayNames(
        configuration.imageDirectories(), invocation.workingDirectory(), invocation.environment());
  }

  private static Configuration configuration(Invocation invocation) {
    return Configuration.load(
        Installation.home(), invocation.environment().variables(), invocation::say);
  }

  private static String refusal(Path image) {
    String name = Printable.line(image.toString());
    if (Files.exists(image)) {
      return name + " is no image: it is not a regular file";
    }
    if (Files.isSymbolicLink(image)) {
      return name + " is a link to a file that is not there, or cannot be seen";
    }
    if (Files.notExists(image)) {
      return "there is no image " + name + "; check the path, or make one: condatainer o";
    }
    return name + " cannot be looked at: you may not enter a folder on the way to it";
  }

  /**
   * The path of a file to be made; a word in {@code /} would name a folder.
   *
   * @throws UsageException if it does
   */
  static Path toMake(String command, String word, Invocation invocation) {
    if (word.isEmpty() || word.endsWith("/")) {
      throw new UsageException(
          command
              + (word.isEmpty() ? ": an empty name for a file" : ": " + word + " names a folder")
              + "; write the file's own name, too: "
              + word
              + "env.img");
    }
    return invocation.path(word);
  }

  /**
   * A file and the one to be made of it.
   *
   * @param from the file that is there
   * @param to the file to make
   */
  record Pair(NamedImage from, Path to) {}

  /**
   * The file that a command line names, and the second one that it names or that follows from it.
   *
   * @param ending in place of the first one's own ending, or behind all of it with a plus sign
   */
  static Pair pair(String command, ParseResult parsed, Invocation invocation, String ending) {
    List<String> names = parsed.matchedPositionalValue(0, List.of());
    if (names.size() > 2) {
      throw new UsageException(command + ": two files at most, not also " + names.get(2));
    }
    NamedImage from = of(command, names.isEmpty() ? names : names.subList(0, 1), invocation);
    if (names.size() == 2) {
      return new Pair(from, toMake(command, names.get(1), invocation));
    }
    String name = from.path.getFileName().toString();
    if (ending.startsWith("+")) {
      return new Pair(from, from.path.resolveSibling(name + ending.substring(1)));
    }
    String stem = name;
    for (String known : List.of(".zst", ".gz", ".img")) {
      if (stem.endsWith(known)) {
        stem = stem.substring(0, stem.length() - known.length());
      }
    }
    return new Pair(from, from.path.resolveSibling(stem + ending));
  }

  /** What is done to an image while nobody else can mount it. */
  interface Work<T> {
    /** Does it. */
    T on(Maintenance held) throws IOException;
  }

  /**
   * Does something to an image under its exclusive lock.
   *
   * @throws LaunchException if somebody uses it; nothing was done
   * @throws OverlayException if it cannot be opened for writing, or the work fails
   */
  <T> T hold(String operation, Work<T> work) {
    return under(operation, true, () -> Maintenance.begin(path, operation, declared), work);
  }

  /**
   * Reads an image while nobody can mount it writable; containers may read it meanwhile.
   *
   * @throws LaunchException if somebody has it writable
   * @throws OverlayException if it cannot be opened, or the work fails
   */
  <T> T read(String operation, Work<T> work) {
    return under(operation, false, () -> Maintenance.beginReading(path, declared), work);
  }

  private interface Beginning {
    Optional<Maintenance> begin() throws IOException;
  }

  private <T> T under(String operation, boolean writable, Beginning beginning, Work<T> work) {
    Optional<Maintenance> begun;
    try {
      begun = beginning.begin();
      if (begun.isEmpty()) {
        throw inUse(path, writable);
      }
    } catch (AccessDeniedException e) {
      throw new OverlayException(
          OverlayException.Kind.UNUSABLE,
          (writable ? "you may not write to " : "you may not read ")
              + path
              + "; ask its owner, or work on a copy of your own",
          e);
    } catch (IOException e) {
      boolean readOnly =
          e instanceof FileSystemException file && READ_ONLY.equals(file.getReason());
      throw new OverlayException(
          OverlayException.Kind.UNUSABLE,
          readOnly
              ? path
                  + " is on a read-only file system, so nothing was done\n  work on a copy"
                  + " elsewhere: cp --sparse=always "
                  + ShellWords.quote(path.toString())
                  + " FOLDER"
              : path + " cannot be locked: " + SystemWords.of(e),
          e);
    }
    Maintenance held = begun.get();
    try (held) {
      return work.on(held);
    } catch (IOException e) {
      throw failed(operation, path, e);
    }
  }

  private static LaunchException inUse(Path image, boolean writable) throws IOException {
    ImageUse use = ImageUse.of(image);
    if (use.answer(writable) == ImageUse.Answer.IN_USE) {
      return new LaunchException(LaunchException.Kind.OVERLAY_IN_USE, use.message());
    }
    Optional<UnlockedMount> mount = UnlockedMount.find(image, !writable);
    String why =
        mount.isPresent()
            ? " is mounted by "
                + mount.get().by()
                + ", which takes no lock; nothing was done\n  "
                + mount.get().next()
            : " is in use\n  see by whom: condatainer lock status "
                + ShellWords.quote(image.toString());
    return new LaunchException(LaunchException.Kind.OVERLAY_IN_USE, image + why);
  }

  static OverlayException failed(String operation, Path image, IOException problem) {
    if (problem instanceof AccessDeniedException denied
        && image.toString().equals(denied.getFile())) {
      return unreadable(image, denied);
    }
    boolean named =
        problem instanceof FileSystemException file && image.toString().equals(file.getFile());
    return new OverlayException(
        OverlayException.Kind.FAILED,
        operation
            + ": "
            + image
            + ": "
            + (named ? SystemWords.why(problem) : SystemWords.of(problem)),
        problem);
  }

  private static OverlayException unreadable(Path image, AccessDeniedException problem) {
    return new OverlayException(
        OverlayException.Kind.UNUSABLE,
        "you may not read " + image + "; ask its owner, or work on a copy of your own",
        problem);
  }
}
