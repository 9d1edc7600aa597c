package org.condatainer.scheduler.slurm;

import org.condatainer.scheduler.Dialect;
import org.condatainer.scheduler.testkit.DialectContract;

class SlurmDialectContractTest extends DialectContract {
  @Override
  protected Dialect dialect() {
    return new SlurmProvider().dialect();
  }
}
