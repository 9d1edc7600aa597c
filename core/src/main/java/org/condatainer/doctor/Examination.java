package org.condatainer.doctor;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.condatainer.config.Configuration;
import org.condatainer.config.Setting;
import org.condatainer.config.UserPath;
import org.condatainer.launch.LaunchException;
import org.condatainer.launch.Micromamba;
import org.condatainer.launch.Planner;
import org.condatainer.launch.SchedulersAtHand;
import org.condatainer.lock.ImageMount;
import org.condatainer.lock.SharedLocks;
import org.condatainer.process.CommandRunner;
import org.condatainer.process.SystemWords;
import org.condatainer.scheduler.ClusterInfo;
import org.condatainer.scheduler.Detection;
import org.condatainer.scheduler.HostEnvironment;
import org.condatainer.scheduler.InstalledSchedulers;
import org.condatainer.scheduler.Scheduler;
import org.condatainer.scheduler.SchedulerException;
import org.condatainer.scheduler.SchedulerProvider;

/**
 * Looks at this machine, one thing after the other.
 *
 * @param home the folder of the installation, empty when it runs from classes
 * @param configuration what is configured
 * @param schedulers the adapters
 * @param environment variables and PATH
 * @param workingDirectory where the user stands
 * @param runner for the programs that are tried
 */
public record Examination(
    Optional<Path> home,
    Configuration configuration,
    InstalledSchedulers schedulers,
    HostEnvironment environment,
    Path workingDirectory,
    CommandRunner runner) {
  public Examination {
    requireNonNull(home, "home is null");
    requireNonNull(configuration, "configuration is null");
    requireNonNull(schedulers, "schedulers is null");
    requireNonNull(environment, "environment is null");
    requireNonNull(workingDirectory, "workingDirectory is null");
    requireNonNull(runner, "runner is null");
  }

  /** All findings, in an order that reads well. */
  public List<Finding> findings() {
    List<Finding> findings = new ArrayList<>();
    findings.add(new JavaFound(home, runner).finding());
    List<Finding> found = clusters();
    findings.addAll(found);
    findings.add(container());
    findings.addAll(new ProgramsFound(environment).findings());
    findings.add(micromamba());
    boolean cluster = found.stream().anyMatch(one -> one.level() == Finding.Level.OK);
    RunFolders folders = new RunFolders(configuration);
    findings.add(folders.runs(UserPath.home(environment.variables()), cluster));
    folders.logs().ifPresent(findings::add);
    findings.add(here());
    return findings;
  }

  private List<Finding> clusters() {
    List<Finding> findings = new ArrayList<>();
    List<String> evidence = new ArrayList<>();
    for (String problem : schedulers.problems()) {
      findings.add(Finding.problem("plug-in", problem, "remove it from plugins/, or replace it"));
    }
    Optional<Setting> named = configuration.scheduler();
    boolean found = false;
    for (Map.Entry<SchedulerProvider, Detection> entry :
        schedulers.detect(environment).entrySet()) {
      String id = entry.getKey().id();
      if (named.isPresent() && !named.get().value().equals(id)) {
        continue;
      }
      if (entry.getValue().found()) {
        found = true;
      } else {
        evidence.add(entry.getValue().evidence());
      }
    }
    if (found) {
      SchedulersAtHand.open(
              Optional.empty(), configuration, schedulers, environment, runner, told -> {})
          .ask(Scheduler::cluster)
          .forEach(answer -> findings.add(cluster(answer)));
    }
    if (findings.isEmpty()) {
      String why = String.join("; ", evidence);
      if (named.isPresent()) {
        why =
            named.get().origin()
                + " says "
                + named.get().value()
                + (why.isEmpty() ? "" : "; " + why);
      }
      findings.add(Finding.note("scheduler", "none: " + why, "jobs run on this machine"));
    }
    return findings;
  }

  private static Finding cluster(SchedulersAtHand.Answer<ClusterInfo> answer) {
    SchedulerProvider provider = answer.provider();
    if (answer.value().isPresent()) {
      ClusterInfo info = answer.value().get();
      String detail =
          provider.displayName()
              + " "
              + info.version()
              + ": "
              + info.queues().size()
              + " queues, "
              + info.nodes().size()
              + " nodes";
      return info.accounting()
          ? Finding.ok(provider.id(), detail)
          : Finding.note(
              provider.id(),
              detail + "; it keeps no accounts or history",
              "ask for the end of a job soon after it; later nobody knows of it");
    }
    return Finding.problem(
        provider.id(),
        answer.problem().map(SchedulerException::getMessage).orElse("it did not answer"),
        "jobs can still run here: condatainer run --local, or the key scheduler: none");
  }

  private Finding container() {
    Planner planner = new Planner(configuration, schedulers, environment, workingDirectory);
    String next =
        configuration.nodeModules().isEmpty()
            ? "install Apptainer, or the packages fuse2fs, fuse-overlayfs and squashfuse"
            : "node_modules are configured: it may still run on the nodes";
    return new ContainerTrial(planner, runner).finding(next);
  }

  private Finding micromamba() {
    try {
      Optional<Path> program = Micromamba.find(configuration, environment);
      return program.isPresent()
          ? Finding.ok("micromamba", program.get() + ", for o -f and the mm- commands")
          : Finding.note(
              "micromamba",
              "there is none; it is for o -f and the mm- commands",
              "condatainer o --fetch-micromamba, or install it: MAMBA_EXE, micromamba");
    } catch (LaunchException e) {
      return Finding.problem("micromamba", e.getMessage(), "");
    }
  }

  private Finding here() {
    try {
      ImageMount mount =
          ImageMount.of(
              workingDirectory.toRealPath(), new SharedLocks(configuration.sharedLocks()));
      String detail = workingDirectory + ", on " + mount.type();
      return mount.locksReachOtherNodes()
          ? Finding.ok("this folder", detail)
          : Finding.warning(
              "this folder",
              detail
                  + (mount.reach() == ImageMount.Reach.NOT_KNOWN
                      ? ", where locks are not known to reach other machines (shared_locks)"
                      : ", where locks do not reach other machines"),
              "do not write to one image from two machines; leases and tags are all that tells");
    } catch (IOException e) {
      return Finding.problem("this folder", workingDirectory + ": " + SystemWords.why(e), "");
    }
  }
}
