package org.condatainer.launch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.condatainer.config.Configuration;
import org.condatainer.process.Command;
import org.condatainer.process.CommandRunner;
import org.condatainer.process.ProcessRunner;
import org.condatainer.scheduler.HostEnvironment;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where micromamba is looked for, and how it is fetched from a server that may do anything. */
class MicromambaTest {
  /** What the server does with a request. */
  private interface Answer {
    void to(HttpExchange exchange) throws IOException;
  }

  private static final CommandRunner RUNNER = new ProcessRunner(System.getenv());
  private static final byte[] PROGRAM = new byte[3_000_000];

  static {
    new Random(1).nextBytes(PROGRAM);
  }

  @TempDir private Path folder;
  private final Map<String, String> variables = new HashMap<>();
  private final Map<String, Answer> answers = new HashMap<>();
  private final List<String> asked = Collections.synchronizedList(new ArrayList<>());
  private final CountDownLatch end = new CountDownLatch(1);
  private ExecutorService threads;
  private HttpServer server;
  private Path kept;

  @BeforeEach
  void startsTheServer() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    threads = Executors.newCachedThreadPool();
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
    variables.put("HOME", folder.toString());
    variables.put(
        "CNT_MICROMAMBA_URL",
        "http://127.0.0.1:" + server.getAddress().getPort() + "/micromamba-@PLATFORM@");
    kept = folder.resolve(".local/share/condatainer/micromamba");
    answers.put("", whole(PROGRAM));
    answers.put(".sha256", whole((sha256(PROGRAM) + "  micromamba\n").getBytes(UTF_8)));
  }

  @AfterEach
  void stopsIt() {
    end.countDown();
    server.stop(0);
    threads.shutdownNow();
  }

  private void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    asked.add(path);
    try (exchange) {
      answers.get(path.endsWith(".sha256") ? ".sha256" : "").to(exchange);
    }
  }

  private static Answer whole(byte[] content) {
    return exchange -> {
      exchange.sendResponseHeaders(200, content.length);
      exchange.getResponseBody().write(content);
    };
  }

  private static Answer status(int status) {
    return exchange -> exchange.sendResponseHeaders(status, -1);
  }

  private static String sha256(byte[] content) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  private Configuration configuration() {
    return Configuration.load(Optional.empty(), variables, warning -> {});
  }

  private Path fetch() {
    return Micromamba.fetch(configuration(), RUNNER);
  }

  private void failsAndKeepsNothing(String... message) throws IOException {
    failsAndKeepsNothing(RUNNER, message);
  }

  private void failsAndKeepsNothing(CommandRunner runner, String... message) throws IOException {
    assertThatThrownBy(() -> Micromamba.fetch(configuration(), runner))
        .isInstanceOfSatisfying(
            LaunchException.class,
            e -> {
              assertThat(e.kind()).isEqualTo(LaunchException.Kind.FAILED);
              assertThat(e.getMessage())
                  .contains(message)
                  .contains("install micromamba yourself")
                  .doesNotContain("Exception");
            });
    assertThat(left()).isEmpty();
  }

  private List<String> left() throws IOException {
    try (Stream<Path> files = Files.list(kept.getParent())) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }

  @Test
  void isKeptAsAProgramWhenItsChecksumIsRight() throws IOException {
    assertThat(fetch()).isEqualTo(kept).isExecutable().hasBinaryContent(PROGRAM);
    assertThat(left()).containsExactly("micromamba");
    assertThat(asked).hasSize(2).allMatch(path -> path.matches("/micromamba-linux-\\w+(.sha256)?"));
  }

  @Test
  void followsARedirection() {
    answers.put(
        "",
        exchange -> {
          if (exchange.getRequestURI().getPath().equals("/elsewhere")) {
            whole(PROGRAM).to(exchange);
            return;
          }
          exchange.getResponseHeaders().add("Location", "/elsewhere");
          exchange.sendResponseHeaders(302, -1);
        });
    assertThat(fetch()).hasBinaryContent(PROGRAM);
  }

  @Test
  void isNotKeptWithAnotherChecksum() throws IOException {
    String other = sha256(new byte[1]);
    answers.put(".sha256", whole(other.getBytes(UTF_8)));
    failsAndKeepsNothing("has the checksum " + sha256(PROGRAM), "should have " + other);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "<html>Log in to the network</html>", "abc  micromamba\n"})
  void isNotKeptWithoutAChecksum(String text) throws IOException {
    answers.put(
        ".sha256",
        exchange -> {
          exchange.sendResponseHeaders(200, text.isEmpty() ? -1 : text.length());
          exchange.getResponseBody().write(text.getBytes(UTF_8));
        });
    failsAndKeepsNothing(".sha256 is not the checksum of micromamba", "micromamba_url");
  }

  @ParameterizedTest
  @ValueSource(ints = {403, 404, 410})
  void tellsWhatTheServerSays(int status) throws IOException {
    answers.put("", status(status));
    failsAndKeepsNothing("/micromamba-", " could not be fetched: ", Integer.toString(status));
    answers.put("", whole(PROGRAM));
    answers.put(".sha256", status(status));
    failsAndKeepsNothing(".sha256 could not be fetched: ", Integer.toString(status));
  }

  @Test
  void triesAgainWhereTheServerIsBusy() {
    answers.put(
        "",
        exchange -> {
          if (asked.size() == 1) {
            exchange.sendResponseHeaders(503, -1);
          } else {
            whole(PROGRAM).to(exchange);
          }
        });
    assertThat(fetch()).hasBinaryContent(PROGRAM);
  }

  @Test
  void keepsNothingWhenTheConnectionIsCut() throws IOException {
    answers.put(
        "",
        exchange -> {
          exchange.sendResponseHeaders(200, PROGRAM.length);
          exchange.getResponseBody().write(PROGRAM, 0, PROGRAM.length / 2);
          exchange.getResponseBody().flush();
        });
    failsAndKeepsNothing(" could not be fetched: ");
  }

  /** Nobody notices that but by the checksum. */
  @Test
  void keepsNothingWhenLessIsSentThanThereIs() throws IOException {
    answers.put(
        "",
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          exchange.getResponseBody().write(PROGRAM, 0, PROGRAM.length - 1);
        });
    failsAndKeepsNothing("was cut off or changed on its way");
  }

  @Test
  void leavesAServerThatStopsInTheMiddle() throws IOException {
    answers.put(
        "",
        exchange -> {
          exchange.sendResponseHeaders(200, PROGRAM.length);
          exchange.getResponseBody().write(PROGRAM, 0, PROGRAM.length / 2);
          exchange.getResponseBody().flush();
          try {
            end.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    CommandRunner impatient =
        command -> {
          List<String> words = new ArrayList<>(command.words());
          assertThat(words).contains("--speed-time");
          words.set(words.indexOf("--speed-time") + 1, "1");
          words.set(words.indexOf("--retry") + 1, "0");
          return RUNNER.run(Command.of(words));
        };
    failsAndKeepsNothing(impatient, " could not be fetched: ", "Operation too slow");
  }

  @Test
  void tellsThatThereIsNoServer() throws IOException {
    server.stop(0);
    failsAndKeepsNothing("/micromamba-", " could not be fetched: ", "connect");
  }

  @Test
  void isFoundInTheConfigurationThenInTheVariableThenInPathThenWhereItWasFetched()
      throws IOException {
    Path configured = program("configured/micromamba");
    Path named = program("named/mamba");
    Path inPath = program("path/micromamba");
    Path fetched = program(".local/share/condatainer/micromamba");
    variables.put("CNT_MICROMAMBA", configured.toString());
    variables.put("MAMBA_EXE", named.toString());
    variables.put("PATH", folder.resolve("path") + ":/usr/bin:/bin");
    for (Path expected : List.of(configured, named, inPath, fetched)) {
      assertThat(find()).contains(expected);
      if (expected.equals(configured)) {
        Files.delete(expected);
        assertThatThrownBy(this::find)
            .hasMessage(
                "micromamba: there is no program " + configured + "; correct the configuration");
        variables.remove("CNT_MICROMAMBA");
      }
      Files.deleteIfExists(expected);
    }
    assertThat(find()).isEmpty();
    assertThat(asked).isEmpty();
  }

  private Optional<Path> find() {
    return Micromamba.find(configuration(), new HostEnvironment(variables));
  }

  private Path program(String name) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.createFile(file);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    return file;
  }
}
