package org.condatainer.scheduler.testkit;

/** What a laboratory can make go wrong. What it cannot is not in {@link Laboratory#faults}. */
public enum Fault {
  /** The scheduler's server is gone: its commands say so and end. */
  STOPPED("the server is gone"),
  /** The server does not answer, and its commands wait for ever. */
  HANGING("the server hangs"),
  /** Every command that looks says "try again". */
  BUSY("the server is busy"),
  /** The next command that looks says "try again". */
  BUSY_ONCE("the server is busy once"),
  /** Commands that look print the first half of their answer. */
  GARBAGE("answers are cut off"),
  /** The next submit is taken, and its command gives no answer. */
  ANSWER_LOST("a submit is taken and its answer lost"),
  /** The next submit is not taken, and its command gives no answer. */
  SUBMIT_LOST("a submit is lost"),
  /** Accounting or history cannot be asked. */
  HISTORY_STOPPED("the history cannot be asked"),
  /** There is a living job of another user whose name is not UTF-8. */
  NOT_UTF8("a job's name is not UTF-8"),
  /** The queue forgets an ended job: {@link Laboratory#make(Fault, org.condatainer.job.JobId)}. */
  FORGOTTEN("the queue forgets a job"),
  /** A living job's state has the word {@link Laboratory#STRANGE_WORD}. */
  STRANGE_WORD("a state has a word that nobody knows"),
  /** A job belongs to another user from now on, and may not be touched. */
  OF_ANOTHER_USER("a job is another user's");

  private final String text;

  Fault(String text) {
    this.text = text;
  }

  /** In words. */
  @Override
  public String toString() {
    return text;
  }
}
