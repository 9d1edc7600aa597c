package org.condatainer.lock;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.condatainer.lock.ImageLock.Place;
import org.condatainer.lock.ImageLock.State;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UseInquiryTest {
  @TempDir private Path folder;
  private Path image;

  @BeforeEach
  void makeAFile() throws IOException {
    image = Files.write(folder.resolve("env.img"), new byte[4096]);
  }

  @Test
  void seesWhoHadTheImageWhenItBegan() {
    try (OtherProcess other = OtherProcess.holding(folder, "ofd", "read", image)) {
      ImageUse use = UseInquiry.begin().of(image);
      assertThat(use.lock().state()).isEqualTo(State.HELD_FOR_READING);
      assertThat(use.holders().holders()).extracting(LockHolder::pid).containsExactly(other.pid());
    }
  }

  @Test
  void seesAWriterWhoCameAfterTheListWasRead() {
    UseInquiry inquiry = UseInquiry.begin();
    assertThat(inquiry.of(image).lock().state()).isEqualTo(State.FREE);
    try (OtherProcess other = OtherProcess.holding(folder, "ofd", "write", image)) {
      ImageUse use = inquiry.of(image);
      assertThat(use.lock()).isEqualTo(ImageLock.held(LockMode.WRITE, Place.HERE));
      assertThat(use.holders().holders()).extracting(LockHolder::pid).containsExactly(other.pid());
    }
  }
}
