package org.condatainer.config;

import java.util.Locale;
import java.util.Optional;

/** What can be configured. The names are the same in files and, with {@code CNT_}, as variables. */
public enum Key {
  SCHEDULER(Kind.TEXT, "", "id of the scheduler to use; none: this machine"),
  RUNTIME(Kind.TEXT, "auto", "auto, apptainer, singularity or embedded"),
  APPTAINER(Kind.TEXT, "", "the program apptainer or singularity, where the job runs"),
  BASE_IMAGE(Kind.TEXT, "host", "image below the overlays; host: the node's own system"),
  IMAGE_DIRS(Kind.LIST, "", "folders in which overlays are looked up by name"),
  LOGS_DIR(
      Kind.TEXT, "", "folder for the output of jobs that do not say where; $USER is your name"),
  RUNS_DIR(Kind.TEXT, "", "folder for the records of runs, seen by all hosts; $USER is your name"),
  NODE_MODULES(Kind.LIST, "", "environment modules to load before a container starts"),
  NODE_SSH(Kind.TEXT, "", "the program ssh, by which nodes are asked who holds an overlay"),
  SHARED_LOCKS(
      Kind.LIST, "", "file systems, by type or mount point, whose locks reach all other machines"),
  MICROMAMBA(Kind.TEXT, "", "the program micromamba, which installs Conda packages"),
  MICROMAMBA_URL(
      Kind.TEXT,
      "https://github.com/mamba-org/micromamba-releases/releases/latest/download/micromamba-@PLATFORM@",
      "where micromamba is fetched from, with .sha256 for its checksum"),
  QUEUE_NAMES(Kind.LIST, "", "queues that stand for each other: slurm/gpu=lsf/gpu_long"),
  ACCOUNT_NAMES(Kind.LIST, "", "accounts that stand for each other: slurm/lab=pbs/lab_cpu"),
  COMMAND_TIMEOUT(Kind.NUMBER, "60", "how long a scheduler's command may take, seconds");

  /** What a key takes. */
  enum Kind {
    TEXT,
    NUMBER,
    LIST
  }

  private final Kind kind;
  private final String defaultValue;
  private final String description;

  Key(Kind kind, String defaultValue, String description) {
    this.kind = kind;
    this.defaultValue = defaultValue;
    this.description = description;
  }

  Kind kind() {
    return kind;
  }

  /** Whether it takes several values. */
  public boolean isList() {
    return kind == Kind.LIST;
  }

  /** What holds when nothing is said, empty for nothing. */
  public Optional<String> defaultValue() {
    return defaultValue.isEmpty() ? Optional.empty() : Optional.of(defaultValue);
  }

  /** What it is for, in a few words. */
  public String description() {
    return description;
  }

  /** As it is written in a file: {@code base_image}. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** As it is written in the environment: {@code CNT_BASE_IMAGE}. */
  public String variable() {
    return "CNT_" + name();
  }

  /** The key of this name in files, if there is one. */
  public static Optional<Key> of(String text) {
    for (Key key : values()) {
      if (key.text().equals(text)) {
        return Optional.of(key);
      }
    }
    return Optional.empty();
  }
}
