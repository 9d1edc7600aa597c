package org.condatainer.lock;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Asks for the kernel's list of locks before it is known of which image. The kernel may take 10 ms
 * for it, which is as long as a command line takes to be read.
 */
public final class UseInquiry {
  private final Thread reading =
      new Thread(
          new Runnable() {
            @Override
            public void run() {
              list = KernelList.read();
            }
          },
          "reads the list of locks");
  private volatile KernelList list = KernelList.unknown();

  private UseInquiry() {}

  /** Begins to read the list, beside the caller. */
  public static UseInquiry begin() {
    UseInquiry inquiry = new UseInquiry();
    inquiry.reading.setDaemon(true);
    inquiry.reading.start();
    return inquiry;
  }

  /** Waits for the list, and says who uses an image. Never throws for what it meets. */
  public ImageUse of(Path image) {
    try {
      LockedFile file = LockedFile.of(image);
      reading.join();
      return ImageUse.of(image, LockProbe.probeAndPlace(file, list));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return ImageUse.of(image, ImageLock.unknown("interrupted"));
    } catch (IOException e) {
      return ImageUse.of(image, ImageLock.unknown(Patience.words(e)));
    }
  }
}
