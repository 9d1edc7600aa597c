package org.condatainer.lock;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.condatainer.lock.HostEvidence.Writer;
import org.condatainer.process.CommandResult;

/**
 * The kernel's evidence from a job's node, by a shell there: nothing of ours has to be installed on
 * it.
 */
final class NodeReport {
  private static final String START = "condatainer-node=1";

  private NodeReport() {}

  /** A command that prints who on its machine has the image. POSIX shell and Linux's /proc. */
  static List<String> command(Path real, Lease lease) {
    List<String> words = new ArrayList<>(List.of("/bin/sh", "-c", SCRIPT, "sh"));
    words.addAll(arguments(real, lease));
    return words;
  }

  /** What the script is called with. */
  static List<String> arguments(Path real, Lease lease) {
    return List.of(real.toString(), Long.toString(lease.pid()), lease.user());
  }

  // The device's number differs between stat and /proc/locks on some file systems; the file behind
  // the descriptor and its inode do not.
  static final String SCRIPT =
      """
      LC_ALL=C; export LC_ALL
      inode=$(stat -L -c %i -- "$1") || exit 3
      echo condatainer-node=1
      echo "host $(cat /proc/sys/kernel/hostname)"
      echo "machine $(cat /etc/machine-id 2>/dev/null)"
      echo "boot $(cat /proc/sys/kernel/random/boot_id)"
      echo "pidns $(readlink /proc/self/ns/pid)"
      grep -E ":$inode " /proc/locks | while read -r n kind x mode rest; do
        case $kind:$mode in
          OFDLCK:READ | OFDLCK:WRITE | POSIX:READ | POSIX:WRITE) echo "lock $mode" ;;
        esac
      done
      process() {
        stat=$(cat "$1/stat" 2>/dev/null) || return
        echo "$2 ${1#/proc/} ${stat##*) }"
        echo "name $(cat "$1/comm" 2>/dev/null)"
        echo "user $(stat -c %U "$1" 2>/dev/null)"
      }
      for p in /proc/[0-9]*; do
        [ -r "$p/fd" ] || echo unseen
      done
      for program in grep sed sort xargs; do
        command -v "$program" >/dev/null || exit 3
      done
      # of a process that reads and writes the second is told
      printf '%s\\n' /proc/[0-9]*/fdinfo |
        xargs grep -rsE "^lock:.*(OFDLCK|POSIX) .* (READ|WRITE) .*:$inode " |
        sed -nE 's,^/proc/([0-9]+)/.* (READ|WRITE) .*,\\1 \\2,p' | sort -k1,1n -k2,2r |
        while read -r pid mode; do
          [ "$pid" = "${last-}" ] || process "/proc/$pid" "$mode"
          last=$pid
        done
      me=$(id -un)
      if [ "$(id -u)" != 0 ] && [ "$me" != "$3" ] &&
        grep -E '^[^ ]+ /proc proc [^ ]*hidepid=[^0o]' /proc/self/mounts >/dev/null; then
        # /proc hides other users' processes: who is not shown is not gone
        echo hidden
      fi
      process "/proc/$2" WRITER
      echo end
      """;

  /** Reads what the command printed. */
  static HostEvidence read(CommandResult result, Lease lease) throws IOException {
    List<String> lines = List.of(result.output().split("\n", -1));
    if (result.exitCode() != 0 || !lines.contains(START) || !lines.contains("end")) {
      throw new IOException(
          "the node's answer is not whole (exit code "
              + result.exitCode()
              + "): "
              + (result.errors() + result.output()).strip());
    }
    String host = "";
    String id = "";
    String boot = "";
    String space = "";
    Optional<LockMode> listed = Optional.empty();
    Optional<String[]> writer = Optional.empty();
    boolean hidden = false;
    List<LockHolder> holders = new ArrayList<>();
    int unseen = 0;
    String[] process = {};
    String name = "";
    for (String line : lines) {
      int blank = line.indexOf(' ');
      String key = blank < 0 ? line : line.substring(0, blank);
      String value = blank < 0 ? "" : line.substring(blank + 1).strip();
      switch (key) {
        case "host" -> host = value;
        case "machine" -> id = value;
        case "boot" -> boot = value;
        case "pidns" -> space = value;
        case "lock" -> {
          if (!listed.equals(Optional.of(LockMode.WRITE))) {
            listed = Optional.of(LockMode.valueOf(value));
          }
        }
        case "unseen" -> unseen++;
        case "hidden" -> hidden = true;
        case "READ", "WRITE", "WRITER" -> {
          process = line.split(" ", -1);
          if (key.equals("WRITER")) {
            writer = Optional.of(process);
          }
        }
        case "name" -> name = value;
        case "user" -> {
          if (!process[0].equals("WRITER") && !ended(process)) {
            holders.add(holder(process, name, value));
          }
        }
        default -> {
          // the start and the end
        }
      }
    }
    Machine machine = new Machine(host, id, boot, space);
    return new HostEvidence(
        machine,
        listed,
        new LockHolders(holders, List.of(), unseen + (hidden ? 1 : 0)),
        writer(machine, lease, writer, hidden));
  }

  /** The words of a process: its role, its pid, and from its state on the fields of stat. */
  private static LockHolder holder(String[] words, String name, String user) {
    return new LockHolder(
        Long.parseLong(words[1]),
        startTicks(words),
        Instant.EPOCH,
        user,
        name,
        name,
        LockMode.valueOf(words[0]),
        words[2].equals("T"),
        false,
        false,
        Optional.empty());
  }

  private static boolean ended(String[] words) {
    return words.length < 22 || words[2].equals("Z") || words[2].equals("X");
  }

  /** Field 22 of stat, of which the words begin with field 3 at index 2. */
  private static long startTicks(String[] words) {
    return Long.parseLong(words[21]);
  }

  private static Writer writer(
      Machine machine, Lease lease, Optional<String[]> found, boolean hidden) {
    Optional<Writer> known = machine.writerWithoutLook(lease);
    if (known.isPresent()) {
      return known.get();
    }
    if (found.isEmpty() && hidden) {
      return Writer.NOT_VISIBLE;
    }
    boolean alive =
        found.isPresent() && !ended(found.get()) && startTicks(found.get()) == lease.startTicks();
    return alive ? Writer.ALIVE : Writer.GONE;
  }
}
