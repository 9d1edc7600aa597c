package org.condatainer.job;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Optional;

/**
 * GPUs of one type.
 *
 * @param type the site's name of the GPU model, empty for any
 * @param count how many, at least 0 (0 takes back what a site's default would give)
 * @param scope what gets this many each
 */
public record GpuRequest(Optional<String> type, long count, Scope scope) {
  /** What a number of GPUs is counted by, the widest first. */
  public enum Scope {
    PER_JOB,
    PER_NODE,
    PER_SOCKET,
    PER_TASK
  }

  public GpuRequest {
    requireNonNull(type, "type is null");
    requireNonNull(scope, "scope is null");
    if (count < 0) {
      throw new IllegalArgumentException("a negative number of GPUs: " + count);
    }
  }

  /**
   * Those that say how many there are at all. Of several scopes the widest does; the others say how
   * the same GPUs are spread over nodes or tasks (sbatch(1), --gpus-per-node beside --gpus), and
   * perhaps of which type they are.
   */
  public static List<GpuRequest> counting(List<GpuRequest> all) {
    for (Scope scope : Scope.values()) {
      List<GpuRequest> ofScope = all.stream().filter(gpu -> gpu.scope() == scope).toList();
      if (ofScope.size() == 1 && ofScope.get(0).type().isEmpty()) {
        List<String> types = all.stream().flatMap(gpu -> gpu.type().stream()).distinct().toList();
        return types.size() == 1
            ? List.of(new GpuRequest(Optional.of(types.get(0)), ofScope.get(0).count(), scope))
            : ofScope;
      }
      if (!ofScope.isEmpty()) {
        return ofScope;
      }
    }
    return List.of();
  }
}
