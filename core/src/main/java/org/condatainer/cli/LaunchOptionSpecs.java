package org.condatainer.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.condatainer.container.Bind;
import org.condatainer.job.Dependency;
import org.condatainer.launch.ArrayInputs;
import org.condatainer.launch.LaunchOptions;
import org.condatainer.scheduler.Overrides;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/**
 * The options that say how to make a container ({@code run}, {@code exec}, {@code e}) and what to
 * ask of the scheduler ({@code run}).
 */
final class LaunchOptionSpecs {
  private LaunchOptionSpecs() {}

  static void addContainer(CommandSpec spec) {
    spec.addOption(
        Options.value(
            "IMAGE",
            "base image to use instead of the default; host: this system",
            "-b",
            "--base-image"));
    spec.addOption(Options.values("HOST:CONTAINER", "show a path of the host", "--bind"));
    spec.addOption(Options.values("KEY=VALUE", "set a variable in the container", "--env"));
    spec.addOption(Options.flag("be root in the container", "-f", "--fakeroot"));
  }

  static void addJob(CommandSpec spec) {
    spec.addOption(Options.flag("mount the .img overlay writable", "-w", "--writable"));
    spec.addOption(Options.values("OVERLAY", "mount one more overlay", "--overlay"));
    spec.addOption(Options.value("N", "CPUs of each task", "-c", "--cpus"));
    spec.addOption(
        Options.value(
            "SIZE",
            "memory of each task as a whole: 16G, 500M; MiB without a unit",
            "-m",
            "--mem"));
    spec.addOption(
        Options.value("TIME", "walltime: 2:00:00, 1-12, 90 (minutes), 2h30m", "-t", "--time"));
    spec.addOption(Options.value("[TYPE:]N", "GPUs of each node: 2, a100:2", "-g", "--gpu"));
    spec.addOption(Options.value("NAME", "name of the job", "--name"));
    spec.addOption(Options.value("FILE", "the job's standard output", "-o", "--output"));
    spec.addOption(Options.value("FILE", "the job's standard error", "-e", "--error"));
    spec.addOption(
        Options.value(
            "FILE",
            "run one task for each line of the file, whose words are the script's first arguments",
            "--array"));
    spec.addOption(
        Options.value("N", "run at most so many tasks at the same time", "--array-limit"));
    spec.addOption(
        Options.flag(
            "run the script once for each task of the job, each in a container of its own",
            "--ranks"));
    spec.addOption(Options.flag("submit the job on hold", "--hold"));
    spec.addOption(Options.value("ID[:ID…]", "start after these jobs succeeded", "--afterok"));
    spec.addOption(Options.value("ID[:ID…]", "start after these jobs failed", "--afternotok"));
    spec.addOption(Options.value("ID[:ID…]", "start after these jobs ended", "--afterany"));
    spec.addOption(
        Options.value("ID", "scheduler to use: slurm, …; none: this machine", "--scheduler"));
    spec.addOption(
        Options.value(
            "ID", "scheduler whose directives count, in a script with several", "--from"));
    spec.addOption(
        Options.value(
            "TIME", "wait so long for an overlay that is in use: 90s, 10m, 1h30m", "--wait-lock"));
    spec.addOption(Options.flag("submit even a script without directives", "--submit"));
    spec.addOption(Options.flag("run on this machine", "--local"));
  }

  static LaunchOptions readContainer(
      ParseResult parsed, List<String> overlays, boolean writable, Invocation invocation) {
    return new LaunchOptions(
        Optional.ofNullable(parsed.matchedOptionValue("--base-image", null)),
        overlays,
        Options.all(parsed, "--bind"),
        List.of(),
        OptionValues.variables(
            "--env", Options.all(parsed, "--env"), invocation.environment().variables()),
        writable,
        Options.isSet(parsed, "--fakeroot"),
        false,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        LaunchOptions.Place.LOCAL,
        Overrides.none());
  }

  /**
   * As {@link #readContainer}, for somebody who works in it: with the {@code mm-*} commands.
   *
   * @param micromamba the configured program, which these call; empty if they have to find one
   */
  static LaunchOptions readWorkplace(
      ParseResult parsed,
      List<String> overlays,
      boolean writable,
      Invocation invocation,
      Optional<String> micromamba) {
    LaunchOptions options = readContainer(parsed, overlays, writable, invocation);
    Optional<Path> folder = Installation.home().map(home -> home.resolve("mm"));
    if (overlays.isEmpty() || folder.isEmpty()) {
      return options;
    }
    Map<String, String> variables = new LinkedHashMap<>(options.variables());
    micromamba
        .filter(program -> program.indexOf('/') >= 0)
        .ifPresent(program -> variables.putIfAbsent("MAMBA_EXE", program));
    Bind commands = new Bind(folder.get().toAbsolutePath(), Path.of("/ext3/mm"), true);
    return options.with(List.of(commands), variables);
  }

  static LaunchOptions readJob(ParseResult parsed, Invocation invocation) {
    boolean submit = Options.isSet(parsed, "--submit");
    boolean local = Options.isSet(parsed, "--local");
    if (submit && local) {
      throw new UsageException("--submit and --local exclude each other");
    }
    LaunchOptions container =
        readContainer(
            parsed,
            Options.all(parsed, "--overlay"),
            Options.isSet(parsed, "--writable"),
            invocation);
    return new LaunchOptions(
        container.baseImage(),
        container.overlays(),
        container.binds(),
        container.ownBinds(),
        container.variables(),
        container.writable(),
        container.fakeroot(),
        Options.isSet(parsed, "--ranks"),
        text(parsed, "--scheduler"),
        text(parsed, "--from"),
        inputs(parsed, invocation),
        text(parsed, "--wait-lock").map(time -> OptionValues.duration("--wait-lock", time)),
        submit
            ? LaunchOptions.Place.SUBMIT
            : local ? LaunchOptions.Place.LOCAL : LaunchOptions.Place.AUTOMATIC,
        overrides(parsed));
  }

  private static Optional<ArrayInputs> inputs(ParseResult parsed, Invocation invocation) {
    Optional<String> file = text(parsed, "--array");
    OptionalInt limit = OptionalInt.empty();
    Optional<String> limitText = text(parsed, "--array-limit");
    if (limitText.isPresent()) {
      limit = OptionalInt.of(OptionValues.positive("--array-limit", limitText.get()));
      if (file.isEmpty()) {
        throw new UsageException("--array-limit goes with --array FILE");
      }
    }
    return file.isEmpty()
        ? Optional.empty()
        : Optional.of(ArrayInputs.read(file.get(), invocation.path(file.get()), limit));
  }

  private static Overrides overrides(ParseResult parsed) {
    List<Dependency> dependencies = new ArrayList<>();
    addDependency(parsed, "--afterok", Dependency.Condition.SUCCEEDED, dependencies);
    addDependency(parsed, "--afternotok", Dependency.Condition.FAILED, dependencies);
    addDependency(parsed, "--afterany", Dependency.Condition.ENDED, dependencies);
    Overrides.Builder overrides = Overrides.builder();
    text(parsed, "--name").ifPresent(overrides::name);
    text(parsed, "--cpus")
        .ifPresent(cpus -> overrides.cpusPerTask(OptionValues.positive("--cpus", cpus)));
    text(parsed, "--mem")
        .ifPresent(
            memory -> overrides.memoryBytesPerTask(OptionValues.memoryBytes("--mem", memory)));
    text(parsed, "--time")
        .ifPresent(time -> overrides.walltime(OptionValues.walltime("--time", time)));
    text(parsed, "--gpu").ifPresent(gpus -> overrides.gpus(OptionValues.gpus("--gpu", gpus)));
    text(parsed, "--output").ifPresent(overrides::output);
    text(parsed, "--error").ifPresent(overrides::error);
    return overrides.dependencies(dependencies).held(Options.isSet(parsed, "--hold")).build();
  }

  private static void addDependency(
      ParseResult parsed, String option, Dependency.Condition condition, List<Dependency> all) {
    text(parsed, option)
        .ifPresent(value -> all.add(new Dependency(condition, OptionValues.jobIds(option, value))));
  }

  private static Optional<String> text(ParseResult parsed, String option) {
    Optional<String> value = Optional.ofNullable(parsed.matchedOptionValue(option, null));
    if (value.isPresent() && value.get().isEmpty()) {
      throw new UsageException(option + ": the value is empty");
    }
    return value;
  }
}
