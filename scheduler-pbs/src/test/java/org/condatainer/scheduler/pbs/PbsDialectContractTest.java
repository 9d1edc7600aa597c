package org.condatainer.scheduler.pbs;

import org.condatainer.scheduler.Dialect;
import org.condatainer.scheduler.testkit.DialectContract;

class PbsDialectContractTest extends DialectContract {
  @Override
  protected Dialect dialect() {
    return new PbsProvider().dialect();
  }
}
