package org.condatainer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
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
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is said where an image command cannot do what it was told, and that nothing is left. */
class OverlayRefusalsTest {
  @TempDir private Path folder;
  private final Map<String, String> variables = new HashMap<>(System.getenv());

  @BeforeEach
  void makesAnImage() {
    Images.overlay(folder.resolve("env.img"));
  }

  private ProgramCall call(String... words) {
    return ProgramCall.in(folder, variables, words);
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
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
        "o d/                                  | 2 | o: d/ names a folder; write the file's own name, too: d/env.img",
        "o none/                               | 2 | none/ names a folder",
        "o none/new.img                        | 2 | none does not exist; make it first",
        "o env.img/new.img                     | 2 | env.img is no folder",
        "o env.img                             | 2 | exists already, and is left as it is",
        "o .                                   | 2 | is a folder; name the file",
        "o new.img -s 0                        | 2 | is too small for an overlay",
        "o new.img -s 10                       | 2 | 10 MiB (10485760 bytes) is too small",
        "o new.img -s 1E                       | 2 | \"1E\" is not a size",
        "o new.img -s 99999999T                | 2 | is larger than any file can be",
        "o new.img -t huge                     | 2 | \"huge\" is no profile; write small,",
        "o new.img --                          | 2 | which packages? Behind -- there is none",
        "o what?.img                           | 2 | give the file, or the folder, a name without",
        "overlay pack env.img out/             | 2 | out/ names a folder",
        "overlay freeze env.img .              | 2 | is a folder; name the file",
        "o new.img -f none.yml                 | 2 | there is no file",
        "o new.img -f none.yml -- zlib         | 2 | either -f FILE or packages behind --, not"
            + " both",
        "o new.img -- zlib -c                  | 2 | -c takes a channel",
      })
  void refusesWhatCannotBeMeant(String line, int exitCode, String message) throws IOException {
    ProgramCall result = call(line.strip().replace("''", "/").split(" ", -1));
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
    ProgramCall frozen = call(line.split(" ", -1));
    assertThat(frozen.exitCode()).as(frozen.err()).isEqualTo(ExitCode.OVERLAY_UNUSABLE);
    assertThat(frozen.err()).contains("x is a frozen overlay, which is", "condatainer exec -o ");

    Files.write(file, new byte[] {(byte) 0x28, (byte) 0xB5, 0x2F, (byte) 0xFD, 0});
    ProgramCall packed = call(line.split(" ", -1));
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
      ProgramCall result = call(line.split(" ", -1));
      assertThat(held.held()).isTrue();
      assertThat(result.exitCode()).as(result.err()).isEqualTo(4);
      assertThat(result.err()).contains("env.img is in use");
    }
    assertThat(names()).containsExactly("env.img");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 7})
  void unpackSaysThatAFileIsNotPackedBeforeItLooksAtTheTarget(int content) throws IOException {
    byte[] bytes = new byte[1 << 16];
    Arrays.fill(bytes, (byte) content);
    Files.write(folder.resolve("odd.img"), bytes);

    ProgramCall result = call("overlay", "unpack", "odd.img");

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

    ProgramCall result = call("overlay", "unpack", "out." + ending, "new.img");

    assertThat(result.err()).contains(packed + " is not whole: ").contains("copy it again");
    assertThat(result.exitCode()).isEqualTo(5);
    assertThat(names()).containsExactly("env.img", "out." + ending);
  }

  @Test
  void saysOfACutOffImageThatItIsCutOff() throws IOException {
    try (FileChannel file = FileChannel.open(folder.resolve("env.img"), StandardOpenOption.WRITE)) {
      file.truncate(8 << 20);
    }

    ProgramCall info = call("overlay", "info", "env.img");
    assertThat(info.exitCode()).isZero();
    assertThat(info.out())
        .containsPattern("owner +cannot be read: the file is cut off\n")
        .containsPattern("packages +cannot be read: the file is cut off\n")
        .doesNotContain("no folder /upper", "no Conda environment");
    for (String command : List.of("pack", "freeze")) {
      ProgramCall result = call("overlay", command, "env.img");
      assertThat(result.exitCode()).isEqualTo(5);
      assertThat(result.err())
          .contains("the end was cut off", "copy it again")
          .doesNotContain("not unmounted in order");
    }
    ProgramCall export = call("overlay", "export", "env.img");
    assertThat(export.exitCode()).isEqualTo(5);
    assertThat(export.err()).contains("cannot be read: the file is cut off");
  }

  @Test
  void anImageThatMayNotBeReadCannotBeUsed() {
    Path image = folder.resolve("env.img");

    OverlayException refusal =
        NamedImage.failed("overlay info", image, new AccessDeniedException(image.toString()));

    assertThat(refusal.kind()).isEqualTo(OverlayException.Kind.UNUSABLE);
    assertThat(refusal).hasMessageStartingWith("you may not read " + image + ";");
  }

  /** As of an empty variable in a script. */
  @Test
  void anEmptyWordIsNoNameAndNoPackage() throws IOException {
    assertThat(call("o", "").err()).contains("an empty name for a file");
    assertThat(call("o", "new.img", "--", "zlib", "").err()).contains("there is an empty word");
    assertThat(names()).containsExactly("env.img");
  }

  /** The longest name with which its lease can be written beside it, and one byte more. */
  @Test
  void anImageHasANameWithWhichItCanBeUsed() throws IOException {
    String longest = "ü".repeat(76) + ".img";
    ProgramCall made = call("o", longest, "-s", "16M", "--sparse");
    assertThat(made.exitCode()).as(made.err()).isZero();
    assertThat(call("overlay", "chown", longest).exitCode()).isZero();

    ProgramCall refused = call("o", "x" + longest, "-s", "16M", "--sparse");
    assertThat(refused.exitCode()).isEqualTo(2);
    assertThat(refused.err()).contains("too long for an image", "156 bytes");
    ProgramCall packed = call("overlay", "pack", "env.img", "x".repeat(256));
    assertThat(packed.exitCode()).isEqualTo(2);
    assertThat(packed.err()).contains("cannot be made: File name too long");
    assertThat(names()).containsExactlyInAnyOrder("env.img", longest);
  }

  @Test
  void aLinkThatLeadsNowhereIsNoImageAndNoPlaceForOne() throws IOException {
    Files.createSymbolicLink(folder.resolve("link.img"), Path.of("nowhere"));
    assertThat(call("o", "link.img").err()).contains("link.img exists already");
    ProgramCall info = call("overlay", "info", "link.img");
    assertThat(info.exitCode()).isEqualTo(5);
    assertThat(info.err()).contains("link.img is a link to a file that is not there");
  }

  /** e2fsck would look for another file, and call this one damaged. */
  @ParameterizedTest
  @ValueSource(strings = {"check", "check -f", "check -y --yes", "resize -s 30M", "resize -s min"})
  void anImageThatItsProgramsCannotReadIsNotCalledDamaged(String line) throws IOException {
    Images.copy(folder.resolve("env.img"), folder.resolve("a?b.img"));

    ProgramCall result = call(("overlay " + line + " a?b.img").split(" ", -1));

    assertThat(result.exitCode()).as(result.err()).isEqualTo(5);
    assertThat(result.err()).contains("a question mark in a path").doesNotContain("sound");
    assertThat(call("overlay", "chown", "a?b.img").exitCode()).isZero();
    assertThat(names()).containsExactlyInAnyOrder("env.img", "a?b.img");
  }

  @Test
  void aProfileMayBeWrittenInEitherCase() {
    ProgramCall made = call("o", "new.img", "-s", "16M", "--sparse", "-t", "Large");
    assertThat(made.exitCode()).as(made.err()).isZero();
  }
}
