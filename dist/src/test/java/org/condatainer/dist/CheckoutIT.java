package org.condatainer.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import org.condatainer.dist.Installed.Result;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./condatainer} of a checkout; what it calls as Maven stands for a build of minutes. */
final class CheckoutIT {
  /**
   * Counts its calls, waits while there is a file "wait", and assembles in place, as Maven does.
   */
  private static final String MAVEN =
      """
      #!/bin/sh
      top=$(pwd)
      echo x >> "$top/calls"
      rm -rf dist/target/condatainer
      mkdir -p dist/target/condatainer/bin
      while [ -e "$top/wait" ]; do sleep 0.05; done
      printf '#!/bin/sh\\necho "ran $* $(umask)"\\n' > dist/target/condatainer/bin/condatainer
      printf '#!/bin/sh\\n' > dist/target/condatainer/bin/condatainer-archive
      chmod +x dist/target/condatainer/bin/*
      echo > dist/target/condatainer.tar.gz
      """;

  @TempDir private Path parent;
  private Installed checkout;

  @BeforeEach
  void checkout() throws IOException {
    Installed installed = Installed.in(parent, "");
    checkout =
        installed
            .with("PATH", installed.folder() + "/tools:" + System.getenv("PATH"))
            .with("CDPATH", "/");
    checkout.write("tools/mvn", MAVEN);
    checkout.asUser(List.of("chmod", "+x", "tools/mvn"), "");
    Path program = checkout.folder().resolve("condatainer");
    Files.copy(Path.of("../condatainer"), program, StandardCopyOption.COPY_ATTRIBUTES);
    for (String source : List.of("pom.xml", "dist/pom.xml", "dist/src/main/VERSION")) {
      age(checkout.write(source, "x\n"), -60);
    }
    for (String folder : List.of("dist/src/main", "dist/src")) {
      age(checkout.folder().resolve(folder), -60);
    }
  }

  @Test
  void twoFirstCallsAtOnceAssembleOnceAndBothRun() throws Exception {
    Path wait = checkout.write("wait", "");
    Process first = checkout.start(List.of("./condatainer", "one"));
    Installed.await("the first assembles", () -> calls() == 1);
    Installed second = checkout.with("NAME", "second");
    Process other = second.start(List.of("sh", "-c", "./condatainer two > two.out 2> two.err"));
    Installed.await("the second waits", () -> read("two.err").contains("waiting for another"));
    assertThat(first.isAlive()).isTrue();
    Files.delete(wait);

    assertThat(first.waitFor()).isZero();
    assertThat(other.waitFor()).isZero();
    assertThat(read("two.out")).isEqualTo("ran two 0022\n");
    assertThat(calls()).isEqualTo(1);
  }

  @Test
  void onlyTheResultIsOnStandardOutputAndTheNextCallIsSilent() {
    Result first = call("./condatainer", "x", "a b");
    assertThat(first.out()).as(first.everything()).isEqualTo("ran x a b 0022\n");
    assertThat(first.err()).contains("assembling");

    Result second = call("./condatainer", "y");
    assertThat(second.everything()).isEqualTo("exit code 0\n--- out\nran y 0022\n\n--- err\n");
  }

  @Test
  void whatMavenHasJustAssembledIsNotAssembledAgain() throws IOException {
    call("./condatainer", "x");
    age(checkout.write("dist/src/main/VERSION", "changed\n"), 0);
    call("tools/mvn");
    int before = calls();

    Result result = call("./condatainer", "x");

    assertThat(result.out()).as(result.everything()).isEqualTo("ran x 0022\n");
    assertThat(result.err()).isEmpty();
    assertThat(calls()).isEqualTo(before);
  }

  @Test
  void changedSourceIsAssembledBesideWhatOthersUse() throws Exception {
    call("./condatainer", "x");
    age(checkout.write("dist/src/main/VERSION", "changed\n"), 5);
    Path wait = checkout.write("wait", "");
    Process again = checkout.start(List.of("./condatainer", "y"));
    Installed.await("it assembles", () -> calls() == 2);

    assertThat(call("dist/target/ready/bin/condatainer", "z").out()).isEqualTo("ran z 0022\n");
    Files.delete(wait);
    assertThat(again.waitFor()).isZero();
  }

  @Test
  void runsThroughALinkFromAnyFolder() throws IOException {
    Path link = checkout.folder().resolve("tools/cnt");
    Files.createSymbolicLink(link, Path.of("../condatainer"));

    Result result = checkout.at(Path.of("/")).asUser(List.of(link.toString(), "x"), "");

    assertThat(result.out()).as(result.everything()).isEqualTo("ran x 0022\n");
  }

  @Test
  void privateUmaskLeavesAProgramThatOthersCanUse() {
    Result result = call("sh", "-c", "umask 077; ./condatainer x");
    assertThat(result.out()).as(result.everything()).isEqualTo("ran x 0077\n");

    Result closed =
        call(
            "sh",
            "-c",
            "find -H dist dist/target/ready* -prune ! -perm -o=rx; "
                + "find dist/target/ready/ ! -perm -o=r");
    assertThat(closed.out()).as(closed.everything()).isEmpty();
  }

  private Result call(String... words) {
    return checkout.asUser(List.of(words), "");
  }

  private int calls() {
    return (int) read("calls").lines().count();
  }

  private String read(String name) {
    try {
      Path file = checkout.folder().resolve(name);
      return Files.exists(file) ? Files.readString(file) : "";
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static void age(Path file, int seconds) throws IOException {
    Files.setLastModifiedTime(file, FileTime.from(Instant.now().plusSeconds(seconds)));
  }
}
