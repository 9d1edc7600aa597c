package org.condatainer.lock;

/** How a lock is held. */
public enum LockMode {
  /** With others who read. */
  READ,
  /** Alone. */
  WRITE
}
