package org.condatainer.cli;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import org.condatainer.launch.LaunchException;
import org.condatainer.process.SystemWords;
import org.condatainer.scheduler.InstalledSchedulers;
import org.condatainer.scheduler.SchedulerProvider;
import org.condatainer.trust.Trusted;

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
    return schedulers(home().map(home -> home.resolve("plugins")));
  }

  /**
   * The same.
   *
   * @param plugins a folder in that of the installation; what others than its owner, root and the
   *     user can write in it is a problem, and not loaded
   */
  static InstalledSchedulers schedulers(Optional<Path> plugins) {
    List<ClassLoader> loaders = new ArrayList<>();
    loaders.add(Installation.class.getClassLoader());
    List<String> problems = new ArrayList<>();
    if (plugins.isPresent() && Files.isDirectory(plugins.get())) {
      try (DirectoryStream<Path> entries = Files.newDirectoryStream(plugins.get())) {
        Trusted trusted = Trusted.of(Optional.ofNullable(plugins.get().getParent()));
        Optional<String> objection = trusted.objection(plugins.get());
        objection.ifPresent(why -> problems.add(notLoaded(plugins.get(), why)));
        for (Path entry : entries) {
          URL[] jars = objection.isPresent() ? new URL[0] : usable(entry, trusted, problems);
          if (jars.length > 0) {
            loaders.add(
                new URLClassLoader(entry.toString(), jars, Installation.class.getClassLoader()));
          }
        }
      } catch (IOException e) {
        throw new LaunchException(
            LaunchException.Kind.FAILED,
            "the adapters in " + plugins.get() + " cannot be read: " + SystemWords.of(e),
            e);
      }
    }
    return InstalledSchedulers.load(loaders, problems);
  }

  /**
   * The jars of an adapter, if there is an adapter in them. A class loader passes over a jar that
   * it cannot read, and says nothing.
   */
  private static URL[] usable(Path entry, Trusted trusted, List<String> problems) {
    List<URL> usable = new ArrayList<>();
    boolean adapter = false;
    Path read = entry;
    try {
      List<Path> jars = jars(entry);
      List<Path> judged = new ArrayList<>(jars);
      if (!jars.isEmpty() && !jars.contains(entry)) {
        judged.add(entry);
      }
      for (Path each : judged) {
        Optional<String> objection = trusted.objection(each);
        if (objection.isPresent()) {
          problems.add(notLoaded(each, objection.get()));
          return new URL[0];
        }
      }
      for (Path jar : jars) {
        read = jar;
        try (ZipFile file = new ZipFile(jar.toFile())) {
          adapter |=
              file.getEntry("META-INF/services/" + SchedulerProvider.class.getName()) != null;
        }
        usable.add(jar.toUri().toURL());
      }
    } catch (ZipException e) {
      String why = "it is no jar, or a part of one (" + e.getMessage() + ")";
      problems.add("the adapter " + read + " cannot be loaded: " + why);
      return new URL[0];
    } catch (IOException e) {
      problems.add("the adapter " + read + " cannot be loaded: " + SystemWords.why(e));
      return new URL[0];
    }
    if (!adapter && !usable.isEmpty()) {
      problems.add(
          "the adapter "
              + entry
              + " cannot be loaded: it does not name one in META-INF/services/"
              + SchedulerProvider.class.getName());
    }
    return usable.toArray(new URL[0]);
  }

  /** What is loaded runs as the user. */
  private static String notLoaded(Path path, String why) {
    return "no adapter is loaded from " + path + ": it " + why;
  }

  /** A jar alone, or all jars of a folder. */
  private static List<Path> jars(Path entry) throws IOException {
    List<Path> jars = new ArrayList<>();
    if (Files.isDirectory(entry)) {
      try (DirectoryStream<Path> files = Files.newDirectoryStream(entry, "*.jar")) {
        for (Path file : files) {
          jars.add(file);
        }
      }
    } else if (entry.toString().endsWith(".jar")) {
      jars.add(entry);
    }
    return jars;
  }
}
