package org.condatainer.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.condatainer.dist.Installed.Result;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A folder that somebody else has put where the user's own would be: named, and not used. */
final class PrivateFolderIT {
  // Not below /tmp, in whose place each test has a /tmp of its own.
  private Path parent;

  @BeforeEach
  void rootWhoCanMount() throws IOException {
    assumeThat(Engines.isRoot()).as("root runs the tests").isTrue();
    parent = Files.createTempDirectory(Path.of("/var/tmp"), "condatainer-it");
  }

  @AfterEach
  void remove() {
    if (parent != null) {
      Installed.in(parent, "").asUser(List.of("rm", "-rf", parent.toString()), "");
    }
  }

  static Stream<Arguments> planted() {
    List<Arguments> all = new ArrayList<>();
    for (Engines.Place runtime : Engines.eachRuntime().toList()) {
      for (String what :
          List.of(
              "mkdir -p $F/mounts $F/host; chown -R 12345 $F; chmod -R 777 $F",
              "mkdir -p /tmp/elsewhere/mounts; chown -R $U /tmp/elsewhere; ln -s elsewhere $F",
              "ln -s nowhere $F; chown -h 12345 $F",
              "mkdir -p $F/mounts; chown -R $U $F; chmod 770 $F",
              "mkdir -p $F/mounts; chown -R $U $F; chmod 707 $F",
              "echo x > $F; chown 12345 $F")) {
        all.add(Arguments.of(runtime, what));
      }
    }
    return all.stream();
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("planted")
  void folderThatIsNotTheUsersAloneIsNamedAndNotUsed(Engines.Place runtime, String plant) {
    Installed condatainer = runtime.in(parent);
    condatainer.write("job.sh", "#!/bin/sh\necho done\n");
    String shell =
        """
        set -e
        mount --make-rprivate /
        # The program may be below /tmp.
        mkdir program
        mount --bind "$2" program
        mount -t tmpfs -o mode=1777 tmp /tmp
        mkdir -p "$2"
        mount --bind program "$2"
        U=$(id -u "$1") F=/tmp/condatainer-$U
        shift 2
        PLANT
        find $F -ls > before 2>&1
        set +e
        "$@"
        code=$?
        find $F -ls > after 2>&1
        cmp before after || echo "the planted folder was used"
        find /tmp -path $F -prune -o -name script-\\* -print
        exit $code
        """
            .replace("PLANT", plant);
    List<String> words = new ArrayList<>(List.of("unshare", "--mount", "sh", "-c", shell, "sh"));
    words.add(runtime.user().isEmpty() ? "root" : runtime.user());
    words.add(Installed.PROGRAM.toString());
    words.addAll(condatainer.userWords(condatainer.words("run", "job.sh")));

    Result result =
        new Installed("", condatainer.folder(), condatainer.variables()).asUser(words, "");

    assertThat(result.exitCode()).as(result.everything()).isZero();
    assertThat(result.out()).as(result.everything()).isEqualTo("done\n");
    assertThat(result.err())
        .containsPattern("warning: /tmp/condatainer-\\d+ on .* is not a folder that you alone");
  }
}
