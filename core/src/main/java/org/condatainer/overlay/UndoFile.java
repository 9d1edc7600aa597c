package org.condatainer.overlay;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * A file of pieces of an image: its superblock, and whatever else a repair may overwrite. It is
 * known by its digest, so that nobody but its writer can have made it, wherever it lies and whoever
 * owns it.
 */
final class UndoFile implements AutoCloseable {
  /** How many letters a digest has. */
  static final int DIGEST_LETTERS = 43;

  /** Where in a superblock the UUID is. */
  static final int UUID = 104;

  private static final int SUPERBLOCK = 1024;

  private static final long MAGIC = 0x434e54554e444f32L; // CNTUNDO2
  private static final int DATA = 0;
  private static final int ZEROS = 1;
  private static final int END = 2;
  private static final int LONGEST = 1 << 24;

  private final FileChannel channel;
  private final ByteBuffer before;

  /** Of each piece: its owner could change it between the first reading and the second. */
  private final List<byte[]> digests;

  private UndoFile(FileChannel channel, ByteBuffer before, List<byte[]> digests) {
    this.channel = channel;
    this.before = before;
    this.digests = digests;
  }

  /**
   * Writes one.
   *
   * @param before the superblock, 1024 bytes
   * @return its digest: letters, digits, hyphens and underscores
   */
  static String write(FileChannel image, Superblock superblock, ByteBuffer before, FileChannel file)
      throws IOException {
    DigestOutputStream digested =
        new DigestOutputStream(
            new BufferedOutputStream(Channels.newOutputStream(file), 1 << 20), sha256());
    DataOutputStream out = new DataOutputStream(digested);
    out.writeLong(MAGIC);
    // so that no two have the same name
    out.writeLong(System.nanoTime());
    out.writeLong(ProcessHandle.current().pid());
    byte[] superblockBytes = new byte[SUPERBLOCK];
    before.get(0, superblockBytes);
    out.write(superblockBytes);
    MetadataBlocks.forEach(
        image,
        superblock,
        (position, bytes) -> piece(out, position, bytes, superblock.blockSize()));
    out.writeByte(END);
    out.flush();
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(digested.getMessageDigest().digest());
  }

  private static void piece(DataOutputStream out, long position, ByteBuffer bytes, int block)
      throws IOException {
    int from = 0;
    while (from < bytes.limit()) {
      boolean zero = isZero(bytes, from, block);
      int to = from + block;
      while (to < bytes.limit() && isZero(bytes, to, block) == zero) {
        to += block;
      }
      out.writeByte(zero ? ZEROS : DATA);
      out.writeLong(position + from);
      out.writeInt(to - from);
      if (!zero) {
        byte[] data = new byte[to - from];
        bytes.get(from, data);
        out.write(data);
      }
      from = to;
    }
  }

  private static boolean isZero(ByteBuffer bytes, int from, int length) {
    for (int at = from; at < from + length; at += 8) {
      if (bytes.getLong(at) != 0) {
        return false;
      }
    }
    return true;
  }

  /**
   * Opens the file if it has this digest.
   *
   * @param longest how long it may be, in bytes
   * @return empty if it is another, or no whole one
   * @throws IOException if it cannot be read
   */
  static Optional<UndoFile> open(Path file, String digest, long longest) throws IOException {
    FileChannel channel = RegularFile.open(file);
    try {
      List<byte[]> digests = new ArrayList<>();
      MessageDigest whole = sha256();
      if (channel.size() > 0 && channel.size() <= longest) {
        ByteBuffer before =
            read(channel, whole, (position, bytes, written) -> digests.add(written));
        byte[] found = whole.digest();
        if (Base64.getUrlEncoder().withoutPadding().encodeToString(found).equals(digest)) {
          return Optional.of(new UndoFile(channel, before, digests));
        }
      }
    } catch (EOFException | NoUndoException e) {
      // what is no whole one is none
    } catch (IOException e) {
      channel.close();
      throw e;
    }
    channel.close();
    return Optional.empty();
  }

  /** The UUID of the image that a file says to be of; empty if it cannot be read. */
  static Optional<ByteBuffer> uuid(Path file) {
    try (FileChannel channel = RegularFile.open(file)) {
      if (channel.size() == 0) {
        return Optional.empty();
      }
      InputStream in = Channels.newInputStream(channel);
      return Optional.of(ByteBuffer.wrap(head(new DataInputStream(in))).slice(UUID, 16));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** The superblock, 1024 bytes. */
  ByteBuffer before() {
    return before.duplicate().order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * Goes through its pieces once more.
   *
   * @throws IOException if it is no longer what it was when it was opened; no such piece is told
   */
  void forEach(MetadataBlocks.Visitor visitor) throws IOException {
    int[] next = {0};
    read(
        channel.position(0),
        sha256(),
        (position, bytes, digest) -> {
          int number = next[0]++;
          if (number >= digests.size() || !MessageDigest.isEqual(digest, digests.get(number))) {
            throw new NoUndoException();
          }
          visitor.piece(position, bytes);
        });
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  private interface PieceVisitor {
    void piece(long position, ByteBuffer bytes, byte[] digest) throws IOException;
  }

  /** Reads all of it, and returns its superblock. */
  private static ByteBuffer read(FileChannel channel, MessageDigest whole, PieceVisitor visitor)
      throws IOException {
    InputStream raw = new BufferedInputStream(Channels.newInputStream(channel), 1 << 20);
    DataInputStream in = new DataInputStream(new DigestInputStream(raw, whole));
    byte[] superblock = head(in);
    MessageDigest each = sha256();
    ByteBuffer head = ByteBuffer.allocate(13);
    for (byte kind = in.readByte(); kind != END; kind = in.readByte()) {
      long position = in.readLong();
      int length = in.readInt();
      if (length < 0 || length > LONGEST || position < 0 || (kind != DATA && kind != ZEROS)) {
        throw new NoUndoException();
      }
      byte[] bytes = new byte[length];
      if (kind == DATA) {
        in.readFully(bytes);
      }
      each.update(head.clear().put(kind).putLong(position).putInt(length).flip());
      each.update(bytes, 0, kind == DATA ? length : 0);
      visitor.piece(position, ByteBuffer.wrap(bytes), each.digest());
    }
    if (in.read() >= 0) {
      throw new NoUndoException();
    }
    return ByteBuffer.wrap(superblock);
  }

  private static byte[] head(DataInputStream in) throws IOException {
    if (in.readLong() != MAGIC) {
      throw new NoUndoException();
    }
    in.readLong();
    in.readLong();
    byte[] superblock = new byte[SUPERBLOCK];
    in.readFully(superblock);
    return superblock;
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      // every Java has it (MessageDigest)
      throw new IllegalStateException(e);
    }
  }

  /** The file is none of these, or was changed while it was read. */
  private static final class NoUndoException extends IOException {
    private static final long serialVersionUID = 1;

    NoUndoException() {
      super("it was changed while it was read");
    }
  }
}
