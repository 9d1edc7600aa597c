package org.condatainer.launch;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.condatainer.config.Configuration;
import org.condatainer.process.Command;
import org.condatainer.process.CommandException;
import org.condatainer.process.CommandResult;
import org.condatainer.process.CommandRunner;
import org.condatainer.process.SystemWords;
import org.condatainer.scheduler.HostEnvironment;

/**
 * micromamba, which installs Conda packages: where it is, and the calls that are made of it here
 * (its user guide, mamba.readthedocs.io; the scripts in {@code mm/} make those inside a container).
 *
 * <ul>
 *   <li>{@code micromamba create -y -p PREFIX -f FILE}, for YAML and for explicit lists
 *   <li>{@code micromamba create -y -p PREFIX -c CHANNEL… PACKAGE…}
 *   <li>{@code micromamba clean -a -y}
 * </ul>
 */
public final class Micromamba {
  private static final Duration FETCH_LIMIT = Duration.ofMinutes(30);

  /** Seconds without a byte after which a server is left. */
  private static final String PATIENCE = "30";

  private static final String BY_HAND =
      " install micromamba yourself, and name it in MAMBA_EXE or in the configuration (micromamba)";

  private Micromamba() {}

  /** The program: configured, {@code MAMBA_EXE}, in PATH, or fetched earlier. */
  public static Optional<Path> find(Configuration configuration, HostEnvironment environment) {
    Optional<String> configured = configuration.micromamba();
    String named = configured.orElse(environment.variables().getOrDefault("MAMBA_EXE", ""));
    if (!named.isEmpty()) {
      Optional<Path> program =
          named.indexOf('/') >= 0 ? Optional.of(Path.of(named)) : environment.program(named);
      if (program.isPresent() && Files.isExecutable(program.get())) {
        return Optional.of(program.get().toAbsolutePath());
      }
      if (configured.isPresent()) {
        throw new LaunchException(
            LaunchException.Kind.BAD_REQUEST,
            "micromamba: there is no program " + named + "; correct the configuration");
      }
    }
    Optional<Path> program = environment.program("micromamba");
    if (program.isEmpty() && Files.isExecutable(configuration.fetchedMicromamba())) {
      program = Optional.of(configuration.fetchedMicromamba());
    }
    return program;
  }

  /**
   * Fetches it with curl, and keeps it if its checksum is right.
   *
   * @throws LaunchException if it cannot be fetched, or the checksum is another; nothing is kept
   */
  public static Path fetch(Configuration configuration, CommandRunner runner) {
    String machine = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
    String platform =
        machine.equals("aarch64")
            ? "linux-aarch64"
            : machine.startsWith("ppc64") ? "linux-ppc64le" : "linux-64";
    String address = configuration.micromambaUrl().replace("@PLATFORM@", platform);
    Path target = configuration.fetchedMicromamba();
    try {
      Files.createDirectories(target.getParent());
      Path file = Files.createTempFile(target.getParent(), "micromamba-", ".new");
      Path sum = Files.createTempFile(target.getParent(), "micromamba-", ".sum");
      // also where the user interrupts it
      file.toFile().deleteOnExit();
      sum.toFile().deleteOnExit();
      try {
        curl(address, file, runner);
        curl(address + ".sha256", sum, runner);
        String expected = checksum(sum, address);
        String found = sha256(file);
        if (!found.equalsIgnoreCase(expected)) {
          throw new LaunchException(
              LaunchException.Kind.FAILED,
              address
                  + " has the checksum "
                  + found
                  + ", and should have "
                  + expected
                  + "; it was not kept, for it was cut off or changed on its way\n  try again, or"
                  + BY_HAND);
        }
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.move(file, target, StandardCopyOption.ATOMIC_MOVE);
        return target;
      } finally {
        Files.deleteIfExists(file);
        Files.deleteIfExists(sum);
      }
    } catch (IOException e) {
      throw new LaunchException(
          LaunchException.Kind.FAILED, target + " cannot be written: " + SystemWords.of(e), e);
    }
  }

  private static String checksum(Path file, String address) throws IOException {
    String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    String first = text.strip().split("\\s", 2)[0];
    if (!first.matches("[0-9a-fA-F]{64}")) {
      throw new LaunchException(
          LaunchException.Kind.FAILED,
          address
              + ".sha256 is not the checksum of micromamba, so that what was fetched was not kept\n "
              + " another address: micromamba_url in the configuration, or"
              + BY_HAND);
    }
    return first;
  }

  private static void curl(String address, Path file, CommandRunner runner) {
    try {
      CommandResult result =
          runner.run(
              Command.of("curl", "-fsSL", "--retry", "2", "--connect-timeout", PATIENCE)
                  .withArguments(List.of("--speed-limit", "1", "--speed-time", PATIENCE))
                  .withArguments(List.of("-o", file.toString(), "--", address))
                  .withTimeout(FETCH_LIMIT));
      if (result.exitCode() != 0) {
        throw new LaunchException(
            LaunchException.Kind.FAILED,
            address
                + " could not be fetched: "
                + result.errors().strip()
                + "\n  where this machine has no way there,"
                + BY_HAND);
      }
    } catch (CommandException e) {
      throw new LaunchException(LaunchException.Kind.FAILED, e.getMessage(), e);
    }
  }

  private static String sha256(Path file) throws IOException {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
        in.transferTo(OutputStream.nullOutputStream());
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * The command that makes the environment inside a container, and writes down its channels. What
   * it prints goes to standard error.
   *
   * @param file the environment's description, as the container sees it; empty without one
   * @param packages specifications, and {@code -c CHANNEL} among them, when there is no file
   * @param channels to be kept as the environment's own, the most important first
   */
  public static List<String> creation(
      Path program, Optional<Path> file, List<String> packages, List<String> channels) {
    List<String> words = new ArrayList<>(List.of("/bin/sh", "-c", CREATE, "create"));
    words.add(program.toString());
    words.add(Integer.toString(channels.size()));
    words.addAll(channels);
    file.ifPresent(path -> words.addAll(List.of("-f", path.toString())));
    words.addAll(packages);
    return words;
  }

  // micromamba makes an environment only where there is no folder yet.
  private static final String CREATE =
      """
      exec >&2
      mamba=$1 count=$2 channels=
      shift 2
      while [ "$count" -gt 0 ]; do
        channels="$channels  - $1
      "
        shift
        count=$((count - 1))
      done
      export MAMBA_ROOT_PREFIX=/ext3/mamba
      unset CONDA_PKGS_DIRS
      rmdir /ext3/env 2>/dev/null
      "$mamba" create -y -p /ext3/env "$@" || exit
      "$mamba" clean -a -y >/dev/null || :
      [ -z "$channels" ] || printf 'channels:\\n%s' "$channels" >/ext3/env/.condarc
      """;
}
