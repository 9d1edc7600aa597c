package org.condatainer.job;

import java.util.EnumSet;
import java.util.Set;

/** The parts of a {@link JobRequest}, by which a translation reports what became of each. */
public enum RequestPart {
  NAME,
  QUEUE,
  ACCOUNT,
  QOS,
  WALLTIME,
  NODES,
  TASKS,
  TASKS_PER_NODE,
  CPUS_PER_TASK,
  MEMORY,
  GPUS,
  SCRATCH,
  EXCLUSIVE,
  /** The further components of a heterogeneous job. */
  COMPONENTS,
  OUTPUT,
  ERROR,
  INPUT,
  APPEND,
  WORKING_DIRECTORY,
  ARRAY,
  DEPENDENCIES,
  HOLD,
  BEGIN,
  REQUEUE,
  COMMENT,
  MAIL,
  ENVIRONMENT,
  /**
   * No part of a request: what a job's description says of the program and its arguments, or a
   * value that other lines of it use.
   */
  PROGRAM,
  /**
   * What one scheduler gives each task of a job, or fills in by itself, and no other can: words, a
   * folder, variables. A job without it would be another one.
   */
  OWN_WORDS,
  /** {@link JobRequest#nativeOptions}: what has no neutral form. */
  NATIVE;

  /** The parts that a request has. */
  public static Set<RequestPart> of(JobRequest request) {
    Set<RequestPart> parts = EnumSet.noneOf(RequestPart.class);
    Resources resources = request.resources();
    add(parts, NAME, request.name().isPresent());
    add(parts, QUEUE, request.queue().isPresent());
    add(parts, ACCOUNT, request.account().isPresent());
    add(parts, QOS, request.qos().isPresent());
    add(parts, WALLTIME, request.walltime().isPresent());
    add(parts, NODES, resources.nodes().isPresent());
    add(parts, TASKS, resources.tasks().isPresent());
    add(parts, TASKS_PER_NODE, resources.tasksPerNode().isPresent());
    add(parts, CPUS_PER_TASK, resources.cpusPerTask().isPresent());
    add(parts, MEMORY, resources.memory().isPresent());
    add(parts, GPUS, !resources.gpus().isEmpty());
    add(parts, SCRATCH, resources.scratchBytes().isPresent());
    add(parts, EXCLUSIVE, resources.exclusive());
    add(parts, COMPONENTS, !request.furtherComponents().isEmpty());
    add(parts, OUTPUT, request.files().output().isPresent());
    add(parts, ERROR, request.files().error().isPresent());
    add(parts, INPUT, request.files().input().isPresent());
    add(parts, APPEND, request.files().append().isPresent());
    add(parts, WORKING_DIRECTORY, request.workingDirectory().isPresent());
    add(parts, ARRAY, request.array().isPresent());
    add(parts, DEPENDENCIES, !request.dependencies().isEmpty());
    add(parts, HOLD, request.held());
    add(parts, BEGIN, request.begin().isPresent());
    add(parts, REQUEUE, request.requeue().isPresent());
    add(parts, COMMENT, request.comment().isPresent());
    add(parts, MAIL, request.mail().isPresent());
    add(parts, ENVIRONMENT, request.environment().isPresent());
    add(parts, NATIVE, !request.nativeOptions().isEmpty());
    return parts;
  }

  private static void add(Set<RequestPart> parts, RequestPart part, boolean asked) {
    if (asked) {
      parts.add(part);
    }
  }
}
