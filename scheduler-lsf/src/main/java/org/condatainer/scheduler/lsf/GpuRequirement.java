package org.condatainer.scheduler.lsf;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.condatainer.job.GpuRequest;
import org.condatainer.job.RequestPart;
import org.condatainer.scheduler.DirectivePart;

/**
 * The value of {@code -gpu}: {@code num=2[/task|/host]:mode=…:gmodel=A100…} (bsub -gpu). GPUs are
 * counted by host unless it says otherwise; {@code -} is one shared GPU.
 *
 * @param gpus what has a neutral form; empty if the number is none
 * @param others the parts that only LSF has, joined by colons; empty for none
 * @param pieces every part, with its place
 */
record GpuRequirement(Optional<GpuRequest> gpus, Optional<String> others, List<Piece> pieces) {
  /**
   * A part of the value.
   *
   * @param offset where it begins in the value
   * @param text as written
   * @param counted whether it says how many or which GPUs
   */
  record Piece(int offset, String text, boolean counted) {
    DirectivePart at(BsubDirective.Given option) {
      return LsfParts.piece(option, offset, text, counted ? RequestPart.GPUS : RequestPart.NATIVE);
    }
  }

  static GpuRequirement read(String value) {
    List<Piece> pieces = new ArrayList<>();
    StringBuilder others = new StringBuilder();
    Optional<String> model = Optional.empty();
    OptionalLong count = OptionalLong.of(1);
    GpuRequest.Scope scope = GpuRequest.Scope.PER_NODE;
    int offset = 0;
    for (String part : value.split(":", -1)) {
      String text = part.strip();
      boolean counted = true;
      if (text.startsWith("num=")) {
        String number = text.substring("num=".length());
        int slash = number.indexOf('/');
        String by = slash < 0 ? "host" : number.substring(slash + 1);
        scope = by.equals("task") ? GpuRequest.Scope.PER_TASK : GpuRequest.Scope.PER_NODE;
        count =
            by.equals("task") || by.equals("host")
                ? LsfValues.number(slash < 0 ? number : number.substring(0, slash))
                : OptionalLong.empty();
      } else if (text.startsWith("gmodel=")) {
        model = Optional.of(text.substring("gmodel=".length()));
      } else if (!text.equals("-")) {
        counted = false;
        others.append(others.isEmpty() ? "" : ":").append(text);
      }
      pieces.add(new Piece(offset, part, counted));
      offset += part.length() + 1;
    }
    Optional<GpuRequest> gpus =
        count.isPresent()
            ? Optional.of(new GpuRequest(model, count.getAsLong(), scope))
            : Optional.empty();
    return new GpuRequirement(
        gpus, others.isEmpty() ? Optional.empty() : Optional.of(others.toString()), pieces);
  }

  /** The value for GPUs of a node or of a task. */
  static String write(GpuRequest gpu) {
    return "num="
        + gpu.count()
        + (gpu.scope() == GpuRequest.Scope.PER_TASK ? "/task" : "")
        + gpu.type().map(type -> ":gmodel=" + type).orElse("");
  }
}
