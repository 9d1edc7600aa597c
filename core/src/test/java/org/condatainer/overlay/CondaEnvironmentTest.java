package org.condatainer.overlay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.condatainer.overlay.EnvironmentExport.Form;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class CondaEnvironmentTest {
  private static final String URL = "https://conda.anaconda.org/conda-forge/linux-64/";

  @TempDir private Path folder;
  private Path tree;
  private Path prefix;

  @BeforeEach
  void makesAnEnvironment() throws IOException {
    tree = folder.resolve("tree");
    prefix = tree.resolve("upper/ext3/env");
    Files.createDirectories(prefix.resolve("conda-meta"));
    meta("zlib", "1.3.1", "hb9d3cd8_2", URL);
    meta("numpy", "2.1", "py311h0_0", URL);
    meta("samtools", "1.20", "h5_0", "https://conda.anaconda.org/bioconda/linux-64/");
  }

  private void write(String name, String text) throws IOException {
    Path file = prefix.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private void meta(String name, String version, String build, String base) throws IOException {
    write(
        "conda-meta/" + name + "-" + version + "-" + build + ".json",
        """
        {"build": "%3$s", "build_number": 0, "channel": "%4$s", "depends": ["a >=1", {"b": []}],
         "files": ["bin/x", "name"], "md5": "0123456789abcdef", "name": "%1$s",
         "paths_data": {"paths": [{"_path": "bin/x", "name": "wrong"}], "paths_version": 1},
         "url": "%4$s%1$s-%2$s-%3$s.conda", "version": "%2$s"}
        """
            .formatted(name, version, build, base));
  }

  private CondaEnvironment read() throws IOException {
    Path image = OddTree.image(folder.resolve("e.img"), tree, "32M", "-t", "ext3");
    return OverlayInfo.read(image).environment().orElseThrow();
  }

  @Test
  void listsPackagesAndWhereTheyComeFrom() throws IOException {
    CondaEnvironment environment = read();
    assertThat(environment.packages())
        .extracting(found -> found.specification(true) + " " + found.channel())
        .containsExactly(
            "numpy=2.1=py311h0_0 conda-forge",
            "samtools=1.20=h5_0 bioconda",
            "zlib=1.3.1=hb9d3cd8_2 conda-forge");
    assertThat(environment.channels()).containsExactly("conda-forge", "bioconda");
  }

  @Test
  void putsTheChannelsOfTheEnvironmentsOwnConfigurationFirst() throws IOException {
    write(".condarc", "# ours\nssl_verify: true\nchannels: [bioconda, 'https://x.org/c']\n");
    assertThat(read().channels()).containsExactly("bioconda", "https://x.org/c", "conda-forge");
  }

  @Test
  void aGlanceTellsTheSameByNamesAndHistory() throws IOException {
    write(
        "conda-meta/history",
        """
        ==> 2026-11-01 10:00:00 <==
        # cmd: create
        +https://conda.anaconda.org/conda-forge/linux-64::zlib-1.3.1-hb9d3cd8_2
        +bioconda/linux-64::samtools-1.20-h5_0
        +bioconda/linux-64::gone-1.0-0
        # update specs: ['samtools', "zlib>=1.3"]
        ==> 2026-11-02 10:00:00 <==
        -bioconda/linux-64::gone-1.0-0
        """);
    write("conda-meta/.wh.deleted-1-0.json", "");
    CondaEnvironment all = read();
    CondaEnvironment glance = OverlayInfo.glance(folder.resolve("e.img")).environment().get();

    assertThat(glance.packages())
        .extracting(found -> found.specification(true) + " " + found.channel())
        .containsExactly(
            "numpy=2.1=py311h0_0 conda-forge",
            "samtools=1.20=h5_0 bioconda",
            "zlib=1.3.1=hb9d3cd8_2 conda-forge");
    assertThat(glance.channels()).isEqualTo(all.channels());
    assertThat(glance.requested()).isEqualTo(all.requested()).hasSize(2);
    assertThat(glance.pip()).isEqualTo(all.pip());
  }

  @Test
  void passesOverWhatIsDeletedOrBroken() throws IOException {
    write("conda-meta/.wh.gone-1-0.json", "");
    write("conda-meta/broken-1-0.json", "{\"name\": \"bro");
    CondaEnvironment environment = read();
    assertThat(environment.packages()).hasSize(3);
    assertThat(environment.unread()).singleElement().asString().startsWith("conda-meta/broken-1-0");
  }

  @Test
  void findsWhatPipInstalled() throws IOException {
    write("lib/python3.11/site-packages/rich-13.9.dist-info/INSTALLER", "pip\n");
    write("lib/python3.11/site-packages/numpy-2.1.dist-info/INSTALLER", "conda\n");
    write("lib/python3.11/site-packages/numpy/core.py", "");
    assertThat(read().pip()).containsExactly("rich==13.9");
  }

  @Test
  void knowsAnImageWithoutAnEnvironment() throws IOException {
    Path image = Images.overlay(folder.resolve("e.img"));
    assertThat(OverlayInfo.read(image).environment()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "# update specs: ['python=3.11', \"numpy\"]                     | python=3.11 numpy",
        "# update specs: [\"p>=1,<2\", 'b::q']                          | p>=1,<2 b::q",
        "# install specs: a,b                                           | a b",
        "# update specs: ['a', 'b']~# remove specs: ['a']               | b",
        "# update specs: ['a=1']~# update specs: ['a=2']                | a=2",
        "# update specs: ['a=1']~# neutered specs: ['a']                | a",
        "==> 2024-01-01 <==~# cmd: conda install x~+defaults::zlib-1    | ''",
        "# update specs: ['']                                           | ''",
        "# update specs:                                                | ''",
        "# update specs: ['                                             | ''",
      })
  void understandsTheHistoryAsCondaDoes(String history, String requested) {
    assertThat(String.join(" ", CondaHistory.requested(history.replace('~', '\n'))))
        .isEqualTo(requested);
  }

  @Test
  void exportsWhatMakesTheSameEnvironmentAgain() throws IOException {
    write("conda-meta/history", "# update specs: ['numpy', 'samtools>=1.20 ', 'bioconda::x']\n");
    write("lib/python3.11/site-packages/rich-13.9.dist-info/INSTALLER", "pip\n");
    CondaEnvironment environment = read();
    assertThat(EnvironmentExport.write(environment, "no", Form.EXACT))
        .isEqualTo(
            """
            name: "no"
            channels:
              - conda-forge
              - bioconda
            dependencies:
              - numpy=2.1=py311h0_0
              - samtools=1.20=h5_0
              - zlib=1.3.1=hb9d3cd8_2
              - pip:
                  - rich==13.9
            """);
    assertThat(EnvironmentExport.write(environment, "e", Form.VERSIONS)).contains("- numpy=2.1\n");
    assertThat(EnvironmentExport.write(environment, "e", Form.FROM_HISTORY))
        .endsWith("dependencies:\n  - numpy\n  - \"samtools>=1.20 \"\n  - \"bioconda::x\"\n");
    assertThat(EnvironmentExport.write(environment, "e", Form.EXPLICIT))
        .startsWith("# platform: linux-64\n@EXPLICIT\n" + URL + "numpy-2.1-py311h0_0.conda#0123");
    byte[] yaml = EnvironmentExport.write(environment, "e", Form.EXACT).getBytes(UTF_8);
    assertThat(CondaChannels.configured(yaml)).containsExactly("conda-forge", "bioconda");
  }

  @ParameterizedTest
  @EnumSource(Form.class)
  void exportsNothingThatEndsALineOrSteersATerminal(Form form) {
    for (String evil : List.of("x\nhttps://evil/y.conda", "x\u001b]0;t\u0007", "x\u009b2J\u202e")) {
      CondaEnvironment environment =
          new CondaEnvironment(
              List.of(new CondaPackage(evil, "1", "0", evil, "https://c/" + evil, "")),
              List.of(),
              List.of(evil),
              List.of(),
              List.of());
      assertThatThrownBy(() -> EnvironmentExport.write(environment, "e", form))
          .isInstanceOf(OverlayException.class)
          .hasMessageContaining("names what no package is called: \"")
          .hasMessageNotContainingAny("\n", "\u001b", "\u009b", "\u202e");
    }
  }

  @Test
  void saysWhenTheHistoryTellsNothing() throws IOException {
    CondaEnvironment environment = read();
    assertThatThrownBy(() -> EnvironmentExport.write(environment, "e", Form.FROM_HISTORY))
        .isInstanceOf(OverlayException.class)
        .hasMessageContaining("leave out --from-history");
  }
}
