package org.condatainer.container;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EnclosingContainerTest {
  private static final Map<String, String> INSIDE =
      Map.of("IN_CONDATAINER", "1", "CNT_OVERLAYS", "/a/env.img:/b/tools.sqf");
  @TempDir private Path root;

  private Optional<EnclosingContainer> of(Map<String, String> variables) {
    return EnclosingContainer.of(variables, root);
  }

  @ParameterizedTest
  @ValueSource(strings = {".condatainer", ".singularity.d"})
  void containerIsKnownByItsVariablesAndItsRoot(String mark) throws IOException {
    Files.createDirectory(root.resolve(mark));
    assertThat(of(INSIDE))
        .hasValueSatisfying(
            around ->
                assertThat(around)
                    .hasToString(
                        "you are in a container of condatainer already, with /a/env.img and"
                            + " /b/tools.sqf mounted; another cannot be made inside it"));
  }

  @Test
  void jobThatOnlyHasTheVariablesIsInNone() {
    assertThat(of(INSIDE)).isEmpty();
  }

  @Test
  void otherContainersOfApptainersAreNotOurs() throws IOException {
    Files.createDirectory(root.resolve(".singularity.d"));
    assertThat(of(Map.of())).isEmpty();
  }
}
