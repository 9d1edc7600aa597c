package org.condatainer.overlay;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.condatainer.overlay.StatedProgress.Place;
import org.condatainer.process.CommandResult;
import org.condatainer.process.CommandRunner;
import org.condatainer.process.ProcessRunner;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StatedProgressTest {
  private static final String BAR = "-".repeat(40) + "\b".repeat(40);

  @TempDir private Path folder;

  @Test
  void readsTheLastWholeLineOfE2fsck() {
    assertThat(StatedProgress.checking("1 0 16 /a b.img\n")).isEqualTo(new Place(0, 0));
    assertThat(StatedProgress.checking("1 0 16 e\n1 8 16 e\n")).isEqualTo(new Place(0, 35));
    assertThat(StatedProgress.checking("6 8 e\n5 32 32 e\n5 3")).isEqualTo(new Place(0, 100));
    for (String text : List.of("", "1 3", "\n", "9 1 2 e\n", "x 1 2 e\n", "1 2\n")) {
      assertThat(StatedProgress.checking(text)).as(text).isEqualTo(Place.UNKNOWN);
    }
    assertThat(StatedProgress.checking("2 9 0 e\n")).isEqualTo(new Place(0, 90));
  }

  @Test
  void countsTheLastBarOfResize2fs() {
    String first = "resize2fs 1.47.0\nBegin pass 2 (max = 7)\nRelocating blocks   " + BAR;
    assertThat(StatedProgress.resizing("resize2fs 1.47.0\n")).isEqualTo(Place.UNKNOWN);
    assertThat(StatedProgress.resizing("Begin pass 2 (max = 7)")).isEqualTo(new Place(2, 0));
    assertThat(StatedProgress.resizing(first)).isEqualTo(new Place(2, 0));
    assertThat(StatedProgress.resizing(first + "X".repeat(10))).isEqualTo(new Place(2, 25));
    String second = first + "X".repeat(40) + "\nBegin pass 3 (max = 48)\nX   " + BAR;
    assertThat(StatedProgress.resizing(second + "X".repeat(20))).isEqualTo(new Place(3, 50));
    assertThat(StatedProgress.resizing(second + "X".repeat(40) + "\nThe filesystem XX\n"))
        .isEqualTo(new Place(3, 100));
  }

  /** The real programs say how far they are, and none of their words is lost. */
  @Test
  void asksTheProgramsThemselves() throws IOException {
    Path image = Images.overlay(folder.resolve("e.img"));
    List<String> states = new ArrayList<>();
    ProcessRunner real = new ProcessRunner(System.getenv());
    CommandRunner runner =
        command -> {
          CommandResult result = real.run(command);
          try {
            states.add(Files.readString(Path.of(command.words().get(8))));
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
          return result;
        };
    FileSystemPrograms programs = new FileSystemPrograms(runner, (step, done, total) -> {});

    CommandResult checked = programs.run("checking", "e2fsck", List.of("-fn", "" + image));
    assertThat(checked.exitCode()).as(checked.errors()).isZero();
    assertThat(checked.output()).contains("Pass 5: Checking group summary information");
    assertThat(StatedProgress.checking(states.get(states.size() - 1))).isEqualTo(new Place(0, 100));

    try (FileChannel open = FileChannel.open(image, StandardOpenOption.WRITE)) {
      open.write(ByteBuffer.allocate(1), (200 << 20) - 1);
    }
    CommandResult resized = programs.run("resizing", "resize2fs", List.of("" + image, "200M"));
    assertThat(resized.exitCode()).as(resized.errors()).isZero();
    assertThat(StatedProgress.resizing(states.get(states.size() - 1))).isEqualTo(new Place(1, 100));
    assertThat(resized.output())
        .contains("is now ", "blocks long")
        .doesNotContain("Begin pass", "XX", "\b");

    CommandResult refused = programs.run("resizing", "resize2fs", List.of("" + image, "1M"));
    assertThat(refused.exitCode()).isNotZero();
    assertThat(refused.errors()).contains("New size smaller than minimum");
  }
}
