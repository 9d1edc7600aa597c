package org.condatainer.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.condatainer.scheduler.HostEnvironment;

/** Where the program starts. */
public final class Main {
  private Main() {}

  public static void main(String[] arguments) {
    PrintStream out = stream(FileDescriptor.out);
    PrintStream err = stream(FileDescriptor.err);
    Invocation invocation =
        new Invocation(out, err, HostEnvironment.current(), Path.of("").toAbsolutePath());
    int exitCode = new Program().run(arguments, invocation);
    out.flush();
    err.flush();
    if (out.checkError() && exitCode == ExitCode.SUCCESS) {
      exitCode = ExitCode.FAILURE;
    }
    System.exit(exitCode);
  }

  private static PrintStream stream(FileDescriptor descriptor) {
    return new PrintStream(new FileOutputStream(descriptor), true, StandardCharsets.UTF_8);
  }
}
