package org.condatainer.scheduler.slurm;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.condatainer.job.ArraySpec;
import org.condatainer.job.BeginTime;
import org.condatainer.job.Dependency;
import org.condatainer.job.JobRequest;
import org.condatainer.job.Mail;
import org.condatainer.job.Memory;
import org.condatainer.job.NativeOption;
import org.condatainer.job.NodeCount;
import org.condatainer.job.OutputFiles;
import org.condatainer.job.RequestPart;
import org.condatainer.job.Resources;
import org.condatainer.job.Walltime;
import org.condatainer.scheduler.DirectivePart;
import org.condatainer.script.Diagnostic;
import org.condatainer.script.DirectiveLine;
import org.condatainer.script.TemplateHole;

/** Collects options of sbatch, one after the other, into a request; later ones go over earlier. */
final class SlurmRequest {
  private static final String TIME_FORMS =
      "minutes, MM:SS, HH:MM:SS, D-HH, D-HH:MM, D-HH:MM:SS or UNLIMITED";
  private static final String MEMORY_FORMS = "a whole number of MiB, or one with K, M, G or T";

  private final List<Diagnostic> diagnostics;
  private final List<DirectivePart> parts = new ArrayList<>();
  private final JobRequest.Builder request = JobRequest.empty().toBuilder();
  private final List<NativeOption> nativeOptions = new ArrayList<>();
  private final List<Resources> finished = new ArrayList<>();
  private Resources resources = Resources.none();
  private SlurmGpus gpus = new SlurmGpus();
  private OutputFiles files = OutputFiles.defaults();
  private Mail mail = new Mail(Set.of(), Optional.empty());

  SlurmRequest(List<Diagnostic> diagnostics) {
    this.diagnostics = diagnostics;
  }

  /** Begins the next component of a heterogeneous job, at a line that says no more than that. */
  void separate(DirectiveLine line) {
    String text = line.text().strip();
    parts.add(
        new DirectivePart(
            line.line(), line.column() + line.text().indexOf(text), text, RequestPart.COMPONENTS));
    finished.add(resources.withGpus(gpus.all()));
    resources = Resources.none();
    gpus = new SlurmGpus();
  }

  JobRequest build() {
    finished.add(resources.withGpus(gpus.all()));
    if (!mail.events().isEmpty() || mail.address().isPresent()) {
      request.mail(mail);
    }
    return request
        .resources(finished.get(0))
        .furtherComponents(finished.subList(1, finished.size()))
        .files(files)
        .nativeOptions(nativeOptions)
        .build();
  }

  /**
   * The request for a scheduler that does not count by GPU, and the pieces of the options that are
   * numbers then.
   */
  JobRequest buildForAnother() {
    if (!finished.isEmpty()) {
      return build();
    }
    Resources asked = resources.withGpus(gpus.all());
    SlurmPerGpu perGpu = new SlurmPerGpu(ofNative("ntasks-per-gpu"), ofNative("cpus-per-gpu"));
    Resources counted = perGpu.withTasks(asked);
    if (!counted.gpus().equals(asked.gpus())) {
      becomes("ntasks-per-gpu", RequestPart.GPUS);
    } else if (!counted.equals(asked)) {
      becomes("ntasks-per-gpu", RequestPart.TASKS);
    }
    Resources all = perGpu.withCpus(counted);
    if (!all.equals(counted)) {
      becomes("cpus-per-gpu", RequestPart.CPUS_PER_TASK);
    }
    return build().toBuilder().resources(all).build();
  }

  private OptionalInt ofNative(String option) {
    return SlurmAmendment.value(nativeOptions, option)
        .map(SlurmValues::count)
        .orElse(OptionalInt.empty());
  }

  private void becomes(String option, RequestPart part) {
    nativeOptions.removeIf(one -> one.name().equals(option));
    parts.replaceAll(
        piece ->
            piece.text().startsWith("--" + option)
                ? new DirectivePart(piece.line(), piece.column(), piece.text(), part)
                : piece);
  }

  /** The pieces of the options added so far. */
  List<DirectivePart> parts() {
    return List.copyOf(parts);
  }

  void add(SbatchDirective.Given option) {
    String value = option.value().orElse("");
    TemplateHole.find(value).ifPresent(hole -> error(option, "nothing was filled in for " + hole));
    int nativesBefore = nativeOptions.size();
    read(option, value);
    boolean becameNative = nativeOptions.size() > nativesBefore;
    switch (option.name()) {
      case "gres" -> {
        // Its pieces are in the list.
      }
      case "mail-type" -> mailParts(option, value);
      // What it waits for stays that, in whatever words, so that nobody takes it for nothing.
      case "dependency" -> whole(option, RequestPart.DEPENDENCIES);
      default -> whole(option, becameNative ? RequestPart.NATIVE : SlurmParts.of(option.name()));
    }
  }

  private void whole(SbatchDirective.Given option, RequestPart part) {
    piece(option, 0, option.text(), part);
  }

  /** What a further component asks of the nodes is told of the components together. */
  private void piece(SbatchDirective.Given option, int at, String text, RequestPart part) {
    boolean further = !finished.isEmpty() && SlurmParts.RESOURCES.contains(part);
    parts.add(
        new DirectivePart(
            option.line(), option.column() + at, text, further ? RequestPart.COMPONENTS : part));
  }

  /** The events without a neutral form are pieces of their own. */
  private void mailParts(SbatchDirective.Given option, String value) {
    List<DirectivePart> others = new ArrayList<>();
    int from = 0;
    String[] words = value.split(",", -1);
    for (String word : words) {
      int at = Math.max(0, option.text().indexOf(word, from));
      from = at + word.length();
      if (!SlurmWords.mailEvents(word, EnumSet.noneOf(Mail.Event.class))) {
        others.add(
            new DirectivePart(option.line(), option.column() + at, word, RequestPart.NATIVE));
      }
    }
    if (others.size() < words.length) {
      whole(option, RequestPart.MAIL);
    }
    parts.addAll(others);
  }

  private void read(SbatchDirective.Given option, String value) {
    switch (option.name()) {
      case "job-name" -> request.name(value);
      case "partition" -> request.queue(value);
      case "account" -> request.account(value);
      case "qos" -> request.qos(value);
      case "comment" -> request.comment(value);
      case "chdir" -> request.workingDirectory(value);
      case "begin" -> begin(option, value);
      case "mail-type" -> mailType(option, value);
      case "mail-user" -> mail = new Mail(mail.events(), Optional.of(value));
      case "export" -> request.environment(SlurmWords.environment(value));
      case "hold" -> request.held(true);
      case "requeue" -> requeue(option);
      case "no-requeue" -> request.requeue(false);
      case "output", "error", "input", "open-mode" -> file(option, value);
      case "time" -> time(option, value);
      case "array" -> array(option, value);
      case "dependency" -> dependency(option, value);
      case "exclusive" -> exclusive(option);
      case "nodes" -> nodes(option, value);
      case "ntasks", "ntasks-per-node", "cpus-per-task" -> count(option, value);
      case "mem", "mem-per-cpu", "mem-per-gpu", "tmp" -> memory(option, value);
      case "gpus", "gpus-per-node", "gpus-per-task", "gpus-per-socket" -> gpus(option, value);
      case "gres" -> gres(option, value);
      default -> nativeOption(option, option.value());
    }
  }

  private void nativeOption(SbatchDirective.Given option, Optional<String> value) {
    nativeOptions.add(new NativeOption(option.name(), value, option.line(), option.column()));
  }

  private void refused(SbatchDirective.Given option, String value, String forms) {
    error(option, "\"" + value + "\" is not " + forms);
  }

  private void error(SbatchDirective.Given option, String what) {
    diagnostics.add(
        Diagnostic.error(option.line(), option.column(), "--" + option.name() + ": " + what));
  }

  private void gpus(SbatchDirective.Given option, String value) {
    if (!gpus.add(option.name(), value)) {
      refused(option, value, "a number of GPUs such as 2 or a100:2, the type first");
    }
  }

  private void gres(SbatchDirective.Given option, String value) {
    List<String> others = new ArrayList<>();
    int from = 0;
    for (String part : value.split(",", -1)) {
      int at = Math.max(0, option.text().indexOf(part, from));
      from = at + part.length();
      boolean gpu = SlurmGpus.isGpu(part);
      piece(option, at, part, gpu ? RequestPart.GPUS : RequestPart.NATIVE);
      if (!gpu) {
        others.add(part);
      }
    }
    for (String wrong : gpus.addGres(value)) {
      refused(option, wrong, "a number of GPUs such as gpu:2 or gpu:a100:2, the type first");
    }
    if (!others.isEmpty()) {
      nativeOption(option, Optional.of(String.join(",", others)));
    }
  }

  /** From 26.05 on it may say how: {@code --requeue=expedite}. */
  private void requeue(SbatchDirective.Given option) {
    request.requeue(true);
    if (option.value().isPresent()) {
      nativeOption(option, option.value());
    }
  }

  private void begin(SbatchDirective.Given option, String value) {
    Optional<BeginTime> begin = SlurmWords.begin(value);
    if (begin.isPresent()) {
      request.begin(begin.get());
    } else {
      nativeOption(option, option.value());
    }
  }

  /** Events without a neutral form, such as TIME_LIMIT_80, make the option a native one as well. */
  private void mailType(SbatchDirective.Given option, String value) {
    Set<Mail.Event> events = EnumSet.noneOf(Mail.Event.class);
    boolean others = !SlurmWords.mailEvents(value, events);
    mail = new Mail(events, mail.address());
    if (others) {
      nativeOption(option, option.value());
    }
  }

  private void file(SbatchDirective.Given option, String value) {
    files =
        switch (option.name()) {
          case "output" -> files.withOutput(value);
          case "error" -> files.withError(value);
          case "input" -> files.withInput(value);
          default -> openMode(option, value);
        };
  }

  private OutputFiles openMode(SbatchDirective.Given option, String value) {
    boolean append = value.startsWith("a") || value.startsWith("A");
    if (!append && !value.startsWith("t") && !value.startsWith("T")) {
      refused(option, value, "append or truncate");
    }
    return files.withAppend(append);
  }

  private void time(SbatchDirective.Given option, String value) {
    Optional<Walltime> walltime = SlurmValues.time(value);
    if (walltime.isEmpty()) {
      refused(option, value, TIME_FORMS);
    } else {
      request.walltime(walltime.get());
    }
  }

  private void array(SbatchDirective.Given option, String value) {
    Optional<ArraySpec> array = SlurmValues.array(value);
    if (array.isEmpty()) {
      refused(option, value, "a list of indexes such as 1-10, 0,5,7-9, 1-100:10 or 1-100%5");
    } else {
      request.array(array.get());
    }
  }

  private void dependency(SbatchDirective.Given option, String value) {
    Optional<List<Dependency>> dependencies = SlurmDependencies.read(value);
    if (dependencies.isEmpty()) {
      nativeOption(option, option.value());
    } else {
      request.dependencies(dependencies.get());
    }
  }

  private void exclusive(SbatchDirective.Given option) {
    if (option.value().isEmpty()) {
      resources = resources.withExclusive(true);
    } else {
      nativeOption(option, option.value());
    }
  }

  private void nodes(SbatchDirective.Given option, String value) {
    Optional<long[]> nodes = SlurmValues.nodes(value);
    if (nodes.isPresent() && nodes.get()[0] > 0 && nodes.get()[1] > 0) {
      resources = resources.withNodes(new NodeCount((int) nodes.get()[0], (int) nodes.get()[1]));
    } else if (nodes.isPresent()) {
      // 0 is what sbatch takes for "not said".
      nativeOption(option, option.value());
    } else if (value.indexOf(',') >= 0 || value.indexOf(':') >= 0) {
      nativeOption(option, option.value());
    } else {
      refused(option, value, "a number of nodes such as 2 or 2-4");
    }
  }

  private void count(SbatchDirective.Given option, String value) {
    OptionalInt count = SlurmValues.count(value);
    if (count.isEmpty()) {
      refused(option, value, "a whole number above 0");
      return;
    }
    resources =
        switch (option.name()) {
          case "ntasks" -> resources.withTasks(count.getAsInt());
          case "ntasks-per-node" -> resources.withTasksPerNode(count.getAsInt());
          default -> resources.withCpusPerTask(count.getAsInt());
        };
  }

  private void memory(SbatchDirective.Given option, String value) {
    OptionalLong bytes = SlurmValues.memory(value);
    if (bytes.isEmpty()) {
      refused(option, value, MEMORY_FORMS);
      return;
    }
    Memory.Scope scope =
        switch (option.name()) {
          case "mem-per-cpu" -> Memory.Scope.PER_CPU;
          case "mem-per-gpu" -> Memory.Scope.PER_GPU;
          default -> Memory.Scope.PER_NODE;
        };
    resources =
        option.name().equals("tmp")
            ? resources.withScratchBytes(bytes.getAsLong())
            : resources.withMemory(new Memory(bytes.getAsLong(), scope));
  }
}
