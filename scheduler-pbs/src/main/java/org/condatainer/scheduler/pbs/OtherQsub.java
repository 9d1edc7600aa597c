package org.condatainer.scheduler.pbs;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.condatainer.scheduler.HostEnvironment;

/** Tells from files alone whether a command by a name of PBS's is another scheduler's. */
final class OtherQsub {
  /** Slurm's scripts say what they are in their first lines, and load its module soon after. */
  private static final int HEAD = 8192;

  /** Clients are smaller, or linked to the library that is looked for. */
  private static final int PROGRAM = 4 << 20;

  /** Commands of PBS alone: neither Torque nor Grid Engine has them. */
  private static final List<String> OF_PBS = List.of("pbs_rsub", "pbs_rstat", "pbs_ralter");

  /** Commands of Torque alone. */
  private static final List<String> OF_TORQUE = List.of("qgpumode", "qchkpt", "pbs_track");

  private static final String GRID_ENGINE = "Grid Engine's";

  private OtherQsub() {}

  /** Whose it is, for a message; empty if nothing says that it is not PBS's. */
  static Optional<String> owner(Path program, HostEnvironment environment) {
    Path real = real(program);
    String head = begin(real, HEAD);
    if (head.startsWith("#!") && (head.contains("Slurm") || head.contains("SLURM"))) {
      return Optional.of("a script of Slurm's");
    }
    Optional<String> root = environment.variable("SGE_ROOT");
    boolean below = root.isPresent() && real.startsWith(real(Path.of(root.get())));
    if (below || (isBeside(real, "qconf") && !isBeside(real, "pbsnodes"))) {
      return Optional.of(GRID_ENGINE);
    }
    return isBesideAny(real, OF_PBS) ? Optional.empty() : ownerByMarks(real, head);
  }

  /** A script around a command says nothing by the marks; it may be around PBS's. */
  private static Optional<String> ownerByMarks(Path program, String head) {
    if (head.startsWith("#!")) {
      return Optional.empty();
    }
    boolean torque =
        isBesideAny(program, OF_TORQUE) || program.getFileName().toString().endsWith("-torque");
    String text = torque ? "" : begin(program, PROGRAM);
    if (torque || text.contains("libtorque.so")) {
      return Optional.of("Torque's, another scheduler than OpenPBS and PBS Professional");
    }
    return text.contains("SGE_ROOT") ? Optional.of(GRID_ENGINE) : Optional.empty();
  }

  private static boolean isBesideAny(Path program, List<String> names) {
    return names.stream().anyMatch(name -> isBeside(program, name));
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
  private static String begin(Path file, int length) {
    try (InputStream in = Files.newInputStream(file)) {
      return new String(in.readNBytes(length), ISO_8859_1);
    } catch (IOException e) {
      return "";
    }
  }
}
