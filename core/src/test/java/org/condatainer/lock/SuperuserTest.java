package org.condatainer.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.condatainer.overlay.Owner;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** In a namespace of his own nobody sees more than before, whatever he is called there. */
class SuperuserTest {
  /** And whether a service there may have a number by which {@code /proc} hides it. */
  @ParameterizedTest
  @CsvSource({
    "'         0          0 4294967295\n', true, false",
    "'', true, false",
    "'         0       1000          1\n', false, false",
    "'      1001       1001          1\n', false, false",
    "'         0     100000      65536\n', false, true",
    "'         0          0      65536\n', false, true",
    "'         0       1000          1\n         1     100000      65536\n', false, true",
  })
  void theMapOfUsersTells(String map, boolean root, boolean several) {
    assertThat(Superuser.by(map)).isEqualTo(root);
    assertThat(HiddenProcesses.hasSeveral(map)).isEqualTo(several);
  }

  @Test
  void aUserNamespaceOfOnesOwnMakesNobodyRoot() throws IOException {
    assertThat(looked("--map-root-user")).startsWith("0 false ");
  }

  /** Numbers of processes are those of another namespace there. */
  @Test
  void processesOfAnotherPidNamespaceAreNotTakenForThoseOfThisOne() throws IOException {
    assertThat(looked("--map-root-user", "--pid", "--fork")).endsWith(" []");
    assertThat(looked("--map-root-user", "--pid", "--fork", "--mount-proc"))
        .containsPattern(" \\[pid:\\[\\d+\\]\\]$");
  }

  private static String looked(String... namespaces) throws IOException {
    List<String> words = new ArrayList<>(List.of("unshare"));
    words.addAll(List.of(namespaces));
    words.add(Path.of(System.getProperty("java.home"), "bin/java").toString());
    words.addAll(List.of("-cp", System.getProperty("java.class.path"), Look.class.getName()));
    Process process =
        new ProcessBuilder(words).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assumeTrue(!text.isEmpty(), "no user namespaces here");
    return text.strip();
  }

  /** What the program sees in such namespaces. */
  static final class Look {
    private Look() {}

    public static void main(String[] arguments) {
      System.out.println(
          Owner.ofThisProcess().uid()
              + " "
              + Superuser.is()
              + " ["
              + Machine.here().processSpace()
              + "]");
    }
  }
}
