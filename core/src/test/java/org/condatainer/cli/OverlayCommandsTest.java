package org.condatainer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.condatainer.overlay.Images;
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

  @Test
  void infoSaysWhatAnImageIsInWords() {
    ProgramCall result = call("overlay", "info", "env.img");
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
    ProgramCall result = call(line.split(" ", -1));
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
    ProgramCall result = call((command + " tool/1.3").split(" ", -1));
    assertThat(result.exitCode()).as(result.err()).isEqualTo(ExitCode.OVERLAY_UNUSABLE);
    assertThat(result.err()).contains("there is no overlay tool/1.3", "do you mean tool/1.2?");
  }

  @ParameterizedTest
  @CsvSource({"lock status", "lock explain", "lock release --dry-run"})
  void aNameSteersNoTerminal(String command) throws IOException {
    variables.put("CNT_SCHEDULER", "none");
    Files.writeString(folder.resolve("\u001b[31m\n.img"), "no image");
    ProgramCall result = call((command + " \u001b[31m\n.img").split(" ", -1));
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
    ProgramCall result = call((command + " tool--1.2").split(" ", -1));
    assertThat(result.exitCode()).as(result.err()).isEqualTo(ExitCode.OVERLAY_UNUSABLE);
    assertThat(result.err())
        .contains(pipe.toString())
        .containsPattern("is (no|not a) regular file");
  }

  @Test
  void infoSaysTheSameAsJson() throws IOException {
    ProgramCall result = call("overlay", "info", "--json", "env.img");
    try (JsonParser parser = new JsonFactory().createParser(result.out())) {
      while (parser.nextToken() != null) {
        // it is to be JSON
      }
    }
    assertThat(result.out())
        .contains("\"sizeBytes\" : 16777216", "\"clean\" : true", "\"lock\" : \"free\"")
        .contains("\"mountable\" : true", "\"uid\" : ");
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
      ProgramCall result = call(line.split(" ", -1));
      assertThat(result.exitCode()).as(line + ": " + result.err()).isZero();
      assertThat(Images.e2fsck("-fn", folder.resolve("env.img"))).as(line).isZero();
      assertThat(names()).as(line).containsExactly("env.img");
    }
  }

  @Test
  void checkRepairsWhatAKilledContainerLeft() {
    Images.spoil(folder.resolve("env.img"), "ssv state 0");
    assertThat(call("overlay", "chown", "env.img").exitCode()).isEqualTo(5);
    ProgramCall result = call("overlay", "check", "env.img");
    assertThat(result.exitCode()).isZero();
    assertThat(result.err()).contains("env.img is sound");
  }

  @Test
  void checkShowsWhatItWouldRepairBeforeItDoes() {
    Path image = folder.resolve("env.img");
    Images.spoil(image, "sif upper/ext3/env block[0] 99999999", "ssv state 3");
    ProgramCall plain = call("overlay", "check", "env.img");
    assertThat(plain.exitCode()).isEqualTo(5);
    assertThat(plain.err()).contains("condatainer overlay check -y");
    ProgramCall look = call("overlay", "check", "-n", "env.img");
    assertThat(look.exitCode()).isEqualTo(5);
    assertThat(look.err()).contains("is not sound");
    ProgramCall repaired = call("overlay", "check", "-y", "--yes", "env.img");
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
    ProgramCall repaired = call("overlay", "check", "-y", "--yes", "env.img");
    assertThat(repaired.err()).contains("what was in the missing 1048576 bytes is lost");
    assertThat(repaired.exitCode()).as(repaired.err()).isZero();
    assertThat(Files.size(image)).isEqualTo(16 << 20);
    assertThat(Images.e2fsck("-fn", image)).isZero();
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
  void saysHowToGetMicromamba() {
    variables.remove("MAMBA_EXE");
    variables.put("PATH", "/nonexistent");
    variables.put("HOME", folder.toString());
    ProgramCall result = call("o", "new.img", "-s", "16M", "--sparse", "--", "zlib");
    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.err()).contains("there is no micromamba").contains("--fetch-micromamba");
  }
}
