package org.condatainer.dist;

import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The real engines that this machine offers to the tests. */
final class Engines {
  static final String SLURM = "condatainer.it.slurm";
  static final String HTCONDOR = "condatainer.it.htcondor";
  static final String PBS = "condatainer.it.pbs";
  static final String LSF = "condatainer.it.lsf";
  static final String APPTAINER = "condatainer.it.apptainer";
  static final String HOSTS = "condatainer.it.hosts";
  static final String USER = "condatainer.it.user";

  private Engines() {}

  /** A user and a runtime that shall give the same view. */
  record Place(String user, String kind) {
    static final Place NOWHERE = new Place("", "");

    /** Skips the test where there is no such place. */
    Installed in(Path parent) {
      assumeThat(this).isNotEqualTo(NOWHERE);
      Installed installed =
          Installed.in(parent, user).with("CNT_SCHEDULER", "none").with("CNT_RUNTIME", kind);
      return kind.equals("apptainer") ? installed.with("CNT_APPTAINER", apptainer()) : installed;
    }

    @Override
    public String toString() {
      if (equals(NOWHERE)) {
        return "nowhere";
      }
      return kind + (user.isEmpty() ? " as root" : " as a user");
    }
  }

  static String apptainer() {
    return System.getProperty(APPTAINER, "");
  }

  /** The folder of HTCondor's programs, which is not in PATH: most tests expect one scheduler. */
  static String htcondorPrograms() {
    return System.getProperty("condatainer.it.htcondor.programs", "/usr/bin");
  }

  /** The folder of OpenPBS's programs; it goes before Slurm's wrappers in PATH. */
  static String pbsPrograms() {
    return System.getProperty("condatainer.it.pbs.programs", "/opt/pbs/bin");
  }

  static String user() {
    return System.getProperty(USER, "");
  }

  static boolean isRoot() {
    return "root".equals(System.getProperty("user.name"));
  }

  /** Every runtime that can be tried here. */
  static List<Place> runtimes() {
    List<Place> runtimes = new ArrayList<>();
    List<String> users = new ArrayList<>(List.of(""));
    if (isRoot() && !user().isEmpty()) {
      users.add(user());
    }
    for (String user : users) {
      boolean kernelMounts = user.isEmpty() && isRoot();
      if (kernelMounts || (has("fuse2fs") && has("fuse-overlayfs"))) {
        runtimes.add(new Place(user, "embedded"));
      }
      if (!apptainer().isEmpty()) {
        runtimes.add(new Place(user, "apptainer"));
      }
    }
    return runtimes;
  }

  /** The same for a parameterized test, which is shown as skipped where there is none. */
  static Stream<Place> eachRuntime() {
    return orSkipped(runtimes());
  }

  static Stream<Place> eachApptainer() {
    return orSkipped(
        runtimes().stream().filter(place -> place.kind().equals("apptainer")).toList());
  }

  /** Those whose mounts are served by FUSE helpers of Apptainer's. */
  static Stream<Place> eachApptainerOfAUser() {
    return orSkipped(eachApptainer().filter(place -> !place.user().isEmpty()).toList());
  }

  private static Stream<Place> orSkipped(List<Place> places) {
    return places.isEmpty() ? Stream.of(Place.NOWHERE) : places.stream();
  }

  static boolean isInPath(String program) {
    for (String folder : System.getenv("PATH").split(":", -1)) {
      if (Files.isExecutable(Path.of(folder, program))) {
        return true;
      }
    }
    return false;
  }

  private static boolean has(String program) {
    return Files.isExecutable(Path.of("/usr/bin", program))
        || Files.isExecutable(Path.of("/usr/sbin", program));
  }
}
