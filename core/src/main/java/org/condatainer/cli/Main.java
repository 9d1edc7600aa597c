package org.condatainer.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.condatainer.scheduler.HostEnvironment;

/** Where the program starts. */
public final class Main {
  private Main() {}

  public static void main(String[] arguments) {
    StandardOutput output = new StandardOutput();
    PrintStream out = new PrintStream(output, true, StandardCharsets.UTF_8);
    PrintStream err =
        new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
    Invocation invocation =
        new Invocation(out, err, usersEnvironment(), Path.of("").toAbsolutePath());
    int exitCode = new Program().run(arguments, invocation);
    if (out.checkError() && exitCode == ExitCode.SUCCESS) {
      if (!output.readerIsGone()) {
        invocation.say("standard output could not be written, so what it holds is not complete");
      }
      exitCode = ExitCode.FAILURE;
    }
    err.flush();
    System.exit(exitCode);
  }

  /** The environment with the user's own locale, which the launcher put aside for Java's sake. */
  private static HostEnvironment usersEnvironment() {
    Map<String, String> variables = new HashMap<>(System.getenv());
    String locale = variables.remove("CNT_LC_ALL");
    if (locale != null) {
      variables.remove("LC_ALL");
      if (!locale.isEmpty()) {
        variables.put("LC_ALL", locale);
      }
    }
    return new HostEnvironment(variables);
  }
}
