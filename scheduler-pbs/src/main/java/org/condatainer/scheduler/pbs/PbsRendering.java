package org.condatainer.scheduler.pbs;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.condatainer.job.ArraySpec;
import org.condatainer.job.GpuRequest;
import org.condatainer.job.JobEnvironment;
import org.condatainer.job.JobRequest;
import org.condatainer.job.Mail;
import org.condatainer.job.Memory;
import org.condatainer.job.NodeCount;
import org.condatainer.job.RequestPart;
import org.condatainer.job.Resources;
import org.condatainer.job.Walltime;
import org.condatainer.scheduler.Rendering;

/** A request as {@code #PBS} lines. */
final class PbsRendering {
  private final JobRequest request;
  private final Rendering.Builder rendering = Rendering.builder();

  PbsRendering(JobRequest request) {
    this.request = request;
  }

  Rendering lines() {
    name();
    option(RequestPart.QUEUE, "q", request.queue());
    option(RequestPart.ACCOUNT, "A", request.account());
    if (request.qos().isPresent()) {
      rendering.leftOut(RequestPart.QOS, "PBS has no quality of service");
    }
    walltime();
    select();
    files();
    if (request.workingDirectory().isPresent()) {
      rendering.refused(
          RequestPart.WORKING_DIRECTORY,
          "qsub has no option for it: submit from that folder, or begin the script with cd");
    }
    request.array().ifPresent(this::array);
    if (!request.dependencies().isEmpty()) {
      String value = "depend=" + PbsDependencies.write(request.dependencies());
      option(RequestPart.DEPENDENCIES, "W", Optional.of(value));
    }
    if (request.held()) {
      rendering.line("#PBS -h");
      rendering.translated(RequestPart.HOLD, "-h");
    }
    begin();
    option(RequestPart.REQUEUE, "r", request.requeue().map(again -> again ? "y" : "n"));
    if (request.comment().isPresent()) {
      rendering.leftOut(RequestPart.COMMENT, "PBS lets users set no comment");
    }
    request.mail().ifPresent(this::mail);
    request.environment().ifPresent(this::environment);
    return rendering.build();
  }

  private void name() {
    if (request.name().isEmpty()) {
      return;
    }
    String name = request.name().get();
    String legal = PbsName.legal(name);
    rendering.line("#PBS -N " + legal);
    if (legal.equals(name)) {
      rendering.translated(RequestPart.NAME, "-N " + legal);
    } else {
      rendering.approximated(
          RequestPart.NAME, "-N " + legal + ": qsub takes letters, digits and ._+- in a name");
    }
  }

  private void walltime() {
    if (request.walltime().isEmpty()) {
      return;
    }
    if (request.walltime().get() instanceof Walltime.Limit limit) {
      String text = "-l walltime=" + PbsValues.time(limit.duration());
      rendering.line("#PBS " + text);
      if (limit.duration().toNanosPart() == 0) {
        rendering.translated(RequestPart.WALLTIME, text);
      } else {
        rendering.approximated(RequestPart.WALLTIME, text + ": whole seconds");
      }
    } else {
      rendering.leftOut(RequestPart.WALLTIME, "without a walltime the queue's own limit holds");
    }
  }

  private void select() {
    List<Chunk> chunks = new ArrayList<>();
    boolean asked = chunksOf(request.resources(), chunks);
    for (Resources component : request.furtherComponents()) {
      asked |= chunksOf(component, chunks);
      rendering.approximated(
          RequestPart.COMPONENTS, "one job with chunks of several kinds; its script runs once");
    }
    if (asked) {
      rendering.line("#PBS -l select=" + Chunk.text(chunks));
    }
    List<String> places = new ArrayList<>();
    if (scattered(request.resources())) {
      places.add("scatter");
    }
    if (request.resources().exclusive()) {
      places.add("excl");
      rendering.translated(RequestPart.EXCLUSIVE, "-l place=excl");
    }
    if (!places.isEmpty()) {
      rendering.line("#PBS -l place=" + String.join(":", places));
    }
  }

  /** Whether the chunks stand for nodes, of which there are several. */
  private static boolean scattered(Resources resources) {
    int perNode = resources.tasksPerNode().orElse(Integer.MAX_VALUE);
    return resources.nodes().map(NodeCount::min).orElse(1) > 1
        || resources.tasks().orElse(1) > perNode;
  }

  /** Adds the chunks of a component; whether it asks for anything that a chunk says. */
  private boolean chunksOf(Resources resources, List<Chunk> chunks) {
    OptionalInt nodes = OptionalInt.empty();
    if (resources.nodes().isPresent()) {
      NodeCount count = resources.nodes().get();
      nodes = OptionalInt.of(count.min());
      if (isUneven(resources, count.min())) {
        rendering.approximated(
            RequestPart.NODES,
            "select with two kinds of chunks: the tasks do not divide by "
                + count.min()
                + " nodes");
      } else if (count.min() == count.max()) {
        rendering.translated(RequestPart.NODES, "select=" + count.min());
      } else {
        rendering.approximated(
            RequestPart.NODES, "select=" + count.min() + ": PBS has no range, the least is asked");
      }
    }
    OptionalInt tasks = resources.tasksPerNode();
    tasks.ifPresent(each -> rendering.translated(RequestPart.TASKS_PER_NODE, "mpiprocs=" + each));
    int uneven = 0;
    if (resources.tasks().isPresent()) {
      int all = resources.tasks().getAsInt();
      if (tasks.isPresent()) {
        nodes = nodes.isPresent() ? nodes : OptionalInt.of(divided(all, tasks.getAsInt()));
      } else if (nodes.isPresent()) {
        uneven = isUneven(resources, nodes.getAsInt()) ? all % nodes.getAsInt() : 0;
        tasks = OptionalInt.of(Math.max(1, all / nodes.getAsInt()));
      } else if (all > 1) {
        nodes = OptionalInt.of(all);
        tasks = OptionalInt.of(1);
      }
      rendering.approximated(
          RequestPart.TASKS,
          nodes.isPresent()
              ? all + " tasks in " + nodes.getAsInt() + " chunks with their mpiprocs"
              : "one task is what a chunk has");
    }
    OptionalInt cpus = resources.cpusPerTask();
    Map<String, String> values = new LinkedHashMap<>();
    if (cpus.isPresent() || tasks.isPresent()) {
      int all = cpus.orElse(1) * tasks.orElse(1);
      values.put("ncpus", Integer.toString(all));
      cpus.ifPresent(each -> rendering.translated(RequestPart.CPUS_PER_TASK, "ncpus=" + all));
    }
    tasks.ifPresent(each -> values.put("mpiprocs", Integer.toString(each)));
    if (tasks.isPresent() && cpus.isPresent()) {
      values.put("ompthreads", Integer.toString(cpus.getAsInt()));
    }
    int chunkCount = nodes.orElse(1);
    if (resources.memory().isPresent()) {
      memory(resources, chunkCount, tasks.orElse(1), values);
    }
    gpus(resources.gpus(), chunkCount, tasks.orElse(1), values);
    if (resources.scratchBytes().isPresent()) {
      rendering.leftOut(
          RequestPart.SCRATCH, "PBS has no resource of its own for it; sites have theirs");
    }
    Chunk chunk = new Chunk(nodes, values);
    if (uneven > 0) {
      chunks.add(larger(chunk, tasks.orElse(1) + 1, cpus.orElse(1), OptionalInt.of(uneven)));
      chunks.add(new Chunk(OptionalInt.of(chunkCount - uneven), values));
    } else {
      chunks.add(chunk);
    }
    return nodes.isPresent() || !values.isEmpty();
  }

  /** Whether some nodes get one task more than the others. */
  private static boolean isUneven(Resources resources, int nodes) {
    return resources.tasksPerNode().isEmpty()
        && resources.tasks().orElse(0) > nodes
        && resources.tasks().getAsInt() % nodes > 0;
  }

  private static Chunk larger(Chunk chunk, int tasks, int cpus, OptionalInt count) {
    return new Chunk(count, chunk.values())
        .with("ncpus", Integer.toString(tasks * cpus))
        .with("mpiprocs", Integer.toString(tasks));
  }

  private static int divided(int all, int each) {
    return (all + each - 1) / each;
  }

  private void memory(
      Resources resources, int chunks, int tasksPerChunk, Map<String, String> values) {
    Memory memory = resources.memory().orElseThrow();
    long bytes = memory.bytes();
    if (bytes == 0) {
      rendering.leftOut(
          RequestPart.MEMORY, "PBS has no word for all memory of a node; ask for an amount");
      return;
    }
    long perChunk =
        switch (memory.scope()) {
          case PER_NODE -> bytes;
          case PER_TASK -> bytes * tasksPerChunk;
          case PER_CPU -> bytes * tasksPerChunk * resources.cpusPerTask().orElse(1);
          case PER_GPU ->
              bytes * Math.max(1, gpusPerChunk(resources.gpus(), chunks, tasksPerChunk));
          case PER_JOB -> (bytes + chunks - 1) / chunks;
        };
    String text = PbsValues.size(perChunk);
    values.put("mem", text);
    boolean nodeIsChunk = resources.nodes().isPresent() || chunks == 1;
    if (memory.scope() == Memory.Scope.PER_NODE && nodeIsChunk) {
      rendering.translated(RequestPart.MEMORY, "mem=" + text);
    } else {
      rendering.approximated(
          RequestPart.MEMORY,
          "mem="
              + text
              + ": memory of a chunk with "
              + tasksPerChunk
              + (tasksPerChunk == 1 ? " task" : " tasks"));
    }
  }

  private static long gpusPerChunk(List<GpuRequest> gpus, int chunks, int tasksPerChunk) {
    long all = 0;
    for (GpuRequest gpu : gpus) {
      all +=
          switch (gpu.scope()) {
            case PER_NODE, PER_SOCKET -> gpu.count();
            case PER_TASK -> gpu.count() * tasksPerChunk;
            case PER_JOB -> (gpu.count() + chunks - 1) / chunks;
          };
    }
    return all;
  }

  private void gpus(
      List<GpuRequest> gpus, int chunks, int tasksPerChunk, Map<String, String> values) {
    if (gpus.isEmpty()) {
      return;
    }
    long count = gpusPerChunk(gpus, chunks, tasksPerChunk);
    values.put("ngpus", Long.toString(count));
    boolean plain =
        gpus.size() == 1
            && gpus.get(0).type().isEmpty()
            && gpus.get(0).scope() == GpuRequest.Scope.PER_NODE;
    if (plain) {
      rendering.translated(RequestPart.GPUS, "ngpus=" + count);
      return;
    }
    boolean typed = gpus.stream().anyMatch(gpu -> gpu.type().isPresent());
    rendering.approximated(
        RequestPart.GPUS,
        "ngpus="
            + count
            + " of each chunk"
            + (typed
                ? ": PBS has no resource of its own for a GPU's type; sites have theirs"
                : ""));
  }

  private void files() {
    file(RequestPart.OUTPUT, "o", request.files().output());
    file(RequestPart.ERROR, "e", request.files().error());
    if (request.files().output().isPresent() && request.files().error().isEmpty()) {
      rendering.line("#PBS -j oe");
    }
    if (request.files().input().isPresent()) {
      rendering.refused(
          RequestPart.INPUT, "qsub has no option for it: redirect the input in the script");
    }
    if (request.files().append().isPresent()) {
      rendering.approximated(
          RequestPart.APPEND, "PBS replaces an output file, and has no option for it");
    }
  }

  private void file(RequestPart part, String letter, Optional<String> name) {
    option(part, letter, name);
    if (name.isPresent() && PbsOutputName.needsTheScript(name.get())) {
      rendering.approximated(
          part, "PBS fills in no variable of the job in it; condatainer run does");
    }
  }

  private void array(ArraySpec array) {
    if (array.ranges().size() == 1 && array.count() > 1) {
      String limit = array.limit().isPresent() ? "%" + array.limit().getAsInt() : "";
      option(RequestPart.ARRAY, "J", Optional.of(array.ranges().get(0) + limit));
    } else if (array.count() == 1) {
      long index = array.ranges().get(0).first();
      rendering.line("#PBS -v CNT_ARRAY_INDEX=" + index);
      rendering.approximated(
          RequestPart.ARRAY, "PBS has no array of one task: a job with CNT_ARRAY_INDEX=" + index);
    } else {
      rendering.refused(
          RequestPart.ARRAY, "PBS takes one range of indexes: submit one job for each range");
    }
  }

  private void begin() {
    if (request.begin().isEmpty()) {
      return;
    }
    Optional<String> text = PbsValues.begin(request.begin().get());
    if (text.isEmpty()) {
      rendering.refused(
          RequestPart.BEGIN, "PBS knows no delay from the submit on: give the time itself");
    } else {
      option(RequestPart.BEGIN, "a", text);
    }
  }

  private void mail(Mail mail) {
    StringBuilder letters = new StringBuilder();
    if (mail.events().contains(Mail.Event.FAIL)) {
      letters.append('a');
    }
    if (mail.events().contains(Mail.Event.BEGIN)) {
      letters.append('b');
    }
    if (mail.events().contains(Mail.Event.END)) {
      letters.append('e');
    }
    if (!letters.isEmpty()) {
      option(RequestPart.MAIL, "m", Optional.of(letters.toString()));
    }
    option(RequestPart.MAIL, "M", mail.address());
    if (mail.events().contains(Mail.Event.REQUEUE)) {
      rendering.approximated(RequestPart.MAIL, "PBS writes nothing about a requeue");
    }
    if (mail.events().isEmpty() && mail.address().isEmpty()) {
      option(RequestPart.MAIL, "m", Optional.of("n"));
    }
  }

  private void environment(JobEnvironment environment) {
    if (environment.inherited() == JobEnvironment.Inherited.ALL) {
      rendering.line("#PBS -V");
      rendering.translated(RequestPart.ENVIRONMENT, "-V");
    } else if (environment.inherited() == JobEnvironment.Inherited.NONE) {
      rendering.approximated(
          RequestPart.ENVIRONMENT, "PBS passes no variables but its own by itself");
    }
    if (environment.variables().isEmpty()) {
      return;
    }
    Optional<String> text = PbsVariables.write(environment.variables());
    if (text.isEmpty()) {
      rendering.refused(
          RequestPart.ENVIRONMENT,
          "a value has a quote, a backslash or a line feed; set it in the" + " script");
    } else {
      option(RequestPart.ENVIRONMENT, "v", text);
    }
  }

  private void option(RequestPart part, String letter, Optional<String> value) {
    if (value.isEmpty()) {
      return;
    }
    Optional<String> word = word(value.get());
    if (word.isEmpty()) {
      rendering.refused(
          part,
          "-" + letter + ": a directive of PBS cannot have both kinds of quotes or a line feed");
      return;
    }
    rendering.line("#PBS -" + letter + " " + word.get());
    rendering.translated(part, "-" + letter + " " + value.get());
  }

  /** A value as one word of a directive. */
  private static Optional<String> word(String value) {
    boolean single = value.indexOf('\'') >= 0;
    boolean doubled = value.indexOf('"') >= 0;
    boolean blank = value.isEmpty() || value.indexOf(' ') >= 0 || value.indexOf('\t') >= 0;
    if (value.indexOf('\n') >= 0 || (single && doubled)) {
      return Optional.empty();
    }
    boolean quote = blank || single || doubled || value.startsWith("#");
    return Optional.of(!quote ? value : doubled ? "'" + value + "'" : "\"" + value + "\"");
  }
}
