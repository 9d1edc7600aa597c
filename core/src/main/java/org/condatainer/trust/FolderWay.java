package org.condatainer.trust;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The folders on the way to a file or folder. Whoever can write to one of them, or owns it, can put
 * something else in the place of all that is below; what OpenSSH's {@code StrictModes} looks for.
 */
public final class FolderWay {
  /**
   * A folder that somebody else could change.
   *
   * @param folder which
   * @param why in words that follow its name
   * @param byEverybody whether any user of the machine could
   */
  public record Doubt(Path folder, String why, boolean byEverybody) {
    @Override
    public String toString() {
      return folder + " " + why;
    }
  }

  private FolderWay() {}

  /**
   * Those that others could change, the lowest first; empty if none.
   *
   * @param path absolute; it, and folders above, need not exist
   * @throws IOException if a folder cannot be looked at
   */
  public static List<Doubt> doubts(Path path) throws IOException {
    Set<Long> trusted =
        Set.copyOf(
            List.of(
                // in a container that has no root, this is not 0
                Ownership.of(Path.of("/")).uid(), Ownership.ofThisProcess()));
    Set<Path> folders = new LinkedHashSet<>();
    Path existing = existing(path);
    for (Path folder = existing; folder != null; folder = folder.getParent()) {
      folders.add(folder);
    }
    // the way on which links lead there is changed as easily
    for (Path folder = existing.toRealPath(); folder != null; folder = folder.getParent()) {
      folders.add(folder);
    }
    List<Doubt> doubts = new ArrayList<>();
    for (Path folder : folders) {
      judge(folder, Ownership.of(folder), trusted, doubts);
    }
    return doubts;
  }

  /** The path, or the lowest folder above it that there is. */
  public static Path existing(Path path) {
    Path existing = path;
    while (!Files.exists(existing) && existing.getParent() != null) {
      existing = existing.getParent();
    }
    return existing;
  }

  private static void judge(Path folder, Ownership owned, Set<Long> trusted, List<Doubt> doubts) {
    boolean ofStranger = owned.uid() != 0 && !trusted.contains(owned.uid());
    if (owned.othersWrite() && !owned.isSticky()) {
      doubts.add(new Doubt(folder, "can be written by everybody", true));
    } else if (ofStranger) {
      doubts.add(new Doubt(folder, "belongs to " + Ownership.nameOfOwner(folder), false));
    } else if (owned.groupWrites()
        && !owned.isSticky()
        && !(owned.gid() == 0 || owned.hasPrivateGroup(folder))) {
      String group = Ownership.nameOfGroup(folder);
      doubts.add(new Doubt(folder, "can be written by the group " + group, false));
    }
  }
}
