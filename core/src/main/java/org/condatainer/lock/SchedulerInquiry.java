package org.condatainer.lock;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.condatainer.job.JobId;
import org.condatainer.job.JobSnapshot;
import org.condatainer.job.JobState;
import org.condatainer.process.CommandResult;
import org.condatainer.scheduler.Capability;
import org.condatainer.scheduler.JobFilter;
import org.condatainer.scheduler.NodeState;
import org.condatainer.scheduler.ProcessTracking;
import org.condatainer.scheduler.Scheduler;
import org.condatainer.script.ShellWords;

/**
 * Asks schedulers which jobs use images: each scheduler once for all living jobs that carry a tag,
 * and once for all jobs that leases name.
 *
 * @param open the schedulers that were found on this machine, in use, by their ids
 */
public record SchedulerInquiry(Map<String, Scheduler> open) {
  public SchedulerInquiry {
    open = new LinkedHashMap<>(requireNonNull(open, "open is null"));
  }

  /** The living jobs that carry a tag, by the image's hash. */
  private record Index(Map<String, List<TaggedJob>> byHash) {}

  /** Living jobs, asked for. */
  record Living(Map<String, Patience.Waiting<Index>> asked, Map<String, Answer<Index>> answers) {
    /** The jobs that say that they mount this image, under the name given or its real one. */
    Answer<List<TaggedJob>> naming(Path image, Optional<Path> real) {
      if (asked.isEmpty()) {
        return new Answer.NotAsked<>("there is no scheduler on this machine");
      }
      List<TaggedJob> found = new ArrayList<>();
      Set<String> hashes = new LinkedHashSet<>();
      hashes.add(OverlayTag.of(real.orElse(image.toAbsolutePath().normalize())));
      hashes.add(OverlayTag.of(image.toAbsolutePath().normalize()));
      List<String> silent = new ArrayList<>();
      asked.forEach(
          (scheduler, waiting) -> {
            Answer<Index> answer = answers.computeIfAbsent(scheduler, id -> waiting.answer());
            if (answer instanceof Answer.Unavailable<Index> unavailable) {
              silent.add(unavailable.why());
            } else {
              for (String hash : hashes) {
                answer
                    .value()
                    .ifPresent(index -> found.addAll(index.byHash().getOrDefault(hash, List.of())));
              }
            }
          });
      if (found.isEmpty() && !silent.isEmpty()) {
        return new Answer.Unavailable<>(String.join("; ", silent));
      }
      return new Answer.Said<>(found);
    }
  }

  /** The jobs of leases, asked for; and how their schedulers follow processes, by cluster. */
  record LeaseJobs(
      Map<String, Scheduler> open,
      Map<String, Patience.Waiting<Map<JobId, Evidence.LeaseJob>>> asked,
      Map<String, Answer<Map<JobId, Evidence.LeaseJob>>> answers,
      Map<String, Patience.Waiting<ProcessTracking>> trackings) {
    Answer<Evidence.LeaseJob> of(Optional<Lease> lease) {
      Optional<HolderJob> job = lease.flatMap(Lease::job);
      if (job.isEmpty()) {
        return new Answer.NotAsked<>(lease.isEmpty() ? "no lease" : "the lease is of no job");
      }
      String scheduler = job.get().scheduler();
      if (!asked.containsKey(scheduler)) {
        return new Answer.Unavailable<>(
            scheduler + " job " + job.get().id() + ": " + scheduler + " is not to be had here");
      }
      Answer<Map<JobId, Evidence.LeaseJob>> answer =
          answers.computeIfAbsent(scheduler, id -> asked.get(id).answer());
      if (answer instanceof Answer.Said<Map<JobId, Evidence.LeaseJob>> said) {
        Evidence.LeaseJob found = said.answer().get(job.get().id());
        return found == null
            ? new Answer.Unavailable<>(scheduler + " did not answer for job " + job.get().id())
            : new Answer.Said<>(found);
      }
      return new Answer.Unavailable<>(
          answer instanceof Answer.Unavailable<Map<JobId, Evidence.LeaseJob>> silent
              ? silent.why()
              : scheduler);
    }

    /** Asks how processes are followed, where the end of a lease's job would prove their end. */
    Optional<Patience.Waiting<ProcessTracking>> tracking(Lease lease, Patience patience) {
      Optional<Evidence.LeaseJob> job = of(Optional.of(lease)).value();
      if (job.isEmpty()
          || !(job.get().job().state() instanceof JobState.Ended
              || job.get().job().state() instanceof JobState.Absent)) {
        return Optional.empty();
      }
      String scheduler = job.get().scheduler();
      String cluster = job.get().job().id().cluster();
      return Optional.of(
          trackings.computeIfAbsent(
              scheduler + " " + cluster,
              key ->
                  patience.ask(
                      "how " + scheduler + " follows processes",
                      () -> open.get(scheduler).processTracking(cluster))));
    }

    /** Command lines that release an image on the machine of a lease, for a user to type. */
    List<String> there(Lease lease, Path image, Optional<NodeShell> shell) {
      if (!NodeShell.isHostName(lease.host())) {
        return List.of();
      }
      List<String> release =
          List.of("condatainer", "lock", "release", "--yes", image.toAbsolutePath().toString());
      List<String> lines = new ArrayList<>();
      Optional<HolderJob> job = lease.job().filter(some -> open.containsKey(some.scheduler()));
      if (job.isPresent()) {
        List<String> words =
            open.get(job.get().scheduler())
                .commandOnNode(job.get().id().cluster(), nodeName(lease), release);
        if (!words.isEmpty()) {
          lines.add(ShellWords.join(words));
        }
      }
      if (shell.isPresent() || lines.isEmpty()) {
        String ssh = shell.map(NodeShell::program).orElse("ssh");
        lines.add(ShellWords.join(List.of(ssh, lease.host(), ShellWords.join(release))));
      }
      return lines;
    }

    /**
     * The machine of a lease as its scheduler names it, which may be with its domain or without.
     */
    private String nodeName(Lease lease) {
      for (String node :
          of(Optional.of(lease)).value().map(said -> said.job().nodes()).orElse(List.of())) {
        if (NodeShell.isHostName(node) && shortName(node).equals(shortName(lease.host()))) {
          return node;
        }
      }
      return lease.host();
    }

    private static String shortName(String host) {
      int dot = host.indexOf('.');
      return dot < 0 ? host : host.substring(0, dot);
    }

    /**
     * Asks the machine of a lease: through the scheduler while its job runs, where that can be,
     * otherwise by ssh.
     */
    Optional<Patience.Waiting<HostEvidence>> onNode(
        Lease lease, Path image, Optional<NodeShell> shell, Patience patience) {
      Optional<Evidence.LeaseJob> job = of(Optional.of(lease)).value();
      boolean running =
          job.isPresent()
              && job.get().job().state() instanceof JobState.Alive alive
              && alive.phase() == JobState.Phase.RUNNING;
      if (!running) {
        return shell.map(
            ssh -> patience.ask("the machine " + lease.host(), () -> ssh.ask(image, lease)));
      }
      Scheduler scheduler = open.get(job.get().scheduler());
      JobId id = job.get().job().id();
      return Optional.of(
          patience.ask(
              "the node of job " + id,
              () -> {
                if (scheduler.capabilities().contains(Capability.RUN_ON_NODE)) {
                  CommandResult result =
                      scheduler.runOnNode(id, NodeReport.command(image.toRealPath(), lease));
                  return NodeReport.read(result, lease);
                }
                if (shell.isPresent()) {
                  return shell.get().ask(image, lease);
                }
                throw new IOException(
                    scheduler.displayName()
                        + " runs no command on a job's node (node_ssh would ask it by ssh)");
              }));
    }
  }

  Living askForLiving(Patience patience) {
    Map<String, Patience.Waiting<Index>> asked = new LinkedHashMap<>();
    open.forEach((id, scheduler) -> asked.put(id, patience.ask(id, () -> living(id, scheduler))));
    return new Living(asked, new HashMap<>());
  }

  private static Index living(String id, Scheduler scheduler) {
    Map<String, List<TaggedJob>> byHash = new HashMap<>();
    for (JobSnapshot job : scheduler.live(JobFilter.tagged(OverlayTag.START))) {
      for (TaggedJob.Mark mark : TaggedJob.marks(job.tag().orElse(""))) {
        byHash
            .computeIfAbsent(mark.hash(), hash -> new ArrayList<>())
            .add(new TaggedJob(id, job, mark.mode()));
      }
    }
    return new Index(byHash);
  }

  LeaseJobs askForJobs(List<Lease> leases, Patience patience) {
    Map<String, Set<JobId>> ids = new LinkedHashMap<>();
    for (Lease lease : leases) {
      lease
          .job()
          .ifPresent(
              job ->
                  ids.computeIfAbsent(job.scheduler(), id -> new LinkedHashSet<>()).add(job.id()));
    }
    Map<String, Patience.Waiting<Map<JobId, Evidence.LeaseJob>>> asked = new LinkedHashMap<>();
    ids.forEach(
        (id, some) -> {
          Scheduler scheduler = open.get(id);
          if (scheduler != null) {
            asked.put(id, patience.ask(id, () -> jobs(id, scheduler, some)));
          }
        });
    return new LeaseJobs(open, asked, new HashMap<>(), new HashMap<>());
  }

  private static Map<JobId, Evidence.LeaseJob> jobs(
      String id, Scheduler scheduler, Set<JobId> ids) {
    Map<JobId, JobSnapshot> snapshots = scheduler.query(ids);
    boolean absent = false;
    Map<String, Answer<Map<String, NodeState>>> nodes = new HashMap<>();
    for (JobSnapshot snapshot : snapshots.values()) {
      absent |= snapshot.state() instanceof JobState.Absent;
      if (snapshot.state() instanceof JobState.Ended) {
        nodes.computeIfAbsent(
            snapshot.id().cluster(), cluster -> Patience.now(() -> scheduler.nodeStates(cluster)));
      }
    }
    boolean history = absent && scheduler.capabilities().contains(Capability.HISTORY);
    Map<JobId, Evidence.LeaseJob> jobs = new HashMap<>();
    snapshots.forEach(
        (job, snapshot) ->
            jobs.put(
                job,
                new Evidence.LeaseJob(
                    id,
                    snapshot,
                    history,
                    nodes.getOrDefault(
                        snapshot.id().cluster(), new Answer.NotAsked<>("the job has not ended")))));
    return jobs;
  }
}
