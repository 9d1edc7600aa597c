package org.condatainer.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.condatainer.scheduler.InstalledSchedulers;
import org.condatainer.scheduler.SchedulerProvider;
import org.condatainer.trust.Ownership;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Adapters in the folder plugins that cannot be loaded. */
final class PluginsTest {
  private static final String SERVICE = "META-INF/services/" + SchedulerProvider.class.getName();

  @TempDir private Path plugins;

  @Test
  void aJarThatIsNoneIsNamed() throws IOException {
    Path text = Files.writeString(plugins.resolve("text.jar"), "no jar");
    Path cut = jar("cut.jar", SERVICE, "org.site.Missing".repeat(100));
    try (FileChannel file = FileChannel.open(cut, StandardOpenOption.WRITE)) {
      file.truncate(file.size() / 2);
    }

    assertThat(load().problems())
        .hasSize(2)
        .anyMatch(
            problem ->
                problem.startsWith("the adapter " + text + " cannot be loaded: it is no jar"))
        .anyMatch(
            problem ->
                problem.startsWith("the adapter " + cut + " cannot be loaded: it is no jar"));
  }

  @Test
  void aJarWithoutAnAdapterIsNamed() throws IOException {
    Path jar = jar("empty.jar", "README", "nothing");

    assertThat(load().problems())
        .singleElement()
        .asString()
        .contains(jar.toString(), "does not name one in " + SERVICE);
  }

  @Test
  void theJarOfAMissingClassIsNamed() throws IOException {
    Path jar = jar("old.jar", SERVICE, "org.site.Missing\n");

    assertThat(load().problems())
        .singleElement()
        .asString()
        .contains("an adapter of " + jar + " cannot be loaded", "org.site.Missing");
  }

  @Test
  void whatOthersCanWriteIsNotLoaded() throws IOException {
    Path jar = jar("open.jar", SERVICE, "org.site.Missing\n");
    Files.setPosixFilePermissions(jar, PosixFilePermissions.fromString("rw-r--rw-"));
    assertThat(load().problems())
        .singleElement()
        .asString()
        .startsWith("no adapter is loaded from " + jar + ": it can be written by everybody");

    Files.setPosixFilePermissions(jar, PosixFilePermissions.fromString("rw-r--r--"));
    Files.setPosixFilePermissions(plugins, PosixFilePermissions.fromString("rwxr-xrwx"));
    assertThat(load().problems())
        .singleElement()
        .asString()
        .startsWith("no adapter is loaded from " + plugins + ": it can be written by everybody");
  }

  @Test
  void theJarOfAStrangerIsNotLoaded() throws IOException {
    Path jar = jar("his.jar", SERVICE, "org.site.Missing\n");
    assumeThat(Ownership.ofThisProcess()).isZero();
    Files.setAttribute(jar, "unix:uid", 41002);

    assertThat(load().problems())
        .singleElement()
        .asString()
        .startsWith("no adapter is loaded from " + jar + ": it belongs to 41002");
  }

  @Test
  void schedulersOfTheProgramWorkBesideThem() throws IOException {
    Files.writeString(plugins.resolve("text.jar"), "no jar");
    Files.writeString(plugins.resolve("README"), "no jar, and none that is meant to be");

    assertThat(load().providers())
        .hasSameSizeAs(Installation.schedulers(Optional.empty()).providers());
    assertThat(load().problems()).hasSize(1);
  }

  private InstalledSchedulers load() {
    return Installation.schedulers(Optional.of(plugins));
  }

  private Path jar(String name, String entry, String content) throws IOException {
    Path jar = plugins.resolve(name);
    try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(jar))) {
      out.putNextEntry(new ZipEntry(entry));
      out.write(content.getBytes(UTF_8));
    }
    return jar;
  }
}
