package org.condatainer.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.condatainer.launch.LaunchException;
import org.condatainer.launch.LaunchOptions;
import org.condatainer.launch.Plan;
import org.condatainer.launch.Planner;
import org.condatainer.overlay.NewOverlay;
import org.condatainer.overlay.OverlayCreation;
import org.condatainer.overlay.OverlayException;
import org.condatainer.overlay.OverlayProfile;
import org.condatainer.overlay.Owner;
import org.condatainer.overlay.Progress;
import org.condatainer.process.Command;
import org.condatainer.process.CommandException;
import org.condatainer.process.CommandResult;
import org.condatainer.process.CommandRunner;
import org.condatainer.process.SystemWords;

/**
 * Makes a small overlay and runs a container in it, writable and then read-only, as a user does.
 */
final class ContainerTrial {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final String KEPT = "/ext3/env/trial";

  private final Planner planner;
  private final CommandRunner runner;

  ContainerTrial(Planner planner, CommandRunner runner) {
    this.planner = planner;
    this.runner = runner;
  }

  /**
   * @param next what to do where it fails
   */
  Finding finding(String next) {
    Path folder = null;
    try {
      folder = Files.createTempDirectory("condatainer-trial-");
      Path image = folder.resolve("trial.img");
      new OverlayCreation(runner, Progress.SILENT)
          .create(
              new NewOverlay(
                  image,
                  OverlayCreation.SMALLEST,
                  OverlayProfile.BALANCED,
                  true,
                  Owner.ofThisProcess()));
      Plan writing = plan(image, true, "echo kept >" + KEPT);
      String runtime = writing.script().runtime().name();
      Optional<String> failure = failure(folder, writing, "");
      if (failure.isEmpty()) {
        failure = failure(folder, plan(image, false, "cat " + KEPT), "kept\n");
      }
      return failure.isEmpty()
          ? Finding.ok("container", runtime + ": wrote into an overlay, and read it again")
          : Finding.problem("container", runtime + ": " + failure.get(), next);
    } catch (LaunchException | OverlayException e) {
      return Finding.problem("container", e.getMessage(), next);
    } catch (IOException e) {
      return Finding.problem("container", "nothing could be tried: " + SystemWords.of(e), next);
    } finally {
      remove(folder);
    }
  }

  private Plan plan(Path image, boolean writable, String command) {
    return planner.command(
        List.of("sh", "-c", command), LaunchOptions.here(List.of(image.toString()), writable));
  }

  /** What went wrong, empty if nothing did and it printed this. */
  private Optional<String> failure(Path folder, Plan plan, String output) throws IOException {
    Path script = Files.write(folder.resolve("script"), plan.script().bytes());
    try {
      CommandResult result = runner.run(Command.of("bash", script.toString()).withTimeout(LIMIT));
      if (result.exitCode() == 0 && result.output().equals(output)) {
        return Optional.empty();
      }
      return Optional.of(
          "a container ended with exit code "
              + result.exitCode()
              + "; it said: "
              + (result.errors() + result.output()).strip().replace("\n", "\n  "));
    } catch (CommandException e) {
      return Optional.of(e.getMessage());
    }
  }

  private static void remove(Path folder) {
    if (folder == null) {
      return;
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      // a helper that still ends; the folder is in /tmp
    }
  }
}
