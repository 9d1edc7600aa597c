package org.condatainer.launch;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The records of submitted runs that are older than a week, and their removal. A folder is entered
 * and what is in it removed without following links, only if it and its description belong to this
 * user, and of what is in it only what was written for the run.
 */
final class OldRecords {
  /** So that a first look at a folder of years does not ask for all at once. */
  private static final int MOST = 1_000;

  /** How much of a script is looked at; the run's id stands behind its directives. */
  private static final int HEAD = 256 * 1024;

  private static final String OWN_PREFIX = ".condatainer";
  private static final Path DESCRIPTION = Path.of(RunRecord.DESCRIPTION);

  private final Path folder;
  private final Instant now;

  /**
   * @param folder {@code runs_dir} of the configuration; need not exist
   */
  OldRecords(Path folder, Instant now) {
    this.folder = folder;
    this.now = now;
  }

  /** Those to be asked for; what cannot be read is not among them. */
  List<SubmittedRun> toAskFor() {
    List<SubmittedRun> runs = new ArrayList<>();
    try (DirectoryStream<Path> all = Files.newDirectoryStream(folder)) {
      if (all instanceof SecureDirectoryStream<Path> records) {
        for (Path record : records) {
          if (runs.size() < MOST) {
            run(records, record.getFileName().toString()).ifPresent(runs::add);
          }
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      return runs;
    }
    return runs;
  }

  private Optional<SubmittedRun> run(SecureDirectoryStream<Path> records, String runId) {
    if (SubmittedRun.planned(runId).filter(this::isOld).isEmpty()) {
      return Optional.empty();
    }
    try (SecureDirectoryStream<Path> record = own(records, runId)) {
      PosixFileAttributes description = attributes(record, DESCRIPTION);
      if (!description.isRegularFile()
          || !isOwn(description)
          || !isOld(description.lastModifiedTime().toInstant())) {
        return Optional.empty();
      }
      try (InputStream in = read(record, DESCRIPTION)) {
        return SubmittedRun.read(runId, in);
      }
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private boolean isOld(Instant time) {
    return time.plus(SubmittedRun.KEPT).isBefore(now);
  }

  /** Lets a record be for another week, whose job's end is not proved or not long ago. */
  void leave(SubmittedRun run) {
    try (DirectoryStream<Path> all = Files.newDirectoryStream(folder)) {
      if (all instanceof SecureDirectoryStream<Path> records) {
        try (SecureDirectoryStream<Path> record = own(records, run.runId())) {
          record
              .getFileAttributeView(
                  DESCRIPTION, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
              .setTimes(FileTime.from(now), null, null);
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      return; // it is asked for again the next time
    }
  }

  /**
   * Removes a record.
   *
   * @return whether it is gone; what else somebody put there stays, with its folder
   */
  boolean isRemoved(SubmittedRun run) {
    try (DirectoryStream<Path> all = Files.newDirectoryStream(folder)) {
      if (!(all instanceof SecureDirectoryStream<Path> records)) {
        return false;
      }
      try (SecureDirectoryStream<Path> record = own(records, run.runId())) {
        Path scripts = Path.of(RunRecord.SCRIPTS);
        if (exists(record, scripts)) {
          removeScripts(record, run.runId());
          removeIfEmpty(record, scripts);
        }
        removeIfThere(record, Path.of(ArrayInputs.FILE));
        removeIfThere(record, Path.of(Ranks.FILE));
        // Last of all: a removal that is cut short goes on the next time.
        record.deleteFile(DESCRIPTION);
      }
      return removeIfEmpty(records, Path.of(run.runId()));
    } catch (IOException | DirectoryIteratorException e) {
      return false;
    }
  }

  private static void removeScripts(SecureDirectoryStream<Path> record, String runId)
      throws IOException {
    try (SecureDirectoryStream<Path> scripts = own(record, RunRecord.SCRIPTS)) {
      for (Path file : scripts) {
        Path name = file.getFileName();
        boolean regular = attributes(scripts, name).isRegularFile();
        if (regular && (name.toString().startsWith(OWN_PREFIX) || isScript(scripts, name, runId))) {
          scripts.deleteFile(name);
        }
      }
    }
  }

  /** The batch script has the user's name for it, and tells its run. */
  private static boolean isScript(SecureDirectoryStream<Path> folder, Path name, String runId)
      throws IOException {
    try (InputStream in = read(folder, name)) {
      return new String(in.readNBytes(HEAD), ISO_8859_1)
          .contains("# Run " + runId + " of condatainer");
    }
  }

  private static void removeIfThere(SecureDirectoryStream<Path> folder, Path name)
      throws IOException {
    if (exists(folder, name)) {
      folder.deleteFile(name);
    }
  }

  private static boolean removeIfEmpty(SecureDirectoryStream<Path> parent, Path name)
      throws IOException {
    try (DirectoryStream<Path> entries =
        parent.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS)) {
      if (entries.iterator().hasNext()) {
        return false;
      }
    }
    parent.deleteDirectory(name);
    return true;
  }

  private static boolean exists(SecureDirectoryStream<Path> folder, Path name) {
    try {
      attributes(folder, name);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static PosixFileAttributes attributes(SecureDirectoryStream<Path> folder, Path name)
      throws IOException {
    return folder
        .getFileAttributeView(name, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
        .readAttributes();
  }

  private static InputStream read(SecureDirectoryStream<Path> folder, Path name)
      throws IOException {
    return Channels.newInputStream(
        folder.newByteChannel(name, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)));
  }

  /**
   * Enters a folder of this user.
   *
   * @throws IOException if it is none, a link, or somebody else's
   */
  private static SecureDirectoryStream<Path> own(SecureDirectoryStream<Path> parent, String name)
      throws IOException {
    SecureDirectoryStream<Path> entered =
        parent.newDirectoryStream(Path.of(name), LinkOption.NOFOLLOW_LINKS);
    PosixFileAttributes attributes =
        entered.getFileAttributeView(PosixFileAttributeView.class).readAttributes();
    if (!isOwn(attributes)) {
      entered.close();
      throw new IOException(name + " belongs to " + attributes.owner());
    }
    return entered;
  }

  private static boolean isOwn(PosixFileAttributes attributes) throws IOException {
    return attributes.owner().equals(Files.getOwner(Path.of("/proc/self")));
  }
}
