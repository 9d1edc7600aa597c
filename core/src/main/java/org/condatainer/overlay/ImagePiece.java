package org.condatainer.overlay;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/**
 * A piece of an image file that was read, for what is asked in small parts that lie together.
 *
 * @param start where it begins in the file
 * @param bytes little-endian
 */
record ImagePiece(long start, ByteBuffer bytes) {
  static final ImagePiece NONE = new ImagePiece(0, ByteBuffer.allocate(0));

  /**
   * A piece that has these bytes in it: this one, or one that is read now.
   *
   * @param pieceLength how much is read at once, at least
   */
  ImagePiece with(FileChannel image, long position, int length, int pieceLength)
      throws IOException {
    if (position >= start && position + length <= start + bytes.capacity()) {
      return this;
    }
    long from = position - position % pieceLength;
    int whole = (int) Math.max(pieceLength, position + length - from);
    return new ImagePiece(from, ImageBytes.read(image, from, whole));
  }

  /** A part of it, by its place in the file. */
  ByteBuffer slice(long position, int length) {
    return bytes.slice((int) (position - start), length).order(bytes.order());
  }
}
