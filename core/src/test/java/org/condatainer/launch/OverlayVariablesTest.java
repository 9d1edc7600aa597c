package org.condatainer.launch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.condatainer.container.MountedOverlay;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OverlayVariablesTest {
  @TempDir private Path folder;

  private List<MountedOverlay> overlays(String... texts) throws IOException {
    List<MountedOverlay> overlays = new ArrayList<>();
    for (int i = 0; i < texts.length; i++) {
      Path image = Files.createFile(folder.toRealPath().resolve((char) ('a' + i) + ".sqf"));
      if (!texts[i].isEmpty()) {
        Files.writeString(folder.resolve(image.getFileName() + ".env"), texts[i]);
      }
      overlays.add(
          new MountedOverlay(
              image, MountedOverlay.Format.SQUASHFS, false, "", Optional.empty(), Duration.ZERO));
    }
    return overlays;
  }

  @Test
  void oneOverlaysAreShownByValueOrNote() throws IOException {
    List<MountedOverlay> overlays = overlays("A=1\n#ENVNOTE:A=the one\nB=2\n", "");
    assertThat(OverlayVariables.of(overlays, Map.of()).note())
        .contains("overlay variables:\n  A: the one\n  B: 2");
  }

  @Test
  void severalOverlaysHaveOneHeadingAndTheLastOneCounts() throws IOException {
    List<MountedOverlay> overlays = overlays("A=1\nB=2\n", "B=3\nC=4\n#ENVNOTE:C=note\n");
    OverlayVariables variables = OverlayVariables.of(overlays, Map.of());
    assertThat(variables.values()).isEqualTo(Map.of("A", "1", "B", "3", "C", "4"));
    assertThat(variables.note())
        .contains("overlay variables:\n  A: 1 (a.sqf)\n  B: 3 (b.sqf)\n  C: note (b.sqf)");
  }

  @Test
  void whatTheUserSetsIsNotShownAsTheOverlays() throws IOException {
    List<MountedOverlay> overlays = overlays("A=1\nB=2\n");
    OverlayVariables variables = OverlayVariables.of(overlays, Map.of("A", "mine", "D", "5"));
    assertThat(variables.values()).isEqualTo(Map.of("A", "mine", "B", "2", "D", "5"));
    assertThat(variables.note()).contains("overlay variables:\n  B: 2");
    assertThat(OverlayVariables.of(overlays, Map.of("A", "x", "B", "y")).note()).isEmpty();
  }

  @Test
  void aNoteDoesNotHideWhatDecidesWhichProgramsRun() throws IOException {
    List<MountedOverlay> overlays =
        overlays(
            "PATH=/proj/evil\n#ENVNOTE:PATH=the tools\nLD_PRELOAD=/e.so\n#ENVNOTE:LD_PRELOAD=x\n");
    assertThat(OverlayVariables.of(overlays, Map.of()).note())
        .contains("overlay variables:\n  PATH: /proj/evil  # the tools\n  LD_PRELOAD: /e.so  # x");
  }

  @Test
  void nothingOfThemSteersATerminal() throws IOException {
    List<MountedOverlay> overlays =
        overlays("A=1\n#ENVNOTE:A=\u001b]0;title\u0007\u009b2J\u202etxt\n");
    assertThat(OverlayVariables.of(overlays, Map.of()).note())
        .contains("overlay variables:\n  A: ?]0;title??2J?txt");
  }
}
