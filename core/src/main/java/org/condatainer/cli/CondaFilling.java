package org.condatainer.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.condatainer.config.Configuration;
import org.condatainer.container.Bind;
import org.condatainer.container.EnclosingContainer;
import org.condatainer.launch.LaunchOptions;
import org.condatainer.launch.Micromamba;
import org.condatainer.overlay.CondaChannels;
import org.condatainer.overlay.OverlayCreation;
import org.condatainer.overlay.OverlayException;
import org.condatainer.process.ProcessRunner;
import org.condatainer.process.SystemWords;
import org.condatainer.scheduler.Overrides;
import picocli.CommandLine.ParseResult;

/** Installs a Conda environment into a new image, by micromamba in a container that has it. */
final class CondaFilling implements OverlayCreation.Filling {
  private final List<String> words;
  private final LaunchOptions container;
  private final Optional<Path> kept;
  private final Invocation invocation;

  private CondaFilling(
      List<String> words, LaunchOptions container, Optional<Path> kept, Invocation invocation) {
    this.words = words;
    this.container = container;
    this.kept = kept;
    this.invocation = invocation;
  }

  /**
   * What the command line asks for.
   *
   * @param packages what stands behind {@code --}
   * @param image the image to be made
   * @throws UsageException if there are both a file and packages, a channel is missing, or we are
   *     in a container
   * @throws OverlayException if there is no such file, or no micromamba
   */
  static CondaFilling of(
      String name, ParseResult parsed, List<String> packages, Path image, Invocation invocation) {
    Optional<EnclosingContainer> around =
        EnclosingContainer.of(invocation.environment().variables());
    if (around.isPresent()) {
      throw new UsageException(
          name
              + ": "
              + around.get()
              + ", and packages are installed in one\n  next: leave it first (exit); mm-install"
              + " adds packages to the environment that you are in");
    }
    Optional<Path> file =
        Optional.ofNullable(parsed.<String>matchedOptionValue("--file", null))
            .map(invocation::path);
    if (file.isPresent() && !packages.isEmpty()) {
      throw new UsageException(name + ": either -f FILE or packages behind --, not both");
    }
    List<String> channels = file.isPresent() ? channelsOf(file.get()) : channelsIn(name, packages);
    Configuration configuration =
        Configuration.load(
            Installation.home(), invocation.environment().variables(), invocation::say);
    Path program = micromamba(parsed, configuration, invocation);
    List<Bind> binds = new ArrayList<>();
    // wherever they are on this machine, the container sees them
    Path shown = Path.of("/ext3/condatainer/micromamba");
    binds.add(new Bind(program, shown, true));
    Optional<Path> seen = Optional.empty();
    if (file.isPresent()) {
      seen = Optional.of(Path.of("/ext3/condatainer", "environment" + ending(file.get())));
      binds.add(new Bind(file.get(), seen.get(), true));
    }
    Path kept = image.resolveSibling(image.getFileName() + ".unfinished");
    return new CondaFilling(
        Micromamba.creation(shown, seen, packages, channels),
        new LaunchOptions(
            Optional.ofNullable(parsed.matchedOptionValue("--base-image", null)),
            List.of(),
            List.of(),
            binds,
            Map.of(),
            true,
            Options.isSet(parsed, "--fakeroot"),
            false,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            LaunchOptions.Place.LOCAL,
            Overrides.none()),
        Options.isSet(parsed, "--keep") ? Optional.of(kept) : Optional.empty(),
        invocation);
  }

  /** micromamba tells YAML from other lists by the name. */
  private static String ending(Path file) {
    String name = file.getFileName().toString();
    return name.endsWith(".yml") || name.endsWith(".yaml") ? ".yml" : ".txt";
  }

  private static List<String> channelsOf(Path file) {
    try {
      return CondaChannels.configured(Files.readAllBytes(file));
    } catch (IOException e) {
      throw new OverlayException(
          OverlayException.Kind.BAD_INPUT,
          Files.exists(file)
              ? file + " cannot be read: " + SystemWords.why(e)
              : "there is no file " + file,
          e);
    }
  }

  private static List<String> channelsIn(String name, List<String> packages) {
    List<String> channels = new ArrayList<>();
    for (int i = 0; i < packages.size(); i++) {
      String word = packages.get(i);
      if (word.equals("-c") || word.equals("--channel")) {
        if (i + 1 == packages.size()) {
          throw new UsageException(name + ": " + word + " takes a channel");
        }
        channels.add(packages.get(++i));
      } else if (word.startsWith("--channel=")) {
        channels.add(word.substring("--channel=".length()));
      }
    }
    return channels;
  }

  private static Path micromamba(
      ParseResult parsed, Configuration configuration, Invocation invocation) {
    Optional<Path> program = Micromamba.find(configuration, invocation.environment());
    if (program.isPresent()) {
      return program.get();
    }
    if (!Options.isSet(parsed, "--fetch-micromamba")) {
      throw new OverlayException(
          OverlayException.Kind.FAILED,
          "there is no micromamba, which installs packages: not in the configuration (micromamba),"
              + " MAMBA_EXE or PATH\n  fetch it once, with its checksum: add --fetch-micromamba");
    }
    invocation.say("fetches micromamba, some MiB");
    Path fetched =
        Micromamba.fetch(configuration, new ProcessRunner(invocation.environment().variables()));
    invocation.say("fetched " + fetched);
    return fetched;
  }

  @Override
  public void fill(Path image) {
    LaunchOptions options = container.withOverlays(List.of(image.toString()));
    Launcher launcher = Launcher.create(invocation);
    int exitCode = launcher.start(launcher.planner().command(words, options));
    if (exitCode == 0) {
      return;
    }
    String left = "no image was made; --keep keeps what there is, to look at";
    if (kept.isPresent()) {
      try {
        Files.createLink(kept.get(), image);
        left = "what there is was kept as " + kept.get();
      } catch (IOException e) {
        left = "what there is could not be kept as " + kept.get() + ": " + SystemWords.why(e);
      }
    }
    throw new OverlayException(
        OverlayException.Kind.FAILED,
        "micromamba ended with exit code " + exitCode + " (above is what it said)\n  " + left);
  }
}
