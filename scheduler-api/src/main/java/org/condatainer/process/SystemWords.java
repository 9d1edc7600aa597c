package org.condatainer.process;

import java.io.EOFException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the system said when something with a file or a program failed, for people. */
public final class SystemWords {
  /** How {@link ProcessBuilder} says why a program was not started. */
  private static final Pattern NOT_STARTED =
      Pattern.compile("(?s)Cannot run program .*error[=:] ?\\d+,? \\(?([^()]+)\\)?");

  private SystemWords() {}

  /** The file, as far as the problem names one, and the reason. Never null, never empty. */
  public static String of(IOException problem) {
    boolean named = problem instanceof FileSystemException file && file.getFile() != null;
    return named ? ((FileSystemException) problem).getFile() + ": " + why(problem) : why(problem);
  }

  /** The reason alone, where the file is named already. Never null, never empty. */
  public static String why(IOException problem) {
    if (problem instanceof AccessDeniedException) {
      return "permission denied";
    }
    if (problem instanceof NoSuchFileException) {
      return "there is no such file or folder";
    }
    if (problem instanceof FileAlreadyExistsException) {
      return "it exists already";
    }
    if (problem instanceof NotDirectoryException) {
      return "it is no folder";
    }
    if (problem instanceof DirectoryNotEmptyException) {
      return "the folder is not empty";
    }
    if (problem instanceof FileSystemException file) {
      return file.getReason() == null ? "the system refused it" : file.getReason();
    }
    if (problem.getMessage() == null || problem.getMessage().isBlank()) {
      return problem instanceof EOFException
          ? "it ends too early"
          : "it could not be read or written";
    }
    Matcher notStarted = NOT_STARTED.matcher(problem.getMessage());
    return notStarted.matches() ? notStarted.group(1) : problem.getMessage();
  }
}
