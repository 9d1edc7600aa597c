package org.condatainer.launch;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.condatainer.lock.ProcessMark;

/**
 * The records of runs on this machine, in a folder of their own below {@code runs_dir}, so that
 * those of jobs need not be gone through. A run removes its own record; what is left of one that
 * was killed is removed by whoever comes next and can prove that its process is gone. Machines that
 * share the folder cannot prove that of each other's.
 */
public final class LocalRecords {
  private static final String FOLDER = "here";

  /** Before each line of the mark, in the script. */
  private static final String COMMENT = "#of ";

  /** More than any mark has. */
  private static final int HEAD = 4096;

  private final Path folder;

  /**
   * Names the folder; nothing is looked at.
   *
   * @param runsDirectory {@code runs_dir} of the configuration; need not exist
   */
  public LocalRecords(Path runsDirectory) {
    folder = runsDirectory.resolve(FOLDER);
  }

  /**
   * A run that did not come to its end.
   *
   * @param name what was run
   * @param since when it began
   * @param proof how its end is known
   */
  public record Killed(String name, Instant since, String proof) {
    /** In a line. */
    @Override
    public String toString() {
      return "the run of "
          + name
          + " on this machine, begun "
          + DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm")
              .withZone(ZoneId.systemDefault())
              .format(since)
          + ", was ended before its end: "
          + proof
          + "; what it wrote is where it was, and its record in runs_dir is removed";
    }
  }

  Path folder() {
    return folder;
  }

  /** The script, and behind its first line who runs it. */
  static byte[] marked(byte[] script, ProcessMark mark) {
    StringBuilder lines = new StringBuilder();
    mark.text().lines().forEach(line -> lines.append(COMMENT).append(line).append('\n'));
    return inserted(script, lines.toString());
  }

  /** The script with more lines behind its first. */
  static byte[] inserted(byte[] script, String lines) {
    int firstLine = 0;
    while (script[firstLine] != '\n') {
      firstLine++;
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(script, 0, firstLine + 1);
    out.writeBytes(lines.getBytes(UTF_8));
    out.write(script, firstLine + 1, script.length - firstLine - 1);
    return out.toByteArray();
  }

  /**
   * Removes the records of runs whose processes are proved to be gone.
   *
   * @return those runs; empty as a rule. What cannot be read or removed stays, and is not told
   */
  public List<Killed> clean() {
    List<Killed> killed = new ArrayList<>();
    try (DirectoryStream<Path> records = Files.newDirectoryStream(folder)) {
      for (Path record : records) {
        Optional<ProcessMark> mark = mark(record);
        Optional<String> proof = mark.flatMap(ProcessMark::gone);
        if (proof.isPresent() && isRemoved(record)) {
          killed.add(new Killed(mark.get().doing(), mark.get().since(), proof.get()));
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      return killed;
    }
    return killed;
  }

  private static Optional<ProcessMark> mark(Path record) {
    Path script =
        Files.isDirectory(record, LinkOption.NOFOLLOW_LINKS)
            ? record.resolve(RunRecord.SCRIPT)
            : record;
    if (!Files.isRegularFile(script, LinkOption.NOFOLLOW_LINKS)) {
      return Optional.empty();
    }
    StringBuilder text = new StringBuilder();
    try (InputStream in = Files.newInputStream(script)) {
      for (String line : new String(in.readNBytes(HEAD), UTF_8).lines().toList()) {
        if (line.startsWith(COMMENT)) {
          text.append(line, COMMENT.length(), line.length()).append('\n');
        }
      }
    } catch (IOException e) {
      return Optional.empty();
    }
    return ProcessMark.read(text.toString());
  }

  private static boolean isRemoved(Path record) {
    try {
      if (Files.isDirectory(record, LinkOption.NOFOLLOW_LINKS)) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(record)) {
          for (Path file : files) {
            Files.deleteIfExists(file);
          }
        }
      }
      return Files.deleteIfExists(record);
    } catch (IOException | DirectoryIteratorException e) {
      return false;
    }
  }
}
