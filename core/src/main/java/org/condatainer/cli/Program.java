package org.condatainer.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.condatainer.config.ConfigException;
import org.condatainer.launch.LaunchException;
import org.condatainer.overlay.OverlayException;
import org.condatainer.scheduler.SchedulerException;
import org.condatainer.script.ScriptException;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * The program: finds the command that is called, builds that one alone, and turns what goes wrong
 * into a message and an exit code.
 */
final class Program {
  private record Entry(String description, Supplier<Subcommand> subcommand) {}

  private static final String TRY_HELP = "Try: condatainer --help";

  private final Map<String, Entry> entries = new LinkedHashMap<>();

  Program() {
    entries.put("run", new Entry("run a job script in its overlays", RunCommand::new));
    entries.put("exec", new Entry("run a command in overlays", ExecCommand::new));
    entries.put("e", new Entry("work in env.img of this folder, writable", EnterCommand::new));
    entries.put("o", new Entry("create a workspace overlay", () -> new CreateOverlayCommand("o")));
    entries.put(
        "overlay create",
        new Entry("the same as o", () -> new CreateOverlayCommand("overlay create")));
    entries.put(
        "overlay info", new Entry("show what an image is and holds", InfoOverlayCommand::new));
    entries.put(
        "overlay export", new Entry("print an image's environment.yml", ExportOverlayCommand::new));
    entries.put(
        "overlay chown",
        new Entry("give an image's files to another owner", ChownOverlayCommand::new));
    entries.put(
        "overlay resize", new Entry("make an image larger or smaller", ResizeOverlayCommand::new));
    entries.put(
        "overlay check", new Entry("find and repair errors in an image", CheckOverlayCommand::new));
    entries.put(
        "overlay freeze",
        new Entry("make a read-only overlay of an image", FreezeOverlayCommand::new));
    entries.put(
        "overlay pack", new Entry("compress an image, to share it", PackOverlayCommand::new));
    entries.put("overlay unpack", new Entry("unpack a shared image", UnpackOverlayCommand::new));
    entries.put(
        "translate", new Entry("write a job script for another scheduler", TranslateCommand::new));
    entries.put("jobs", new Entry("show your jobs and their overlays", JobsCommand::new));
    entries.put("cancel", new Entry("end jobs", CancelCommand::new));
    entries.put("lock status", new Entry("show who holds overlays", LockCommand::status));
    entries.put(
        "lock explain", new Entry("show all evidence on an overlay's lock", LockCommand::explain));
    entries.put(
        "lock release", new Entry("free an overlay that nobody uses", LockReleaseCommand::new));
    entries.put("scheduler", new Entry("show the scheduler at hand", SchedulerCommand::new));
  }

  /** Runs one command line and returns its exit code. */
  int run(String[] arguments, Invocation invocation) {
    boolean debug = Arrays.asList(arguments).contains("--debug");
    try {
      return dispatch(arguments, invocation);
    } catch (UsageException e) {
      return failed(e, ExitCode.USAGE, debug, invocation);
    } catch (ScriptException e) {
      invocation.err().println(e.getMessage());
      return traced(e, ExitCode.USAGE, debug, invocation);
    } catch (ConfigException e) {
      return failed(e, ExitCode.USAGE, debug, invocation);
    } catch (OverlayException e) {
      return failed(e, exitCode(e.kind()), debug, invocation);
    } catch (LaunchException e) {
      return failed(e, exitCode(e.kind()), debug, invocation);
    } catch (SchedulerException e) {
      return failed(e, exitCode(e), debug, invocation);
    } catch (RuntimeException e) {
      String what = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
      invocation.say("something unforeseen went wrong: " + what + " (--debug shows where)");
      return traced(e, ExitCode.FAILURE, debug, invocation);
    }
  }

  private int dispatch(String[] arguments, Invocation invocation) {
    int first = 0;
    while (first < arguments.length && arguments[first].startsWith("-")) {
      switch (arguments[first]) {
        case "--debug" -> first++;
        case "-h", "--help" -> {
          invocation.out().print(help());
          return ExitCode.SUCCESS;
        }
        case "-V", "--version" -> {
          invocation.out().println("condatainer " + Installation.version());
          return ExitCode.SUCCESS;
        }
        default ->
            throw new UsageException("there is no option " + arguments[first] + "\n" + TRY_HELP);
      }
    }
    if (first == arguments.length) {
      invocation.err().print(help());
      return ExitCode.USAGE;
    }
    String name = arguments[first];
    if (name.equals("help")) {
      invocation.out().print(help());
      return ExitCode.SUCCESS;
    }
    if (!entries.containsKey(name) && first + 1 < arguments.length) {
      String two = name + " " + arguments[first + 1];
      if (entries.containsKey(two)) {
        name = two;
        first++;
      }
    }
    Entry entry = entries.get(name);
    if (entry == null) {
      throw new UsageException(unknown(name));
    }
    return call(
        name,
        entry.subcommand().get(),
        Arrays.copyOfRange(arguments, first + 1, arguments.length),
        invocation);
  }

  /** A word that begins commands of two words gets these shown. */
  private String unknown(String name) {
    List<String> commands = new ArrayList<>();
    for (String known : entries.keySet()) {
      if (known.startsWith(name + " ")) {
        commands.add(known);
      }
    }
    return commands.isEmpty()
        ? "there is no command \"" + name + "\"\n" + TRY_HELP
        : name + ": which command? " + String.join(", ", commands) + "\n" + TRY_HELP;
  }

  private static int call(
      String name, Subcommand subcommand, String[] words, Invocation invocation) {
    CommandLine line = new CommandLine(subcommand.spec());
    line.setStopAtPositional(subcommand.stopsAtPositional());
    line.setExpandAtFiles(false);
    line.setAbbreviatedOptionsAllowed(false);
    ParseResult parsed;
    try {
      parsed = line.parseArgs(subcommand.prepare(words));
    } catch (ParameterException e) {
      throw new UsageException(
          name + ": " + e.getMessage() + "\nTry: condatainer " + name + " --help");
    }
    if (parsed.isUsageHelpRequested()) {
      line.usage(invocation.out(), CommandLine.Help.Ansi.OFF);
      return ExitCode.SUCCESS;
    }
    return subcommand.run(parsed, invocation);
  }

  private String help() {
    List<String> lines = new ArrayList<>();
    lines.add("Usage: condatainer COMMAND [OPTIONS]");
    lines.add("");
    lines.add(
        "Runs job scripts inside workspace overlays, on whatever batch scheduler a cluster has.");
    lines.add("");
    lines.add("Commands:");
    for (Map.Entry<String, Entry> entry : entries.entrySet()) {
      lines.add(
          "  "
              + entry.getKey()
              + " ".repeat(18 - entry.getKey().length())
              + entry.getValue().description());
    }
    lines.add("");
    lines.add("Options:");
    lines.add("  -h, --help        show this help, or a command's: condatainer run --help");
    lines.add("  -V, --version     show the version");
    lines.add("      --debug       show the Java stack trace of an error");
    return String.join("\n", lines) + "\n";
  }

  private static int failed(
      RuntimeException problem, int exitCode, boolean debug, Invocation invocation) {
    invocation.say(problem.getMessage());
    return traced(problem, exitCode, debug, invocation);
  }

  private static int traced(
      RuntimeException problem, int exitCode, boolean debug, Invocation invocation) {
    if (debug) {
      problem.printStackTrace(invocation.err());
    }
    return exitCode;
  }

  private static int exitCode(LaunchException.Kind kind) {
    return switch (kind) {
      case BAD_REQUEST -> ExitCode.USAGE;
      case OVERLAY_IN_USE -> ExitCode.OVERLAY_IN_USE;
      case OVERLAY_UNUSABLE -> ExitCode.OVERLAY_UNUSABLE;
      case NO_SCHEDULER -> ExitCode.SCHEDULER_UNAVAILABLE;
      case FAILED -> ExitCode.FAILURE;
    };
  }

  private static int exitCode(OverlayException.Kind kind) {
    return switch (kind) {
      case BAD_INPUT -> ExitCode.USAGE;
      case UNUSABLE -> ExitCode.OVERLAY_UNUSABLE;
      case FAILED -> ExitCode.FAILURE;
    };
  }

  private static int exitCode(SchedulerException problem) {
    return switch (problem.failure().kind()) {
      case UNAVAILABLE, TRANSIENT, AMBIGUOUS -> ExitCode.SCHEDULER_UNAVAILABLE;
      case NOT_FOUND, DENIED, INVALID_REQUEST, UNSUPPORTED -> ExitCode.SCHEDULER_REFUSED;
    };
  }

  /** The names of all commands, for completion and for tests of the help texts. */
  Map<String, CommandSpec> specs() {
    Map<String, CommandSpec> specs = new LinkedHashMap<>();
    entries.forEach((name, entry) -> specs.put(name, entry.subcommand().get().spec()));
    return specs;
  }
}
