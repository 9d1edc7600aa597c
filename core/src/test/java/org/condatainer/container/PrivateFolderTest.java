package org.condatainer.container;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The function in a folder that stands for /tmp. */
class PrivateFolderTest {
  @TempDir private Path temporary;
  private Path tmp;
  private Path own;

  @BeforeEach
  void folder() throws Exception {
    tmp = Files.createDirectory(temporary.toRealPath().resolve("tmp"));
    own = tmp.resolve("condatainer-" + run("echo $UID").strip());
  }

  private String run(String after) throws Exception {
    String text =
        """
        set -u
        cnt_host=n1
        cnt_note() { echo "$*" >&2; }
        cnt_fail() { echo "$*"; exit 5; }
        """
            + PrivateFolder.function().toString().replace("/tmp/", tmp + "/")
            + after;
    Process process = new ProcessBuilder(List.of("/bin/bash", "-c", text)).start();
    process.getOutputStream().close();
    return new String(process.getInputStream().readAllBytes(), UTF_8);
  }

  private Path used() throws Exception {
    return Path.of(run("umask 022; cnt_private_folder; echo $cnt_private").strip());
  }

  @Test
  void theFolderIsMadeOnceForTheUserAlone() throws Exception {
    assertThat(used()).isEqualTo(own);
    assertThat(used()).isEqualTo(own);
    assertThat((Integer) Files.getAttribute(own, "unix:mode") & 0777).isEqualTo(0700);
    assertThat(own.resolve("mounts")).isDirectory();
  }

  @Test
  void nothingIsMadeWhereALinkLeads() throws Exception {
    Path victim = Files.createDirectory(temporary.resolve("victim"));
    Files.createSymbolicLink(own, victim);
    Path first = used();
    assertThat(victim).isEmptyDirectory();
    assertThat(first).hasParent(tmp).isNotEqualTo(own);
    assertThat(first.resolve("mounts")).isDirectory();
  }

  @Test
  void theOtherFolderIsUsedAgain() throws Exception {
    Files.writeString(own, "a file of somebody");
    Path first = used();
    assertThat(used()).isEqualTo(first);
    Files.setAttribute(first, "unix:mode", 0770);
    assertThat(used()).isNotEqualTo(first).isNotEqualTo(own);
  }
}
