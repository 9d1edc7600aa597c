package org.condatainer.lock;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.condatainer.process.Command;
import org.condatainer.process.CommandException;
import org.condatainer.process.CommandResult;
import org.condatainer.process.CommandRunner;
import org.condatainer.script.ShellWords;

/**
 * Asks another machine by ssh(1), where its user has said so: for schedulers that run nothing on a
 * job's node, for jobs that no longer run, and for leases that no job wrote.
 *
 * <p>The machine's name is a lease's, which anybody may write in a folder of his own. So ssh asks
 * for no password, goes only to machines whose key it knows, and hands on neither agent nor
 * display.
 *
 * @param program ssh, a path or a name
 * @param runner for it
 * @param limit how long it may take
 */
public record NodeShell(String program, CommandRunner runner, Duration limit) {
  private static final Pattern HOST = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,250}");

  private static final List<String> OPTIONS =
      List.of(
          "-a",
          "-x",
          "-T",
          "-oBatchMode=yes",
          "-oConnectTimeout=5",
          "-oStrictHostKeyChecking=yes",
          "-oClearAllForwardings=yes",
          "-oPermitLocalCommand=no");

  /** ssh's own exit code where it did not get there (ssh(1), EXIT STATUS). */
  private static final int NOT_REACHED = 255;

  public NodeShell {
    requireNonNull(program, "program is null");
    requireNonNull(runner, "runner is null");
    requireNonNull(limit, "limit is null");
  }

  /** Whether a text can be a machine's name: no option of a program, no word of a shell. */
  static boolean isHostName(String text) {
    return HOST.matcher(text).matches();
  }

  /** What the machine of a lease shows of an image. */
  HostEvidence ask(Path image, Lease lease) throws IOException {
    String host = lease.host();
    if (!isHostName(host)) {
      throw new IOException("the lease does not name a machine");
    }
    List<String> words = new ArrayList<>(List.of(program));
    words.addAll(OPTIONS);
    words.add(host);
    // The user's own shell there reads these words; the script comes by standard input.
    words.add("/bin/sh -s " + ShellWords.join(NodeReport.arguments(image.toRealPath(), lease)));
    Command command = Command.of(words).withInput(NodeReport.SCRIPT).withTimeout(limit);
    try {
      CommandResult result = runner.run(command);
      if (result.exitCode() == NOT_REACHED) {
        throw new IOException(program + " " + host + ": " + result.errors().strip());
      }
      return NodeReport.read(result, lease);
    } catch (CommandException e) {
      throw new IOException(e.getMessage(), e);
    }
  }
}
