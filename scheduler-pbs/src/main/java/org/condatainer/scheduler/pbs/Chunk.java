package org.condatainer.scheduler.pbs;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.condatainer.job.GpuRequest;
import org.condatainer.job.Memory;
import org.condatainer.job.NodeCount;
import org.condatainer.job.Resources;
import org.condatainer.scheduler.Product;

/**
 * A chunk of {@code -l select=…} (pbs_resources(7B)): {@code 2:ncpus=8:mpiprocs=4:mem=16gb}. Read
 * as so many nodes with the same tasks each: {@code mpiprocs} tasks, {@code ncpus} CPUs together,
 * {@code ompthreads} CPUs of each task.
 *
 * @param count how many of it, empty where none is written
 * @param values its resources in their order
 */
record Chunk(OptionalInt count, Map<String, String> values) {

  Chunk {
    values = new LinkedHashMap<>(values);
  }

  /** The chunks of a selection; empty if it is none. */
  static Optional<List<Chunk>> select(String text) {
    List<Chunk> chunks = new ArrayList<>();
    for (String part : text.split("\\+", -1)) {
      OptionalInt count = OptionalInt.empty();
      Map<String, String> values = new LinkedHashMap<>();
      boolean first = true;
      for (String word : part.split(":", -1)) {
        int equals = word.indexOf('=');
        if (equals > 0) {
          values.put(word.substring(0, equals), word.substring(equals + 1));
        } else {
          count = PbsValues.count(word);
          if (!first || count.isEmpty()) {
            return Optional.empty();
          }
        }
        first = false;
      }
      chunks.add(new Chunk(count, values));
    }
    return Optional.of(chunks);
  }

  static String text(List<Chunk> chunks) {
    StringBuilder text = new StringBuilder();
    for (Chunk chunk : chunks) {
      text.append(text.isEmpty() ? "" : "+").append(chunk.text());
    }
    return text.toString();
  }

  String text() {
    StringBuilder text = new StringBuilder();
    if (count.isPresent()) {
      text.append(count.getAsInt());
    }
    values.forEach(
        (name, value) ->
            text.append(text.isEmpty() ? "" : ":").append(name).append('=').append(value));
    return text.isEmpty() ? "1" : text.toString();
  }

  /** How many tasks it has. */
  int tasks() {
    return number("mpiprocs").orElse(1);
  }

  Chunk with(String name, String value) {
    Chunk changed = new Chunk(count, values);
    changed.values.put(name, value);
    return changed;
  }

  /** An amount in bytes; empty if it has none of this name. */
  OptionalLong size(String name) {
    return PbsValues.size(values.getOrDefault(name, ""));
  }

  private OptionalInt number(String name) {
    return PbsValues.count(values.getOrDefault(name, ""));
  }

  /** All of them on one host, which has what they have together (pbs_resources(7B), place=pack). */
  Chunk packed() {
    int all = count.orElse(1);
    Chunk one = new Chunk(OptionalInt.of(1), values);
    one.values.put("mpiprocs", Integer.toString(Product.of(tasks(), all)));
    number("ncpus")
        .ifPresent(cpus -> one.values.put("ncpus", Integer.toString(Product.of(cpus, all))));
    size("mem")
        .ifPresent(bytes -> one.values.put("mem", PbsValues.size(Product.of(bytes, (long) all))));
    PbsValues.digits(values.getOrDefault("ngpus", ""))
        .ifPresent(gpus -> one.values.put("ngpus", Long.toString(Product.of(gpus, (long) all))));
    return one;
  }

  /** What it asks for in neutral words. */
  Resources resources() {
    Resources resources = Resources.none();
    if (count.isPresent()) {
      resources = resources.withNodes(NodeCount.exactly(count.getAsInt()));
    }
    OptionalInt tasks = number("mpiprocs");
    if (tasks.isPresent()) {
      resources = resources.withTasksPerNode(tasks.getAsInt());
    }
    OptionalInt cpus = cpusPerTask(tasks);
    if (cpus.isPresent()) {
      resources = resources.withCpusPerTask(cpus.getAsInt());
    }
    OptionalLong memory = size("mem");
    if (memory.isPresent()) {
      resources = resources.withMemory(new Memory(memory.getAsLong(), Memory.Scope.PER_NODE));
    }
    OptionalLong gpus = PbsValues.digits(values.getOrDefault("ngpus", ""));
    if (gpus.isPresent()) {
      resources =
          resources.withGpus(
              List.of(
                  new GpuRequest(Optional.empty(), gpus.getAsLong(), GpuRequest.Scope.PER_NODE)));
    }
    return resources;
  }

  /**
   * Never less than was asked for. One CPU a task is what PBS gives tasks by itself, and is not
   * asked for.
   */
  private OptionalInt cpusPerTask(OptionalInt tasks) {
    OptionalInt threads = number("ompthreads");
    OptionalInt cpus = number("ncpus");
    if (tasks.isEmpty()) {
      return cpus;
    }
    int count = tasks.getAsInt();
    int each = cpus.isPresent() ? (cpus.getAsInt() + count - 1) / count : threads.orElse(1);
    return each > 1 || threads.isPresent() ? OptionalInt.of(each) : OptionalInt.empty();
  }

  /** How many CPUs a task of it gets, as a whole number; empty if it does not say. */
  OptionalInt grantedCpusPerTask() {
    OptionalInt cpus = number("ncpus");
    return cpus.isPresent()
        ? OptionalInt.of(Math.max(1, cpus.getAsInt() / tasks()))
        : number("ompthreads");
  }

  /** How many bytes of memory a task of it gets; empty if it does not say. */
  OptionalLong grantedMemoryPerTask() {
    OptionalLong memory = size("mem");
    return memory.isPresent() ? OptionalLong.of(memory.getAsLong() / tasks()) : memory;
  }

  /** Whether PBS's {@code NCPUS} is something else than the CPUs of a task of it. */
  boolean hasOwnTasks() {
    return tasks() > 1 || values.containsKey("ompthreads");
  }
}
