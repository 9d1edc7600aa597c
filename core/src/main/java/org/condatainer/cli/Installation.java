package org.condatainer.cli;

import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.condatainer.launch.LaunchException;
import org.condatainer.scheduler.InstalledSchedulers;

/**
 * Where the program is installed: {@code bin/}, {@code lib/} and {@code plugins/} below one folder,
 * which its launcher names in the property {@code condatainer.home}.
 */
final class Installation {
  private static final String HOME = "condatainer.home";

  private Installation() {}

  /** The version of this program, or {@code unknown} when it runs from classes. */
  static String version() {
    String version = Main.class.getPackage().getImplementationVersion();
    return version == null ? "unknown" : version;
  }

  /** The folder of the installation; empty when the program was not started by its launcher. */
  static Optional<Path> home() {
    return Optional.ofNullable(System.getProperty(HOME)).map(Path::of);
  }

  /** The built-in adapters, and those in {@code plugins/}, each with a loader of its own. */
  static InstalledSchedulers schedulers() {
    List<ClassLoader> loaders = new ArrayList<>();
    loaders.add(Installation.class.getClassLoader());
    Optional<Path> plugins = home().map(home -> home.resolve("plugins"));
    if (plugins.isPresent() && Files.isDirectory(plugins.get())) {
      try (DirectoryStream<Path> entries = Files.newDirectoryStream(plugins.get())) {
        for (Path entry : entries) {
          List<URL> jars = jars(entry);
          if (!jars.isEmpty()) {
            loaders.add(
                new URLClassLoader(jars.toArray(new URL[0]), Installation.class.getClassLoader()));
          }
        }
      } catch (IOException e) {
        throw new LaunchException(
            LaunchException.Kind.FAILED,
            "the adapters in " + plugins.get() + " cannot be read: " + e.getMessage(),
            e);
      }
    }
    return InstalledSchedulers.load(loaders);
  }

  /** A jar alone, or all jars of a folder. */
  private static List<URL> jars(Path entry) throws IOException {
    List<URL> jars = new ArrayList<>();
    if (Files.isDirectory(entry)) {
      try (DirectoryStream<Path> files = Files.newDirectoryStream(entry, "*.jar")) {
        for (Path file : files) {
          jars.add(url(file));
        }
      }
    } else if (entry.toString().endsWith(".jar")) {
      jars.add(url(entry));
    }
    return jars;
  }

  private static URL url(Path file) throws MalformedURLException {
    return file.toUri().toURL();
  }
}
