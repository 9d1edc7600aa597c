package org.condatainer.trust;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.condatainer.process.SystemWords;

/**
 * Who may say which programs run as this user: root, the user, and whoever installed this program,
 * which runs already.
 */
public final class Trusted {
  private final Set<Long> users;
  private final Set<Long> groups;

  private Trusted(Set<Long> users, Set<Long> groups) {
    this.users = users;
    this.groups = groups;
  }

  /**
   * Finds out who that is here.
   *
   * @param home the folder of the installation: its owner, and its group if that can write there
   * @throws IOException if it cannot be looked at
   */
  public static Trusted of(Optional<Path> home) throws IOException {
    // in a container that has no root, the owner of / is not 0
    Set<Long> users =
        new HashSet<>(List.of(0L, Ownership.of(Path.of("/")).uid(), Ownership.ofThisProcess()));
    Set<Long> groups = new HashSet<>(List.of(0L));
    if (home.isPresent()) {
      Ownership installed = Ownership.of(home.get());
      users.add(installed.uid());
      if (installed.groupWrites()) {
        groups.add(installed.gid());
      }
    }
    return new Trusted(users, groups);
  }

  /**
   * Why a file or folder is not to be believed, in words that follow its name, with what to do;
   * empty if it is.
   */
  public Optional<String> objection(Path file) {
    try {
      Ownership owned = Ownership.of(file);
      if (!users.contains(owned.uid())) {
        return Optional.of(
            "belongs to "
                + Ownership.nameOfOwner(file)
                + ", who is neither root, nor you, nor the owner of this installation; look at it,"
                + " then chown it");
      }
      if (owned.othersWrite()) {
        return Optional.of("can be written by everybody; look at it, then: chmod go-w");
      }
      if (owned.groupWrites() && !groups.contains(owned.gid()) && !owned.hasPrivateGroup(file)) {
        return Optional.of(
            "can be written by the group "
                + Ownership.nameOfGroup(file)
                + "; look at it, then: chmod g-w");
      }
      for (FolderWay.Doubt doubt : FolderWay.doubts(file.toAbsolutePath().getParent())) {
        if (doubt.byEverybody()) {
          return Optional.of("is not safe where it is: " + doubt + "; chmod o-w, then look at it");
        }
      }
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of("cannot be looked at: " + SystemWords.of(e));
    }
  }
}
