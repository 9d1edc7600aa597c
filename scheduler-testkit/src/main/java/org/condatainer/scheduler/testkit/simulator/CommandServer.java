package org.condatainer.scheduler.testkit.simulator;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * Real commands whose work is done in this process. Each is the same short Perl script (about 10
 * ms) that hands its call over a socket.
 */
final class CommandServer implements AutoCloseable {
  private final Path socketFolder;
  private final Path bin;
  private final ServerSocketChannel server;
  private final Function<Call, Optional<Answer>> work;
  private final Set<SocketChannel> open = ConcurrentHashMap.newKeySet();

  /**
   * Puts commands into {@code folder/bin} and serves them.
   *
   * @param work what a call is answered; empty to leave it without an answer for ever
   */
  CommandServer(Path folder, Iterable<String> programs, Function<Call, Optional<Answer>> work) {
    this.work = work;
    try {
      // The name of a socket has 107 bytes at most (unix(7)): a test's own folder may be too deep.
      socketFolder = Files.createTempDirectory("cnt");
      Path socket = socketFolder.resolve("s");
      server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
      server.bind(UnixDomainSocketAddress.of(socket));
      bin = Files.createDirectories(folder.resolve("bin"));
      String front = front().replace("@SOCKET@", socket.toString());
      for (String program : programs) {
        Path file = bin.resolve(program);
        Files.writeString(file, front);
        Files.setPosixFilePermissions(
            file, java.nio.file.attribute.PosixFilePermissions.fromString("rwxr-xr-x"));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    start(this::accept);
  }

  /** Where the commands are. */
  Path bin() {
    return bin;
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (SocketChannel channel : open) {
      channel.close();
    }
    Files.deleteIfExists(socketFolder.resolve("s"));
    Files.deleteIfExists(socketFolder);
  }

  private static String front() throws IOException {
    try (InputStream in = CommandServer.class.getResourceAsStream("front")) {
      return new String(in.readAllBytes(), ISO_8859_1);
    }
  }

  private static void start(Runnable task) {
    Thread thread = new Thread(task, "simulated command");
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() {
    while (server.isOpen()) {
      try {
        SocketChannel channel = server.accept();
        open.add(channel);
        start(() -> serve(channel));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void serve(SocketChannel channel) {
    try {
      Call call = read(new DataInputStream(Channels.newInputStream(channel)));
      Optional<Answer> answer = answer(call);
      if (answer.isEmpty()) {
        return; // Stays open: the command waits until it is killed.
      }
      ByteBuffer bytes = ByteBuffer.wrap(encoded(answer.get()));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.close();
      open.remove(channel);
    } catch (IOException e) {
      open.remove(channel); // The command was killed.
    }
  }

  private Optional<Answer> answer(Call call) {
    try {
      return work.apply(call);
    } catch (RuntimeException e) {
      return Optional.of(Answer.failed(254, call.program() + ": simulator: " + e + "\n"));
    }
  }

  private static Call read(DataInputStream in) throws IOException {
    List<String> parts = new ArrayList<>();
    int count = in.readInt();
    for (int i = 0; i < count; i++) {
      parts.add(new String(in.readNBytes(in.readInt()), ISO_8859_1));
    }
    int variables = Integer.parseInt(parts.get(3));
    Map<String, String> environment = new HashMap<>();
    for (String variable : parts.subList(4, 4 + variables)) {
      int equals = variable.indexOf('=', 1);
      environment.put(variable.substring(0, equals), variable.substring(equals + 1));
    }
    return new Call(
        parts.get(0),
        parts.get(1),
        parts.get(2),
        environment,
        parts.subList(4 + variables, parts.size()));
  }

  private static byte[] encoded(Answer answer) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeInt(answer.exitCode());
    for (String text : List.of(answer.output(), answer.errors())) {
      out.writeInt(text.length());
      out.write(text.getBytes(ISO_8859_1));
    }
    return bytes.toByteArray();
  }
}
