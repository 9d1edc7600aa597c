package org.condatainer.doctor;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.condatainer.process.Command;
import org.condatainer.process.CommandException;
import org.condatainer.process.CommandResult;
import org.condatainer.process.CommandRunner;

/**
 * The Java that runs, and its archive of prepared classes ({@code docs/start-up.md}). One that does
 * not fit Java passes over without a word; one in which bytes have changed it takes, and dies.
 *
 * @param home the folder of the installation, empty when it runs from classes
 */
record JavaFound(Optional<Path> home, CommandRunner runner) {
  private static final Set<String> WITHOUT_REASON =
      Set.of(
          "An error has occurred while processing the shared archive file.",
          "Error occurred during initialization of VM",
          "Unable to use shared archive.");

  Finding finding() {
    String version = System.getProperty("java.runtime.version");
    String detail = "Java " + version + ", " + System.getProperty("java.home");
    if (home.isEmpty()) {
      return Finding.note("java", detail + "; not started by its launcher", "");
    }
    // as the launcher names it
    String ending = "-" + version + ".jsa";
    Path folder = home.get().resolve("cds");
    String[] archives = folder.toFile().list((parent, name) -> name.endsWith(ending));
    String next = "whoever installed it: " + home.get().resolve("bin/condatainer-archive");
    if (archives == null || archives.length == 0) {
      return Finding.warning(
          "java",
          detail + "; there is no archive of prepared classes for it, so each call takes longer",
          next);
    }
    for (String name : archives) {
      Path archive = folder.resolve(name);
      Optional<String> refusal = refusal(archive);
      if (refusal.isPresent()) {
        boolean damaged = refusal.get().contains("hecksum");
        return new Finding(
            "java",
            damaged ? Finding.Level.PROBLEM : Finding.Level.WARNING,
            detail
                + "; the archive of prepared classes "
                + archive
                + (damaged
                    ? " is damaged, and any call may end in a fatal error of Java: "
                    : " does not fit, so each call takes longer: ")
                + refusal.get(),
            (damaged ? "remove it, or make it anew; " : "") + next);
      }
    }
    return Finding.ok("java", detail);
  }

  /** What Java says of an archive that it must take, and compares with its checksums. */
  private Optional<String> refusal(Path archive) {
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    List<String> words =
        List.of(
            java.toString(),
            "-XX:+UnlockDiagnosticVMOptions",
            "-XX:+IgnoreUnrecognizedVMOptions",
            "-XX:+VerifySharedSpaces",
            "-Xshare:on",
            "-XX:SharedArchiveFile=" + archive,
            // the heap of the launcher, for which the archive is
            "-XX:+UseG1GC",
            "-Xmx1g",
            "-XX:CompressedClassSpaceSize=64m",
            "-cp",
            System.getProperty("java.class.path"),
            "-version");
    try {
      CommandResult result = runner.run(Command.of(words));
      if (result.exitCode() == 0) {
        return Optional.empty();
      }
      for (String line : (result.output() + "\n" + result.errors()).split("\n", -1)) {
        if (!line.isBlank() && !WITHOUT_REASON.contains(line.strip())) {
          return Optional.of(line.strip());
        }
      }
      return Optional.of("it does not say why");
    } catch (CommandException e) {
      return Optional.of(e.getMessage());
    }
  }
}
