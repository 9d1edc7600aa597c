package org.condatainer.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Map;
import org.condatainer.scheduler.HostEnvironment;

/** A call of the program in this process, and what it left. */
record ProgramCall(int exitCode, String out, String err) {
  static ProgramCall in(Path folder, Map<String, String> variables, String... words) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Invocation invocation =
        new Invocation(
            new PrintStream(out, true, UTF_8),
            new PrintStream(err, true, UTF_8),
            new HostEnvironment(variables),
            folder);
    int exitCode = new Program().run(words, invocation);
    return new ProgramCall(exitCode, out.toString(UTF_8), err.toString(UTF_8));
  }
}
