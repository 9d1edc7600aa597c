package org.condatainer.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;

/** The table of commands: their names of one or two words, and what each is for. */
final class Commands {
  private final Map<String, String> descriptions = new LinkedHashMap<>();

  Commands() {
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

  boolean has(String name) {
    return descriptions.containsKey(name);
  }

  /** All of them, in the order in which they are shown. */
  Set<String> names() {
    return descriptions.keySet();
  }

  String description(String name) {
    return descriptions.get(name);
  }

  /**
   * Builds one command; a table of constructors would load the classes of all.
   *
   * @param name one that {@link #has} says is there
   */
  Subcommand build(String name) {
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
      case "completion" -> new CompletionCommand(this::specs);
      default -> throw new IllegalArgumentException("no command " + name);
    };
  }

  /** What each of them takes, for completion and for tests of the help texts. */
  Map<String, CommandSpec> specs() {
    Map<String, CommandSpec> specs = new LinkedHashMap<>();
    for (String name : descriptions.keySet()) {
      specs.put(name, build(name).spec());
    }
    return specs;
  }
}
