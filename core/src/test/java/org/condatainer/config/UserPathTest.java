package org.condatainer.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Paths as users write them, compared with where the kernel gets by them. */
class UserPathTest {
  private static final List<String> WORDS =
      List.of("..", "dir", "link", "up", "file", "to-file", "dangling", "none", "env.img");

  @TempDir private Path folder;
  private Path here;

  /** Folders in which the same names are others, and links from one to the other. */
  @BeforeEach
  void makesFolders() throws IOException {
    folder = Files.createDirectory(folder.toRealPath().resolve("top"));
    here = folder.resolve("here");
    for (String each : List.of("here", "here/dir", "other", "other/dir", "other/dir/dir")) {
      Files.createDirectory(folder.resolve(each));
      Files.createFile(folder.resolve(each).resolve("env.img"));
      Files.createFile(folder.resolve(each).resolve("file"));
    }
    for (String each : List.of("", "here", "here/dir", "other", "other/dir", "other/dir/dir")) {
      Path in = folder.resolve(each);
      Files.createSymbolicLink(in.resolve("link"), folder.resolve("other/dir/dir"));
      Files.createSymbolicLink(in.resolve("up"), Path.of(".."));
      Files.createSymbolicLink(in.resolve("to-file"), Path.of("file"));
      Files.createSymbolicLink(in.resolve("dangling"), Path.of("nowhere"));
    }
  }

  @Test
  void leadsToTheFileThatTheKernelFindsOrToNone() throws IOException {
    int found = 0;
    for (String text : texts(4)) {
      Path path = UserPath.of(text, here);
      Path kernels = realOrNone(Path.of(here + "/" + text));
      assertThat(realOrNone(path)).as(text).isEqualTo(kernels);
      if (!kernels.toString().isEmpty()) {
        assertThat(path.toString()).as(text).doesNotContain("..");
        found++;
      }
    }
    assertThat(found).isGreaterThan(200);
  }

  private static List<String> texts(int most) {
    List<String> texts = new ArrayList<>(WORDS);
    for (int from = 0; most > 1; most--) {
      int end = texts.size();
      for (; from < end; from++) {
        for (String word : WORDS) {
          texts.add(texts.get(from) + "/" + word);
        }
      }
    }
    return texts;
  }

  private static Path realOrNone(Path path) {
    try {
      return path.toRealPath();
    } catch (IOException e) {
      return Path.of("");
    }
  }

  @Test
  void isShownAsItWasWrittenWhereItCanBe() {
    assertThat(UserPath.of("./dir/../link/env.img", here)).isEqualTo(here.resolve("link/env.img"));
    assertThat(UserPath.of("link/../env.img", here)).isEqualTo(folder.resolve("other/dir/env.img"));
    assertThat(UserPath.of("none/../env.img", here)).isEqualTo(here.resolve("none/../env.img"));
    assertThat(UserPath.of("/../..//env.img", here)).isEqualTo(Path.of("/env.img"));
    assertThat(UserPath.of("a..b/./c", here)).isEqualTo(here.resolve("a..b/c"));
  }

  @Test
  void takesATildeWhereNoShellHasDone() {
    Map<String, String> variables = Map.of("HOME", here.toString());
    assertThat(UserPath.ofHome("~/link/../file", folder, variables))
        .isEqualTo(folder.resolve("other/dir/file"));
    assertThat(UserPath.ofHome("~", folder, variables)).isEqualTo(here);
    assertThat(UserPath.ofHome("~x/file", folder, variables)).isEqualTo(folder.resolve("~x/file"));
    assertThat(UserPath.of("~/file", folder)).isEqualTo(folder.resolve("~/file"));
  }
}
