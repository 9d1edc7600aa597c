package org.condatainer.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import org.condatainer.config.ConfigException;
import org.condatainer.launch.LaunchException;
import org.condatainer.overlay.OverlayException;
import org.condatainer.scheduler.SchedulerException;
import org.condatainer.script.ScriptException;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * The program: finds the command that is called, builds that one alone, and turns what goes wrong
 * into a message and an exit code.
 */
final class Program {
  private final Commands commands = new Commands();

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
      return failed(e, ExitCode.of(e.kind()), debug, invocation);
    } catch (LaunchException e) {
      return failed(e, ExitCode.of(e.kind()), debug, invocation);
    } catch (SchedulerException e) {
      return failed(e, ExitCode.of(e), debug, invocation);
    } catch (OutOfMemoryError e) {
      // there is one class for memory and for threads, told apart by its words
      boolean threads = e.getMessage() != null && e.getMessage().contains("thread");
      invocation.say(
          threads
              ? "the system gives Java no further thread: end programs of yours that you do not"
                  + " need, or raise what this shell allows (ulimit -u, ulimit -v)"
              : "this takes more memory than Java has here (" + e.getMessage() + ")");
      return traced(e, ExitCode.FAILURE, debug, invocation);
    } catch (RuntimeException | LinkageError e) {
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
          return helpOn(new String[0], invocation);
        }
        case "-V", "--version" -> {
          invocation.out().println("condatainer " + Installation.version());
          return ExitCode.SUCCESS;
        }
        default -> throw new CommandHelp(commands).noOption(arguments[first]);
      }
    }
    if (first == arguments.length) {
      invocation.err().print(new CommandHelp(commands).ofAll());
      return ExitCode.USAGE;
    }
    String name = arguments[first];
    String next = first + 1 < arguments.length ? arguments[first + 1] : "";
    if (name.equals("help")) {
      return helpOn(Arrays.copyOfRange(arguments, first + 1, arguments.length), invocation);
    }
    if (!commands.has(name) && commands.has(name + " " + next)) {
      name = name + " " + next;
      first++;
    }
    if (!commands.has(name)) {
      CommandHelp help = new CommandHelp(commands);
      if (help.isGroup(name) && List.of("-h", "--help", "help").contains(next)) {
        return helpOn(new String[] {name}, invocation);
      }
      throw help.noCommand(name, next);
    }
    return call(name, Arrays.copyOfRange(arguments, first + 1, arguments.length), invocation);
  }

  /** The help of the command that these words name, of a group of commands, or of all. */
  private int helpOn(String[] words, Invocation invocation) {
    CommandHelp help = new CommandHelp(commands);
    if (words.length == 0) {
      invocation.out().print(help.ofAll());
      return ExitCode.SUCCESS;
    }
    String next = words.length > 1 ? words[1] : "";
    String two = words[0] + " " + next;
    if (commands.has(two) || commands.has(words[0])) {
      return call(commands.has(two) ? two : words[0], new String[] {"--help"}, invocation);
    }
    if (!next.isEmpty() || !help.isGroup(words[0])) {
      throw help.noCommand(words[0], next);
    }
    invocation.out().print(help.ofGroup(words[0]));
    return ExitCode.SUCCESS;
  }

  private int call(String name, String[] words, Invocation invocation) {
    Subcommand subcommand = commands.build(name);
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
}
