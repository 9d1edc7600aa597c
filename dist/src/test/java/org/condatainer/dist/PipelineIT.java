package org.condatainer.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;
import org.condatainer.dist.Installed.Result;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Four job scripts, each written for another scheduler, the second of them an array of fifty: on
 * every scheduler the same commands leave the same files.
 */
final class PipelineIT {
  private static final int TASKS = 50;

  @TempDir private Path parent;

  /** Where the pipeline runs, in a line each. */
  static Stream<Engine> engines() {
    List<Engine> engines = new ArrayList<>();
    for (String id : Simulated.IDS) {
      engines.add(simulated(id));
    }
    if (Boolean.getBoolean(Engines.SLURM) && !Engines.apptainer().isEmpty()) {
      engines.add(real("slurm", ""));
    }
    if (Boolean.getBoolean(Engines.HTCONDOR) && !Engines.apptainer().isEmpty()) {
      engines.add(real("htcondor", Engines.htcondorPrograms() + ":"));
    }
    if (Boolean.getBoolean(Engines.PBS) && !Engines.apptainer().isEmpty()) {
      engines.add(real("pbs", Engines.pbsPrograms() + ":"));
    }
    if (Boolean.getBoolean(Engines.LSF) && !Engines.apptainer().isEmpty()) {
      engines.add(real("lsf", ""));
    }
    return engines.stream();
  }

  @ParameterizedTest
  @MethodSource("engines")
  void fourStagesLeaveTheSameFilesEverywhere(Engine engine) throws IOException {
    try (Opened opened = engine.open().apply(parent)) {
      Installed condatainer = opened.condatainer();
      condatainer.overlay("env.img");
      write(condatainer);

      String prepared = run(condatainer, "prepare.sh");
      String squared =
          run(
              condatainer,
              "--afterok",
              prepared,
              "--array",
              "inputs.txt",
              "--array-limit",
              "10",
              "square.sh");
      String gathered = run(condatainer, "--afterok", squared, "gather.sh");
      run(condatainer, "--afterok", gathered, "report.sh");

      Path results = condatainer.folder().resolve("results");
      condatainer.awaitCount(TASKS, "results of tasks", () -> count(results.resolve("tasks")));
      Installed.await("the report is there", () -> Files.exists(results.resolve("end")));
      assertThat(files(results)).isEqualTo(expected());
      Path logs = condatainer.folder().resolve("logs");
      // LSF writes the output of a job after its end.
      Installed.await("the logs are there", () -> count(logs) >= TASKS + 3);
      assertThat(logs(logs))
          .as("one file of output for each job and task, named alike")
          .isEqualTo(expectedLogs());
    }
  }

  private static void write(Installed condatainer) {
    StringBuilder inputs = new StringBuilder();
    for (int task = 1; task <= TASKS; task++) {
      inputs.append("n").append(task).append(' ').append(task * 3).append('\n');
    }
    condatainer.write("inputs.txt", inputs.toString());
    condatainer.write(
        "prepare.sh",
        """
        #!/bin/bash
        #SBATCH --job-name=prepare --mem=50 --time=10
        #DEP: env.img
        mkdir -p data results/tasks
        while read -r name number; do echo "$number" > "data/$name"; done < inputs.txt
        """);
    condatainer.write(
        "square.sh",
        """
        #!/bin/bash
        #PBS -N square
        #PBS -l select=1:ncpus=1:mem=50mb -l walltime=10:00
        #DEP: env.img
        read -r number < "data/$1"
        echo "$CNT_ARRAY_INDEX $1 $2 $((number * number)) $(cat /ext3/env/fact)" > "results/$1.new"
        mv "results/$1.new" "results/tasks/$1"
        """);
    condatainer.write(
        "gather.sh",
        """
        #!/bin/bash
        #BSUB -J gather
        #BSUB -n 1 -W 10
        #DEP: env.img
        cat results/tasks/* | sort -n > results/gathered
        """);
    condatainer.write(
        "report.sh",
        """
        #!/bin/bash
        #SBATCH -J report -n 1 --mem=50 -t 10
        #DEP: env.img
        sum=0 count=0
        while read -r index name number square rest; do
          sum=$((sum + square)) count=$((count + 1))
        done < results/gathered
        echo "$count tasks, $sum in all" > results/report
        : > results/end
        """);
  }

  private static Map<String, String> expected() {
    Map<String, String> files = new TreeMap<>();
    StringBuilder all = new StringBuilder();
    long sum = 0;
    for (int task = 1; task <= TASKS; task++) {
      long square = 9L * task * task;
      String line = task + " n" + task + " " + 3 * task + " " + square + " only in the overlay\n";
      files.put("tasks/n" + task, line);
      all.append(line);
      sum += square;
    }
    files.put("gathered", all.toString());
    files.put("report", TASKS + " tasks, " + sum + " in all\n");
    files.put("end", "");
    return files;
  }

  private static Set<String> expectedLogs() {
    Set<String> names = new TreeSet<>(List.of("prepare_ID.out", "gather_ID.out", "report_ID.out"));
    for (int task = 1; task <= TASKS; task++) {
      names.add("square_ID_" + task + ".out");
    }
    return names;
  }

  private static Set<String> logs(Path folder) throws IOException {
    Set<String> names = new TreeSet<>();
    try (Stream<Path> files = Files.list(folder)) {
      files.forEach(
          file ->
              names.add(
                  file.getFileName().toString().replaceFirst("_\\d+[^_]*?(?=_|\\.out$)", "_ID")));
    }
    return names;
  }

  private static String run(Installed condatainer, String... arguments) {
    List<String> words = new ArrayList<>(List.of("run"));
    words.addAll(List.of(arguments));
    Result submitted = condatainer.call(words.toArray(new String[0]));
    assertThat(submitted.exitCode()).as(submitted.everything()).isZero();
    assertThat(submitted.out().strip()).as(submitted.everything()).matches("\\d+\\S*");
    return submitted.out().strip();
  }

  private static long count(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.count();
    } catch (IOException e) {
      return 0; // Not made yet.
    }
  }

  private static Map<String, String> files(Path folder) throws IOException {
    Map<String, String> texts = new TreeMap<>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        texts.put(folder.relativize(file).toString(), Files.readString(file));
      }
    }
    return texts;
  }

  /** A scheduler to run the pipeline on. */
  record Engine(String name, Function<Path, Opened> open) {
    @Override
    public String toString() {
      return name;
    }
  }

  /** The program at a scheduler that is there until this is closed. */
  record Opened(Installed condatainer, Closeable scheduler) implements Closeable {
    @Override
    public void close() throws IOException {
      scheduler.close();
    }
  }

  private static Engine simulated(String id) {
    return new Engine(
        "simulated " + id,
        parent -> {
          Simulated simulated = Simulated.open(id, parent);
          return new Opened(withLogs(simulated.condatainer()), simulated);
        });
  }

  private static Engine real(String id, String path) {
    return new Engine(
        "real " + id,
        parent -> {
          Installed condatainer =
              Installed.in(parent, Engines.user())
                  .with("CNT_SCHEDULER", id)
                  .with("PATH", path + System.getenv("PATH"))
                  .with("CNT_RUNTIME", "apptainer")
                  .with("CNT_APPTAINER", Engines.apptainer());
          return new Opened(withLogs(condatainer), () -> {});
        });
  }

  private static Installed withLogs(Installed condatainer) {
    return condatainer.with("CNT_LOGS_DIR", condatainer.folder() + "/logs");
  }
}
