package org.condatainer.scheduler.slurm;

import org.condatainer.scheduler.Dialect;
import org.condatainer.scheduler.testkit.DialectContract;

class WithoutHoldDialectContractTest extends DialectContract {
  @Override
  protected Dialect dialect() {
    return new WithoutHold().dialect();
  }
}
