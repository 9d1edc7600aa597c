package org.condatainer.overlay;

import java.util.Arrays;

/**
 * A block of a folder, of which one entry after the other is looked at
 * (linux/Documentation/filesystems/ext4, "Linear (Classic) Directories"). Plain bytes: the lists of
 * a large environment are read before Java has compiled anything.
 */
final class FolderBlock {
  private static final int HEAD = 8;
  private static final int REGULAR = 1;

  private final byte[] bytes;
  private int entry;
  private int next;

  FolderBlock(byte[] bytes) {
    this.bytes = bytes;
  }

  /** Goes to the next entry; false at the end, and where the block is damaged. */
  boolean next() {
    if (next + HEAD > bytes.length || next + HEAD + (bytes[next + 6] & 0xff) > bytes.length) {
      return false;
    }
    int length = (bytes[next + 4] & 0xff) | ((bytes[next + 5] & 0xff) << 8);
    // in blocks of 64 KiB an entry over the whole block has the length 65535 or 0
    if (bytes.length == 65536 && (length == 65535 || length == 0)) {
      length = bytes.length - next;
    }
    if (length < HEAD) {
      return false;
    }
    entry = next;
    next += length;
    return true;
  }

  /** What the entry names; 0 if it is not in use. */
  long inode() {
    return Integer.toUnsignedLong(
        (bytes[entry] & 0xff)
            | ((bytes[entry + 1] & 0xff) << 8)
            | ((bytes[entry + 2] & 0xff) << 16)
            | (bytes[entry + 3] << 24));
  }

  private int nameLength() {
    return bytes[entry + 6] & 0xff;
  }

  byte[] name() {
    return Arrays.copyOfRange(bytes, entry + HEAD, entry + HEAD + nameLength());
  }

  boolean isCalled(byte[] name) {
    if (nameLength() != name.length || inode() == 0) {
      return false;
    }
    for (int i = 0; i < name.length; i++) {
      if (bytes[entry + HEAD + i] != name[i]) {
        return false;
      }
    }
    return true;
  }

  /** Whether it names a file: not the folder itself, not the one above, and not nothing. */
  boolean isOfTheFolder() {
    int length = nameLength();
    boolean dots =
        length == 0
            || (bytes[entry + HEAD] == '.'
                && (length == 1 || (length == 2 && bytes[entry + HEAD + 1] == '.')));
    return !dots && inode() != 0;
  }

  /** Whether it is a regular file by this entry, in an image whose folders say so. */
  boolean isRegular() {
    return bytes[entry + 7] == REGULAR;
  }
}
