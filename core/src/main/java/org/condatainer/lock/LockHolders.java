package org.condatainer.lock;

import java.nio.file.Path;
import java.util.List;

/**
 * Who holds an image on this host, as far as this user may see.
 *
 * @param holders the processes, the oldest first
 * @param loopDevices loop devices that keep the image open, which also keeps a lock without any
 *     process
 * @param unseen how many processes of this host could not be looked into, because they are others';
 *     an ordinary user always has some
 */
public record LockHolders(List<LockHolder> holders, List<Path> loopDevices, int unseen) {
  public LockHolders {
    holders = List.copyOf(holders);
    loopDevices = List.copyOf(loopDevices);
  }
}
