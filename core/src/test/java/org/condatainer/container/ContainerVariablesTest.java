package org.condatainer.container;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ContainerVariablesTest {
  @ParameterizedTest
  @CsvSource({
    "'', ''",
    "env.img, /ext3/env/bin:/ext3/mm",
    "tools.sqf env.img, /ext3/env/bin:/ext3/mm",
    "env.img samtools--1.21.sqf, /cnt/samtools/1.21/bin:/ext3/env/bin:/ext3/mm",
    "samtools--1.21.sqf env.img, /ext3/env/bin:/cnt/samtools/1.21/bin:/ext3/mm",
    "a--1.sqf b--2.sqf, /cnt/b/2/bin:/cnt/a/1/bin:/ext3/env/bin:/ext3/mm",
    "a--1--2.sqf, /ext3/env/bin:/ext3/mm",
    "$x--1.sqf, /ext3/env/bin:/ext3/mm",
    "a--1.img, /ext3/env/bin:/ext3/mm",
  })
  void theLastNamedOverlayIsTheFirstInPath(String names, String path) {
    assertThat(ContainerVariables.pathFolders(container(names))).isEqualTo(path);
  }

  private static Container container(String names) {
    List<MountedOverlay> overlays =
        Stream.of(names.split(" ", -1))
            .filter(name -> !name.isEmpty())
            .map(
                name ->
                    new MountedOverlay(
                        Path.of("/data", name),
                        name.endsWith(".img")
                            ? MountedOverlay.Format.EXT3
                            : MountedOverlay.Format.SQUASHFS,
                        false,
                        "",
                        Optional.empty(),
                        Duration.ZERO))
            .toList();
    return new Container(new Base.Host(), overlays, List.of(), Map.of(), false, false);
  }
}
