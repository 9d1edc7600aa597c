package org.condatainer.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;

/**
 * Standard output, which knows why it could not be written: a {@code PrintStream} does not tell.
 */
final class StandardOutput extends FileOutputStream {
  private boolean readerIsGone;

  StandardOutput() {
    super(FileDescriptor.out);
  }

  @Override
  public void write(byte[] bytes, int from, int length) throws IOException {
    try {
      super.write(bytes, from, length);
    } catch (IOException e) {
      readerIsGone |= "Broken pipe".equals(e.getMessage());
      throw e;
    }
  }

  /** Whether who read it has seen enough, as {@code head} has. */
  boolean readerIsGone() {
    return readerIsGone;
  }
}
