package org.condatainer.overlay;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;

/** Little-endian pieces of an image file. */
final class ImageBytes {
  private ImageBytes() {}

  /** Bytes from a position on; zeros where the file has ended. */
  static ByteBuffer read(FileChannel image, long position, int length) throws IOException {
    return read(image, position, ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN));
  }

  /** Fills a buffer up to its limit, from its first byte on; where the file ends, it stays. */
  static ByteBuffer read(FileChannel image, long position, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      if (image.read(bytes, position + bytes.position()) < 0) {
        break;
      }
    }
    return bytes.rewind();
  }
}
