package org.condatainer.lock;

/**
 * The rules of proof. Their numbers and words are those of {@code docs/locks.md}; a rule keeps its
 * number for ever.
 */
public enum Rule {
  HOLDER_HERE(1, "a process of this machine has the image, or lives in its mounts"),
  HOLDER_ON_NODE(2, "a process of the job's node has the image"),
  JOB_NOT_ENDED(3, "the job of the lease has not ended: it holds, whatever it does at the moment"),
  TAGGED_JOB(4, "a job that has started says in its tag that it mounts the image"),
  WRITER_ALIVE(5, "the process of the lease is alive"),

  ORPHAN(11, "only FUSE helpers of a container that is gone have the lock"),
  JOB_ENDED(12, "the scheduler says that the job of the lease has ended in order"),
  JOB_ABSENT(13, "neither the queue nor the accounting knows the job of the lease any more"),
  REBOOTED(14, "the machine of the lease was started again since"),
  WRITER_GONE(15, "the process of the lease is gone, and no other on its machine has the image"),

  LOCK_FREE(21, "nobody has the lock"),
  JOURNAL(22, "the journal holds changes that are not in the file system yet"),
  NOT_UNMOUNTED(23, "the file system was not unmounted in order"),
  ERRORS(24, "errors are recorded in the file system: a resize was cut short, or a disk was full"),
  LEASE_LEFT(25, "a lease was left behind, though nobody has the lock"),

  NOT_AVAILABLE(31, "a source could not be asked, and that proves nothing"),
  NODE_LOST(32, "the job's node was lost: its processes may still write"),
  ABSENT_UNPROVEN(33, "the scheduler does not know the job, and that alone proves nothing"),
  OTHER_JOB(34, "the scheduler's job of that id, or its last run, is not the one of the lease"),
  WRITTEN_SINCE(35, "the image was written to after the job of the lease had ended"),
  NO_LEASE(36, "another machine has the lock, and no lease says who"),
  OTHER_MACHINE(37, "the lease is of another machine, and was not written by a job"),
  HIDDEN(38, "this machine has the lock, in a process that you may not look into"),
  LOCKS_STAY(39, "on this file system a lock does not reach other machines"),
  NO_PROCESS(40, "this machine has the lock, and no process of it has the file"),
  MOUNTED_SINCE(41, "the image was mounted to write after the time of the lease, by somebody else"),
  MOUNTED_BEFORE(
      42, "the image was mounted to write before the time of the lease, and is not unmounted"),
  MACHINE_LIVES(43, "another machine has the lock, and is alive: its file server would know"),
  NOT_HELD_TOGETHER(
      44,
      "the scheduler does not say that it holds a job's processes together: one may have outlived it");

  private final int number;
  private final String text;

  Rule(int number, String text) {
    this.number = number;
    this.text = text;
  }

  /** Its number: 1 to 9 hold, 11 to 19 prove an end, 21 to 29 describe, 31 and more lack proof. */
  public int number() {
    return number;
  }

  /** What it says, as a sentence without its full stop. */
  public String text() {
    return text;
  }

  boolean holds() {
    return number < 10;
  }

  boolean proves() {
    return number > 10 && number < 20;
  }
}
