package org.condatainer.scheduler.slurm;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.condatainer.job.JobId;
import org.condatainer.job.JobRequest;
import org.condatainer.job.RequestPart;
import org.condatainer.scheduler.Capability;
import org.condatainer.scheduler.Dialect;
import org.condatainer.scheduler.Failure;
import org.condatainer.scheduler.Outcome;
import org.condatainer.scheduler.Rendering;
import org.condatainer.scheduler.Scheduler;
import org.condatainer.scheduler.SchedulerContext;
import org.condatainer.scheduler.SchedulerException;

/** A right adapter for a scheduler that cannot hold jobs, and says so. */
final class WithoutHold extends RightProvider {
  @Override
  public Dialect dialect() {
    return new WrongDialect.Right() {
      @Override
      public Rendering render(JobRequest request) {
        Rendering free = right.render(request.toBuilder().held(false).build());
        if (!request.held()) {
          return free;
        }
        List<Rendering.Part> parts = new ArrayList<>(free.parts());
        parts.add(new Rendering.Part(RequestPart.HOLD, Outcome.REFUSED, "it holds no jobs"));
        return new Rendering(free.directiveLines(), parts);
      }
    };
  }

  @Override
  public Scheduler open(SchedulerContext context) {
    return new RightScheduler(super.open(context)) {
      @Override
      public Set<Capability> capabilities() {
        Set<Capability> some = EnumSet.copyOf(right.capabilities());
        some.remove(Capability.HOLD);
        return some;
      }

      @Override
      public void hold(Set<JobId> ids) {
        throw unsupported();
      }

      @Override
      public void release(Set<JobId> ids) {
        throw unsupported();
      }

      private SchedulerException unsupported() {
        return new SchedulerException(
            new Failure(
                Failure.Kind.UNSUPPORTED,
                displayName() + " does not support holding jobs",
                "",
                ""));
      }
    };
  }
}
