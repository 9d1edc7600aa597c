package org.condatainer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.condatainer.lock.ExclusiveLock;
import org.condatainer.overlay.Images;
import org.condatainer.overlay.OverlayException;
import org.condatainer.scheduler.HostEnvironment;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OverlayCommandsTest {
  @TempDir private Path folder;
  private final Map<String, String> variables = new HashMap<>(System.getenv());

  /** What a call left. */
  private record Result(int exitCode, String out, String err) {}

  @BeforeEach
  void makesAnImage() {
    Images.overlay(folder.resolve("env.img"));
  }

  private Result call(String... words) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int exitCode =
        new Program()
            .run(
                words,
                new Invocation(
                    new PrintStream(out, true, StandardCharsets.UTF_8),
                    new PrintStream(err, true, StandardCharsets.UTF_8),
                    new HostEnvironment(variables),
                    folder));
    return new Result(
        exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void infoSaysWhatAnImageIsInWords() {
    Result result = call("overlay", "info", "env.img");
    assertThat(result.exitCode()).isZero();
    assertThat(result.out())
        .containsPattern("kind +ext3\n")
        .containsPattern("size +16 MiB\n")
        .containsPattern("state +clean\n")
        .containsPattern("used +4\\.\\d MiB \\(\\d+ %\\), 11\\.\\d MiB free")
        .containsPattern("owner +\\d+:\\d+, you")
        .containsPattern("files +1[0-9] of \\d+ \\(\\d %\\)")
        .contains("nobody has it mounted")
        .contains("no Conda environment in /ext3/env");
  }

  /** One word goes without picocli, and means what it means behind an option. */
  @ParameterizedTest
  @ValueSource(
      strings = {"env.img", "./env.img", "with blank.img", "@env.img", "none.img", ".", "", "ä=b"})
  void infoSaysTheSameWithAParserAsWithout(String word) throws IOException {
    for (String name : List.of("with blank.img", "@env.img", "ä=b")) {
      Images.copy(folder.resolve("env.img"), folder.resolve(name));
    }
    assertThat(call("overlay", "info", word)).isEqualTo(call("overlay", "info", "--", word));
  }

  private Path inImageDirectory() throws IOException {
    Path site = Files.createDirectory(folder.resolve("site"));
    Path image = Files.move(folder.resolve("env.img"), site.resolve("tool--1.2.img"));
    variables.put("CNT_IMAGE_DIRS", site.toString());
    variables.put("CNT_SCHEDULER", "none");
    return image;
  }

  @ParameterizedTest
  @CsvSource({
    "lock status tool/1.2, false",
    "lock explain tool--1.2, false",
    "lock release tool/1.2, true",
    "overlay info tool/1.2, true",
    "overlay check tool/1.2, true",
    "overlay resize tool--1.2 -s 17M, true",
    "overlay chown tool/1.2, true",
    "overlay pack tool--1.2.img out.zst, true",
  })
  void findsAnImageByNameAsARunDoesAndSaysWhich(String line, boolean told) throws IOException {
    Path image = inImageDirectory();
    Result result = call(line.split(" ", -1));
    assertThat(result.exitCode()).as(result.err()).isZero();
    assertThat(result.out() + result.err()).contains(image.toString());
    if (told) {
      assertThat(result.err()).contains(line.split(" ", -1)[2] + " is " + image);
    }
  }

  @ParameterizedTest
  @CsvSource({"lock status", "lock release", "overlay check"})
  void saysWhatAMissingNameMayBe(String command) throws IOException {
    inImageDirectory();
    Result result = call((command + " tool/1.3").split(" ", -1));
    assertThat(result.exitCode()).as(result.err()).isEqualTo(ExitCode.OVERLAY_UNUSABLE);
    assertThat(result.err()).contains("there is no overlay tool/1.3", "do you mean tool/1.2?");
  }

  @ParameterizedTest
  @CsvSource({"lock status", "lock explain", "lock release --dry-run"})
  void aNameSteersNoTerminal(String command) throws IOException {
    variables.put("CNT_SCHEDULER", "none");
    Files.writeString(folder.resolve("\u001b[31m\n.img"), "no image");
    Result result = call((command + " \u001b[31m\n.img").split(" ", -1));
    assertThat(result.out() + result.err()).contains("?[31m").doesNotContain("\u001b");
  }

  /** Nor is another image changed in its place. */
  @ParameterizedTest
  @CsvSource({"lock status", "lock explain", "lock release", "overlay check", "overlay info"})
  @Timeout(60)
  void whatIsNoFileIsRefusedAtOnce(String command) throws Exception {
    inImageDirectory();
    Path pipe = folder.resolve("tool--1.2");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    Result result = call((command + " tool--1.2").split(" ", -1));
    assertThat(result.exitCode()).as(result.err()).isEqualTo(ExitCode.OVERLAY_UNUSABLE);
    assertThat(result.err())
        .contains(pipe.toString())
        .containsPattern("is (no|not a) regular file");
  }

  @Test
  void infoSaysTheSameAsJson() throws IOException {
    Result result = call("overlay", "info", "--json", "env.img");
    try (JsonParser parser = new JsonFactory().createParser(result.out())) {
      while (parser.nextToken() != null) {
        // it is to be JSON
      }
    }
    assertThat(result.out())
        .contains("\"sizeBytes\" : 16777216", "\"clean\" : true", "\"lock\" : \"free\"")
        .contains("\"mountable\" : true", "\"uid\" : ");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "overlay info                          | 2 | overlay info: which image?",
        "overlay info a b                      | 2 | one image at a time, not also b",
        "overlay info none.img                 | 5 | there is no image",
        "overlay info .                        | 5 | it is not a regular file",
        "overlay                               | 2 | overlay: which command? overlay create,",
        "overlay none                          | 2 | overlay: which command?",
        "overlay freez env.img                 | 2 | do you mean overlay freeze?",
        "overly                                | 2 | there is no command \"overly\"",
        "exce -o env.img true                  | 2 | \"exce\"; do you mean exec?",
        "overlay resize env.img                | 2 | which size? Write one: -s 30G, or -s min",
        "overlay resize env.img -s 5X          | 2 | \"5X\" is not a size",
        "overlay resize env.img -s 17T         | 2 | too large for ext3",
        "overlay resize env.img -s 1M          | 2 | the smallest is ",
        "overlay chown -u x env.img            | 2 | -u takes a number from 0 to 4294967294",
        "overlay chown -u 4294967295 env.img   | 2 | -u takes a number from 0 to 4294967294",
        "overlay chown --root -u 1 env.img     | 2 | --root excludes -u and -g",
        "overlay chown -p /none env.img        | 2 | there is no /none in",
        "overlay chown -p '' -p /x/y env.img   | 2 | there is no /x/y in",
        "overlay check -n -y env.img           | 2 | -n excludes -p and -y",
        "overlay check --yes env.img           | 2 | --yes goes with -y",
        "overlay export env.img                | 5 | has no Conda environment in /ext3/env",
        "overlay export --explicit --no-builds env.img | 2 | exclude each other",
        "overlay pack -l 20 env.img            | 2 | --level: 20 is above 19",
        "overlay pack a b c                    | 2 | two files at most, not also c",
        "overlay unpack env.img                | 5 | is not packed: it is an overlay as it is",
        "overlay pack env.img out.gz           | 2 | it packs by zstd, which a name in .gz",
        "overlay pack env.img out.img.xz       | 2 | it packs by zstd, which a name in .xz",
        "overlay unpack env.img new.img        | 5 | is not packed: it is an overlay as it is",
        "overlay unpack --root --keep-owner x  | 2 | exclude each other",
        "overlay freeze env.img none/e.sqf     | 2 | does not exist; make it first",
        "o new.img -f none.yml                 | 2 | there is no file",
        "o new.img -f none.yml -- zlib         | 2 | either -f FILE or packages behind --, not"
            + " both",
        "o new.img -- zlib -c                  | 2 | -c takes a channel",
      })
  void refusesWhatCannotBeMeant(String line, int exitCode, String message) throws IOException {
    Result result = call(line.strip().replace("''", "/").split(" ", -1));
    assertThat(result.err()).contains(message).doesNotContain("unforeseen");
    assertThat(result.exitCode()).isEqualTo(exitCode);
    assertThat(names()).containsExactly("env.img");
  }

  /** By what it is, and not by its name. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "overlay resize x -s 30M",
        "overlay chown x",
        "overlay check x",
        "overlay pack x",
        "overlay freeze x y",
        "overlay export x",
      })
  void saysWhatToDoWithAFrozenOrAPackedOne(String line) throws IOException {
    Path file = folder.resolve("x");
    byte[] content = new byte[5000];
    System.arraycopy("hsqs".getBytes(StandardCharsets.US_ASCII), 0, content, 0, 4);
    Files.write(file, content);
    Result frozen = call(line.split(" ", -1));
    assertThat(frozen.exitCode()).as(frozen.err()).isEqualTo(ExitCode.OVERLAY_UNUSABLE);
    assertThat(frozen.err()).contains("x is a frozen overlay, which is", "condatainer exec -o ");

    Files.write(file, new byte[] {(byte) 0x28, (byte) 0xB5, 0x2F, (byte) 0xFD, 0});
    Result packed = call(line.split(" ", -1));
    assertThat(packed.exitCode()).as(packed.err()).isEqualTo(ExitCode.OVERLAY_UNUSABLE);
    assertThat(packed.err()).contains("condatainer overlay unpack");
    assertThat(names()).containsExactly("env.img", "x");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "overlay resize env.img -s 30M",
        "overlay chown env.img",
        "overlay check env.img",
        "overlay pack env.img",
        "overlay freeze env.img",
      })
  void refusesAnImageThatSomebodyUses(String line) throws IOException {
    // POSIX locks of one process do not exclude each other, but the kernel lists them
    try (ExclusiveLock held = ExclusiveLock.tryAcquire(folder.resolve("env.img")).orElseThrow()) {
      Result result = call(line.split(" ", -1));
      assertThat(held.held()).isTrue();
      assertThat(result.exitCode()).as(result.err()).isEqualTo(4);
      assertThat(result.err()).contains("env.img is in use");
    }
    assertThat(names()).containsExactly("env.img");
  }

  @Test
  void everyOperationLeavesASoundImageAndNothingElse() throws IOException {
    for (String line :
        List.of(
            "overlay resize env.img -s 30M",
            "overlay chown --root env.img",
            "overlay check -f env.img",
            "overlay resize env.img -s min",
            "overlay check env.img")) {
      Result result = call(line.split(" ", -1));
      assertThat(result.exitCode()).as(line + ": " + result.err()).isZero();
      assertThat(Images.e2fsck("-fn", folder.resolve("env.img"))).as(line).isZero();
      assertThat(names()).as(line).containsExactly("env.img");
    }
  }

  @Test
  void checkRepairsWhatAKilledContainerLeft() {
    Images.spoil(folder.resolve("env.img"), "ssv state 0");
    assertThat(call("overlay", "chown", "env.img").exitCode()).isEqualTo(5);
    Result result = call("overlay", "check", "env.img");
    assertThat(result.exitCode()).isZero();
    assertThat(result.err()).contains("env.img is sound");
  }

  @Test
  void checkShowsWhatItWouldRepairBeforeItDoes() {
    Path image = folder.resolve("env.img");
    Images.spoil(image, "sif upper/ext3/env block[0] 99999999", "ssv state 3");
    Result plain = call("overlay", "check", "env.img");
    assertThat(plain.exitCode()).isEqualTo(5);
    assertThat(plain.err()).contains("condatainer overlay check -y");
    Result look = call("overlay", "check", "-n", "env.img");
    assertThat(look.exitCode()).isEqualTo(5);
    assertThat(look.err()).contains("is not sound");
    Result repaired = call("overlay", "check", "-y", "--yes", "env.img");
    assertThat(repaired.err()).contains("what would be repaired:").contains("env.img is sound");
    assertThat(repaired.exitCode()).isZero();
    assertThat(Images.e2fsck("-fn", image)).isZero();
  }

  @Test
  void checkGivesATruncatedImageItsLengthBack() throws IOException {
    Path image = folder.resolve("env.img");
    try (var channel = FileChannel.open(image, StandardOpenOption.WRITE)) {
      channel.truncate(15 << 20);
    }
    assertThat(call("overlay", "check", "env.img").exitCode()).isEqualTo(5);
    Result repaired = call("overlay", "check", "-y", "--yes", "env.img");
    assertThat(repaired.err()).contains("what was in the missing 1048576 bytes is lost");
    assertThat(repaired.exitCode()).as(repaired.err()).isZero();
    assertThat(Files.size(image)).isEqualTo(16 << 20);
    assertThat(Images.e2fsck("-fn", image)).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 7})
  void unpackSaysThatAFileIsNotPackedBeforeItLooksAtTheTarget(int content) throws IOException {
    byte[] bytes = new byte[1 << 16];
    Arrays.fill(bytes, (byte) content);
    Files.write(folder.resolve("odd.img"), bytes);

    Result result = call("overlay", "unpack", "odd.img");

    assertThat(result.err()).contains("odd.img is packed neither by zstd nor by gzip");
    assertThat(result.exitCode()).isEqualTo(5);
  }

  @ParameterizedTest
  @ValueSource(strings = {"zst", "gz"})
  void unpackSaysThatAPackedFileWasCutOff(String ending) throws Exception {
    Path packed = folder.resolve("out." + ending);
    if (ending.equals("zst")) {
      assertThat(call("overlay", "pack", "env.img", "out.zst").exitCode()).isZero();
    } else {
      try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(packed))) {
        Files.copy(folder.resolve("env.img"), out);
      }
    }
    try (FileChannel file = FileChannel.open(packed, StandardOpenOption.WRITE)) {
      file.truncate(file.size() / 2);
    }

    Result result = call("overlay", "unpack", "out." + ending, "new.img");

    assertThat(result.err()).contains(packed + " is not whole: ").contains("copy it again");
    assertThat(result.exitCode()).isEqualTo(5);
    assertThat(names()).containsExactly("env.img", "out." + ending);
  }

  @Test
  void saysOfACutOffImageThatItIsCutOff() throws IOException {
    try (FileChannel file = FileChannel.open(folder.resolve("env.img"), StandardOpenOption.WRITE)) {
      file.truncate(8 << 20);
    }

    Result info = call("overlay", "info", "env.img");
    assertThat(info.exitCode()).isZero();
    assertThat(info.out())
        .containsPattern("owner +cannot be read: the file is cut off\n")
        .containsPattern("packages +cannot be read: the file is cut off\n")
        .doesNotContain("no folder /upper", "no Conda environment");
    for (String command : List.of("pack", "freeze")) {
      Result result = call("overlay", command, "env.img");
      assertThat(result.exitCode()).isEqualTo(5);
      assertThat(result.err())
          .contains("the end was cut off", "copy it again")
          .doesNotContain("not unmounted in order");
    }
    Result export = call("overlay", "export", "env.img");
    assertThat(export.exitCode()).isEqualTo(5);
    assertThat(export.err()).contains("cannot be read: the file is cut off");
  }

  @ParameterizedTest
  @ValueSource(strings = {"random", "empty", "cut"})
  void lockStatusNotesWhatNoContainerCanMount(String what) throws IOException {
    Path odd = folder.resolve("odd.img");
    if (what.equals("cut")) {
      Files.copy(folder.resolve("env.img"), odd);
      try (FileChannel file = FileChannel.open(odd, StandardOpenOption.WRITE)) {
        file.truncate(8 << 20);
      }
    } else {
      Files.writeString(odd, what.equals("empty") ? "" : "x".repeat(70_000));
    }
    String note =
        what.equals("cut") ? "its end is cut off" : "it is neither an ext3 nor a squashfs image";

    assertThat(call("lock", "status", "odd.img").out())
        .contains("  note: " + note)
        .containsPattern("next: condatainer overlay info .*odd.img");
    assertThat(call("lock", "status", "--json", "odd.img").out()).contains("\"note\" : \"" + note);
    assertThat(call("lock", "status", "env.img").out()).doesNotContain("note:");
    assertThat(call("lock", "status", "--json", "env.img").out()).doesNotContain("note");
  }

  @Test
  void execSaysWhereWritableHasNoEffect() throws IOException {
    assertThat(call("overlay", "freeze", "-l", "1", "env.img").exitCode()).isZero();
    variables.put("CNT_RUNTIME", "apptainer");
    variables.put("CNT_APPTAINER", "/no/apptainer");

    assertThat(call("exec", "-w", "-o", "env.sqf", "true").err())
        .contains("warning: nothing is writable: frozen overlays are always read-only");
    assertThat(call("exec", "-o", "env.sqf", "true").err()).doesNotContain("writable");
  }

  @Test
  void translateNamesTheSchedulersThatItKnows() throws IOException {
    Files.writeString(folder.resolve("s.sh"), "#!/bin/bash\n#SBATCH -n 1\n");

    assertThat(call("translate", "--to", "foo", "s.sh").err()).contains("\"foo\". Installed: ");
    assertThat(call("translate", "--to", "foo", "--from", "bar", "s.sh").exitCode()).isEqualTo(2);
  }

  @Test
  void anImageThatMayNotBeReadCannotBeUsed() {
    Path image = folder.resolve("env.img");

    OverlayException refusal =
        NamedImage.failed("overlay info", image, new AccessDeniedException(image.toString()));

    assertThat(refusal.kind()).isEqualTo(OverlayException.Kind.UNUSABLE);
    assertThat(refusal).hasMessageStartingWith("you may not read " + image + ";");
  }

  @Test
  void saysHowToGetMicromamba() {
    variables.remove("MAMBA_EXE");
    variables.put("PATH", "/nonexistent");
    variables.put("HOME", folder.toString());
    Result result = call("o", "new.img", "-s", "16M", "--sparse", "--", "zlib");
    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.err()).contains("there is no micromamba").contains("--fetch-micromamba");
  }
}
