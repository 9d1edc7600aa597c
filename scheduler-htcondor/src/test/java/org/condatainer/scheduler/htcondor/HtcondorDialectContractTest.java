package org.condatainer.scheduler.htcondor;

import java.util.Optional;
import java.util.Set;
import org.condatainer.job.JobRequest;
import org.condatainer.job.RequestPart;
import org.condatainer.scheduler.Dialect;
import org.condatainer.scheduler.testkit.DialectContract;

class HtcondorDialectContractTest extends DialectContract {
  @Override
  protected Dialect dialect() {
    return new HtcondorProvider().dialect();
  }

  /** A policy keeps a job from starting again; a model of GPU is looked for by an expression. */
  @Override
  protected Set<RequestPart> needed(JobRequest request) {
    boolean model = request.resources().gpus().stream().anyMatch(gpu -> gpu.type().isPresent());
    return model || request.requeue().equals(Optional.of(false))
        ? Set.of(RequestPart.NATIVE)
        : Set.of();
  }
}
