package org.condatainer.scheduler.lsf;

import java.util.Set;
import org.condatainer.job.JobRequest;
import org.condatainer.job.RequestPart;
import org.condatainer.scheduler.Dialect;
import org.condatainer.scheduler.testkit.DialectContract;

class LsfDialectContractTest extends DialectContract {
  @Override
  protected Dialect dialect() {
    return new LsfProvider().dialect();
  }

  /** The indexes of an array are written after its name (bsub(1), "-J"). */
  @Override
  protected Set<RequestPart> needed(JobRequest request) {
    return request.array().isPresent() ? Set.of(RequestPart.NAME) : Set.of();
  }
}
