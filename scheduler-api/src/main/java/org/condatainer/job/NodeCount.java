package org.condatainer.job;

/**
 * How many nodes a job takes: at least {@code min}, at most {@code max}.
 *
 * @param min at least 1
 * @param max at least {@code min}
 */
public record NodeCount(int min, int max) {
  public NodeCount {
    if (min < 1 || max < min) {
      throw new IllegalArgumentException("not a number of nodes: " + min + "-" + max);
    }
  }

  /** Exactly this many nodes. */
  public static NodeCount exactly(int nodes) {
    return new NodeCount(nodes, nodes);
  }

  @Override
  public String toString() {
    return min == max ? Integer.toString(min) : min + "-" + max;
  }
}
