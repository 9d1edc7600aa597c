package org.condatainer.doctor;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import org.condatainer.config.Configuration;
import org.condatainer.lock.ImageMount;
import org.condatainer.lock.SharedLocks;
import org.condatainer.overlay.DiskSpace;
import org.condatainer.process.SystemWords;
import org.condatainer.trust.FolderWay;

/**
 * The folders in which a run writes down what it is. That somebody may write there does not say
 * that there is room: a quota, or a table of inodes, may be full. So a file is written, and
 * removed.
 */
final class RunFolders {
  /** More than what a run writes down. */
  private static final int RECORD = 64 << 10;

  private static final String ANOTHER =
      "name another, on which you can write: runs_dir, CNT_RUNS_DIR";

  private final Configuration configuration;

  RunFolders(Configuration configuration) {
    this.configuration = configuration;
  }

  /**
   * The folder of the runs' records.
   *
   * @param home the user's own folder, below which it is unless another is configured
   * @param cluster whether jobs run on other machines
   */
  Finding runs(Path home, boolean cluster) {
    Path folder = configuration.runsDirectory();
    Path existing = FolderWay.existing(folder);
    Optional<IOException> failure = failure(existing);
    if (failure.isPresent()) {
      boolean homeless = folder.startsWith(home) && !Files.isDirectory(home);
      return Finding.problem(
          "runs_dir",
          (homeless ? "your home " + home + " (HOME) is no folder, and " : "")
              + refused(existing, failure.get())
              + ", so no run can be noted",
          next(failure.get(), ANOTHER));
    }
    try {
      List<FolderWay.Doubt> doubts = FolderWay.doubts(folder);
      if (!doubts.isEmpty()) {
        FolderWay.Doubt first =
            doubts.stream().filter(FolderWay.Doubt::byEverybody).findFirst().orElse(doubts.get(0));
        return new Finding(
            "runs_dir",
            first.byEverybody() ? Finding.Level.PROBLEM : Finding.Level.WARNING,
            first + ": others could change what your jobs run (" + folder + ")",
            "a folder that only you can write to: runs_dir, CNT_RUNS_DIR");
      }
      ImageMount mount = ImageMount.of(existing.toRealPath(), SharedLocks.NONE);
      String detail = folder + ", on " + mount.type();
      return mount.shared() || !cluster
          ? Finding.ok("runs_dir", detail)
          : Finding.note(
              "runs_dir",
              detail + ", which other machines may not see",
              "jobs of arrays read their inputs there: name a folder that the nodes see");
    } catch (IOException e) {
      return Finding.problem("runs_dir", existing + ": " + SystemWords.why(e), "");
    }
  }

  /** The folder for the output of jobs; empty if none is configured. */
  Optional<Finding> logs() {
    return configuration.logsDirectory().map(RunFolders::logs);
  }

  private static Finding logs(Path folder) {
    Path existing = FolderWay.existing(folder);
    Optional<IOException> failure = failure(existing);
    return failure.isEmpty()
        ? Finding.ok("logs_dir", folder.toString())
        : Finding.problem(
            "logs_dir",
            refused(existing, failure.get()) + ", so jobs have no place for their output",
            next(
                failure.get(),
                "name a folder for each user: logs_dir: /FOLDER/$USER, CNT_LOGS_DIR"));
  }

  private static String refused(Path folder, IOException problem) {
    return "you cannot write to " + folder + " (" + SystemWords.why(problem) + ")";
  }

  private static String next(IOException problem, String otherwise) {
    return DiskSpace.isFull(problem)
        ? DiskSpace.WHERE_TO_LOOK + "; make room, or " + otherwise
        : otherwise;
  }

  private static Optional<IOException> failure(Path folder) {
    try {
      Path trial = Files.createTempDirectory(folder, ".condatainer-trial-");
      Path file = trial.resolve("script");
      try (FileChannel channel =
          FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        ByteBuffer record = ByteBuffer.wrap(" ".repeat(RECORD).getBytes(US_ASCII));
        while (record.hasRemaining()) {
          channel.write(record);
        }
        // a file system may take what it has no room for, and say so later
        channel.force(true);
      } finally {
        Files.deleteIfExists(file);
        Files.delete(trial);
      }
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of(e);
    }
  }
}
