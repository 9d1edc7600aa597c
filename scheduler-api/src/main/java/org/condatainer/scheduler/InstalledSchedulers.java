package org.condatainer.scheduler;

import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.TreeMap;

/** The adapters that are installed, one an id, and which of them fits this machine. */
public final class InstalledSchedulers {
  private final List<SchedulerProvider> providers;
  private final List<String> problems;

  /** The given adapters; of several with one id the highest priority is kept. */
  public InstalledSchedulers(List<SchedulerProvider> providers) {
    this(providers, List.of());
  }

  private InstalledSchedulers(List<SchedulerProvider> providers, List<String> problems) {
    Map<String, SchedulerProvider> byId = new TreeMap<>();
    for (SchedulerProvider provider : providers) {
      SchedulerProvider other = byId.get(provider.id());
      if (other == null || provider.priority() > other.priority()) {
        byId.put(provider.id(), provider);
      }
    }
    this.providers = List.copyOf(byId.values());
    this.problems = List.copyOf(problems);
  }

  /**
   * The adapters of several class loaders. One that cannot be loaded is a problem to report, and
   * does not keep the others from working.
   */
  public static InstalledSchedulers load(List<ClassLoader> loaders) {
    return load(loaders, List.of());
  }

  /**
   * The same, with what was found wrong before.
   *
   * @param loaders one with a name of its own, as {@link ClassLoader#getName} says, is named in
   *     what is wrong with its adapter
   * @param before problems of files that have no class loader, a line each
   */
  public static InstalledSchedulers load(List<ClassLoader> loaders, List<String> before) {
    Map<Class<?>, SchedulerProvider> found = new LinkedHashMap<>();
    List<String> problems = new ArrayList<>(before);
    for (ClassLoader loader : loaders) {
      Iterator<SchedulerProvider> providers =
          ServiceLoader.load(SchedulerProvider.class, loader).iterator();
      while (true) {
        try {
          if (!providers.hasNext()) {
            break;
          }
          SchedulerProvider provider = providers.next();
          found.putIfAbsent(provider.getClass(), provider);
        } catch (ServiceConfigurationError | LinkageError e) {
          boolean plugin = loader instanceof URLClassLoader && loader.getName() != null;
          String problem =
              "an adapter"
                  + (plugin ? " of " + loader.getName() : "")
                  + " cannot be loaded: "
                  + e.getMessage();
          if (problems.contains(problem)) {
            break; // a jar that cannot be read is named again each time
          }
          problems.add(problem);
        }
      }
    }
    return new InstalledSchedulers(List.copyOf(found.values()), problems);
  }

  /** The adapters, by id. */
  public List<SchedulerProvider> providers() {
    return providers;
  }

  /** The ids of the adapters, in order. */
  public List<String> ids() {
    List<String> ids = new ArrayList<>();
    for (SchedulerProvider provider : providers) {
      ids.add(provider.id());
    }
    return List.copyOf(ids);
  }

  /** What could not be loaded, a line each. */
  public List<String> problems() {
    return problems;
  }

  /** The adapter with this id. */
  public Optional<SchedulerProvider> byId(String id) {
    for (SchedulerProvider provider : providers) {
      if (provider.id().equals(id)) {
        return Optional.of(provider);
      }
    }
    return Optional.empty();
  }

  /** What each adapter sees of its scheduler on this machine. */
  public Map<SchedulerProvider, Detection> detect(HostEnvironment environment) {
    Map<SchedulerProvider, Detection> detections = new LinkedHashMap<>();
    for (SchedulerProvider provider : providers) {
      detections.put(provider, provider.detect(environment));
    }
    return detections;
  }
}
