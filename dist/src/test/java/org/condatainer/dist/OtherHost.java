package org.condatainer.dist;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.condatainer.dist.Installed.Result;

/**
 * Another machine with the same files, as far as one machine can be one: it has a name, a machine
 * id, a boot id and processes of its own, and its kernel lists no locks of the first, though it
 * heeds them. That is what a client of NFSv4.2 was seen to show of a lock that another client has
 * (Linux 6.1). For root.
 *
 * @param installed the program, and who calls it
 */
record OtherHost(Installed installed) {
  private static final String BECOME =
      "set -e; echo n88 >/proc/sys/kernel/hostname; mount --bind \"$0/boot\""
          + " /proc/sys/kernel/random/boot_id; mount --bind \"$0/locks\" /proc/locks;"
          + " [[ ! -e /etc/machine-id ]] || mount --bind \"$0/machine\" /etc/machine-id;"
          + " exec \"$@\"";

  Result call(String... arguments) {
    return callWithInput("", arguments);
  }

  Result callWithInput(String input, String... arguments) {
    Path identity = installed.folder().resolve(".n88");
    try {
      Files.createDirectories(identity);
      Files.writeString(identity.resolve("boot"), "88888888-8888-4888-8888-888888888888\n");
      Files.writeString(identity.resolve("machine"), "88888888888888888888888888888888\n");
      Files.writeString(identity.resolve("locks"), "");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    List<String> words = new ArrayList<>(List.of("unshare", "--pid", "--fork", "--mount-proc"));
    words.addAll(List.of("--uts", "--mount", "bash", "-c", BECOME, identity.toString()));
    words.addAll(installed.userWords(installed.words(arguments)));
    return new Installed("", installed.folder(), installed.variables()).asUser(words, input);
  }
}
