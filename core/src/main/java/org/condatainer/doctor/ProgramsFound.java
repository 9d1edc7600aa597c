package org.condatainer.doctor;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.condatainer.scheduler.HostEnvironment;

/** Looks for the programs that work on images and locks. */
final class ProgramsFound {
  /**
   * Programs that belong together.
   *
   * @param names the programs, all of which are needed
   * @param instead another program that does as well, empty for none
   * @param packageName Debian's package
   * @param use what needs them
   * @param needed whether nothing goes without them
   */
  private record Tools(
      List<String> names, String instead, String packageName, String use, boolean needed) {}

  private static final List<Tools> TOOLS =
      List.of(
          new Tools(
              List.of("mke2fs", "e2fsck", "resize2fs", "tune2fs", "debugfs"),
              "",
              "e2fsprogs",
              "work on images",
              true),
          new Tools(
              List.of("setpriv"),
              "",
              "util-linux",
              "ending what changes an image together with condatainer",
              false),
          new Tools(List.of("perl"), "python3", "perl-base", "locks of writable overlays", true),
          new Tools(List.of("zstd"), "", "zstd", "overlay pack and unpack", false),
          new Tools(List.of("mksquashfs"), "", "squashfs-tools", "overlay freeze", false));

  private final HostEnvironment environment;

  ProgramsFound(HostEnvironment environment) {
    this.environment = environment;
  }

  List<Finding> findings() {
    List<Finding> findings = new ArrayList<>();
    for (Tools tools : TOOLS) {
      findings.add(finding(tools));
    }
    return findings;
  }

  private Finding finding(Tools tools) {
    List<String> missing = new ArrayList<>();
    for (String name : tools.names()) {
      if (place(name).isEmpty()) {
        missing.add(name);
      }
    }
    if (missing.isEmpty()) {
      String first = tools.names().get(0);
      return Finding.ok(tools.packageName(), place(first).get() + ", for " + tools.use());
    }
    if (!tools.instead().isEmpty() && place(tools.instead()).isPresent()) {
      return Finding.ok(tools.packageName(), place(tools.instead()).get() + ", for " + tools.use());
    }
    String detail = "there is no " + String.join(", ", missing) + "; it is for " + tools.use();
    String next = "install the package " + tools.packageName();
    return tools.needed()
        ? Finding.problem(tools.packageName(), detail, next)
        : Finding.note(tools.packageName(), detail, next);
  }

  /** Programs of the system may be outside of an ordinary user's PATH. */
  private Optional<Path> place(String name) {
    Optional<Path> place = environment.program(name);
    for (String folder : List.of("/usr/sbin", "/sbin")) {
      Path candidate = Path.of(folder, name);
      if (place.isEmpty() && Files.isExecutable(candidate)) {
        place = Optional.of(candidate);
      }
    }
    return place;
  }
}
