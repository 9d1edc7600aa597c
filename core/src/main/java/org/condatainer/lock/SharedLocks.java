package org.condatainer.lock;

import java.nio.file.Path;
import java.util.List;
import org.condatainer.lock.MountPoints.MountPoint;

/**
 * File systems of which the site says that their locks reach all other machines. It counts where
 * the mount itself does not tell; what is known not to reach them does not by saying so.
 *
 * @param fileSystems types of file systems, and places where some are mounted, which begin with a
 *     slash
 */
public record SharedLocks(List<String> fileSystems) {
  /** Nothing is said. */
  public static final SharedLocks NONE = new SharedLocks(List.of());

  public SharedLocks {
    fileSystems = List.copyOf(fileSystems);
  }

  /** Whether it is said of this one. */
  boolean are(MountPoint point) {
    for (String one : fileSystems) {
      boolean place = one.startsWith("/") && Path.of(one).normalize().equals(point.place());
      if (place || one.equals(point.type())) {
        return true;
      }
    }
    return false;
  }
}
