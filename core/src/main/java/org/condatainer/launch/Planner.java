package org.condatainer.launch;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.condatainer.config.Configuration;
import org.condatainer.container.Bind;
import org.condatainer.container.Container;
import org.condatainer.container.MountedOverlay;
import org.condatainer.job.JobRequest;
import org.condatainer.scheduler.HostEnvironment;
import org.condatainer.scheduler.InstalledSchedulers;
import org.condatainer.scheduler.Overrides;
import org.condatainer.script.Diagnostic;
import org.condatainer.script.JobScript;
import org.condatainer.script.ScriptException;
import org.condatainer.script.Shebang;

/** Decides a run in full: where, in which container, with which overlays, by which batch script. */
public final class Planner {
  private final Configuration configuration;
  private final InstalledSchedulers schedulers;
  private final HostEnvironment environment;
  private final Path workingDirectory;
  private final NestedRuns nested;

  public Planner(
      Configuration configuration,
      InstalledSchedulers schedulers,
      HostEnvironment environment,
      Path workingDirectory) {
    this(configuration, schedulers, environment, workingDirectory, NestedRuns.of(environment));
  }

  private Planner(
      Configuration configuration,
      InstalledSchedulers schedulers,
      HostEnvironment environment,
      Path workingDirectory,
      NestedRuns nested) {
    this.configuration = configuration;
    this.schedulers = schedulers;
    this.environment = environment;
    this.workingDirectory = workingDirectory;
    this.nested = nested;
  }

  /** One whose plans are shown, and may be such as cannot be carried out from where we are. */
  public Planner toShow() {
    return new Planner(configuration, schedulers, environment, workingDirectory, nested.noted());
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
    RunPlace place = RunPlace.of(script, options, configuration, schedulers, environment);
    List<String> notes = new ArrayList<>();
    if (place.provider().isEmpty()) {
      List<String> words =
          new ArrayList<>(script.shebang().map(Shebang::words).orElse(List.of("bash")));
      words.add(path.toString());
      words.addAll(arguments);
      notes.addAll(nested.notes("the script (it would run here: " + place.reason() + ")", words));
    }
    Optional<DescribedProgram> program =
        DescribedProgram.of(script, place, schedulers, workingDirectory);
    // A description is read by its scheduler alone; what it describes is run by a shell.
    program
        .map(DescribedProgram::script)
        .orElse(Optional.of(script))
        .ifPresent(ScriptChecks::refuseCarriageReturns);
    List<Diagnostic> report = new ArrayList<>(script.warnings());
    Overrides overrides = options.overrides();
    if (options.inputs().isPresent()) {
      overrides = ArrayOverrides.of(options.inputs().get(), overrides);
    }
    overrides = OutputPlace.of(overrides, script, path, place, configuration.logsDirectory());
    ScriptDirectives directives = directives(script, place, overrides);
    report.addAll(directives.report());
    Plan.Destination destination = Plan.Here.onTerminal(place.reason());
    if (place.provider().isPresent()) {
      ScriptChecks.refuseErrors(script, report);
      destination =
          new Plan.Scheduled(place.provider().get(), directives.options(), path, workingDirectory);
    }
    JobRequest request = directives.request();
    if (place.provider().isEmpty()) {
      notes.add("runs on this machine: " + place.reason());
      LocalOutput output = new LocalOutput(schedulers);
      destination = new Plan.Here(place.reason(), output.files(request, options.overrides()));
      notes.addAll(output.notes(request, options.overrides()));
      ScriptChecks.noteSurroundings(request, notes);
    } else {
      report.addAll(
          OutputFolders.warnings(
              request,
              place.provider().get().dialect(),
              workingDirectory,
              configuration.logsDirectory()));
    }
    ScriptChecks.noteLauncher(script, request, options.ranks(), notes);
    if (program.isEmpty() && script.shebang().isEmpty()) {
      report.add(Diagnostic.note(1, 1, "no interpreter line (#!); the script runs in bash"));
    }

    OverlaySelection selection =
        new OverlaySelection(
            configuration,
            schedulers,
            environment,
            workingDirectory,
            ScriptChecks.waitedFor(request, options));
    List<MountedOverlay> overlays = new ArrayList<>();
    overlays.addAll(selection.selectAll(script, options));
    if (program.isPresent() && program.get().script().isPresent()) {
      overlays.addAll(selection.selectAll(program.get().script().get(), options));
    }
    for (String name : options.overlays()) {
      overlays.add(selection.select(name, options));
    }
    notes.addAll(selection.notes());
    ArrayOverrides.refuseWritable(request, writable(overlays));
    String runId = RunRecord.newRunId();
    Optional<KeptFile> inputs =
        options
            .inputs()
            .map(
                given ->
                    KeptFile.of(
                        records(place).resolve(runId).resolve(ArrayInputs.FILE), given.bytes()));
    return plan(
        runId,
        script.name(),
        destination,
        directives,
        overlays,
        options,
        DescribedProgram.payload(script, path, program, arguments, inputs, place),
        report,
        notes);
  }

  /** Where the records of runs there are. */
  private Path records(RunPlace place) {
    Path folder = configuration.runsDirectory();
    return place.provider().isPresent() ? folder : new LocalRecords(folder).folder();
  }

  private static Optional<Path> writable(List<MountedOverlay> overlays) {
    for (MountedOverlay overlay : overlays) {
      if (overlay.writable()) {
        return Optional.of(overlay.path());
      }
    }
    return Optional.empty();
  }

  private ScriptDirectives directives(JobScript script, RunPlace place, Overrides overrides) {
    if (place.provider().isEmpty()) {
      return ScriptDirectives.here(script, overrides, schedulers);
    }
    return ScriptDirectives.scheduled(
        script, place.provider().get(), place.writtenFor(), overrides, configuration);
  }

  /**
   * The plan for a command on this machine.
   *
   * @param words the command; none for the user's shell
   * @throws LaunchException if it cannot be run as asked
   */
  public Plan command(List<String> words, LaunchOptions options) {
    List<String> notes = new ArrayList<>(nested.notes("the command", words));
    OverlaySelection selection =
        new OverlaySelection(configuration, schedulers, environment, workingDirectory, List.of());
    List<MountedOverlay> overlays = new ArrayList<>();
    for (String name : options.overlays()) {
      overlays.add(selection.select(name, options));
    }
    notes.addAll(selection.notes());
    Optional<String> prompt = Optional.empty();
    if (words.isEmpty() && !overlays.isEmpty()) {
      prompt = Optional.of(overlays.get(0).path().getFileName().toString());
    }
    return plan(
        RunRecord.newRunId(),
        words.isEmpty() ? "shell" : words.get(0),
        Plan.Here.onTerminal("a command"),
        ScriptDirectives.none(),
        overlays,
        options,
        new BatchScript.Payload.Words(words, "", Optional.empty(), prompt),
        List.of(),
        notes);
  }

  private Plan plan(
      String runId,
      String name,
      Plan.Destination destination,
      ScriptDirectives directives,
      List<MountedOverlay> overlays,
      LaunchOptions options,
      BatchScript.Payload payload,
      List<Diagnostic> report,
      List<String> notes) {
    OverlaySelection.refuseTwoImages(overlays);
    JobRequest request = directives.request();
    boolean local = destination instanceof Plan.Here;
    ContainerParts parts = new ContainerParts(configuration, environment, workingDirectory);
    List<String> allNotes = new ArrayList<>(notes);
    if (options.writable()
        && !overlays.isEmpty()
        && overlays.stream().noneMatch(MountedOverlay::writable)) {
      allNotes.add("warning: nothing is writable: frozen overlays are always read-only");
    }
    OverlayVariables variables = OverlayVariables.of(overlays, options.variables());
    if (local) {
      variables.note().ifPresent(allNotes::add);
    }
    List<Bind> binds = new ArrayList<>();
    for (String text : options.binds()) {
      binds.add(parts.bind(text));
    }
    binds.addAll(options.ownBinds());
    Container container =
        new Container(
            parts.base(options),
            overlays,
            binds,
            variables.values(),
            request.resources().asksForGpus() || (local && ContainerParts.showsGpus()),
            ContainerParts.fakeroot(options, allNotes));
    BatchScript script =
        new BatchScript(
            runId,
            directives.lines(),
            JobVariables.granted(destination, request, schedulers, environment),
            request.array().map(array -> array.count()).orElse(0L),
            configuration.nodeModules(),
            parts.runtime(container, local),
            container,
            payload,
            List.of());
    Optional<Ranks> ranks =
        options.ranks()
            ? Optional.of(
                Ranks.of(script, destination, writable(overlays), configuration.runsDirectory()))
            : Optional.empty();
    return new Plan(
        runId,
        name,
        destination,
        request,
        options.inputs(),
        directives.translation(),
        overlays,
        ranks.map(Ranks::launching).orElse(script),
        ranks.map(Ranks::ofEach),
        report,
        allNotes);
  }
}
