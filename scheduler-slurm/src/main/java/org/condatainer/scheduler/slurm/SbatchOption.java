package org.condatainer.scheduler.slurm;

import static org.condatainer.scheduler.slurm.SbatchOption.Value.NONE;
import static org.condatainer.scheduler.slurm.SbatchOption.Value.OPTIONAL;
import static org.condatainer.scheduler.slurm.SbatchOption.Value.REQUIRED;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An option that sbatch takes (sbatch(1), versions 22.05 to 26.05; {@code sbatch --autocomplete=--}
 * prints them).
 *
 * @param name its long name without dashes
 * @param letter its short name, 0 for none
 * @param value whether it takes a value
 */
record SbatchOption(String name, char letter, Value value) {
  /** Whether an option takes a value. */
  enum Value {
    NONE,
    REQUIRED,
    /** Only joined: {@code --export=ALL}. */
    OPTIONAL
  }

  private static final List<SbatchOption> ALL = table();

  private static List<SbatchOption> table() {
    List<SbatchOption> all = new ArrayList<>();
    add(all, NONE, "contiguous", "external", "ignore-pbs", "no-requeue", "parsable", "reboot");
    add(
        all,
        NONE,
        "spread-job",
        "spread-segments",
        "stepmgr",
        "test-only",
        "use-min-nodes",
        "usage");
    add(all, OPTIONAL, "exclusive", "get-user-env", "nice", "propagate");
    add(all, OPTIONAL, "consolidate-segments", "oom-kill-step", "requeue", "resv-ports");
    add(
        all,
        REQUIRED,
        "acctg-freq",
        "autocomplete",
        "batch",
        "bb",
        "bbf",
        "cluster-constraint",
        "comment");
    add(
        all,
        REQUIRED,
        "container",
        "container-id",
        "container-type",
        "context",
        "cores-per-socket");
    add(
        all,
        REQUIRED,
        "cpu-freq",
        "cpus-per-gpu",
        "deadline",
        "delay-boot",
        "export",
        "export-file");
    add(all, REQUIRED, "extra", "gid", "gpu-bind", "gpu-freq", "gpus-per-node");
    add(all, REQUIRED, "gpus-per-socket", "gpus-per-task", "gres", "gres-flags", "hint");
    add(all, REQUIRED, "kill-on-invalid-dep", "mail-type", "mail-user", "mcs-label", "mem");
    add(
        all,
        REQUIRED,
        "mem-bind",
        "mem-per-cpu",
        "mem-per-gpu",
        "mem-update",
        "mincpus",
        "network");
    add(all, REQUIRED, "ntasks-per-core", "ntasks-per-gpu", "ntasks-per-node");
    add(
        all,
        REQUIRED,
        "ntasks-per-socket",
        "ntasks-per-tres",
        "open-mode",
        "power",
        "prefer",
        "priority");
    add(
        all,
        REQUIRED,
        "profile",
        "reservation",
        "resources",
        "segment",
        "signal",
        "sockets-per-node");
    add(all, REQUIRED, "switches", "thread-spec", "threads-per-core", "time-min", "tmp");
    add(all, REQUIRED, "tres-bind", "tres-per-task", "uid", "umask", "wait-all-nodes", "wckey");
    add(all, REQUIRED, "wrap");
    add(all, NONE, 'H', "hold");
    add(all, NONE, 'h', "help");
    add(all, NONE, 'O', "overcommit");
    add(all, NONE, 'Q', "quiet");
    add(all, NONE, 's', "oversubscribe");
    add(all, NONE, 'v', "verbose");
    add(all, NONE, 'V', "version");
    add(all, NONE, 'W', "wait");
    add(all, OPTIONAL, 'k', "no-kill");
    add(all, REQUIRED, 'A', "account");
    add(all, REQUIRED, 'a', "array");
    add(all, REQUIRED, 'B', "extra-node-info");
    add(all, REQUIRED, 'b', "begin");
    add(all, REQUIRED, 'C', "constraint");
    add(all, REQUIRED, 'c', "cpus-per-task");
    add(all, REQUIRED, 'D', "chdir");
    add(all, REQUIRED, 'd', "dependency");
    add(all, REQUIRED, 'e', "error");
    add(all, REQUIRED, 'F', "nodefile");
    add(all, REQUIRED, 'G', "gpus");
    add(all, REQUIRED, 'i', "input");
    add(all, REQUIRED, 'J', "job-name");
    add(all, REQUIRED, 'L', "licenses");
    add(all, REQUIRED, 'M', "clusters");
    add(all, REQUIRED, 'm', "distribution");
    add(all, REQUIRED, 'N', "nodes");
    add(all, REQUIRED, 'n', "ntasks");
    add(all, REQUIRED, 'o', "output");
    add(all, REQUIRED, 'p', "partition");
    add(all, REQUIRED, 'q', "qos");
    add(all, REQUIRED, 'S', "core-spec");
    add(all, REQUIRED, 't', "time");
    add(all, REQUIRED, 'w', "nodelist");
    add(all, REQUIRED, 'x', "exclude");
    return List.copyOf(all);
  }

  private static void add(List<SbatchOption> all, Value value, String... names) {
    for (String name : names) {
      all.add(new SbatchOption(name, (char) 0, value));
    }
  }

  private static void add(List<SbatchOption> all, Value value, char letter, String name) {
    all.add(new SbatchOption(name, letter, value));
  }

  /** Other spellings: current ones that mean the same, and those of older versions. */
  private static final List<List<String>> SPELLINGS =
      List.of(
          List.of("tasks-per-node", "ntasks-per-node"),
          List.of("cluster", "clusters"),
          List.of("share", "oversubscribe"),
          List.of("workdir", "chdir"));

  /** The option of a letter. */
  static Optional<SbatchOption> of(char letter) {
    for (SbatchOption option : ALL) {
      if (option.letter == letter) {
        return Optional.of(option);
      }
    }
    return Optional.empty();
  }

  /**
   * The options that a long name may mean, as getopt_long(3) decides: the one of this very name,
   * otherwise all that begin with it.
   */
  static List<SbatchOption> of(String name) {
    List<SbatchOption> candidates = new ArrayList<>();
    for (SbatchOption option : ALL) {
      if (option.name.equals(name)) {
        return List.of(option);
      }
      if (!name.isEmpty() && option.name.startsWith(name)) {
        candidates.add(option);
      }
    }
    for (List<String> spelling : SPELLINGS) {
      SbatchOption option = of(spelling.get(1)).get(0);
      if (spelling.get(0).equals(name)) {
        return List.of(option);
      }
      if (!name.isEmpty() && spelling.get(0).startsWith(name) && !candidates.contains(option)) {
        candidates.add(option);
      }
    }
    return candidates;
  }
}
