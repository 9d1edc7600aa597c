package org.condatainer.scheduler.slurm;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.condatainer.job.GpuRequest;

/**
 * The GPUs that one component of a job asks for: by {@code --gres}, of which the last counts, and
 * by {@code --gpus} and its kin, of which the last of each counts.
 */
final class SlurmGpus {
  private List<GpuRequest> ofGres = List.of();
  private List<GpuRequest> ofGpus = List.of();

  List<GpuRequest> all() {
    List<GpuRequest> all = new ArrayList<>(ofGres);
    all.addAll(ofGpus);
    return all;
  }

  /**
   * Takes {@code --gpus}, {@code --gpus-per-node}, {@code --gpus-per-task} or {@code
   * --gpus-per-socket}.
   *
   * @return whether the value is understood
   */
  boolean add(String option, String value) {
    GpuRequest.Scope scope =
        switch (option) {
          case "gpus" -> GpuRequest.Scope.PER_JOB;
          case "gpus-per-node" -> GpuRequest.Scope.PER_NODE;
          case "gpus-per-task" -> GpuRequest.Scope.PER_TASK;
          default -> GpuRequest.Scope.PER_SOCKET;
        };
    List<GpuRequest> requests = SlurmValues.gpus(value, scope);
    if (requests.isEmpty()) {
      return false;
    }
    List<GpuRequest> all = new ArrayList<>();
    for (GpuRequest earlier : ofGpus) {
      if (earlier.scope() != scope) {
        all.add(earlier);
      }
    }
    all.addAll(requests);
    ofGpus = all;
    return true;
  }

  /**
   * Takes {@code --gres}; what of it is not about GPUs is passed over.
   *
   * @return what is about GPUs and not understood
   */
  List<String> addGres(String value) {
    List<GpuRequest> requests = new ArrayList<>();
    List<String> wrong = new ArrayList<>();
    for (String part : value.split(",", -1)) {
      if (isGpu(part)) {
        String name = withoutKind(part);
        String rest = name.length() == 3 ? "1" : name.substring(4);
        Optional<GpuRequest> request = SlurmValues.gpu(rest, GpuRequest.Scope.PER_NODE);
        request.ifPresentOrElse(requests::add, () -> wrong.add(part));
      }
    }
    ofGres = requests;
    return wrong;
  }

  /** Whether a part of {@code --gres} is about GPUs. */
  static boolean isGpu(String part) {
    String name = withoutKind(part);
    return name.equals("gpu") || name.startsWith("gpu:") || name.startsWith("gpu=");
  }

  private static String withoutKind(String part) {
    return part.startsWith("gres:") || part.startsWith("gres/") ? part.substring(5) : part;
  }
}
