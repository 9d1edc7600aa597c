package org.condatainer.overlay;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.condatainer.overlay.UnfinishedImage.Maker;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UnfinishedImageTest {
  private static final String ID = "0123456789abcdef0123456789abcdef";
  private static final long NOBODY = 4_194_999;

  @TempDir private Path folder;

  private static Maker maker(String boot, String machine, String host) {
    return new Maker(NOBODY, 1_795_800_000_000L, "pid4026531836", boot, machine, host);
  }

  @ParameterizedTest
  @CsvSource({
    "b1, " + ID + ", cn-1-12, b2, " + ID + ", cn-11-2, false",
    "b1, " + ID + ", cn-1-12, b1, " + ID + ", cn-11-2, false",
    "b1, 77, cn1, b2, 78, cn1, false",
    "b1, '', cn1, b2, '', cn1, false",
    "b1, " + ID + ", localhost, b2, " + ID + ", localhost, false",
    "b1, " + ID + ", localhost.localdomain, b2, " + ID + ", localhost.localdomain, false",
    "b1, " + ID + ", cn1, b2, " + ID + ", cn1, true",
    "b1, " + ID + ", localhost, b1, " + ID + ", localhost, true",
    "b1, '', cn1, b1, '', cn1, true",
  })
  void isCertainOfTheEndOfAMakerOnItsOwnMachineOnly(
      String boot,
      String machine,
      String host,
      String bootHere,
      String machineHere,
      String hostHere,
      boolean ended) {
    Maker here = maker(bootHere, machineHere, hostHere);
    assertThat(maker(boot, machine, host).ended(here)).isEqualTo(ended);
  }

  @ParameterizedTest
  @ValueSource(strings = {"cn-1-12", "cn-11-2.site", "-", "a--b", "x_2f_y"})
  void tellsItsMakerByItsName(String host) {
    Maker made = maker("b1", ID, host);
    assertThat(Maker.of(made.fileName(3))).contains(made);
    assertThat(Maker.of(maker("b1", "", host).fileName(0))).contains(maker("b1", "", host));
  }

  @Test
  void leavesWhatEarlierVersionsNamed() throws IOException {
    Maker here = Maker.thisProcess();
    String name =
        ".condatainer-new-"
            + NOBODY
            + "-1795800000000-"
            + here.namespace()
            + "-deadbeef-0-"
            + here.host().replaceAll("[^A-Za-z0-9]", "");
    Path theirs = Files.writeString(folder.resolve(name), "hours of work");
    Path dead = folder.resolve(maker(here.boot(), here.machine(), here.host()).fileName(0));
    dead =
        Files.writeString(
            folder.resolve(
                dead.getFileName().toString().replace("pid4026531836", here.namespace())),
            "dead");
    try (UnfinishedImage made = UnfinishedImage.in(folder, 1)) {
      assertThat(made.path()).exists();
      assertThat(theirs).hasContent("hours of work");
      assertThat(dead).doesNotExist();
    }
  }
}
