package org.condatainer.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.condatainer.process.CommandResult;
import org.condatainer.process.CommandRunner;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An image gets a fresh inode wholly or not at all. */
class FreshCopyTest {
  private static final FileTime WRITTEN = FileTime.from(Instant.ofEpochSecond(1_795_000_000));

  @TempDir private Path folder;
  private Path image;
  private Object inode;
  private Runnable meanwhile = () -> {};

  @BeforeEach
  void makeAnImage() throws IOException {
    image = Files.write(folder.resolve("env.img"), new byte[] {1, 2, 3});
    Files.setLastModifiedTime(image, WRITTEN);
    inode = Files.getAttribute(image, "unix:ino");
  }

  @Test
  void copyTakesThePlaceAndTheOldFileIsKept() throws IOException {
    Path kept = replace(0, 0);

    assertThat(kept.getFileName()).hasToString("env.img.before-1795000000000");
    assertThat(names()).containsExactly("env.img", kept.getFileName().toString());
    assertThat(Files.getAttribute(kept, "unix:ino")).isEqualTo(inode);
    assertThat(Files.getAttribute(image, "unix:ino")).isNotEqualTo(inode);
    assertThat(image).hasBinaryContent(new byte[] {1, 2, 3});
  }

  @Test
  void copyThatFailsMidwayLeavesNothingBehind() {
    assertThatThrownBy(() -> replace(1, 0)).hasMessageContaining("No space left");
    isAsItWas();
  }

  @Test
  void copyThatCannotBeRepairedLeavesNothingBehind() {
    assertThatThrownBy(() -> replace(0, 4)).hasMessageContaining("e2fsck -p is not enough");
    isAsItWas();
  }

  @Test
  void imageThatIsWrittenToMeanwhileStays() throws IOException {
    meanwhile = () -> write(new byte[] {4, 5});
    assertThatThrownBy(() -> replace(0, 0)).hasMessageContaining("somebody works with it");
    assertThat(names()).containsExactly("env.img");
    assertThat(image).hasBinaryContent(new byte[] {4, 5});
  }

  @Test
  void imageThatIsInUseAtTheLastLookStays() {
    assertThatThrownBy(
            () ->
                copy(0, 0)
                    .replace(
                        image,
                        () -> {
                          throw new IOException("in use");
                        }))
        .hasMessage("in use");
    isAsItWas();
  }

  /** Of one that was killed: a part of a copy, and the old file's second name. */
  @Test
  void whatAnotherLeftIsTidiedUpAndItsLikeIsNot() throws IOException {
    Files.write(folder.resolve("env.img.fresh-123"), new byte[9]);
    Files.write(folder.resolve("env.img.fresh-notes"), new byte[9]);
    Files.createLink(folder.resolve("env.img.before-1795000000000"), image);

    replace(0, 0);

    assertThat(names())
        .containsExactly("env.img", "env.img.before-1795000000000", "env.img.fresh-notes");
    assertThat(Files.getAttribute(image, "unix:ino")).isNotEqualTo(inode);
  }

  @Test
  void imageOfTwoNamesStays() throws IOException {
    Files.createLink(folder.resolve("other.img"), image);
    assertThatThrownBy(() -> replace(0, 0)).hasMessageContaining("2 names (hard links)");
    assertThat(names()).containsExactly("env.img", "other.img");
    assertThat(Files.isSameFile(image, folder.resolve("other.img"))).isTrue();
  }

  @Test
  void copyThatWouldBelongToAnotherUserIsNotPutInItsPlace() throws IOException {
    assumeTrue(Files.getAttribute(image, "unix:uid").equals(0), "only root can give files away");
    meanwhile =
        () -> {
          try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(some -> !some.equals(image)).toList()) {
              Files.setAttribute(file, "unix:uid", 1001);
            }
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        };
    assertThatThrownBy(() -> replace(0, 0)).hasMessageContaining("would not belong to root");
    isAsItWas();
  }

  @Test
  void anotherFileOfThatNameIsNotLost() throws IOException {
    Files.write(folder.resolve("env.img.before-1795000000000"), new byte[9]);
    assertThatThrownBy(() -> replace(0, 0)).hasMessageContaining("env.img.before-");
    assertThat(folder.resolve("env.img.before-1795000000000")).hasSize(9);
    assertThat(Files.getAttribute(image, "unix:ino")).isEqualTo(inode);
  }

  private Path replace(int cp, int e2fsck) throws IOException {
    return copy(cp, e2fsck).replace(image, () -> {});
  }

  private FreshCopy copy(int cp, int e2fsck) {
    CommandRunner runner =
        command -> {
          if (!command.program().equals("cp")) {
            return new CommandResult(e2fsck, "clean", "");
          }
          List<String> words = command.words();
          Path to = Path.of(words.get(words.size() - 1));
          try {
            if (cp != 0) {
              Files.write(to, new byte[] {1});
              return new CommandResult(cp, "", "cp: No space left on device");
            }
            Files.copy(image, to, StandardCopyOption.REPLACE_EXISTING);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
          meanwhile.run();
          return new CommandResult(0, "", "");
        };
    return new FreshCopy(runner, new FileSystemCheck(runner));
  }

  private void isAsItWas() {
    assertThat(names()).containsExactly("env.img");
    assertThat(image).hasBinaryContent(new byte[] {1, 2, 3});
    try {
      assertThat(Files.getAttribute(image, "unix:ino")).isEqualTo(inode);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void write(byte[] bytes) {
    try {
      Files.write(image, bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<String> names() {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
