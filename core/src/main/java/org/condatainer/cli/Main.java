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
    PrintStream out = stream(FileDescriptor.out);
    PrintStream err = stream(FileDescriptor.err);
    Invocation invocation =
        new Invocation(out, err, usersEnvironment(), Path.of("").toAbsolutePath());
    int exitCode = new Program().run(arguments, invocation);
    out.flush();
    err.flush();
    if (out.checkError() && exitCode == ExitCode.SUCCESS) {
      exitCode = ExitCode.FAILURE;
    }
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

  private static PrintStream stream(FileDescriptor descriptor) {
    return new PrintStream(new FileOutputStream(descriptor), true, StandardCharsets.UTF_8);
  }
}
