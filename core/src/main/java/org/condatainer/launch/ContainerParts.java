package org.condatainer.launch;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.condatainer.config.Configuration;
import org.condatainer.config.UserPath;
import org.condatainer.container.ApptainerRuntime;
import org.condatainer.container.Base;
import org.condatainer.container.Bind;
import org.condatainer.container.Container;
import org.condatainer.container.ContainerRuntime;
import org.condatainer.container.EmbeddedRuntime;
import org.condatainer.overlay.Owner;
import org.condatainer.scheduler.HostEnvironment;

/** What a container is made of and by, from what the user and the configuration say. */
final class ContainerParts {
  private final Configuration configuration;
  private final HostEnvironment environment;
  private final Path workingDirectory;

  ContainerParts(Configuration configuration, HostEnvironment environment, Path workingDirectory) {
    this.configuration = configuration;
    this.environment = environment;
    this.workingDirectory = workingDirectory;
  }

  Base base(LaunchOptions options) {
    String image = options.baseImage().orElse(configuration.baseImage());
    if (image.equals("host")) {
      return new Base.Host();
    }
    Path path = UserPath.ofHome(image, workingDirectory, environment.variables());
    if (!Files.exists(path)) {
      throw new LaunchException(
          LaunchException.Kind.OVERLAY_UNUSABLE,
          "there is no base image "
              + path
              + "; -b names another, and -b host takes the system of the node itself");
    }
    return new Base.Image(path);
  }

  /** Whether the user is to be made root: who is root already is told so. */
  static boolean fakeroot(LaunchOptions options, List<String> notes) {
    boolean root = Owner.ofThisProcess().uid() == 0;
    if (options.fakeroot() && root) {
      notes.add("you are root, so --fakeroot is left out");
    }
    return options.fakeroot() && !root;
  }

  Bind bind(String text) {
    boolean readOnly = text.endsWith(":ro");
    String paths = readOnly || text.endsWith(":rw") ? text.substring(0, text.length() - 3) : text;
    int colon = paths.indexOf(':');
    String source = colon < 0 ? paths : paths.substring(0, colon);
    String target = colon < 0 ? source : paths.substring(colon + 1);
    if (source.isEmpty() || target.isEmpty()) {
      throw new LaunchException(
          LaunchException.Kind.BAD_REQUEST,
          "--bind: \"" + text + "\" is not HOST, HOST:CONTAINER or HOST:CONTAINER:ro");
    }
    Path host = UserPath.ofHome(source, workingDirectory, environment.variables());
    Path container = colon < 0 ? host : Path.of(target);
    if (!container.isAbsolute()) {
      throw new LaunchException(
          LaunchException.Kind.BAD_REQUEST,
          "--bind: the path in the container is not absolute: " + target);
    }
    return new Bind(host, container, readOnly);
  }

  ContainerRuntime runtime(Container container, boolean local) {
    String kind = configuration.runtime();
    if (!kind.equals("embedded")) {
      Optional<String> program = configuration.apptainer();
      for (String name : List.of("apptainer", "singularity")) {
        if (program.isEmpty() && (kind.equals("auto") || kind.equals(name))) {
          program = environment.program(name).map(Path::toString);
        }
      }
      if (program.isPresent()) {
        return new ApptainerRuntime(program.get());
      }
      if (!kind.equals("auto")) {
        if (local && configuration.nodeModules().isEmpty()) {
          throw new LaunchException(
              LaunchException.Kind.OVERLAY_UNUSABLE,
              "runtime: " + kind + " is configured, and there is no " + kind + " in PATH");
        }
        return new ApptainerRuntime(kind);
      }
    }
    EmbeddedRuntime embedded = new EmbeddedRuntime(Owner.ofThisProcess().uid() == 0);
    List<String> missing = embedded.missing(container, name -> installedHere(name));
    if (local && !missing.isEmpty()) {
      throw new LaunchException(
          LaunchException.Kind.OVERLAY_UNUSABLE,
          "there is no Apptainer or Singularity in PATH, and the embedded runtime misses: "
              + String.join(", ", missing));
    }
    return embedded;
  }

  /** The devices by which Nvidia's and AMD's drivers show that this machine has GPUs. */
  static boolean showsGpus() {
    return Files.exists(Path.of("/dev/nvidiactl")) || Files.exists(Path.of("/dev/kfd"));
  }

  /** Programs of the system may be outside of an ordinary user's PATH. */
  private boolean installedHere(String program) {
    return environment.program(program).isPresent()
        || Files.isExecutable(Path.of("/usr/sbin", program))
        || Files.isExecutable(Path.of("/sbin", program));
  }
}
