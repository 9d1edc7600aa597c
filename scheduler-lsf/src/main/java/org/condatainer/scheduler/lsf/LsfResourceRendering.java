package org.condatainer.scheduler.lsf;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.condatainer.job.Memory;
import org.condatainer.job.NodeCount;
import org.condatainer.job.RequestPart;
import org.condatainer.job.Resources;
import org.condatainer.scheduler.Rendering;

/** Slots, their place and their memory: {@code -n} and {@code -R}. */
final class LsfResourceRendering {
  private final Rendering.Builder rendering;

  LsfResourceRendering(Rendering.Builder rendering) {
    this.rendering = rendering;
  }

  void add(Resources resources, List<Resources> further) {
    SlotRequest slots = SlotRequest.of(resources);
    report(resources, slots);
    if (!further.isEmpty() && components(resources, further)) {
      return;
    }
    if (slots.slots().isPresent()) {
      rendering.line("#BSUB -n " + slots.slots().getAsInt());
    }
    if (slots.cpus() > 1) {
      rendering.line(SlotRequest.REMARK + slots.cpus());
    }
    String requirement = slots.requirement(resources);
    if (!requirement.isEmpty()) {
      rendering.line("#BSUB -R \"" + requirement + "\"");
    }
  }

  private void report(Resources resources, SlotRequest slots) {
    String span = slots.span().map(text -> " " + text).orElse("");
    String n = "-n " + slots.slots().orElse(1) + span;
    boolean single = slots.cpus() == 1;
    resources.nodes().ifPresent(nodes -> nodes(nodes, resources, n));
    if (resources.tasks().isPresent()) {
      part(RequestPart.TASKS, single, n, "a slot for each CPU of a task");
    }
    if (resources.tasksPerNode().isPresent()) {
      int each = resources.tasksPerNode().getAsInt();
      boolean asWritten = span.strip().equals("span[ptile=" + each + "]");
      part(
          RequestPart.TASKS_PER_NODE,
          single && asWritten,
          n,
          single ? "there are not so many tasks for each host" : "a slot for each CPU of a task");
    }
    if (resources.cpusPerTask().isPresent()) {
      rendering.approximated(
          RequestPart.CPUS_PER_TASK,
          n
              + ": a slot for each CPU of a task, those of a task on one host"
              + " (affinity[] works only where hosts are set up for it)");
    }
    resources.memory().ifPresent(memory -> memory(memory, resources, slots));
    if (resources.scratchBytes().isPresent()) {
      long bytes = resources.scratchBytes().getAsLong();
      part(
          RequestPart.SCRATCH,
          bytes % (1L << 20) == 0,
          "rusage[tmp=" + SlotRequest.mebibytes(bytes) + "]",
          "rounded up to whole MB");
    }
  }

  private void nodes(NodeCount nodes, Resources resources, String n) {
    boolean one = nodes.equals(NodeCount.exactly(1)) && resources.tasksPerNode().isEmpty();
    part(
        RequestPart.NODES,
        one,
        n,
        nodes.min() == nodes.max()
            ? "as many hosts as that makes"
            : "for the least number of nodes");
  }

  private void memory(Memory memory, Resources resources, SlotRequest slots) {
    Optional<SlotRequest.Reservation> reservation = slots.memory(memory, resources);
    if (reservation.isEmpty()) {
      rendering.leftOut(
          RequestPart.MEMORY,
          memory.bytes() == 0
              ? "LSF has no word for all the memory of a node"
              : "memory of a GPU, and no GPU is asked for");
      return;
    }
    String text = "rusage[" + reservation.get().text() + "]";
    boolean whole = reservation.get().bytes() % 1024 == 0;
    boolean same =
        memory.scope() == Memory.Scope.PER_NODE
            || (memory.scope() == Memory.Scope.PER_TASK
                && reservation.get().bySlot()
                && slots.cpus() == 1);
    part(
        RequestPart.MEMORY,
        same && whole,
        text,
        same ? "rounded up to whole KB" : reservation.get().rule());
  }

  private void part(RequestPart part, boolean same, String text, String rule) {
    if (same) {
      rendering.translated(part, text);
    } else {
      rendering.approximated(part, text + ": " + rule);
    }
  }

  /**
   * The components as terms of one compound string, which has no GPUs of a term.
   *
   * @return whether that could be written
   */
  private boolean components(Resources first, List<Resources> further) {
    List<Resources> all = new ArrayList<>(List.of(first));
    all.addAll(further);
    StringBuilder terms = new StringBuilder();
    int total = 0;
    boolean same = true;
    for (Resources component : all) {
      SlotRequest slots = SlotRequest.of(component);
      int count = slots.slots().orElse(slots.tasks());
      total += count;
      terms
          .append(terms.isEmpty() ? "" : "+")
          .append(count)
          .append("*{")
          .append(slots.requirement(component))
          .append('}');
      same &= isPlain(component);
    }
    for (Resources component : further) {
      // -x is the whole job's: that of the first component counts for the others that want it too.
      if (!component.gpus().isEmpty() || (component.exclusive() && !first.exclusive())) {
        rendering.refused(
            RequestPart.COMPONENTS,
            "GPUs and exclusive hosts are asked for by the whole job in LSF, not by a component");
        return false;
      }
    }
    rendering.line("#BSUB -n " + total);
    rendering.line("#BSUB -R \"" + terms + "\"");
    part(RequestPart.COMPONENTS, same, "-R " + terms, "each component as slots");
    return true;
  }

  private static boolean isPlain(Resources resources) {
    boolean byHost =
        resources.memory().isEmpty()
            || (resources.memory().get().scope() == Memory.Scope.PER_NODE
                && resources.memory().get().bytes() > 0
                && resources.memory().get().bytes() % 1024 == 0);
    boolean scratch =
        resources.scratchBytes().isEmpty()
            || resources.scratchBytes().getAsLong() % (1L << 20) == 0;
    boolean placed =
        resources.nodes().isEmpty()
            || (resources.nodes().get().equals(NodeCount.exactly(1))
                && resources.tasksPerNode().isEmpty());
    return byHost
        && scratch
        && placed
        && resources.tasks().isPresent()
        && resources.cpusPerTask().isEmpty();
  }
}
