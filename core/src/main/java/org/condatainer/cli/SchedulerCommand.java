package org.condatainer.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.condatainer.job.Walltime;
import org.condatainer.launch.SchedulersAtHand.Answer;
import org.condatainer.scheduler.ClusterInfo;
import org.condatainer.scheduler.ClusterInfo.JobLimits;
import org.condatainer.scheduler.Detection;
import org.condatainer.scheduler.InstalledSchedulers;
import org.condatainer.scheduler.SchedulerProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/**
 * {@code condatainer scheduler}: which adapters are installed, which fits this machine, and what
 * its cluster has and allows.
 */
final class SchedulerCommand implements Subcommand {
  @Override
  public CommandSpec spec() {
    CommandSpec spec =
        Options.command(
            "scheduler",
            "Shows the installed schedulers, what was seen of each on this machine, and the"
                + " queues, limits and nodes of those that are here.");
    spec.addOption(Options.value("ID", "ask this scheduler only", "--scheduler"));
    spec.addOption(Options.flag("show the nodes with GPUs in place of the queues", "--gpu"));
    spec.addOption(Options.flag("show the CPUs of the nodes in place of the queues", "--cpu"));
    spec.addOption(Options.flag("print the result as JSON", "--json"));
    return spec;
  }

  @Override
  public int run(ParseResult parsed, Invocation invocation) {
    InstalledSchedulers installed = Installation.schedulers();
    Map<SchedulerProvider, Detection> detections = installed.detect(invocation.environment());
    boolean named = parsed.hasMatchedOption("--scheduler");
    boolean any = named || detections.values().stream().anyMatch(Detection::found);
    List<Answer<ClusterJson.Cluster>> answers =
        any
            ? OpenedSchedulers.open(parsed, invocation)
                .schedulers()
                .ask(open -> new ClusterJson.Cluster(open.cluster(), open.capabilities()))
            : List.of();
    installed.problems().forEach(invocation::say);
    int code = ExitCode.SUCCESS;
    for (Answer<ClusterJson.Cluster> answer : answers) {
      if (answer.problem().isPresent()) {
        invocation.say(answer.problem().get().getMessage());
        code = ExitCode.SCHEDULER_UNAVAILABLE;
      }
    }
    if (Options.isSet(parsed, "--json")) {
      invocation.showJson(ClusterJson.write(detections, answers));
      return code;
    }
    show(detections, invocation);
    for (Answer<ClusterJson.Cluster> answer : answers) {
      if (answer.value().isPresent()) {
        show(answer.provider(), answer.value().get(), parsed, invocation);
      }
    }
    return code;
  }

  private static void show(Map<SchedulerProvider, Detection> detections, Invocation invocation) {
    List<List<String>> rows = new ArrayList<>();
    for (Map.Entry<SchedulerProvider, Detection> entry : detections.entrySet()) {
      SchedulerProvider provider = entry.getKey();
      Optional<String> job =
          provider.currentJob(invocation.environment()).map(id -> "; inside its job " + id);
      rows.add(
          List.of(
              provider.id(),
              entry.getValue().found() ? "found" : "not found",
              entry.getValue().evidence() + job.orElse("")));
    }
    if (!rows.isEmpty()) {
      TextTable.of(rows).forEach(invocation.out()::println);
    }
  }

  private static void show(
      SchedulerProvider provider,
      ClusterJson.Cluster cluster,
      ParseResult parsed,
      Invocation invocation) {
    ClusterInfo info = cluster.info();
    StringBuilder head = new StringBuilder("\n");
    head.append(provider.displayName()).append(' ').append(info.version());
    if (!info.name().isEmpty()) {
      head.append(", cluster ").append(info.name());
    }
    head.append(info.accounting() ? ", with accounting" : ", without accounting");
    if (info.endedJobsSeconds().isPresent()) {
      head.append(", remembers ended jobs for ")
          .append(info.endedJobsSeconds().getAsLong())
          .append(" s");
    }
    if (info.highestArrayIndex().isPresent()) {
      head.append(", highest array index ").append(info.highestArrayIndex().getAsLong());
    }
    if (info.mostArrayTasks().isPresent()) {
      head.append(", at most ")
          .append(info.mostArrayTasks().getAsLong())
          .append(" tasks in an array");
    }
    invocation.show(head + "\n");
    List<List<String>> rows =
        Options.isSet(parsed, "--gpu")
            ? gpus(info)
            // HTCondor has no queues; what there is are its nodes.
            : Options.isSet(parsed, "--cpu") || info.queues().isEmpty() ? cpus(info) : queues(info);
    TextTable.of(rows).forEach(invocation.out()::println);
  }

  private static List<List<String>> queues(ClusterInfo info) {
    List<List<String>> rows = new ArrayList<>();
    List<String> head = List.of("QUEUE", "STATE", "MAX WALLTIME", "DEFAULT", "NODES", "MAX NODES");
    rows.add(new ArrayList<>(head));
    for (ClusterInfo.Queue queue : info.queues()) {
      rows.add(
          new ArrayList<>(
              List.of(
                  queue.name() + (queue.isDefault() ? " (default)" : ""),
                  queue.up() ? "up" : "down",
                  walltime(queue.maxWalltime()),
                  walltime(queue.defaultWalltime()),
                  queue.nodes().isEmpty() ? "-" : Integer.toString(queue.nodes().size()),
                  number(queue.maxNodes(), 0))));
    }
    if (info.queues().stream().allMatch(queue -> queue.limits().equals(JobLimits.NONE))) {
      return rows;
    }
    rows.get(0).addAll(List.of("MAX CPUS", "MAX MEMORY MIB", "MAX GPUS", "MAX ARRAY TASKS"));
    for (int i = 0; i < info.queues().size(); i++) {
      JobLimits limits = info.queues().get(i).limits();
      rows.get(i + 1)
          .addAll(
              List.of(
                  number(limits.cpus(), 0),
                  number(limits.memoryBytes(), 20),
                  number(limits.gpus(), 0),
                  number(limits.arrayTasks(), 0)));
    }
    return rows;
  }

  private static String number(OptionalLong value, int shift) {
    return value.isPresent() ? Long.toString(value.getAsLong() >> shift) : "-";
  }

  private static List<List<String>> cpus(ClusterInfo info) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("NODE", "STATE", "CPUS", "MEMORY MIB"));
    for (ClusterInfo.Node node : info.nodes()) {
      rows.add(
          List.of(
              node.name(),
              node.state(),
              Long.toString(node.cpus()),
              Long.toString(node.memoryBytes() >> 20)));
    }
    return rows;
  }

  private static List<List<String>> gpus(ClusterInfo info) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("NODE", "STATE", "GPU", "NUMBER"));
    for (ClusterInfo.Node node : info.nodes()) {
      for (Map.Entry<String, Long> gpu : node.gpus().entrySet()) {
        rows.add(
            List.of(
                node.name(),
                node.state(),
                gpu.getKey().isEmpty() ? "any" : gpu.getKey(),
                Long.toString(gpu.getValue())));
      }
    }
    return rows;
  }

  private static String walltime(Optional<Walltime> walltime) {
    if (walltime.isEmpty()) {
      return "-";
    }
    if (walltime.get() instanceof Walltime.Limit limit) {
      long minutes = limit.duration().toMinutesPart();
      return limit.duration().toHours() + ":" + (minutes < 10 ? "0" : "") + minutes + " h";
    }
    return "unlimited";
  }
}
