package org.condatainer.launch;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.condatainer.config.Configuration;
import org.condatainer.container.ApptainerRuntime;
import org.condatainer.container.Base;
import org.condatainer.container.Bind;
import org.condatainer.container.Container;
import org.condatainer.container.ContainerRuntime;
import org.condatainer.container.EmbeddedRuntime;
import org.condatainer.container.MountedOverlay;
import org.condatainer.job.Dependency;
import org.condatainer.job.JobId;
import org.condatainer.job.JobRequest;
import org.condatainer.overlay.OverlayEnvironment;
import org.condatainer.overlay.Owner;
import org.condatainer.scheduler.Amendment;
import org.condatainer.scheduler.HostEnvironment;
import org.condatainer.scheduler.InstalledSchedulers;
import org.condatainer.scheduler.SchedulerProvider;
import org.condatainer.script.Diagnostic;
import org.condatainer.script.JobScript;
import org.condatainer.script.OverlayReference;
import org.condatainer.script.ScriptException;

/** Decides a run in full: where, in which container, with which overlays, by which batch script. */
public final class Planner {
  private final Configuration configuration;
  private final InstalledSchedulers schedulers;
  private final HostEnvironment environment;
  private final Path workingDirectory;

  public Planner(
      Configuration configuration,
      InstalledSchedulers schedulers,
      HostEnvironment environment,
      Path workingDirectory) {
    this.configuration = configuration;
    this.schedulers = schedulers;
    this.environment = environment;
    this.workingDirectory = workingDirectory;
  }

  /**
   * The plan for a job script.
   *
   * @param path where the script is, absolute
   * @param arguments the script's own
   * @throws ScriptException if a line of the script is wrong
   * @throws LaunchException if it cannot be run as asked
   */
  public Plan script(JobScript script, Path path, List<String> arguments, LaunchOptions options) {
    refuseCarriageReturns(script);
    List<Diagnostic> report = new ArrayList<>(script.warnings());
    Site site = site(script, options);
    JobRequest request;
    Plan.Destination destination;
    List<String> directiveLines = List.of();
    if (site.provider().isPresent()) {
      SchedulerProvider provider = site.provider().get();
      Amendment amendment = provider.dialect().amend(script, options.overrides());
      report.addAll(amendment.diagnostics());
      refuseErrors(script, report);
      request = amendment.request();
      directiveLines = amendment.directiveLines();
      destination = new Plan.Scheduled(provider, amendment.options(), path, workingDirectory);
    } else {
      request = localRequest(script, options, report);
      destination = new Plan.Here(site.reason());
    }
    List<String> notes = new ArrayList<>();
    if (site.provider().isEmpty()) {
      notes.add("runs on this machine: " + site.reason());
    }
    noteTasksWithoutLauncher(script, request, notes);
    if (script.shebang().isEmpty()) {
      report.add(Diagnostic.note(1, 1, "no interpreter line (#!); the script runs in bash"));
    }

    OverlaySelection selection =
        new OverlaySelection(
            configuration, environment, workingDirectory, waitedFor(request, options));
    List<MountedOverlay> overlays = new ArrayList<>();
    for (OverlayReference reference : script.overlays()) {
      overlays.add(selection.select(reference, script.name(), options));
    }
    for (String name : options.overlays()) {
      overlays.add(selection.select(name, options));
    }
    notes.addAll(selection.notes());
    return plan(
        script.name(),
        destination,
        request,
        directiveLines,
        overlays,
        options,
        new BatchScript.Payload.Script(script, path, arguments),
        report,
        notes);
  }

  /**
   * The plan for a command on this machine.
   *
   * @param words the command; none for the user's shell
   * @throws LaunchException if it cannot be run as asked
   */
  public Plan command(List<String> words, LaunchOptions options) {
    OverlaySelection selection =
        new OverlaySelection(configuration, environment, workingDirectory, List.of());
    List<MountedOverlay> overlays = new ArrayList<>();
    for (String name : options.overlays()) {
      overlays.add(selection.select(name, options));
    }
    Optional<String> prompt = Optional.empty();
    if (words.isEmpty() && !overlays.isEmpty()) {
      prompt = Optional.of(overlays.get(0).path().getFileName().toString());
    }
    return plan(
        words.isEmpty() ? "shell" : words.get(0),
        new Plan.Here("a command"),
        JobRequest.empty(),
        List.of(),
        overlays,
        options,
        new BatchScript.Payload.Words(words, prompt),
        List.of(),
        selection.notes());
  }

  private Plan plan(
      String name,
      Plan.Destination destination,
      JobRequest request,
      List<String> directiveLines,
      List<MountedOverlay> overlays,
      LaunchOptions options,
      BatchScript.Payload payload,
      List<Diagnostic> report,
      List<String> notes) {
    refuseTwoImages(overlays);
    boolean local = destination instanceof Plan.Here;
    Map<String, String> variables = new LinkedHashMap<>();
    List<String> allNotes = new ArrayList<>(notes);
    for (MountedOverlay overlay : overlays) {
      OverlayEnvironment overlayEnvironment = OverlayEnvironment.of(overlay.path());
      variables.putAll(overlayEnvironment.variables());
      if (local) {
        OverlaySelection.describe(overlayEnvironment, allNotes);
      }
    }
    variables.putAll(options.variables());
    List<Bind> binds = new ArrayList<>();
    for (String text : options.binds()) {
      binds.add(bind(text));
    }
    Container container =
        new Container(
            base(options),
            overlays,
            binds,
            variables,
            request.resources().asksForGpus() || (local && showsGpus()),
            options.fakeroot());
    String runId = RunRecord.newRunId();
    BatchScript script =
        new BatchScript(
            runId,
            directiveLines,
            grantedResources(destination, request),
            configuration.nodeModules(),
            runtime(container, local),
            container,
            payload,
            List.of());
    return new Plan(runId, name, destination, request, overlays, script, report, allNotes);
  }

  /** A scheduler, or this machine and why. */
  private record Site(Optional<SchedulerProvider> provider, String reason) {}

  private Site site(JobScript script, LaunchOptions options) {
    if (options.place() == LaunchOptions.Place.LOCAL) {
      return new Site(Optional.empty(), "--local");
    }
    Optional<String> wanted = options.scheduler();
    String origin = "--scheduler";
    if (wanted.isEmpty() && configuration.scheduler().isPresent()) {
      wanted = Optional.of(configuration.scheduler().get().value());
      origin = configuration.scheduler().get().origin();
    }
    SchedulerChoice choice = SchedulerChoice.of(wanted, origin, schedulers, environment);
    boolean mustSubmit = options.place() == LaunchOptions.Place.SUBMIT;
    if (choice.provider().isEmpty()) {
      String reasons = String.join("; ", choice.reason());
      if (mustSubmit) {
        throw new LaunchException(
            LaunchException.Kind.NO_SCHEDULER,
            "--submit: there is no scheduler here (" + reasons + ")");
      }
      return new Site(Optional.empty(), "no scheduler (" + reasons + ")");
    }
    SchedulerProvider provider = choice.provider().get();
    if (mustSubmit) {
      return new Site(choice.provider(), "");
    }
    Optional<JobId> inside = currentJob();
    if (inside.isPresent() && options.scheduler().isEmpty()) {
      return new Site(Optional.empty(), "inside job " + inside.get());
    }
    if (provider.dialect().appearsIn(script)) {
      return new Site(choice.provider(), "");
    }
    Optional<String> foreign = ForeignDirectives.in(script, provider.id());
    if (foreign.isPresent()) {
      throw new LaunchException(
          LaunchException.Kind.BAD_REQUEST,
          script.name()
              + " is written for "
              + foreign.get()
              + ", and cannot be translated for "
              + provider.displayName()
              + " yet; give it #SBATCH lines, or run it on this machine: --local");
    }
    if (options.scheduler().isPresent()) {
      return new Site(choice.provider(), "");
    }
    return new Site(
        Optional.empty(),
        "the script has no directives (--submit submits it to " + provider.displayName() + ")");
  }

  private Optional<JobId> currentJob() {
    for (SchedulerProvider provider : schedulers.providers()) {
      Optional<JobId> job = provider.currentJob(environment);
      if (job.isPresent()) {
        return job;
      }
    }
    return Optional.empty();
  }

  /** What the script asks for, when it runs here: its directives are read, and do not bind. */
  private JobRequest localRequest(
      JobScript script, LaunchOptions options, List<Diagnostic> report) {
    for (SchedulerProvider provider : schedulers.providers()) {
      if (provider.dialect().appearsIn(script)) {
        Amendment amendment = provider.dialect().amend(script, options.overrides());
        for (Diagnostic diagnostic : amendment.diagnostics()) {
          if (diagnostic.severity() != Diagnostic.Severity.ERROR) {
            report.add(diagnostic);
          }
        }
        return amendment.request();
      }
    }
    JobRequest.Builder request = JobRequest.empty().toBuilder();
    options.overrides().walltime().ifPresent(request::walltime);
    if (options.overrides().cpusPerTask().isPresent()) {
      request.resources(
          JobRequest.empty()
              .resources()
              .withCpusPerTask(options.overrides().cpusPerTask().getAsInt()));
    }
    return request.build();
  }

  private static void refuseCarriageReturns(JobScript script) {
    Optional<Integer> line = script.firstCarriageReturn();
    if (line.isPresent()) {
      int column = script.lines().get(line.get() - 1).length();
      throw new ScriptException(
          script.name(),
          List.of(
              Diagnostic.error(
                  line.get(),
                  column,
                  "the lines end with CR LF, as on Windows, and no shell runs that;"
                      + " convert the script: sed -i 's/\\r$//' FILE")));
    }
  }

  private static void refuseErrors(JobScript script, List<Diagnostic> report) {
    List<Diagnostic> errors = new ArrayList<>();
    for (Diagnostic diagnostic : report) {
      if (diagnostic.severity() == Diagnostic.Severity.ERROR) {
        errors.add(diagnostic);
      }
    }
    if (!errors.isEmpty()) {
      throw new ScriptException(script.name(), errors);
    }
  }

  private static void refuseTwoImages(List<MountedOverlay> overlays) {
    Optional<Path> first = Optional.empty();
    for (MountedOverlay overlay : overlays) {
      if (overlay.format() == MountedOverlay.Format.EXT3) {
        if (first.isPresent()) {
          throw new LaunchException(
              LaunchException.Kind.BAD_REQUEST,
              "only one .img overlay can be mounted at a time, and there are two: "
                  + first.get()
                  + " and "
                  + overlay.path()
                  + "; leave one out");
        }
        first = Optional.of(overlay.path());
      }
    }
  }

  private static void noteTasksWithoutLauncher(
      JobScript script, JobRequest request, List<String> notes) {
    int tasks = request.resources().tasks().orElse(1);
    int perNode = request.resources().tasksPerNode().orElse(1);
    if (tasks <= 1 && perNode <= 1) {
      return;
    }
    for (String line : script.lines()) {
      String text = line.strip();
      if (!text.startsWith("#")
          && (text.contains("srun") || text.contains("mpirun") || text.contains("mpiexec"))) {
        return;
      }
    }
    notes.add(
        "the script asks for several tasks and starts no launcher (srun, mpirun, mpiexec): it runs"
            + " once, on the first node");
  }

  private static List<JobId> waitedFor(JobRequest request, LaunchOptions options) {
    List<JobId> jobs = new ArrayList<>();
    for (Dependency dependency : request.dependencies()) {
      jobs.addAll(dependency.jobs());
    }
    for (Dependency dependency : options.overrides().dependencies()) {
      jobs.addAll(dependency.jobs());
    }
    return jobs;
  }

  private Base base(LaunchOptions options) {
    String image = options.baseImage().orElse(configuration.baseImage());
    if (image.equals("host")) {
      return new Base.Host();
    }
    Path path = HomePath.resolve(image, workingDirectory, environment);
    if (!Files.exists(path)) {
      throw new LaunchException(
          LaunchException.Kind.OVERLAY_UNUSABLE,
          "there is no base image "
              + path
              + "; -b names another, and -b host takes the system of the node itself");
    }
    return new Base.Image(path);
  }

  private Bind bind(String text) {
    boolean readOnly = text.endsWith(":ro");
    String paths = readOnly || text.endsWith(":rw") ? text.substring(0, text.length() - 3) : text;
    int colon = paths.indexOf(':');
    String source = colon < 0 ? paths : paths.substring(0, colon);
    String target = colon < 0 ? source : paths.substring(colon + 1);
    if (source.isEmpty() || target.isEmpty()) {
      throw new LaunchException(
          LaunchException.Kind.BAD_REQUEST,
          "--bind: \"" + text + "\" is not HOST, HOST:CONTAINER or HOST:CONTAINER:ro");
    }
    Path host = HomePath.resolve(source, workingDirectory, environment);
    Path container = colon < 0 ? host : Path.of(target);
    if (!container.isAbsolute()) {
      throw new LaunchException(
          LaunchException.Kind.BAD_REQUEST,
          "--bind: the path in the container is not absolute: " + target);
    }
    return new Bind(host, container, readOnly);
  }

  private ContainerRuntime runtime(Container container, boolean local) {
    String kind = configuration.runtime();
    if (!kind.equals("embedded")) {
      Optional<String> program = configuration.apptainer();
      for (String name : List.of("apptainer", "singularity")) {
        if (program.isEmpty() && (kind.equals("auto") || kind.equals(name))) {
          program = environment.program(name).map(Path::toString);
        }
      }
      if (program.isPresent()) {
        return new ApptainerRuntime(program.get());
      }
      if (!kind.equals("auto")) {
        if (local && configuration.nodeModules().isEmpty()) {
          throw new LaunchException(
              LaunchException.Kind.OVERLAY_UNUSABLE,
              "runtime: " + kind + " is configured, and there is no " + kind + " in PATH");
        }
        return new ApptainerRuntime(kind);
      }
    }
    EmbeddedRuntime embedded = new EmbeddedRuntime(Owner.ofThisProcess().uid() == 0);
    List<String> missing = embedded.missing(container, name -> installedHere(name));
    if (local && !missing.isEmpty()) {
      throw new LaunchException(
          LaunchException.Kind.OVERLAY_UNUSABLE,
          "there is no Apptainer or Singularity in PATH, and the embedded runtime misses: "
              + String.join(", ", missing));
    }
    return embedded;
  }

  /** The devices by which Nvidia's and AMD's drivers show that this machine has GPUs. */
  private static boolean showsGpus() {
    return Files.exists(Path.of("/dev/nvidiactl")) || Files.exists(Path.of("/dev/kfd"));
  }

  /** Programs of the system may be outside of an ordinary user's PATH. */
  private boolean installedHere(String program) {
    return environment.program(program).isPresent()
        || Files.isExecutable(Path.of("/usr/sbin", program))
        || Files.isExecutable(Path.of("/sbin", program));
  }

  private String grantedResources(Plan.Destination destination, JobRequest request) {
    if (destination instanceof Plan.Scheduled scheduled) {
      return scheduled.provider().dialect().grantedResources();
    }
    for (SchedulerProvider provider : schedulers.providers()) {
      if (provider.currentJob(environment).isPresent()) {
        return provider.dialect().grantedResources();
      }
    }
    return LocalResources.fragment(request);
  }
}
