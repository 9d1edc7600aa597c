package org.condatainer.overlay;

import java.util.Locale;

/** What an overlay is to hold: how many inodes it gets for its size. */
public enum OverlayProfile {
  /** Very many small files: an inode for each 4 KiB. */
  SMALL(1L << 12),
  /** A Conda environment: an inode for each 16 KiB. */
  BALANCED(1L << 14),
  /** Few large files, such as data: an inode for each MiB. */
  LARGE(1L << 20);

  /** Folders and a few files need some inodes in the smallest image too. */
  private static final long FEWEST_INODES = 1024;

  private final long bytesPerInode;

  OverlayProfile(long bytesPerInode) {
    this.bytesPerInode = bytesPerInode;
  }

  /** The ratio for an image of this many bytes. */
  long bytesPerInode(long imageBytes) {
    return Math.min(bytesPerInode, imageBytes / FEWEST_INODES);
  }

  /**
   * The profile of a name.
   *
   * @param name {@code small}, {@code balanced}, {@code large} or {@code data}, an older name of
   *     the last; in either case
   * @throws OverlayException of kind {@link OverlayException.Kind#BAD_INPUT} for any other
   */
  public static OverlayProfile of(String name) {
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "small" -> SMALL;
      case "balanced" -> BALANCED;
      case "large", "data" -> LARGE;
      default ->
          throw new OverlayException(
              OverlayException.Kind.BAD_INPUT,
              "\"" + name + "\" is no profile; write small, balanced, large or data");
    };
  }
}
