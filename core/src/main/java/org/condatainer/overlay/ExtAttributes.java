package org.condatainer.overlay;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.List;

/**
 * The extended attributes of a file: those in its inode, behind its fields, and those in a block of
 * their own (linux/fs/ext4/xattr.h; Documentation/filesystems/ext4, "Extended Attributes").
 */
final class ExtAttributes {
  private static final int MAGIC = 0xEA020000;
  private static final int BLOCK_HEADER = 32;
  private static final int ENTRY = 16;
  private static final int OLD_INODE = 128;

  private final long inode;
  private final List<Attribute> found = new ArrayList<>();

  private ExtAttributes(long inode) {
    this.inode = inode;
  }

  /** One of them: a name in any encoding, and a value. */
  static final class Attribute {
    private final byte[] name;
    private final byte[] value;

    private Attribute(byte[] name, byte[] value) {
      this.name = name;
      this.value = value;
    }

    /** With its prefix: {@code user.origin}. */
    byte[] name() {
      return name;
    }

    String shownName() {
      return new String(name, UTF_8);
    }

    /** As it is stored: that of an ACL is not what getxattr(2) gives. */
    byte[] value() {
      return value;
    }
  }

  /**
   * Reads those of a file.
   *
   * @throws OverlayException if they are no such attributes: the file system is damaged
   */
  static List<Attribute> of(FileChannel image, Superblock superblock, ExtInode file)
      throws IOException {
    ExtAttributes read = new ExtAttributes(file.number());
    ByteBuffer raw = file.raw();
    if (raw.capacity() > OLD_INODE) {
      int from = OLD_INODE + Short.toUnsignedInt(raw.getShort(OLD_INODE));
      if (from + 8 <= raw.capacity() && raw.getInt(from) == MAGIC) {
        int start = from + 4;
        ByteBuffer area = raw.slice(start, raw.capacity() - start).order(raw.order());
        read.entries(area, 0);
      }
    }
    long block =
        Integer.toUnsignedLong(raw.getInt(104)) | Short.toUnsignedLong(raw.getShort(118)) << 32;
    if (block != 0) {
      if (block >= superblock.blocks()) {
        throw read.damaged();
      }
      int blockSize = superblock.blockSize();
      ByteBuffer area = ImageBytes.read(image, block * blockSize, blockSize);
      if (area.getInt(0) != MAGIC) {
        throw read.damaged();
      }
      read.entries(area, BLOCK_HEADER);
    }
    return read.found;
  }

  /** Adds what is in an area; places of values count from its beginning. */
  private void entries(ByteBuffer area, int first) {
    int at = first;
    while (at + 4 <= area.capacity() && area.getInt(at) != 0) {
      if (at + ENTRY > area.capacity()) {
        throw damaged();
      }
      int nameLength = Byte.toUnsignedInt(area.get(at));
      int valueAt = Short.toUnsignedInt(area.getShort(at + 2));
      long size = Integer.toUnsignedLong(area.getInt(at + 8));
      // a value in an inode of its own is a feature that is not read here (ea_inode)
      if (at + ENTRY + nameLength > area.capacity()
          || valueAt + size > area.capacity()
          || area.getInt(at + 4) != 0) {
        throw damaged();
      }
      ByteArrayOutputStream name = new ByteArrayOutputStream();
      name.writeBytes(prefix(Byte.toUnsignedInt(area.get(at + 1))).getBytes(UTF_8));
      byte[] rest = new byte[nameLength];
      area.get(at + ENTRY, rest);
      name.writeBytes(rest);
      byte[] value = new byte[(int) size];
      area.get(valueAt, value);
      found.add(new Attribute(name.toByteArray(), value));
      at += ENTRY + (nameLength + 3) / 4 * 4;
    }
  }

  private static String prefix(int index) {
    return switch (index) {
      case 1 -> "user.";
      case 2 -> "system.posix_acl_access";
      case 3 -> "system.posix_acl_default";
      case 4 -> "trusted.";
      case 6 -> "security.";
      case 7 -> "system.";
      case 8 -> "system.richacl";
      default -> "number-" + index + ".";
    };
  }

  private OverlayException damaged() {
    return ExtFileSystem.damaged("inode " + inode + " has attributes that are none");
  }
}
