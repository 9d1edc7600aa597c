package org.condatainer.scheduler.slurm;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.condatainer.job.BeginTime;
import org.condatainer.job.GpuRequest;
import org.condatainer.job.JobEnvironment;
import org.condatainer.job.JobRequest;
import org.condatainer.job.Memory;
import org.condatainer.job.RequestPart;
import org.condatainer.job.Resources;
import org.condatainer.job.Walltime;
import org.condatainer.scheduler.Product;
import org.condatainer.scheduler.Rendering;

/** A request as {@code #SBATCH} lines. */
final class SlurmRendering {
  private static final long KIBIBYTE = 1L << 10;
  private static final long MEBIBYTE = 1L << 20;

  private final JobRequest request;
  private final Rendering.Builder rendering = Rendering.builder();

  SlurmRendering(JobRequest request) {
    this.request = request;
  }

  Rendering lines() {
    text(RequestPart.NAME, "job-name", request.name());
    text(RequestPart.QUEUE, "partition", request.queue());
    text(RequestPart.ACCOUNT, "account", request.account());
    text(RequestPart.QOS, "qos", request.qos());
    walltime();
    resources(request.resources());
    text(RequestPart.OUTPUT, "output", request.files().output());
    text(RequestPart.ERROR, "error", request.files().error());
    text(RequestPart.INPUT, "input", request.files().input());
    text(
        RequestPart.APPEND,
        "open-mode",
        request.files().append().map(append -> append ? "append" : "truncate"));
    text(RequestPart.WORKING_DIRECTORY, "chdir", request.workingDirectory());
    text(RequestPart.ARRAY, "array", request.array().map(SlurmValues::array));
    if (!request.dependencies().isEmpty()) {
      dependencies();
    }
    if (request.held()) {
      flag(RequestPart.HOLD, "hold");
    }
    begin();
    request
        .requeue()
        .ifPresent(again -> flag(RequestPart.REQUEUE, again ? "requeue" : "no-requeue"));
    text(RequestPart.COMMENT, "comment", request.comment());
    mail();
    environment();
    for (Resources component : request.furtherComponents()) {
      rendering.line("#SBATCH hetjob");
      rendering.translated(RequestPart.COMPONENTS, "hetjob");
      resources(component);
    }
    return rendering.build();
  }

  private void walltime() {
    Optional<String> text = request.walltime().map(SlurmValues::time);
    if (text.isPresent()
        && request.walltime().get() instanceof Walltime.Limit limit
        && limit.duration().toNanosPart() != 0) {
      rounded(RequestPart.WALLTIME, "time", text.get());
    } else {
      text(RequestPart.WALLTIME, "time", text);
    }
  }

  private void begin() {
    Optional<String> text = request.begin().map(SlurmWords::begin);
    if (text.isPresent()
        && request.begin().get() instanceof BeginTime.After after
        && after.delay().toNanosPart() != 0) {
      rounded(RequestPart.BEGIN, "begin", text.get());
    } else {
      text(RequestPart.BEGIN, "begin", text);
    }
  }

  private void rounded(RequestPart part, String option, String value) {
    rendering.line("#SBATCH --" + option + "=" + value);
    rendering.approximated(part, "--" + option + "=" + value + ": rounded up to whole seconds");
  }

  private void dependencies() {
    String value = SlurmDependencies.write(request.dependencies());
    if (SlurmDependencies.read(value).equals(Optional.of(request.dependencies()))) {
      option(RequestPart.DEPENDENCIES, "dependency", value);
    } else {
      rendering.refused(
          RequestPart.DEPENDENCIES, "--dependency: an id is not written as Slurm writes them");
    }
  }

  private void resources(Resources resources) {
    text(RequestPart.NODES, "nodes", resources.nodes().map(Object::toString));
    number(RequestPart.TASKS, "ntasks", resources.tasks());
    number(RequestPart.TASKS_PER_NODE, "ntasks-per-node", resources.tasksPerNode());
    number(RequestPart.CPUS_PER_TASK, "cpus-per-task", resources.cpusPerTask());
    resources.memory().ifPresent(memory -> memory(memory, resources));
    gpus(resources.gpus());
    if (resources.scratchBytes().isPresent()) {
      long bytes = resources.scratchBytes().getAsLong();
      exactOrRounded(RequestPart.SCRATCH, "tmp", bytes);
    }
    if (resources.exclusive()) {
      flag(RequestPart.EXCLUSIVE, "exclusive");
    }
  }

  private void memory(Memory memory, Resources resources) {
    switch (memory.scope()) {
      case PER_NODE -> exactOrRounded(RequestPart.MEMORY, "mem", memory.bytes());
      case PER_CPU -> exactOrRounded(RequestPart.MEMORY, "mem-per-cpu", memory.bytes());
      case PER_GPU -> exactOrRounded(RequestPart.MEMORY, "mem-per-gpu", memory.bytes());
      case PER_JOB -> memoryOfJob(memory, resources);
      case PER_TASK -> memoryOfTask(memory, resources);
    }
  }

  private void memoryOfJob(Memory memory, Resources resources) {
    int nodes = resources.nodes().map(count -> count.min()).orElse(1);
    boolean oneNode =
        resources.nodes().isPresent()
            ? resources.nodes().get().max() == 1
            : resources.tasks().orElse(1) == 1;
    if (oneNode) {
      approximate("mem", memory.bytes(), "memory of the job is memory of its one node");
    } else if (resources.nodes().isPresent()) {
      approximate("mem", divided(memory.bytes(), nodes), "memory of the job, divided by its nodes");
    } else {
      long cpus = (long) resources.tasks().orElse(1) * resources.cpusPerTask().orElse(1);
      approximate(
          "mem-per-cpu", divided(memory.bytes(), cpus), "memory of the job, divided by its CPUs");
    }
  }

  private void memoryOfTask(Memory memory, Resources resources) {
    OptionalInt perNode = resources.tasksPerNode();
    if (perNode.isPresent()) {
      approximate(
          "mem",
          Product.of(
              memory.bytes(),
              (long) Math.min(perNode.getAsInt(), resources.tasks().orElse(perNode.getAsInt()))),
          "memory of the tasks that a node has");
    } else if (resources.tasks().orElse(1) == 1) {
      approximate("mem", memory.bytes(), "memory of the one task is memory of its node");
    } else {
      approximate(
          "mem-per-cpu",
          divided(memory.bytes(), resources.cpusPerTask().orElse(1)),
          "memory of a task, divided by its CPUs");
    }
  }

  private static long divided(long bytes, long parts) {
    return (bytes + parts - 1) / parts;
  }

  private void approximate(String option, long bytes, String rule) {
    String text = mebibytes(bytes) + "M";
    rendering.line("#SBATCH --" + option + "=" + text);
    rendering.approximated(RequestPart.MEMORY, "--" + option + "=" + text + ": " + rule);
  }

  private void exactOrRounded(RequestPart part, String option, long bytes) {
    if (bytes % KIBIBYTE == 0) {
      option(part, option, bytes % MEBIBYTE == 0 ? bytes / MEBIBYTE + "M" : bytes / KIBIBYTE + "K");
      return;
    }
    String text = mebibytes(bytes) + "M";
    rendering.line("#SBATCH --" + option + "=" + text);
    rendering.approximated(part, "--" + option + "=" + text + ": rounded up to whole MiB");
  }

  private static long mebibytes(long bytes) {
    return divided(bytes, MEBIBYTE);
  }

  private void gpus(List<GpuRequest> gpus) {
    Map<GpuRequest.Scope, List<GpuRequest>> byScope = new LinkedHashMap<>();
    for (GpuRequest gpu : gpus) {
      byScope.computeIfAbsent(gpu.scope(), scope -> new ArrayList<>()).add(gpu);
    }
    byScope.forEach(
        (scope, requests) -> {
          StringBuilder text = new StringBuilder();
          for (GpuRequest gpu : requests) {
            if (!isGpuType(gpu.type().orElse("a100"))) {
              rendering.refused(
                  RequestPart.GPUS, "a type of GPU is a word of letters, digits and _-. in Slurm");
              return;
            }
            text.append(text.isEmpty() ? "" : ",")
                .append(gpu.type().map(type -> type + ":").orElse(""))
                .append(gpu.count());
          }
          String option =
              switch (scope) {
                case PER_JOB -> "gpus";
                case PER_NODE -> "gpus-per-node";
                case PER_TASK -> "gpus-per-task";
                case PER_SOCKET -> "gpus-per-socket";
              };
          option(RequestPart.GPUS, option, text.toString());
        });
  }

  /** Its separators are commas and colons, and a name in gres.conf is a word; "gpu" is none. */
  private static boolean isGpuType(String type) {
    if (type.isEmpty() || type.equals("gpu")) {
      return false;
    }
    for (int i = 0; i < type.length(); i++) {
      char c = type.charAt(i);
      if (!Character.isLetterOrDigit(c) && "_-.".indexOf(c) < 0) {
        return false;
      }
    }
    return true;
  }

  private void mail() {
    if (request.mail().isEmpty()) {
      return;
    }
    if (!request.mail().get().events().isEmpty()) {
      option(RequestPart.MAIL, "mail-type", SlurmWords.mailEvents(request.mail().get().events()));
    }
    text(RequestPart.MAIL, "mail-user", request.mail().get().address());
  }

  private void environment() {
    if (request.environment().isEmpty()) {
      return;
    }
    Optional<String> text = SlurmWords.environment(request.environment().get());
    if (text.isEmpty()) {
      rendering.refused(
          RequestPart.ENVIRONMENT,
          "a value has a comma and both kinds of quotes, which --export cannot say");
    } else if (request.environment().get().inherited() == JobEnvironment.Inherited.DEFAULT
        && text.get().indexOf('\n') < 0) {
      rendering.line("#SBATCH --export=" + word(text.get()));
      rendering.approximated(
          RequestPart.ENVIRONMENT, "--export=" + text.get() + ": Slurm's default is all variables");
    } else {
      option(RequestPart.ENVIRONMENT, "export", text.get());
    }
  }

  private void number(RequestPart part, String option, OptionalInt value) {
    if (value.isPresent()) {
      option(part, option, Integer.toString(value.getAsInt()));
    }
  }

  private void text(RequestPart part, String option, Optional<String> value) {
    value.ifPresent(text -> option(part, option, text));
  }

  private void option(RequestPart part, String option, String value) {
    if (value.indexOf('\n') >= 0) {
      rendering.refused(part, "--" + option + ": a directive cannot have a line feed");
      return;
    }
    rendering.line("#SBATCH --" + option + "=" + word(value));
    rendering.translated(part, "--" + option + "=" + value);
  }

  private void flag(RequestPart part, String option) {
    rendering.line("#SBATCH --" + option);
    rendering.translated(part, "--" + option);
  }

  /** A value without quotes where it needs none, for the reader's sake. */
  private static String word(String value) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      boolean plain =
          (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || (c >= '0' && c <= '9')
              || "-_./,:=+%@^*".indexOf(c) >= 0;
      if (!plain) {
        return SbatchDirective.quoted(value);
      }
    }
    return value.isEmpty() ? "\"\"" : value;
  }
}
