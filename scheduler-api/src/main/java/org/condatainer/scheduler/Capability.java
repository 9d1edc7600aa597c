package org.condatainer.scheduler;

/** What a scheduler can do here, beyond submit, query and cancel. */
public enum Capability {
  HOLD,
  ARRAY,
  DEPENDENCY,
  /** Runs a command on the node of a running job. */
  RUN_ON_NODE,
  /** Keeps ended jobs in accounting or history. */
  HISTORY
}
