package org.condatainer.overlay;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import org.condatainer.process.SystemWords;

/** The place of a file to be made: whether it can be made there is known before the work begins. */
final class NewFile {
  /**
   * Beside an image lie files whose names begin with its own. The longest is its lease while it is
   * written: 7 letters, the name of a machine (64), a process (7), a number (19), two dots.
   */
  private static final int LONGEST_IMAGE_NAME = 255 - 99;

  private NewFile() {}

  /**
   * Refuses what could not be made, or as an image not be used.
   *
   * @param target absolute
   */
  static void requireImage(Path target) {
    require(target);
    String name = target.getFileName().toString();
    if (name.getBytes(StandardCharsets.UTF_8).length > LONGEST_IMAGE_NAME) {
      throw badInput(
          "this name is too long for an image, beside which lie files with longer ones (its lease);"
              + " it may have "
              + LONGEST_IMAGE_NAME
              + " bytes: "
              + name);
    }
    Optional<String> why = FileSystemPrograms.unreadable(target.toString());
    if (why.isPresent()) {
      throw badInput(why.get());
    }
  }

  /**
   * Refuses what is there already, and a folder in which nothing can be made.
   *
   * @param target absolute
   */
  static void require(Path target) {
    Path folder = target.getParent();
    Path name = target.getFileName();
    if (folder == null || name.toString().equals(".") || name.toString().equals("..")) {
      throw badInput(target + " is no name for a file; write one like env.img");
    }
    requireFolder(folder);
    try {
      boolean isFolder =
          Files.readAttributes(target, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
              .isDirectory();
      throw isFolder
          ? badInput(target + " is a folder; name the file that is to be made in it")
          : taken(target);
    } catch (NoSuchFileException e) {
      // it is free
    } catch (IOException e) {
      throw badInput(target + " cannot be made: " + SystemWords.why(e));
    }
  }

  private static void requireFolder(Path folder) {
    try {
      if (!Files.readAttributes(folder, BasicFileAttributes.class).isDirectory()) {
        throw badInput(folder + " is no folder; check the path");
      }
    } catch (NoSuchFileException e) {
      throw badInput("the folder " + folder + " does not exist; make it first, or check the path");
    } catch (IOException e) {
      throw badInput("the folder " + folder + " cannot be used: " + SystemWords.why(e));
    }
    if (!Files.isWritable(folder) || !Files.isExecutable(folder)) {
      throw new OverlayException(
          OverlayException.Kind.FAILED,
          "you may not write in the folder " + folder + "; choose another one");
    }
  }

  static OverlayException taken(Path target) {
    return badInput(
        target + " exists already, and is left as it is; choose another name or remove it first");
  }

  /**
   * The file to be made has no room, say: what is at fault is its folder, not what it is made of.
   */
  static OverlayException notWritten(Path target, IOException problem) {
    return new OverlayException(
        OverlayException.Kind.FAILED,
        target.getFileName()
            + " could not be written in the folder "
            + target.getParent()
            + ": "
            + SystemWords.why(problem)
            + (DiskSpace.isFull(problem) ? "\n  " + DiskSpace.WHERE_TO_LOOK : ""),
        problem);
  }

  private static OverlayException badInput(String message) {
    return new OverlayException(OverlayException.Kind.BAD_INPUT, message);
  }
}
