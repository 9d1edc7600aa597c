package org.condatainer.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.condatainer.dist.Installed.Result;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A writer that no job started, looked at from another machine, which reaches the writer's by a
 * real ssh.
 */
final class LocksBySshIT {
  private static final int FREE = 0;
  private static final int IN_USE = 10;
  private static final int UNKNOWN = 13;

  @TempDir private Path parent;
  private Installed condatainer;
  private OtherHost other;
  private Process server;
  private int port;

  @BeforeEach
  void keysAndAnImage() throws IOException {
    assumeTrue(Engines.isRoot(), "another machine is made by namespaces, for which it takes root");
    assumeTrue(Files.isExecutable(Path.of("/usr/sbin/sshd")), "there is no sshd");
    condatainer =
        Installed.in(parent, "").with("CNT_RUNTIME", "embedded").with("CNT_SCHEDULER", "none");
    condatainer.overlay("env.img");
    for (String key : List.of("host", "user")) {
      run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key);
    }
    Files.copy(in("user.pub"), in("authorized"));
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    Files.writeString(in("known"), "writers-machine " + Files.readString(in("host.pub")));
    Files.writeString(
        in("config"),
        """
        Host *
          HostName 127.0.0.1
          Port %d
          HostKeyAlias writers-machine
          UserKnownHostsFile %s
          IdentityFile %s
          IdentitiesOnly yes
        """
            .formatted(port, in("known"), in("user")));
    Path ssh = condatainer.write("ssh", "#!/bin/sh\nexec ssh -F " + in("config") + " \"$@\"\n");
    assertThat(ssh.toFile().setExecutable(true)).isTrue();
    other = new OtherHost(condatainer.with("CNT_NODE_SSH", ssh.toString()));
    serve();
  }

  @AfterEach
  void end() throws Exception {
    if (server != null) {
      stop();
    }
  }

  @Test
  void writerOfAnotherMachineIsSeenThere() throws Exception {
    Process writer =
        condatainer.start(
            condatainer.words("exec", "-w", "-o", "env.img", "sh", "-c", "echo >up; read x; true"));
    Installed.await("it writes", () -> Files.exists(in("up")));
    try {
      Result without = new OtherHost(condatainer).call("lock", "status", "env.img");
      assertThat(without.exitCode()).as(without.everything()).isEqualTo(UNKNOWN);
      assertThat(without.out()).contains("rule 37:");

      Result asked = other.call("lock", "status", "env.img");
      assertThat(asked.exitCode()).as(asked.everything()).isEqualTo(IN_USE);
      assertThat(asked.out()).contains("rule 5:");
      Result refused = other.callWithInput("env.img\n", "lock", "release", "--force", "env.img");
      assertThat(refused.exitCode()).as(refused.everything()).isEqualTo(IN_USE);
      assertThat(writer.isAlive()).isTrue();

      stop();
      Result silent = other.call("lock", "explain", "env.img");
      assertThat(silent.exitCode()).as(silent.everything()).isEqualTo(UNKNOWN);
      assertThat(silent.out()).contains("Connection refused");
    } finally {
      writer.getOutputStream().close();
      assertThat(writer.waitFor(60, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(other.call("lock", "status", "env.img").exitCode()).isEqualTo(FREE);
  }

  @Test
  void machineWhoseKeyIsNotKnownIsNotAsked() throws Exception {
    Files.writeString(in("known"), "");
    Process writer =
        condatainer.start(
            condatainer.words("exec", "-w", "-o", "env.img", "sh", "-c", "echo >up; read x; true"));
    Installed.await("it writes", () -> Files.exists(in("up")));
    try {
      Result asked = other.call("lock", "explain", "env.img");
      assertThat(asked.exitCode()).as(asked.everything()).isEqualTo(UNKNOWN);
      assertThat(asked.out()).contains("Host key verification failed");
      assertThat(in("known")).isEmptyFile();
    } finally {
      writer.getOutputStream().close();
      assertThat(writer.waitFor(60, TimeUnit.SECONDS)).isTrue();
    }
  }

  private void serve() throws IOException {
    Files.createDirectories(Path.of("/run/sshd"));
    server =
        new ProcessBuilder(
                "/usr/sbin/sshd",
                "-D",
                "-e",
                "-f",
                "/dev/null",
                "-p",
                Integer.toString(port),
                "-h",
                in("host").toString(),
                "-oListenAddress=127.0.0.1",
                "-oAuthorizedKeysFile=" + in("authorized"),
                "-oStrictModes=no",
                "-oUsePAM=no",
                "-oPidFile=none",
                "-oPermitRootLogin=yes")
            .redirectErrorStream(true)
            .redirectOutput(in("sshd.log").toFile())
            .start();
    Installed.await("sshd listens", this::listens);
  }

  private boolean listens() {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  private void stop() throws InterruptedException {
    server.destroy();
    server.waitFor();
  }

  private Path in(String name) {
    return condatainer.folder().resolve(name);
  }

  private void run(String... words) {
    Result result = condatainer.asUser(List.of(words), "");
    assertThat(result.exitCode()).as(result.everything()).isZero();
  }
}
