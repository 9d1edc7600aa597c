package org.condatainer.scheduler.pbs;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.condatainer.scheduler.Product;

/**
 * A selection in the older spelling, {@code nodes=2:ppn=4:cpp=2:bigmem+n7#excl} (qsub(1B), "node
 * specification"; cvt_nodespec_to_select of OpenPBS), and Torque's {@code :gpus=1} in it.
 *
 * @param parts what plus signs divide
 * @param modifiers what stands behind number signs: {@code excl}, {@code shared}
 */
record NodesSpec(List<Part> parts, List<String> modifiers) {
  /**
   * Nodes of one kind.
   *
   * @param count how many, 1 where none is written
   * @param counted whether it is written
   * @param tasks {@code ppn}, tasks of each
   * @param cpus {@code cpp}, CPUs of each task
   * @param gpus Torque's {@code gpus}, GPUs of each node
   * @param names properties and names of nodes
   */
  record Part(
      int count,
      boolean counted,
      OptionalInt tasks,
      OptionalInt cpus,
      OptionalLong gpus,
      List<String> names) {
    Part {
      names = List.copyOf(names);
    }

    /** Whether it stands for nodes by their number, and not by a name alone. */
    boolean isNumber() {
      return counted || names.isEmpty();
    }

    int allTasks() {
      return Product.of(count, tasks.orElse(1));
    }

    Part withCpus(int value) {
      return new Part(count, counted, tasks, OptionalInt.of(value), gpus, names);
    }

    private String text() {
      StringBuilder text = new StringBuilder().append(count);
      for (String name : names) {
        text.append(':').append(name);
      }
      tasks.ifPresent(each -> text.append(":ppn=").append(each));
      cpus.ifPresent(each -> text.append(":cpp=").append(each));
      return text.toString();
    }

    /** As a chunk; names are left out. */
    Chunk chunk(int cpusPerTask) {
      Map<String, String> values = new LinkedHashMap<>();
      values.put("ncpus", Integer.toString(Product.of(tasks.orElse(1), cpusPerTask)));
      tasks.ifPresent(each -> values.put("mpiprocs", Integer.toString(each)));
      gpus.ifPresent(each -> values.put("ngpus", Long.toString(each)));
      return new Chunk(OptionalInt.of(count), values);
    }
  }

  NodesSpec {
    parts = List.copyOf(parts);
    modifiers = List.copyOf(modifiers);
  }

  /** Empty if it is not written so. */
  static Optional<NodesSpec> read(String text) {
    String[] pieces = text.split("#", -1);
    List<Part> parts = new ArrayList<>();
    for (String part : pieces[0].split("\\+", -1)) {
      Optional<Part> read = part(part);
      if (read.isEmpty()) {
        return Optional.empty();
      }
      parts.add(read.get());
    }
    for (int i = 1; i < pieces.length; i++) {
      if (!pieces[i].equals("excl") && !pieces[i].equals("shared")) {
        return Optional.empty();
      }
    }
    NodesSpec spec = new NodesSpec(parts, List.of(pieces).subList(1, pieces.length));
    return spec.isCountable() ? Optional.of(spec) : Optional.empty();
  }

  /** Whether no number of what it asks for is above 2^31 - 1. */
  private boolean isCountable() {
    long tasks = 0;
    for (Part part : parts) {
      long onNode = part.tasks().orElse(1);
      tasks += part.count() * onNode;
      if (tasks > Integer.MAX_VALUE || onNode * part.cpus().orElse(1) > Integer.MAX_VALUE) {
        return false;
      }
    }
    return true;
  }

  private static Optional<Part> part(String text) {
    OptionalInt count = OptionalInt.empty();
    OptionalInt tasks = OptionalInt.empty();
    OptionalInt cpus = OptionalInt.empty();
    OptionalLong gpus = OptionalLong.empty();
    List<String> names = new ArrayList<>();
    String[] words = text.split(":", -1);
    for (int i = 0; i < words.length; i++) {
      int equals = words[i].indexOf('=');
      String value = words[i].substring(equals + 1);
      boolean bad = value.isEmpty();
      switch (equals < 0 ? "" : words[i].substring(0, equals)) {
        case "" -> {
          OptionalInt number = PbsValues.count(value);
          if (i == 0 && number.isPresent()) {
            count = number;
          } else {
            names.add(value);
          }
        }
        case "ppn" -> {
          tasks = PbsValues.count(value);
          bad = tasks.isEmpty();
        }
        case "cpp", "ncpus" -> {
          cpus = PbsValues.count(value);
          bad = cpus.isEmpty();
        }
        case "gpus" -> {
          gpus = PbsValues.digits(value);
          bad = gpus.isEmpty();
        }
        default -> bad = true;
      }
      if (bad) {
        return Optional.empty();
      }
    }
    return Optional.of(new Part(count.orElse(1), count.isPresent(), tasks, cpus, gpus, names));
  }

  String text() {
    StringBuilder text = new StringBuilder();
    for (Part part : parts) {
      text.append(text.isEmpty() ? "" : "+").append(part.text());
    }
    for (String modifier : modifiers) {
      text.append('#').append(modifier);
    }
    return text.toString();
  }

  /** The tasks of all nodes. */
  int tasks() {
    return parts.stream().mapToInt(Part::allTasks).sum();
  }

  int nodes() {
    return parts.stream().mapToInt(Part::count).sum();
  }

  boolean hasNames() {
    return parts.stream().anyMatch(part -> !part.names().isEmpty());
  }

  /** Whether it is several names and nothing else: {@code n1+n2}. */
  boolean isListOfNames() {
    return parts.size() > 1
        && parts.stream()
            .allMatch(
                part ->
                    !part.counted()
                        && part.tasks().isEmpty()
                        && part.cpus().isEmpty()
                        && part.gpus().isEmpty());
  }

  boolean hasGpus() {
    return parts.stream().anyMatch(part -> part.gpus().isPresent());
  }

  /**
   * CPUs of a task of this part.
   *
   * @param all the job's {@code ncpus} beside the nodes: it is that of all tasks together
   */
  int cpusPerTask(Part part, OptionalInt all) {
    return part.cpus().orElse(Math.max(1, all.orElse(1) / tasks()));
  }
}
