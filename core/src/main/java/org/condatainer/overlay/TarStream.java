package org.condatainer.overlay;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.List;

/**
 * Writes a tar archive: the ustar headers of POSIX.1-1988, and extended headers of POSIX.1-2001
 * (pax(1)) for what these have no room for. Names are bytes, whatever encoding their maker had.
 */
final class TarStream implements AutoCloseable {
  private static final int BLOCK = 512;
  private static final long LARGEST_ID = 07777777L;
  private static final long LARGEST_SIZE = 077777777777L;

  private final OutputStream out;

  TarStream(OutputStream out) {
    this.out = out;
  }

  /**
   * One file without its content, which is to be written next, and then {@link #pad}.
   *
   * @param path relative, without a slash at its end
   * @param type as in the type field of a header: {@code '0'} a file, {@code '5'} a folder, …
   * @param target of a link, otherwise empty
   * @param size of the content that follows
   * @param device major and minor number of a device, otherwise null
   * @param attributes in the way of star(1), which mksquashfs and GNU tar read
   */
  void header(
      byte[] path,
      char type,
      byte[] target,
      ExtInode inode,
      long size,
      int[] device,
      List<ExtAttributes.Attribute> attributes)
      throws IOException {
    ByteArrayOutputStream extended = new ByteArrayOutputStream();
    for (ExtAttributes.Attribute attribute : attributes) {
      record(
          extended, concat("SCHILY.xattr.".getBytes(UTF_8), attribute.name()), attribute.value());
    }
    Owner owner = inode.owner();
    if (path.length > 100) {
      record(extended, "path".getBytes(UTF_8), path);
    }
    if (target.length > 100) {
      record(extended, "linkpath".getBytes(UTF_8), target);
    }
    if (owner.uid() > LARGEST_ID) {
      record(extended, "uid".getBytes(UTF_8), Long.toString(owner.uid()).getBytes(UTF_8));
    }
    if (owner.gid() > LARGEST_ID) {
      record(extended, "gid".getBytes(UTF_8), Long.toString(owner.gid()).getBytes(UTF_8));
    }
    if (size > LARGEST_SIZE) {
      record(extended, "size".getBytes(UTF_8), Long.toString(size).getBytes(UTF_8));
    }
    if (inode.modifiedSeconds() < 0) {
      record(
          extended,
          "mtime".getBytes(UTF_8),
          Long.toString(inode.modifiedSeconds()).getBytes(UTF_8));
    }
    if (extended.size() > 0) {
      write(
          "pax".getBytes(UTF_8), 'x', new byte[0], 0644, new Owner(0, 0), extended.size(), 0, null);
      out.write(extended.toByteArray());
      pad(extended.size());
    }
    write(path, type, target, inode.mode() & 07777, owner, size, inode.modifiedSeconds(), device);
  }

  private void write(
      byte[] path,
      char type,
      byte[] target,
      int mode,
      Owner owner,
      long size,
      long modified,
      int[] device)
      throws IOException {
    byte[] header = new byte[BLOCK];
    System.arraycopy(path, 0, header, 0, Math.min(100, path.length));
    octal(header, 100, 8, mode);
    octal(header, 108, 8, owner.uid() > LARGEST_ID ? 0 : owner.uid());
    octal(header, 116, 8, owner.gid() > LARGEST_ID ? 0 : owner.gid());
    octal(header, 124, 12, size > LARGEST_SIZE ? 0 : size);
    octal(header, 136, 12, Math.max(0, modified));
    header[156] = (byte) type;
    System.arraycopy(target, 0, header, 157, Math.min(100, target.length));
    System.arraycopy("ustar\00000".getBytes(UTF_8), 0, header, 257, 8);
    if (device != null) {
      octal(header, 329, 8, device[0]);
      octal(header, 337, 8, device[1]);
    }
    Arrays.fill(header, 148, 156, (byte) ' ');
    int sum = 0;
    for (byte value : header) {
      sum += Byte.toUnsignedInt(value);
    }
    octal(header, 148, 7, sum);
    out.write(header);
  }

  private static void octal(byte[] header, int position, int length, long number) {
    String digits = Long.toOctalString(number);
    int zeros = length - 1 - digits.length();
    for (int i = 0; i < length - 1; i++) {
      header[position + i] = (byte) (i < zeros ? '0' : digits.charAt(i - zeros));
    }
    header[position + length - 1] = 0;
  }

  /** {@code LENGTH KEY=VALUE} and a line's end; the length counts itself. */
  private static void record(ByteArrayOutputStream out, byte[] key, byte[] value) {
    int rest = key.length + value.length + 3;
    int length = rest + Integer.toString(rest).length();
    length = rest + Integer.toString(length).length();
    out.writeBytes((length + " ").getBytes(UTF_8));
    out.writeBytes(key);
    out.write('=');
    out.writeBytes(value);
    out.write('\n');
  }

  private static byte[] concat(byte[] first, byte[] second) {
    byte[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }

  /** Fills the last block of a content of this length. */
  void pad(long size) throws IOException {
    int over = (int) (size % BLOCK);
    if (over > 0) {
      out.write(new byte[BLOCK - over]);
    }
  }

  OutputStream content() {
    return out;
  }

  /** Ends the archive. */
  @Override
  public void close() throws IOException {
    out.write(new byte[2 * BLOCK]);
    out.close();
  }
}
