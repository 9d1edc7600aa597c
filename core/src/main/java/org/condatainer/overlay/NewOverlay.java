package org.condatainer.overlay;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;

/**
 * An overlay image to be made.
 *
 * @param path where it is to be; nothing may be there
 * @param size its length, {@link OverlayCreation#SMALLEST} at least, rounded up to whole blocks
 * @param profile how many inodes it gets
 * @param sparse whether it takes disk space only for what is written to it; otherwise all of it is
 *     taken at once, and cannot run out later
 * @param owner to whom its folders belong: {@link Owner#ROOT} for use with fakeroot, otherwise
 *     {@link Owner#ofThisProcess}
 */
public record NewOverlay(
    Path path, ByteSize size, OverlayProfile profile, boolean sparse, Owner owner) {
  public NewOverlay {
    requireNonNull(path, "path is null");
    requireNonNull(size, "size is null");
    requireNonNull(profile, "profile is null");
    requireNonNull(owner, "owner is null");
  }
}
