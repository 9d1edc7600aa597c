package org.condatainer.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.condatainer.lock.HostEvidence.Writer;
import org.condatainer.process.CommandResult;
import org.condatainer.process.ProcessRunner;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What another machine says by ssh; the ssh of these tests stays on this one. */
final class NodeShellTest {
  @TempDir private Path folder;
  private Path image;
  private Path called;

  @BeforeEach
  void imageWithAName() throws IOException {
    image = Files.write(folder.resolve("e'n \"v\"\n$x.img"), new byte[4096]);
    called = folder.resolve("called");
    ssh(
        "printf '%s\\n' \"$@\" >'"
            + called
            + "'; eval \"command=\\${$#}\"; exec sh -c \"$command\"");
  }

  @Test
  void livingWriterIsSeenThere() throws IOException {
    ProcessHandle self = ProcessHandle.current();
    try (FileChannel channel = FileChannel.open(image, StandardOpenOption.WRITE)) {
      channel.lock();

      HostEvidence seen = ask(Found.lease(Machine.here(), self.pid()));

      assertThat(seen.writer()).isEqualTo(Writer.ALIVE);
      assertThat(seen.listed()).contains(LockMode.WRITE);
      assertThat(seen.holders().holders()).extracting(LockHolder::pid).contains(self.pid());
    }
  }

  @Test
  void writerThatHasEndedIsGone() throws Exception {
    Process ended = new ProcessBuilder("true").start();
    ended.waitFor();

    assertThat(ask(Found.lease(Machine.here(), ended.pid())).writer()).isEqualTo(Writer.GONE);
  }

  @Test
  void otherMachineOfThatNameSaysNothing() throws IOException {
    Machine here = Machine.here();
    Machine other = new Machine(here.host(), "other", "other", here.processSpace());

    assertThat(ask(Found.lease(other, 1)).writer()).isEqualTo(Writer.NOT_OF_HERE);
  }

  @Test
  void machineThatWasStartedAgainSaysSo() throws IOException {
    Machine here = Machine.here();
    Machine before = new Machine(here.host(), here.id(), "before", here.processSpace());

    boolean nameless = here.id().isEmpty() || here.host().startsWith("localhost");
    assertThat(ask(Found.lease(before, 1)).writer())
        .isEqualTo(nameless ? Writer.NOT_VISIBLE : Writer.REBOOTED);
  }

  @Test
  void machineThatIsNotReachedIsNoEvidence() throws IOException {
    ssh("echo 'connect to host n7 port 22: No route to host' >&2; exit 255");

    assertThatThrownBy(() -> ask(Found.lease(Machine.here(), 1)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("No route to host");
  }

  @Test
  void answerThatBreaksOffIsNoEvidence() throws IOException {
    ssh("echo condatainer-node=1; echo host n7");

    assertThatThrownBy(() -> ask(Found.lease(Machine.here(), 1))).hasMessageContaining("not whole");
  }

  @ParameterizedTest
  @ValueSource(strings = {"-oProxyCommand=touch x", "a b", "n;touch x", "$(touch x)", "", "é"})
  void whatIsNoMachinesNameIsNotCalled(String host) {
    Lease lease = Found.lease(new Machine(host, "m", "b", "pid:[1]"), 1);

    assertThatThrownBy(() -> ask(lease)).hasMessageContaining("does not name a machine");
    assertThat(called).doesNotExist();
  }

  @Test
  void nothingIsAskedOfTheUserAndNothingHandedOn() throws IOException {
    ask(Found.lease(Machine.here(), 1));

    assertThat(called)
        .content()
        .contains("-a\n", "-x\n", "-oBatchMode=yes\n", "-oStrictHostKeyChecking=yes\n");
  }

  @Test
  void processThatMayBeHiddenIsNotGone() throws IOException {
    Machine here = new Machine("n7", "m7", "b7", "pid:[7]");
    String answer =
        """
        condatainer-node=1
        host n7
        machine m7
        boot b7
        pidns pid:[7]
        hidden
        end
        """;

    HostEvidence seen = NodeReport.read(new CommandResult(0, answer, ""), Found.lease(here, 42));

    assertThat(seen.writer()).isEqualTo(Writer.NOT_VISIBLE);
    assertThat(seen.holders().unseen()).isEqualTo(1);
    String open = answer.replace("hidden\n", "");
    assertThat(NodeReport.read(new CommandResult(0, open, ""), Found.lease(here, 42)).writer())
        .isEqualTo(Writer.GONE);
  }

  private HostEvidence ask(Lease lease) throws IOException {
    return new NodeShell(
            folder.resolve("ssh").toString(),
            new ProcessRunner(System.getenv()),
            Duration.ofSeconds(60))
        .ask(image, lease);
  }

  private void ssh(String text) throws IOException {
    Path program = Files.writeString(folder.resolve("ssh"), "#!/bin/bash\n" + text + "\n");
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
  }
}
