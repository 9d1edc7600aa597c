package org.condatainer.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.condatainer.dist.Installed.Result;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Jobs that wait for an array of PBS, which itself goes by the task that ended last: all tasks
 * count here, as they do on the other schedulers.
 */
final class ChainsOnPbsIT {
  @TempDir private Path parent;

  static Stream<PipelineIT.Engine> engines() {
    return PipelineIT.engines().filter(engine -> engine.name().endsWith(" pbs"));
  }

  @ParameterizedTest
  @MethodSource("engines")
  void allTasksOfAnArrayCount(PipelineIT.Engine engine) throws IOException {
    try (PipelineIT.Opened opened = engine.open().apply(parent)) {
      Installed condatainer = opened.condatainer();
      condatainer.overlay("env.img");
      array(condatainer, "failed.sh", "[ $CNT_ARRAY_INDEX != 1 ] || exit 5");
      array(condatainer, "well.sh", "true");
      condatainer.write("after.sh", "#!/bin/bash\n#PBS -l ncpus=1\n#DEP: env.img\ntouch \"$1\"\n");
      String failed = run(condatainer, "failed.sh");
      String well = run(condatainer, "well.sh");

      List<String> never = new ArrayList<>();
      never.add(run(condatainer, "--afterok", failed, "after.sh", "wrong-ok"));
      never.add(run(condatainer, "--afternotok", well, "after.sh", "wrong-notok"));
      List<String> always = new ArrayList<>();
      always.add(run(condatainer, "--afterok", well, "after.sh", "ok"));
      always.add(run(condatainer, "--afternotok", failed, "after.sh", "notok"));
      always.add(run(condatainer, "--afterany", failed + ":" + well, "after.sh", "any"));
      // The one that fails is not the one that ends last.
      Files.createFile(condatainer.folder().resolve("go1"));
      ended(condatainer, failed.replace("[", "[1"));
      ended(condatainer, well.replace("[", "[1"));
      Files.createFile(condatainer.folder().resolve("go2"));
      Files.createFile(condatainer.folder().resolve("go3"));

      always.forEach(id -> assertThat(ended(condatainer, id)).contains("succeeded"));
      never.forEach(id -> assertThat(ended(condatainer, id)).contains("cancelled"));
      assertThat(condatainer.folder().resolve("ok")).exists();
      assertThat(condatainer.folder().resolve("notok")).exists();
      assertThat(condatainer.folder().resolve("any")).exists();
      assertThat(condatainer.count("wrong")).isZero();
    }
  }

  @ParameterizedTest
  @MethodSource("engines")
  void arrayIsFoundAndCancelledByItsNumber(PipelineIT.Engine engine) throws IOException {
    try (PipelineIT.Opened opened = engine.open().apply(parent)) {
      Installed condatainer = opened.condatainer();
      condatainer.overlay("env.img");
      array(condatainer, "array.sh", "true");
      String id = run(condatainer, "array.sh");
      String number = id.substring(0, id.indexOf('['));

      Result child = condatainer.call("run", "--afterok", number, "array.sh");
      assertThat(child.exitCode()).as(child.everything()).isEqualTo(7);
      assertThat(child.err()).contains(number + "[]");
      assertThat(condatainer.call("jobs", "--json", number).out())
          .contains("\"jobId\" : \"" + number + "\"", "\"state\" : \"alive\"");
      Result cancelled = condatainer.call("cancel", number);
      assertThat(cancelled.exitCode()).as(cancelled.everything()).isZero();
      ended(condatainer, number);
    }
  }

  /** Three tasks, each of which waits for a sign. */
  private static void array(Installed condatainer, String name, String last) {
    condatainer.write(
        name,
        """
        #!/bin/bash
        #PBS -J 1-3
        #PBS -l ncpus=1
        #DEP: env.img
        until [ -e go$CNT_ARRAY_INDEX ]; do sleep 0.2; done
        """
            + last
            + "\n");
  }

  private static String run(Installed condatainer, String... arguments) {
    List<String> words = new ArrayList<>(List.of("run"));
    words.addAll(List.of(arguments));
    Result submitted = condatainer.call(words.toArray(new String[0]));
    assertThat(submitted.exitCode()).as(submitted.everything()).isZero();
    return submitted.out().strip();
  }

  /** What is told of a job that has ended. */
  private static String ended(Installed condatainer, String id) {
    String[] job = {""};
    Installed.await(
        "job " + id + " ends",
        () -> {
          job[0] = condatainer.call("jobs", "--json", id).out();
          return job[0].contains("\"state\" : \"ended\"");
        });
    return job[0];
  }
}
