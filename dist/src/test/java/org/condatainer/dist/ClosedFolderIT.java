package org.condatainer.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.condatainer.dist.Installed.Result;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The user's own image in a folder in which he may make no files: what needs none is done, the rest
 * says what is wrong.
 */
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class ClosedFolderIT {
  @TempDir private Path parent;
  private Installed condatainer;

  @BeforeEach
  void prepares() {
    assumeTrue(Engines.isRoot() && !Engines.user().isEmpty(), "there is an ordinary user");
    condatainer =
        Installed.in(parent, Engines.user())
            .with("CNT_SCHEDULER", "none")
            .with("CNT_RUNTIME", "embedded");
    for (String line :
        List.of(
            "o env.img -s 64M --sparse", "o dirty.img -s 64M --sparse", "overlay pack env.img")) {
      Result made = condatainer.call(line.split(" ", -1));
      assertThat(made.exitCode()).as(made.everything()).isZero();
    }
    condatainer.asUser(List.of("mkdir", "runs"), "");
    condatainer = condatainer.with("CNT_RUNS_DIR", condatainer.folder() + "/runs");
    Result spoilt =
        condatainer.asUser(List.of("/sbin/debugfs", "-w", "-R", "ssv state 0", "dirty.img"), "");
    assertThat(spoilt.exitCode()).as(spoilt.everything()).isZero();
    assertThat(condatainer.asUser(List.of("chmod", "555", "."), "").exitCode()).isZero();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "overlay info env.img                      | 0 | ",
        "overlay check env.img                     | 0 | is sound",
        "overlay check -f env.img                  | 0 | is sound",
        "overlay check -n dirty.img                | 5 | is not sound",
        "overlay check dirty.img                   | 1 | you may not write in the folder",
        "overlay check -y --yes dirty.img          | 1 | you may not write in the folder",
        "overlay chown -u 5 -g 6 env.img           | 0 | given to 5:6",
        "overlay resize env.img -s 96M             | 0 | 96 MiB now",
        "overlay resize env.img -s min             | 1 | --in-place",
        "overlay resize env.img -s min --in-place  | 0 | now",
        "overlay pack env.img other.zst            | 1 | you may not write in the folder",
        "overlay unpack env.img.zst other.img      | 1 | you may not write in the folder",
        "overlay freeze env.img                    | 1 | you may not write in the folder",
        "o other.img -s 20M --sparse               | 1 | you may not write in the folder",
        "e -- mkdir -p /ext3/env/new               | 0 | no lease could be written",
        "exec -o env.img true                      | 0 | ",
      })
  void doesWhatNeedsNoFile(String line, int exitCode, String message) {
    Result before = condatainer.asUser(List.of("ls", "-A"), "");

    Result result = condatainer.call(line.split(" +", -1));

    assertThat(result.exitCode()).as(result.everything()).isEqualTo(exitCode);
    assertThat(result.err())
        .contains(message == null ? "" : message)
        .doesNotContain("Exception", "java");
    assertThat(condatainer.asUser(List.of("ls", "-A"), "").out()).isEqualTo(before.out());
    Result sound = condatainer.asUser(List.of("/sbin/e2fsck", "-fn", "env.img"), "");
    assertThat(sound.exitCode()).as(sound.everything()).isZero();
  }

  /** Not seen is not absent: nobody is told to make another one. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "overlay info env.img         | 5 | cannot be looked at: you may not enter a folder",
        "overlay chown env.img        | 5 | cannot be looked at: you may not enter a folder",
        "lock release env.img         | 5 | cannot be looked at: you may not enter a folder",
        "exec -o env.img true         | 5 | cannot be looked at, since you may not enter a folder",
        "o other.img -s 20M --sparse  | 1 | you may not write in the folder",
        "o d/other.img -s 20M         | 2 | d cannot be used: permission denied",
      })
  void saysThatAFolderMayNotBeEntered(String line, int exitCode, String message) {
    Path closed = condatainer.folder();
    assertThat(condatainer.asUser(List.of("chmod", "600", "."), "").exitCode()).isZero();
    List<String> words = new ArrayList<>(List.of(line.split(" +", -1)));
    words.replaceAll(word -> word.contains(".img") ? closed + "/" + word : word);

    Result result = condatainer.at(Path.of("/")).call(words.toArray(new String[0]));

    assertThat(condatainer.at(Path.of("/")).asUser(List.of("chmod", "700", closed + ""), "").err())
        .isEmpty();
    assertThat(result.exitCode()).as(result.everything()).isEqualTo(exitCode);
    assertThat(result.err()).contains(message).doesNotContain("there is no", "Exception");
  }
}
