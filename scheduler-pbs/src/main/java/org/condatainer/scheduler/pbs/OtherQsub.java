package org.condatainer.scheduler.pbs;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.condatainer.scheduler.HostEnvironment;

/** Tells from files alone whether a command by a name of PBS's is another scheduler's. */
final class OtherQsub {
  /** Slurm's scripts say what they are in their first lines, and load its module soon after. */
  private static final int HEAD = 8192;

  private OtherQsub() {}

  /** Whose it is, for a message; empty if nothing says that it is not PBS's. */
  static Optional<String> owner(Path program, HostEnvironment environment) {
    Path real = real(program);
    String head = head(real);
    if (head.startsWith("#!") && (head.contains("Slurm") || head.contains("SLURM"))) {
      return Optional.of("a script of Slurm's");
    }
    Optional<String> root = environment.variable("SGE_ROOT");
    boolean below = root.isPresent() && real.startsWith(real(Path.of(root.get())));
    if (below || (isBeside(real, "qconf") && !isBeside(real, "pbsnodes"))) {
      return Optional.of("Grid Engine's");
    }
    return Optional.empty();
  }

  /** Grid Engine's administration command; PBS has none of this name. */
  private static boolean isBeside(Path program, String name) {
    return Files.isExecutable(program.resolveSibling(name));
  }

  private static Path real(Path file) {
    try {
      return file.toRealPath();
    } catch (IOException e) {
      return file;
    }
  }

  /** The first bytes, empty if the file cannot be read. */
  private static String head(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      return new String(in.readNBytes(HEAD), ISO_8859_1);
    } catch (IOException e) {
      return "";
    }
  }
}
