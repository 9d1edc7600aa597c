package org.condatainer.launch;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.condatainer.process.SystemWords;
import org.condatainer.trust.FolderWay;

/**
 * Whether others can exchange the records of runs, and so what runs as this user outside of any
 * container. A lab's folder is its group's, and the group is warned of; what everybody can write is
 * refused.
 */
final class RunsFolder {
  private RunsFolder() {}

  /**
   * Looks at all folders on the way.
   *
   * @param readAtStart whether what runs is read there when the job starts: then nobody else may
   *     write there, a group neither
   * @return a warning, if members of a group or owners of folders could
   * @throws LaunchException if everybody could
   */
  static Optional<String> check(Path folder, boolean readAtStart) {
    List<FolderWay.Doubt> doubts;
    try {
      doubts = FolderWay.doubts(folder);
    } catch (IOException e) {
      return Optional.of(
          "warning: who can write to the folder of runs cannot be found out: " + SystemWords.of(e));
    }
    for (FolderWay.Doubt doubt : doubts) {
      if (doubt.byEverybody() || readAtStart) {
        throw new LaunchException(
            LaunchException.Kind.FAILED,
            doubt
                + ": others could change what your jobs run (runs_dir: "
                + folder
                + (doubt.byEverybody()
                    ? ""
                    : "; the script is read there when a job or a task starts")
                + ")\n  next: name a folder that only you can write to: runs_dir, CNT_RUNS_DIR"
                + (doubt.byEverybody()
                    ? "; or chmod o-w " + doubt.folder() + ", or chmod +t as in /tmp"
                    : ""));
      }
    }
    return doubts.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "warning: others could exchange the records of your runs, since "
                + doubts.stream().map(Object::toString).collect(Collectors.joining(", "))
                + "; a folder that only you can write to is safer: runs_dir, CNT_RUNS_DIR");
  }
}
