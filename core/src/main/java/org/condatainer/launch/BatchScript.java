package org.condatainer.launch;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.condatainer.container.Container;
import org.condatainer.container.ContainerRuntime;
import org.condatainer.script.JobScript;

/**
 * The script that runs on the node: self-contained, with the user's script inside.
 *
 * @param runId the run's id, for the header comment
 * @param directiveLines the scheduler's directives, without line ends; empty for a local run
 * @param grantedResources the dialect's fragment, or this machine's
 * @param arrayCount how many tasks the array has, 0 outside an array
 * @param nodeModules environment modules to load on the node
 * @param runtime what makes the container
 * @param container the container to make
 * @param payload what to run in it
 * @param notes lines to print on standard error before the command starts (overlay variables)
 */
public record BatchScript(
    String runId,
    List<String> directiveLines,
    String grantedResources,
    long arrayCount,
    List<String> nodeModules,
    ContainerRuntime runtime,
    Container container,
    Payload payload,
    List<String> notes) {
  /** What runs in the container. */
  public sealed interface Payload {
    /**
     * A job script, as it was at submit time.
     *
     * @param script its content
     * @param path where the user has it, absolute: the script's {@code $0}
     * @param arguments its arguments
     * @param shellArguments further arguments, as words of a shell; empty for none
     * @param inputs the file with the words of every task, one line each, quoted for a shell
     */
    record Script(
        JobScript script,
        Path path,
        List<String> arguments,
        String shellArguments,
        Optional<KeptFile> inputs)
        implements Payload {
      public Script {
        requireNonNull(script, "script is null");
        requireNonNull(path, "path is null");
        arguments = List.copyOf(arguments);
        requireNonNull(shellArguments, "shellArguments is null");
        requireNonNull(inputs, "inputs is null");
      }
    }

    /**
     * A command line; empty for the user's shell.
     *
     * @param words the program and its arguments
     * @param shellArguments further arguments, as words of a shell; empty for none
     * @param inputs the file with the words of every task, which are the first arguments; one line
     *     each, quoted for a shell
     * @param prompt what an interactive shell shows before its prompt, empty for nothing
     */
    record Words(
        List<String> words,
        String shellArguments,
        Optional<KeptFile> inputs,
        Optional<String> prompt)
        implements Payload {
      public Words {
        words = List.copyOf(words);
        requireNonNull(shellArguments, "shellArguments is null");
        requireNonNull(inputs, "inputs is null");
        requireNonNull(prompt, "prompt is null");
      }
    }

    /**
     * Another batch script, run once for each task of the job: that one makes the container.
     *
     * @param launcher the dialect's fragment that starts them
     * @param script the other batch script's file
     */
    record Ranks(String launcher, KeptFile script) implements Payload {
      public Ranks {
        requireNonNull(launcher, "launcher is null");
        requireNonNull(script, "script is null");
      }
    }
  }

  public BatchScript {
    requireNonNull(runId, "runId is null");
    directiveLines = List.copyOf(directiveLines);
    requireNonNull(grantedResources, "grantedResources is null");
    nodeModules = List.copyOf(nodeModules);
    requireNonNull(runtime, "runtime is null");
    requireNonNull(container, "container is null");
    requireNonNull(payload, "payload is null");
    notes = List.copyOf(notes);
  }

  /** The script's text; a job script that is not UTF-8 is in it byte by byte. */
  public byte[] bytes() {
    return BatchText.of(this);
  }
}
