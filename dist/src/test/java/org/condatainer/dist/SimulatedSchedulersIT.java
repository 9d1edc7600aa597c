package org.condatainer.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.condatainer.dist.Installed.Result;
import org.condatainer.scheduler.testkit.Fault;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The same commands at every simulated scheduler, whole and out of order. */
final class SimulatedSchedulersIT {
  @TempDir private Path parent;

  static Stream<String> schedulers() {
    return Simulated.IDS.stream();
  }

  @ParameterizedTest
  @MethodSource("schedulers")
  void aSubmitWhoseAnswerIsLostIsFoundByItsTag(String id) throws IOException {
    try (Simulated at = Simulated.open(id, parent)) {
      script(at);
      at.laboratory().make(Fault.ANSWER_LOST);

      Result submitted = hasty(at).call("run", "--hold", "job.sh");

      assertThat(submitted.exitCode()).as(submitted.everything()).isZero();
      assertThat(submitted.err()).as("what the user is told meanwhile").contains("looking for");
      at.laboratory().mend();
      Result listed = at.condatainer().call("jobs", "--json");
      assertThat(listed.out().split("\"jobId\"", -1)).as(listed.everything()).hasSize(2);
      assertThat(listed.out()).contains("\"" + submitted.out().strip() + "\"");
    }
  }

  /** volclava holds a job that waits by a command of its own, after the submit. */
  @Test
  void jobThatCouldNotBeHeldHasItsIdAndItsRecord() throws IOException {
    try (Simulated at = Simulated.open("lsf", parent)) {
      script(at);
      at.condatainer()
          .write(
              "bin/bstop",
              "#!/bin/sh\necho 'Job <1>: Batch daemon is shutting down' >&2\nexit 255\n");
      Path bstop = at.condatainer().folder().resolve("bin/bstop");
      assertThat(bstop.toFile().setExecutable(true)).isTrue();
      String path = bstop.getParent() + ":" + at.condatainer().variables().get("PATH");
      String first = at.condatainer().call("run", "--hold", "job.sh").out().strip();

      Result second =
          at.condatainer().with("PATH", path).call("run", "--hold", "--afterok", first, "job.sh");

      assertThat(second.exitCode()).as(second.everything()).isIn(6, 7);
      assertThat(second.out()).as(second.everything()).matches("[0-9]+\n");
      assertThat(second.err()).contains("was submitted and could not be held");
      assertThat(at.condatainer().jobRecords()).hasSize(2);
    }
  }

  @ParameterizedTest
  @MethodSource("schedulers")
  void aSubmitThatCannotBeLookedUpEndsWithTheTagAndHowToLookForIt(String id) throws IOException {
    try (Simulated at = Simulated.open(id, parent)) {
      script(at);
      at.laboratory().make(Fault.HANGING);
      at.laboratory().called().clear();

      Result submitted = hasty(at).call("run", "--hold", "job.sh");

      assertThat(submitted.exitCode()).as(submitted.everything()).isEqualTo(6);
      assertThat(submitted.out()).isEmpty();
      if (at.laboratory().called().stream().noneMatch(words -> words.get(0).equals(submit(id)))) {
        // LSF is asked for its version first, so that nothing was sent.
        assertThat(at.condatainer().jobRecords()).isEmpty();
        return;
      }
      assertThat(submitted.err()).contains("cnt:").containsIgnoringCase("before");
      String tag = submitted.err().replaceAll("(?s).*?(cnt:[0-9a-z-]+).*", "$1").substring(4);
      assertThat(at.condatainer().folder().resolve(".runs/" + tag))
          .as("the record of a run that may exist")
          .isDirectory();
      at.laboratory().mend();
      assertThat(at.condatainer().call("jobs", "--json").out())
          .as("what never was, and was not sent twice")
          .doesNotContain("\"jobId\"");
    }
  }

  @ParameterizedTest
  @MethodSource("schedulers")
  void whatIsBusyOnceIsAskedAgainAndTheUserSeesWhy(String id) throws IOException {
    try (Simulated at = Simulated.open(id, parent)) {
      script(at);
      String job = submitted(at, "--hold", "job.sh");
      if (id.equals("lsf")) {
        return; // lsid, which is asked first, answers as long as its host lives: LsfContractTest
      }
      at.laboratory().make(Fault.BUSY_ONCE);

      Result asked = at.condatainer().call("jobs", "--json", job);

      assertThat(asked.exitCode()).as(asked.everything()).isZero();
      assertThat(asked.out()).contains("\"held\"");
      assertThat(asked.err()).contains("trying again");
    }
  }

  @ParameterizedTest
  @MethodSource("schedulers")
  void fewProcessesAreStarted(String id) throws IOException {
    try (Simulated at = Simulated.open(id, parent)) {
      script(at);
      at.laboratory().called().clear();

      String first = submitted(at, "--hold", "job.sh");
      List<List<String>> submit = List.copyOf(at.laboratory().called());
      at.laboratory().called().clear();
      Result listed = at.condatainer().call("jobs");

      assertThat(listed.out()).contains(first).contains("env.img");
      assertThat(at.laboratory().called()).as("processes of jobs").hasSizeLessThanOrEqualTo(2);
      assertThat(submit).as("processes of a submit").hasSizeLessThanOrEqualTo(most(id));
    }
  }

  private static String submit(String id) {
    return switch (id) {
      case "pbs" -> "qsub";
      case "lsf" -> "bsub";
      case "htcondor" -> "condor_submit";
      default -> "sbatch";
    };
  }

  /** Limits of queues, of nodes and of the site are asked for, and the job is submitted. */
  private static int most(String id) {
    return switch (id) {
      case "lsf" -> 7;
      case "htcondor" -> 3;
      default -> 4;
    };
  }

  @ParameterizedTest
  @MethodSource("schedulers")
  void aPlainNumberNamesAnArray(String id) throws IOException {
    try (Simulated at = Simulated.open(id, parent)) {
      script(at);
      at.condatainer().write("inputs.txt", "a\nb\nc\n");
      String job = submitted(at, "--hold", "--array", "inputs.txt", "job.sh");
      String number = job.replaceAll("[^0-9].*", "");

      Result asked = at.condatainer().call("jobs", "--json", number);
      Result cancelled = at.condatainer().call("cancel", number);

      assertThat(asked.exitCode()).as(asked.everything()).isZero();
      assertThat(asked.out()).contains("\"state\" : \"alive\"");
      assertThat(cancelled.exitCode()).as(cancelled.everything()).isZero();
      assertThat(cancelled.err()).contains("asked to end");
      Installed.await(
          "the array is gone",
          () -> !at.condatainer().call("jobs", "--json", number).out().contains("\"alive\""));
    }
  }

  @ParameterizedTest
  @MethodSource("schedulers")
  void anEndedJobIsShownWithItsExitCode(String id) throws IOException {
    try (Simulated at = Simulated.open(id, parent)) {
      at.condatainer().write("job.sh", "#!/bin/bash\nexit 3\n");
      String job = submitted(at, "--submit", "job.sh");

      Installed.await(
          "the job ends",
          () -> at.condatainer().call("jobs", "--json", job).out().contains("\"ended\""));

      assertThat(at.condatainer().call("jobs", "--json", job).out()).contains("\"exitCode\" : 3");
      assertThat(at.condatainer().call("jobs", job).out()).contains("exit code 3");
      assertThat(at.condatainer().call("cancel", job).exitCode()).isZero();
    }
  }

  @ParameterizedTest
  @MethodSource("schedulers")
  void whatNoNodeHasIsRefusedBeforeTheSubmitWithTheLimit(String id) throws IOException {
    try (Simulated at = Simulated.open(id, parent)) {
      script(at);
      at.laboratory().called().clear();

      Result refused = at.condatainer().call("run", "-c", "100000", "job.sh");

      assertThat(refused.exitCode()).as(refused.everything()).isEqualTo(2);
      assertThat(refused.err()).contains("100000 CPUs", "would wait for ever");
      assertThat(at.laboratory().called())
          .noneMatch(words -> words.get(0).matches("sbatch|qsub|bsub|condor_submit"));
      Result scheduler = at.condatainer().call("scheduler", "--json");
      assertThat(scheduler.exitCode()).as(scheduler.everything()).isZero();
      assertThat(scheduler.out()).contains("\"version\"", "\"nodes\"", "\"capabilities\"");
      assertThat(at.condatainer().call("scheduler", "--cpu").out()).contains("CPUS");
      assertThat(at.condatainer().call("scheduler", "--gpu").out()).contains("GPU");
    }
  }

  private static void script(Simulated at) {
    at.condatainer().overlay("env.img");
    at.condatainer().write("job.sh", "#!/bin/bash\n#SBATCH -n 1\n#DEP: env.img\ntrue\n");
  }

  private static Installed hasty(Simulated at) {
    return at.condatainer().with("CNT_COMMAND_TIMEOUT", "8");
  }

  private static String submitted(Simulated at, String... arguments) {
    String[] words = new String[arguments.length + 1];
    words[0] = "run";
    System.arraycopy(arguments, 0, words, 1, arguments.length);
    Result submitted = at.condatainer().call(words);
    assertThat(submitted.exitCode()).as(submitted.everything()).isZero();
    return submitted.out().strip();
  }
}
