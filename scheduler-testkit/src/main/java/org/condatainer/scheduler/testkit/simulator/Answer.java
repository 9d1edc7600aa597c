package org.condatainer.scheduler.testkit.simulator;

/**
 * What a simulated command prints, one character a byte.
 *
 * @param exitCode its exit code
 * @param output its standard output
 * @param errors its standard error
 */
record Answer(int exitCode, String output, String errors) {
  static Answer of(String output) {
    return new Answer(0, output, "");
  }

  static Answer failed(int exitCode, String errors) {
    return new Answer(exitCode, "", errors);
  }
}
