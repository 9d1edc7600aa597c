package org.condatainer.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.condatainer.overlay.Images;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Images that are made with packages, in a real container, by a stand-in for micromamba that does
 * with files what micromamba is documented to do. Root's embedded runtime is on every machine.
 */
class CreateWithCondaIT {
  @TempDir private Path folder;
  private Path work;
  private Path mamba;
  private final Map<String, String> variables = new HashMap<>();

  @BeforeEach
  void putsTheStandInIntoPlace() throws IOException {
    assumeThat(System.getProperty("user.name")).as("takes root").isEqualTo("root");
    work = Files.createDirectory(folder.resolve("work"));
    mamba = Files.createDirectory(folder.resolve("programs")).resolve("micromamba");
    try (InputStream in = CreateWithCondaIT.class.getResourceAsStream("micromamba")) {
      Files.write(mamba, in.readAllBytes());
    }
    Files.setPosixFilePermissions(mamba, PosixFilePermissions.fromString("rwxr-xr-x"));
    variables.put("CNT_RUNTIME", "embedded");
    variables.put("HOME", folder.toString());
    variables.put("MAMBA_EXE", mamba.toString());
  }

  private CalledProgram.Result call(String line) {
    return new CalledProgram(work, variables).call(line.split(" ", -1));
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(work)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void installsAnEnvironmentFileOfAnyNameAndKeepsItsChannels() throws IOException {
    Files.writeString(
        work.resolve("my:env.yml"),
        "name: x\nchannels:\n  - conda-forge\n  - bioconda\ndependencies:\n  - numpy\n");
    CalledProgram.Result made =
        new CalledProgram(work, variables)
            .call("o", "-s", "64M", "--sparse", "-f", "my:env.yml", "my img.img");
    assertThat(made.exitCode()).as(made.text()).isZero();
    assertThat(names()).containsExactly("my img.img", "my:env.yml");
    assertThat(Images.e2fsck("-fn", work.resolve("my img.img"))).isZero();
    CalledProgram.Result info =
        new CalledProgram(work, variables).call("overlay", "info", "-p", "my img.img");
    assertThat(info.text()).containsPattern("channels +conda-forge bioconda\n").contains("numpy");
  }

  @Test
  void installsPackagesThatRunThen() throws IOException {
    CalledProgram.Result made = call("o e.img -s 64M --sparse -- zlib=1.3 -c conda-forge");
    assertThat(made.exitCode()).as(made.text()).isZero();
    assertThat(call("exec -o e.img zlib").text()).endsWith("zlib runs\n");
    assertThat(call("overlay freeze e.img").exitCode()).isZero();
    assertThat(call("exec -o e.sqf zlib").text()).endsWith("zlib runs\n");
    assertThat(names()).containsExactly("e.img", "e.sqf");
  }

  @Test
  void leavesNothingBehindWhenAPackageIsNotToBeHad() throws IOException {
    CalledProgram.Result made = call("o e.img -s 64M --sparse -- zlib bad-package");
    assertThat(made.exitCode()).isEqualTo(1);
    assertThat(made.text())
        .contains("nothing provides bad-package", "micromamba ended with exit code 1");
    assertThat(names()).isEmpty();
  }

  @Test
  void keepsTheHalfMadeImageWhenAskedTo() throws IOException {
    CalledProgram.Result made = call("o e.img -s 64M --sparse --keep -- zlib bad-package");
    assertThat(made.exitCode()).isEqualTo(1);
    assertThat(names()).containsExactly("e.img.unfinished");
    assertThat(call("exec -o e.img.unfinished zlib").text()).endsWith("zlib runs\n");
  }

  @Test
  void fetchesMicromambaOnTheUsersWordAndOnlyWithItsChecksum() throws Exception {
    variables.put("MAMBA_EXE", "");
    variables.put("CNT_MICROMAMBA_URL", mamba.toUri().toString());
    Path kept = folder.resolve(".local/share/condatainer/micromamba");
    Path sum =
        Files.writeString(
            folder.resolve("programs/micromamba.sha256"), "0".repeat(64) + "  micromamba\n");

    assertThat(call("o e.img -s 64M --sparse -- zlib").text()).contains("--fetch-micromamba");
    CalledProgram.Result wrong = call("o e.img -s 64M --sparse --fetch-micromamba -- zlib");
    assertThat(wrong.text())
        .contains("and should have 0000", "it was not kept", "try again", "MAMBA_EXE");
    assertThat(kept).doesNotExist();

    byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(mamba));
    Files.write(sum, HexFormat.of().formatHex(digest).getBytes(UTF_8));
    CalledProgram.Result right = call("o e.img -s 64M --sparse --fetch-micromamba -- zlib");
    assertThat(right.exitCode()).as(right.text()).isZero();
    assertThat(kept).isExecutable();
    assertThat(call("o f.img -s 64M --sparse -- zlib").exitCode()).isZero();
    assertThat(names()).containsExactly("e.img", "f.img");
  }
}
