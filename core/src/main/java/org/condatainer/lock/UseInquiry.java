package org.condatainer.lock;

import java.nio.file.Path;

/**
 * Asks for the kernel's list of locks before it is known of which image. The kernel may take 10 ms
 * for it, which is as long as a command line takes to be read.
 */
public final class UseInquiry {
  private final Thread reading = new Thread(this::read, "reads the list of locks");
  private volatile KernelList list = KernelList.unknown();

  private UseInquiry() {}

  /** Begins to read the list, beside the caller. */
  public static UseInquiry begin() {
    UseInquiry inquiry = new UseInquiry();
    inquiry.reading.setDaemon(true);
    inquiry.reading.start();
    return inquiry;
  }

  private void read() {
    list = KernelList.read();
  }

  /** Waits for the list, and says who uses an image. Never throws for what it meets. */
  public ImageUse of(Path image) {
    try {
      reading.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return ImageUse.of(image, list);
  }
}
