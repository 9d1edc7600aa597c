package org.condatainer.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.condatainer.config.ConfigException;
import org.condatainer.config.Spelling;
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
  private static final String TRY_HELP = "Try: condatainer --help";

  private final Map<String, String> descriptions = new LinkedHashMap<>();

  Program() {
    descriptions.put("run", "run a job script in its overlays");
    descriptions.put("exec", "run a command in overlays");
    descriptions.put("e", "work in env.img of this folder, writable");
    descriptions.put("o", "create a workspace overlay");
    descriptions.put("overlay create", "the same as o");
    descriptions.put("overlay info", "show what an image is and holds");
    descriptions.put("overlay export", "print an image's environment.yml");
    descriptions.put("overlay chown", "give an image's files to another owner");
    descriptions.put("overlay resize", "make an image larger or smaller");
    descriptions.put("overlay check", "find and repair errors in an image");
    descriptions.put("overlay freeze", "make a read-only overlay of an image");
    descriptions.put("overlay pack", "compress an image, to share it");
    descriptions.put("overlay unpack", "unpack a shared image");
    descriptions.put("translate", "write a job script for another scheduler");
    descriptions.put("jobs", "show your jobs and their overlays");
    descriptions.put("cancel", "end jobs");
    descriptions.put("lock status", "show who holds overlays");
    descriptions.put("lock explain", "show all evidence on an overlay's lock");
    descriptions.put("lock release", "free an overlay that nobody uses");
    descriptions.put("scheduler", "show the scheduler at hand");
    descriptions.put("doctor", "say what works here and what does not");
    descriptions.put("config show", "show what is configured, and where");
    descriptions.put("config get", "print one value of the configuration");
    descriptions.put("config set", "set a key in your configuration");
    descriptions.put("config init", "write a configuration file to fill in");
    descriptions.put("config validate", "say what is wrong in the configuration");
    descriptions.put("config paths", "show the files and folders that are used");
    descriptions.put("completion", "complete words in bash and zsh");
  }

  /** One command; a table of constructors would load the classes of all. */
  private static Subcommand subcommand(String name) {
    return switch (name) {
      case "run" -> new RunCommand();
      case "exec" -> new ExecCommand();
      case "e" -> new EnterCommand();
      case "o", "overlay create" -> new CreateOverlayCommand(name);
      case "overlay info" -> new InfoOverlayCommand();
      case "overlay export" -> new ExportOverlayCommand();
      case "overlay chown" -> new ChownOverlayCommand();
      case "overlay resize" -> new ResizeOverlayCommand();
      case "overlay check" -> new CheckOverlayCommand();
      case "overlay freeze" -> new FreezeOverlayCommand();
      case "overlay pack" -> new PackOverlayCommand();
      case "overlay unpack" -> new UnpackOverlayCommand();
      case "translate" -> new TranslateCommand();
      case "jobs" -> new JobsCommand();
      case "cancel" -> new CancelCommand();
      case "lock status" -> LockCommand.status();
      case "lock explain" -> LockCommand.explain();
      case "lock release" -> new LockReleaseCommand();
      case "scheduler" -> new SchedulerCommand();
      case "doctor" -> new DoctorCommand();
      case "config show" -> new ConfigShowCommand();
      case "config get" -> new ConfigGetCommand();
      case "config set" -> new ConfigSetCommand();
      case "config init" -> new ConfigInitCommand();
      case "config validate" -> new ConfigValidateCommand();
      case "config paths" -> new ConfigPathsCommand();
      case "completion" -> new CompletionCommand(() -> new Program().specs());
      default -> throw new IllegalArgumentException("no command " + name);
    };
  }

  /** Runs one command line and returns its exit code. */
  int run(String[] arguments, Invocation invocation) {
    boolean debug = Arrays.asList(arguments).contains("--debug");
    try {
      refuseForeignBytes(arguments, invocation);
      return dispatch(arguments, invocation);
    } catch (UsageException e) {
      return failed(e, ExitCode.USAGE, debug, invocation);
    } catch (ScriptException e) {
      invocation.tell(e.getMessage());
      return traced(e, ExitCode.USAGE, debug, invocation);
    } catch (ConfigException e) {
      return failed(e, e.isOfTheMachine() ? ExitCode.FAILURE : ExitCode.USAGE, debug, invocation);
    } catch (OverlayException e) {
      return failed(e, exitCode(e.kind()), debug, invocation);
    } catch (LaunchException e) {
      return failed(e, exitCode(e.kind()), debug, invocation);
    } catch (SchedulerException e) {
      return failed(e, exitCode(e), debug, invocation);
    } catch (RuntimeException | LinkageError | OutOfMemoryError e) {
      String what = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
      invocation.say("something unforeseen went wrong: " + what + " (--debug shows where)");
      return traced(e, ExitCode.FAILURE, debug, invocation);
    }
  }

  /** Java reads names in UTF-8, and puts this character where they are written otherwise. */
  private static void refuseForeignBytes(String[] arguments, Invocation invocation) {
    for (String argument : arguments) {
      if (argument.indexOf('\ufffd') >= 0) {
        throw new UsageException(
            "this is not written in UTF-8, and would reach nobody as it is: "
                + argument
                + "\n  give the file a name in UTF-8 (convmv renames whole folders)");
      }
    }
    if (invocation.workingDirectory().toString().indexOf('\ufffd') >= 0) {
      throw new UsageException(
          "the name of this folder is not written in UTF-8: "
              + invocation.workingDirectory()
              + "\n  give it another, or work elsewhere");
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
      return helpOn(Arrays.copyOfRange(arguments, first + 1, arguments.length), invocation);
    }
    if (!descriptions.containsKey(name) && first + 1 < arguments.length) {
      String two = name + " " + arguments[first + 1];
      if (descriptions.containsKey(two)) {
        name = two;
        first++;
      }
    }
    if (!descriptions.containsKey(name)
        && first + 1 < arguments.length
        && List.of("-h", "--help", "help").contains(arguments[first + 1])
        && !group(name).isEmpty()) {
      return helpOn(new String[] {name}, invocation);
    }
    if (!descriptions.containsKey(name)) {
      throw new UsageException(
          unknown(name, first + 1 < arguments.length ? arguments[first + 1] : ""));
    }
    return call(
        name,
        subcommand(name),
        Arrays.copyOfRange(arguments, first + 1, arguments.length),
        invocation);
  }

  /** The help of the command that these words name, of a group of commands, or of all. */
  private int helpOn(String[] words, Invocation invocation) {
    if (words.length == 0) {
      invocation.out().print(help());
      return ExitCode.SUCCESS;
    }
    String name = words[0];
    if (words.length > 1 && descriptions.containsKey(name + " " + words[1])) {
      name += " " + words[1];
    }
    if (descriptions.containsKey(name)) {
      return call(name, subcommand(name), new String[] {"--help"}, invocation);
    }
    Map<String, String> group = group(name);
    if (group.isEmpty() || words.length > 1) {
      throw new UsageException(unknown(name, words.length > 1 ? words[1] : ""));
    }
    List<String> lines =
        new ArrayList<>(
            List.of("Usage: condatainer " + name + " COMMAND [OPTIONS]", "", "Commands:"));
    list(group, lines);
    lines.addAll(List.of("", "Each has its own help: condatainer " + name + " COMMAND --help"));
    invocation.out().print(String.join("\n", lines) + "\n");
    return ExitCode.SUCCESS;
  }

  /** The commands of two words that begin with this one. */
  private Map<String, String> group(String name) {
    Map<String, String> group = new LinkedHashMap<>();
    for (Map.Entry<String, String> known : descriptions.entrySet()) {
      if (known.getKey().startsWith(name + " ")) {
        group.put(known.getKey(), known.getValue());
      }
    }
    return group;
  }

  private static void list(Map<String, String> commands, List<String> lines) {
    for (Map.Entry<String, String> entry : commands.entrySet()) {
      lines.add(
          "  " + entry.getKey() + " ".repeat(18 - entry.getKey().length()) + entry.getValue());
    }
  }

  /** A word that begins commands of two words gets these shown. */
  private String unknown(String name, String next) {
    List<String> commands = List.copyOf(group(name).keySet());
    if (commands.isEmpty()) {
      return "there is no command \""
          + name
          + "\""
          + meant(Spelling.nearest(name, descriptions.keySet()))
          + "\n"
          + TRY_HELP;
    }
    Optional<String> near =
        next.isEmpty() ? Optional.empty() : Spelling.nearest(name + " " + next, commands);
    return name + ": which command? " + String.join(", ", commands) + meant(near) + "\n" + TRY_HELP;
  }

  private static String meant(Optional<String> near) {
    return near.map(command -> "; do you mean " + command + "?").orElse("");
  }

  private static int call(
      String name, Subcommand subcommand, String[] words, Invocation invocation) {
    subcommand.begin();
    OptionalInt plain = subcommand.runPlain(words, invocation);
    return plain.isPresent() ? plain.getAsInt() : parsed(name, subcommand, words, invocation);
  }

  private static int parsed(
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
    list(descriptions, lines);
    lines.add("");
    lines.add("Options:");
    lines.add("  -h, --help        show this help, or a command's: condatainer run --help");
    lines.add("  -V, --version     show the version");
    lines.add("      --debug       show the Java stack trace of an error");
    return String.join("\n", lines) + "\n";
  }

  private static int failed(
      RuntimeException problem, int exitCode, boolean debug, Invocation invocation) {
    if (!isInterrupted()) {
      invocation.say(problem.getMessage());
    }
    return traced(problem, exitCode, debug, invocation);
  }

  /** Whether the user has ended it by a key, which its programs were sent as well. */
  private static boolean isInterrupted() {
    Thread none = new Thread();
    try {
      Runtime.getRuntime().addShutdownHook(none);
      Runtime.getRuntime().removeShutdownHook(none);
      return false;
    } catch (IllegalStateException e) {
      return true;
    }
  }

  private static int traced(Throwable problem, int exitCode, boolean debug, Invocation invocation) {
    if (debug) {
      StringWriter trace = new StringWriter();
      problem.printStackTrace(new PrintWriter(trace));
      invocation.tell(trace.toString().stripTrailing());
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
    for (String name : descriptions.keySet()) {
      specs.put(name, subcommand(name).spec());
    }
    return specs;
  }
}
