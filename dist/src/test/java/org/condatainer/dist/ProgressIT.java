package org.condatainer.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.condatainer.dist.Installed.Result;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Operations on a terminal that take longer than a second, since one program waits there for a key:
 * a bar is shown until it is pressed. Elsewhere, and for what is quick, there is none.
 */
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class ProgressIT {
  /**
   * Takes in all that it gets, waits for a key or two seconds, and does what it is called for.
   * Asked how far it is, it says so first, as e2fsck(8) and resize2fs(8) do.
   */
  private static final String SLOW =
      """
      #!/bin/sh
      name=${0##*/}
      real=/usr/bin/$name
      [ -x "$real" ] || real=/usr/sbin/$name
      if [ ! -e slow ]; then exec "$real" "$@"; fi
      rm slow
      case $name:$1 in
        e2fsck:-C) echo "1 50 100 env.img" >&3 ;;
        resize2fs:-p) printf 'Begin pass 3 (max = 4)\\nScanning      ----\\b\\b\\b\\bXXXXXXXXXX' ;;
      esac
      [ "$name" = mksquashfs ] || [ "$name" = zstd ] && cat >input
      { read key </dev/tty; } 2>/dev/null || sleep 2
      [ ! -e input ] || exec "$real" "$@" <input
      exec "$real" "$@"
      """;

  private static final String BAR = "\\[[=> ]+\\]";

  @TempDir private Path parent;
  private Installed condatainer;

  @BeforeEach
  void prepares() throws IOException {
    Installed plain = Installed.in(parent, "").with("CNT_SCHEDULER", "none");
    condatainer = plain.with("PATH", plain.folder() + "/bin:" + System.getenv("PATH"));
    for (String made : List.of("o env.img -s 64M --sparse", "o other.img -s 32M --sparse")) {
      Result result = condatainer.call(made.split(" ", -1));
      assertThat(result.exitCode()).as(result.everything()).isZero();
    }
    try (InputStream in = ProgressIT.class.getResourceAsStream("/terminal.py")) {
      condatainer.write("terminal.py", new String(in.readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  private void slow(String program) {
    assumeTrue(
        Files.isExecutable(Path.of("/usr/bin", program))
            || Files.isExecutable(Path.of("/usr/sbin", program)),
        program + " is here");
    condatainer.write("bin/" + program, SLOW);
    condatainer.asUser(List.of("chmod", "755", "bin/" + program), "");
    condatainer.write("slow", "");
  }

  private Result atTerminal(List<String> steps, String line) {
    List<String> command = new ArrayList<>(List.of("python3", "terminal.py"));
    command.addAll(steps);
    command.add("--");
    command.addAll(condatainer.words(line.split(" ", -1)));
    return condatainer.asUser(command, "");
  }

  @ParameterizedTest
  @CsvSource({
    "overlay check -f env.img, e2fsck, 'checking +35% '",
    "overlay resize env.img -s 96M, resize2fs, 'resizing, pass 3 +25% '",
    "overlay resize env.img -s 32M, cp, copying",
    "overlay pack env.img, zstd, compressing the rest",
    "overlay freeze env.img, mksquashfs, compressing the rest",
    "o new.img -s 32M, mke2fs, making the file system",
  })
  void showsABarOnATerminalAndNothingElsewhere(String line, String program, String step)
      throws IOException {
    slow(program);
    Result shown = atTerminal(List.of("wait:condatainer: " + step + ".*" + BAR, "send:\n"), line);
    assertThat(shown.exitCode()).as(shown.everything()).isZero();
    // the last thing that is seen is not a bar
    String last = shown.out().substring(shown.out().lastIndexOf('\r') + 1);
    assertThat(last).as(shown.out()).contains("condatainer: ").doesNotContainPattern(BAR);

    Files.deleteIfExists(condatainer.folder().resolve("new.img"));
    Files.deleteIfExists(condatainer.folder().resolve("env.img.zst"));
    Files.deleteIfExists(condatainer.folder().resolve("env.sqf"));
    condatainer.write("slow", "");
    List<String> away = new ArrayList<>(List.of("setsid", "-w"));
    away.addAll(condatainer.words(line.replace("env.img", "other.img").split(" ", -1)));
    Result silent = condatainer.asUser(away, "");
    assertThat(silent.exitCode()).as(silent.everything()).isZero();
    assertThat(silent.everything()).doesNotContain("\r", step + " ").doesNotContainPattern(BAR);
  }

  /** The key ends the programs too; what they say of that is not an error, and nothing is left. */
  @ParameterizedTest
  @CsvSource({
    "overlay check -f env.img, e2fsck, checking",
    "overlay resize env.img -s 96M, resize2fs, resizing",
    "overlay pack env.img, zstd, compressing the rest",
    "overlay freeze env.img, mksquashfs, compressing the rest",
    "o new.img -s 32M, mke2fs, making the file system",
  })
  void interruptKeyLeavesNothing(String line, String program, String step) throws IOException {
    slow(program);
    Result shown = atTerminal(List.of("wait:condatainer: " + step, "send:\u0003"), line);
    assertThat(shown.exitCode()).as(shown.everything()).isEqualTo(130);
    assertThat(shown.out().replaceAll("condatainer: [^\n\r]*" + BAR + "[^\n\r]*", ""))
        .doesNotContain("condatainer: ");
    try (Stream<Path> files = Files.list(condatainer.folder())) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .isSubsetOf("env.img", "other.img", "bin", "terminal.py", "input");
    }
    Result check = condatainer.call("overlay", "check", "env.img");
    assertThat(check.exitCode()).as(check.everything()).isZero();
  }

  @Test
  void showsNoneForWhatIsQuick() {
    Result shown = atTerminal(List.of(), "overlay chown -u 5 -g 6 env.img");
    assertThat(shown.exitCode()).as(shown.everything()).isZero();
    assertThat(shown.out()).doesNotContain("\r").doesNotContainPattern(BAR);
  }

  /** What it is told by the image's first bytes: how long it is. */
  @Test
  void unpackingShowsHowMuchThereIs() {
    assertThat(condatainer.call("overlay", "pack", "env.img").exitCode()).isZero();
    condatainer.write(
        "bin/zstd",
        "#!/bin/sh\n/usr/bin/zstd \"$@\" >all || exit\nhead -c 20000000 all\n"
            + "{ read key </dev/tty; } 2>/dev/null\ntail -c +20000001 all\n");
    condatainer.asUser(List.of("chmod", "755", "bin/zstd"), "");
    Result shown =
        atTerminal(
            List.of("wait:unpacking MiB +\\d+% " + BAR + " +\\d+/64", "send:\n"),
            "overlay unpack env.img.zst new.img");
    assertThat(shown.exitCode()).as(shown.everything()).isZero();
  }
}
