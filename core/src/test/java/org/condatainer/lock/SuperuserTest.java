package org.condatainer.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who is called root in a user namespace of his own is shown what that user is shown. */
class SuperuserTest {
  @ParameterizedTest
  @CsvSource({
    "'         0          0 4294967295\n', true",
    "'', true",
    "'         0       1000          1\n', false",
    "'         0     100000      65536\n', false",
    "'         0          0      65536\n', false",
    "'         0       1000          1\n         1     100000      65536\n', false",
  })
  void theMapOfUsersTells(String map, boolean expected) {
    assertThat(Superuser.by(map)).isEqualTo(expected);
  }

  @Test
  void aUserNamespaceOfOnesOwnMakesNobodyRoot() throws Exception {
    String user = called();
    assumeTrue(!user.isEmpty(), "no user namespaces here");
    assertThat(user).isEqualTo("0 false");
  }

  private static String called() throws Exception {
    Process process =
        new ProcessBuilder(
                "unshare",
                "--map-root-user",
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Caller.class.getName())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
  }

  /** The program in that namespace. */
  static final class Caller {
    private Caller() {}

    public static void main(String[] arguments) {
      System.out.println(
          org.condatainer.overlay.Owner.ofThisProcess().uid() + " " + Superuser.is());
    }
  }
}
