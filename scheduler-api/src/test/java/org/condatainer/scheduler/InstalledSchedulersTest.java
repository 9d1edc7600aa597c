package org.condatainer.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.condatainer.job.JobId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The adapters that are installed. */
final class InstalledSchedulersTest {
  @Test
  void higherPriorityReplacesABuiltInAdapter() {
    SchedulerProvider builtIn = provider("slurm", "built in", 0);
    SchedulerProvider site = provider("slurm", "site", 5);

    assertThat(new InstalledSchedulers(List.of(builtIn, site)).providers()).containsExactly(site);
    assertThat(new InstalledSchedulers(List.of(site, builtIn)).byId("slurm")).contains(site);
  }

  @Test
  void everyAdapterSaysWhatItSaw() {
    SchedulerProvider slurm = provider("slurm", "Slurm", 0);

    assertThat(new InstalledSchedulers(List.of(slurm)).detect(new HostEnvironment(Map.of())))
        .containsEntry(slurm, Detection.missing("not here"));
  }

  @Test
  void anAdapterThatCannotBeLoadedIsNamedAndTheOthersWork(@TempDir Path plugins) throws Exception {
    Path services = Files.createDirectories(plugins.resolve("META-INF/services"));
    Files.writeString(
        services.resolve(SchedulerProvider.class.getName()),
        "org.site.Missing\n" + Failing.class.getName() + "\n" + Working.class.getName() + "\n");

    try (URLClassLoader loader = new URLClassLoader(new URL[] {plugins.toUri().toURL()})) {
      InstalledSchedulers installed = InstalledSchedulers.load(List.of(loader, loader));

      assertThat(installed.providers()).hasOnlyElementsOfType(Working.class).hasSize(1);
      assertThat(installed.problems())
          .hasSize(2)
          .anyMatch(problem -> problem.contains("org.site.Missing"))
          .anyMatch(problem -> problem.contains(Failing.class.getName()));
    }
  }

  /** An adapter that was built for something else. */
  public static final class Failing extends Working {
    public Failing() {
      throw new NoClassDefFoundError("org/site/Drmaa");
    }
  }

  /** An adapter of a site. */
  public static class Working implements SchedulerProvider {
    @Override
    public String id() {
      return "site";
    }

    @Override
    public String displayName() {
      return "Site";
    }

    @Override
    public Dialect dialect() {
      throw new AssertionError();
    }

    @Override
    public Detection detect(HostEnvironment environment) {
      return Detection.missing("not here");
    }

    @Override
    public Optional<JobId> currentJob(HostEnvironment environment) {
      return Optional.empty();
    }

    @Override
    public Scheduler open(SchedulerContext context) {
      throw new AssertionError();
    }
  }

  private static SchedulerProvider provider(String id, String name, int priority) {
    return new Working() {
      @Override
      public String id() {
        return id;
      }

      @Override
      public String displayName() {
        return name;
      }

      @Override
      public int priority() {
        return priority;
      }
    };
  }
}
