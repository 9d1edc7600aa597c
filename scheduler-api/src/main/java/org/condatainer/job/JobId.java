package org.condatainer.job;

import static java.util.Objects.requireNonNull;

/**
 * A job's identity as its scheduler writes it: {@code 123}, {@code 84_3}, {@code 86+1}, {@code
 * 12.0}, {@code 27[].server}.
 *
 * @param value the id in the scheduler's own spelling, never empty
 * @param cluster the cluster that issued the id, empty when the scheduler serves only one
 */
public record JobId(String value, String cluster) implements Comparable<JobId> {
  public JobId {
    requireNonNull(value, "value is null");
    requireNonNull(cluster, "cluster is null");
    if (value.isBlank()) {
      throw new IllegalArgumentException("a job id is empty");
    }
  }

  /** The id of a job on the only cluster that its scheduler serves. */
  public static JobId of(String value) {
    return new JobId(value, "");
  }

  /** What {@link #toString} writes, read back: {@code 123;cluster} names the cluster too. */
  public static JobId parse(String text) {
    int semicolon = text.indexOf(';');
    return semicolon < 0
        ? of(text)
        : new JobId(text.substring(0, semicolon), text.substring(semicolon + 1));
  }

  /** Whether both may be one job: a cluster that is not known may be any. */
  public boolean mayBe(JobId other) {
    boolean known = !cluster.isEmpty() && !other.cluster.isEmpty();
    return value.equals(other.value) && (!known || cluster.equals(other.cluster));
  }

  @Override
  public int compareTo(JobId other) {
    int byCluster = cluster.compareTo(other.cluster);
    return byCluster != 0 ? byCluster : value.compareTo(other.value);
  }

  /** {@code 123}, or {@code 123;cluster} when the cluster is known. */
  @Override
  public String toString() {
    return cluster.isEmpty() ? value : value + ";" + cluster;
  }
}
