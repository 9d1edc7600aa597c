package org.condatainer.lock;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.condatainer.job.JobId;
import org.condatainer.lock.ImageLock.Place;
import org.condatainer.lock.ImageLock.State;
import org.condatainer.overlay.Images;
import org.condatainer.overlay.Owner;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** Real containers that hold an image. Root's need no FUSE. */
@EnabledIfSystemProperty(named = "condatainer.it.apptainer", matches = ".+")
class ApptainerLockIT {
  @TempDir private Path folder;

  private OtherProcess container(Path image, String suffix) throws IOException {
    Path base = Files.createDirectory(folder.resolve("base"));
    for (String name :
        List.of("usr", "etc", "opt", "var", "tmp", "proc", "sys", "dev", "home", "root", "run")) {
      Files.createDirectory(base.resolve(name));
    }
    for (String name : List.of("bin", "sbin", "lib", "lib64")) {
      Path link = Path.of("/", name);
      if (Files.isSymbolicLink(link)) {
        Files.createSymbolicLink(base.resolve(name), Files.readSymbolicLink(link));
      }
    }
    List<String> words = new ArrayList<>();
    words.add(System.getProperty("condatainer.it.apptainer"));
    words.add("exec");
    if (Owner.ofThisProcess().uid() == 0) {
      words.add("--no-privs");
    }
    words.addAll(List.of("--bind", "/usr,/etc,/opt,/var", "--overlay", image + suffix));
    words.addAll(List.of(base.toString(), "sh", "-c", "ls -d /ext3/env; cat"));
    return OtherProcess.started(words, "/ext3/env", Map.of("SLURM_JOB_ID", "4242"));
  }

  @Test
  void findsTheWriterAndItsJob() throws IOException {
    Path image = Images.overlay(folder.resolve("env.img"));
    try (OtherProcess container = container(image, "")) {
      ImageUse use = ImageUse.of(image);
      assertThat(use.lock()).isEqualTo(new ImageLock(State.HELD_FOR_WRITING, Place.HERE, ""));
      assertThat(use.holders().holders()).isNotEmpty().noneMatch(LockHolder::orphan);
      assertThat(use.holders().holders())
          .anyMatch(holder -> holder.program().equals("starter"))
          .allMatch(
              holder -> holder.job().equals(Optional.of(new HolderJob("slurm", JobId.of("4242")))));
      assertThat(container.pid()).isPositive();
    }
    OtherProcess.await("it is free", () -> LockProbe.probe(image).state() == State.FREE);
    assertThat(Images.e2fsck("-fn", image)).isZero();
  }

  @Test
  void findsTheReader() throws IOException {
    Path image = Images.overlay(folder.resolve("env.img"));
    try (OtherProcess container = container(image, ":ro")) {
      ImageUse use = ImageUse.of(image);
      assertThat(use.lock()).isEqualTo(new ImageLock(State.HELD_FOR_READING, Place.HERE, ""));
      assertThat(use.answer(false)).isEqualTo(ImageUse.Answer.FREE);
      assertThat(use.answer(true)).isEqualTo(ImageUse.Answer.IN_USE);
      assertThat(use.holders().holders()).isNotEmpty();
      assertThat(container.pid()).isPositive();
    }
    OtherProcess.await("it is free", () -> LockProbe.probe(image).state() == State.FREE);
  }
}
