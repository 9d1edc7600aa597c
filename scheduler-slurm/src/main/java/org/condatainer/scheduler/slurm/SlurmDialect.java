package org.condatainer.scheduler.slurm;

import org.condatainer.scheduler.Amendment;
import org.condatainer.scheduler.Dialect;
import org.condatainer.scheduler.DirectiveReading;
import org.condatainer.scheduler.Overrides;
import org.condatainer.script.JobScript;

/** How job scripts speak to Slurm: {@code #SBATCH} lines (sbatch(1)). */
final class SlurmDialect implements Dialect {
  @Override
  public String scheduler() {
    return "slurm";
  }

  @Override
  public boolean appearsIn(JobScript script) {
    throw new UnsupportedOperationException();
  }

  @Override
  public DirectiveReading read(JobScript script) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Amendment amend(JobScript script, Overrides overrides) {
    throw new UnsupportedOperationException();
  }

  @Override
  public String grantedResources() {
    throw new UnsupportedOperationException();
  }
}
