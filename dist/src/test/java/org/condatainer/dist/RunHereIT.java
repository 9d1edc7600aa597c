package org.condatainer.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.condatainer.dist.Installed.Result;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Job scripts on this machine, in each runtime that it has: all give the same view. */
final class RunHereIT {
  @TempDir private Path parent;

  @ParameterizedTest
  @MethodSource("org.condatainer.dist.Engines#eachRuntime")
  void scriptReadsTheOverlayAndCannotWriteIt(Engines.Place runtime) {
    Installed condatainer = runtime.in(parent);
    condatainer.overlay("env.img");
    condatainer.write(
        "job.sh",
        """
        #!/bin/bash
        #DEP: env.img
        cat /ext3/env/fact
        echo more >> /ext3/env/fact || echo "not written"
        echo "$CONDA_PREFIX $CNT_CONDA_PREFIX $IN_CONDATAINER"
        echo "$PATH" | cut -d: -f1
        pwd
        exit 7
        """);

    Result result = condatainer.call("run", "job.sh");

    assertThat(result.exitCode()).as(result.everything()).isEqualTo(7);
    assertThat(result.out().lines())
        .as(result.everything())
        .containsExactly(
            "only in the overlay",
            "not written",
            "/ext3/env /ext3/env 1",
            "/ext3/env/bin",
            condatainer.folder().toString());
  }

  @ParameterizedTest
  @MethodSource("org.condatainer.dist.Engines#eachRuntime")
  void argumentsAndInputArriveAsTheyAre(Engines.Place runtime) {
    Installed condatainer = runtime.in(parent);
    condatainer.overlay("env.img");
    condatainer.write(
        "job.sh",
        """
        #!/bin/bash
        #DEP: env.img
        printf '<%s>' "$@"
        cat
        """);

    Result result =
        condatainer.callWithInput(
            "from stdin",
            "run",
            "job.sh",
            "a b",
            "it's",
            "\"",
            "$HOME",
            "`id`",
            "x\ny",
            "üñ→",
            "-m",
            "--",
            "");

    assertThat(result.out())
        .as(result.everything())
        .isEqualTo("<a b><it's><\"><$HOME><`id`><x\ny><üñ→><-m><--><>from stdin");
  }

  @ParameterizedTest
  @MethodSource("org.condatainer.dist.Engines#eachRuntime")
  void overlayVariablesAreSetAndTheUsersOwnWin(Engines.Place runtime) {
    Installed condatainer = runtime.in(parent);
    condatainer.overlay("env.img");
    condatainer.write(
        "env.img.env",
        "GOROOT=/ext3/env/go\n#ENVNOTE:GOROOT=Go Installation Path\nGOPATH=/x,y z\n");

    Result result =
        condatainer.call(
            "exec",
            "-o",
            "env.img",
            "--env",
            "GOROOT=mine",
            "sh",
            "-c",
            "echo \"$GOROOT|$GOPATH|$PYTHONPATH\"");

    assertThat(result.out()).as(result.everything()).isEqualTo("mine|/x,y z|\n");
    assertThat(result.err()).contains("GOPATH: /x,y z").doesNotContain("GOROOT");
  }

  @ParameterizedTest
  @MethodSource("org.condatainer.dist.Engines#eachRuntime")
  void writableRunKeepsWhatItWrote(Engines.Place runtime) {
    Installed condatainer = runtime.in(parent);
    Path image = condatainer.overlay("env.img");
    Result written = condatainer.call("e", "--", "sh", "-c", "echo kept > /ext3/env/new; exit 3");
    assertThat(written.exitCode()).as(written.everything()).isEqualTo(3);

    Result read = condatainer.call("exec", "-o", "env.img", "cat", "/ext3/env/new");
    assertThat(read.out()).as(read.everything()).isEqualTo("kept\n");
    assertThat(condatainer.asUser(List.of("/sbin/e2fsck", "-fn", image.toString()), "").exitCode())
        .isZero();
  }

  @ParameterizedTest
  @MethodSource("org.condatainer.dist.Engines#eachRuntime")
  void userIsRootWithFakerootAndRootNeedsNone(Engines.Place runtime) {
    Result result = runtime.in(parent).call("exec", "--fakeroot", "id", "-u");

    assertThat(result.exitCode()).as(result.everything()).isZero();
    assertThat(result.out()).isEqualTo("0\n");
    if (runtime.user().isEmpty() && Engines.isRoot()) {
      assertThat(result.err()).contains("you are root, so --fakeroot is left out");
    }
  }

  @ParameterizedTest
  @MethodSource("org.condatainer.dist.Engines#eachRuntime")
  void rootsImageIsWrittenWithFakeroot(Engines.Place runtime) {
    Installed condatainer = runtime.in(parent);
    assertThat(condatainer.call("o", "roots.img", "-s", "32M", "--fakeroot").exitCode()).isZero();

    Result written =
        condatainer.call(
            "e", "-f", "-n", "roots.img", "--", "sh", "-c", "id -u; touch /ext3/env/new");

    assertThat(written.exitCode()).as(written.everything()).isZero();
    assertThat(written.out()).isEqualTo("0\n");
    Result owners = condatainer.call("overlay", "chown", "--root", "roots.img");
    assertThat(owners.err()).contains(": 0 of ");
    Result refused = condatainer.call("e", "-n", "roots.img", "--", "true");
    assertThat(refused.exitCode()).isEqualTo(runtime.user().isEmpty() ? 0 : 5);
  }

  @ParameterizedTest
  @MethodSource("org.condatainer.dist.Engines#eachRuntime")
  void imageInUseByAWriterIsRefusedWithItsProcess(Engines.Place runtime) throws Exception {
    Installed condatainer = runtime.in(parent);
    condatainer.overlay("env.img");
    condatainer.write("job.sh", "#!/bin/bash\n#DEP: env.img\ntrue\n");
    Process writer =
        condatainer.start(
            condatainer.words(
                "e", "--", "sh", "-c", "echo up > " + condatainer.folder() + "/up; read x"));
    try {
      Installed.await("the writer runs", () -> Files.exists(condatainer.folder().resolve("up")));

      Result refused = condatainer.call("run", "job.sh");

      assertThat(refused.exitCode()).as(refused.everything()).isEqualTo(4);
      assertThat(refused.err()).contains("env.img").containsPattern("pid \\d+|process \\d+");
      assertThat(refused.err()).contains("job.sh:2:7:");
    } finally {
      writer.getOutputStream().close();
      assertThat(writer.waitFor(60, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(condatainer.call("run", "job.sh").exitCode()).isZero();
  }

  @ParameterizedTest
  @MethodSource("org.condatainer.dist.Engines#eachRuntime")
  void hostileNamesArriveAndNothingIsExecuted(Engines.Place runtime) {
    Installed condatainer = runtime.in(parent);
    String template = "a b'c\"d$(touch hit)`touch hit`,e:f\nüñ";
    Path folder = condatainer.write(template + "/ok", "").getParent();
    Installed there = condatainer.at(folder);
    there.overlay("./-" + template + ".img");
    String script = template + "é".repeat(80) + ".sh";
    there.write(
        script,
        """
        #!/bin/bash
        cat /ext3/env/fact
        basename "$0"
        pwd
        """);

    Result result = there.call("run", "--overlay", "./-" + template + ".img", script);

    assertThat(result.out())
        .as(result.everything())
        .isEqualTo("only in the overlay\n" + script + "\n" + folder + "\n");
    assertThat(folder.resolve("hit")).doesNotExist();
  }

  @ParameterizedTest
  @MethodSource("org.condatainer.dist.Engines#eachRuntime")
  void twoHundredRunsReadOneOverlayAtOnce(Engines.Place runtime) throws Exception {
    Installed condatainer = runtime.in(parent);
    condatainer.overlay("env.img");
    Path gate = condatainer.folder().resolve("gate");
    condatainer.asUser(List.of("mkfifo", gate.toString()), "");
    List<String> starts = new ArrayList<>();
    for (String word :
        condatainer.words(
            "exec",
            "-o",
            "env.img",
            "sh",
            "-c",
            "touch up-$N; cat gate; cat /ext3/env/fact > got-$N")) {
      starts.add("'" + word + "'");
    }
    // At most 8 come up at a time; a run that ends before it has read stops the whole.
    String loop =
        "for N in $(seq 200); do export N; "
            + "{ "
            + String.join(" ", starts)
            + "; [ -s got-$N ] || echo \"run $N ended with $?\" > failed-$N; } & "
            + "while [ $N -gt $(( $(ls | grep -c ^up-) + 8 )) ]; do "
            + "[ -e gate ] && ! ls | grep ^failed- || exit; sleep 0.05; done; done; wait";
    Process all = condatainer.start(List.of("bash", "-c", loop));
    try {
      condatainer.awaitCount(200, "runs inside", () -> condatainer.count("up-"));
      condatainer.awaitCount(
          200,
          "runs that have read",
          () -> {
            condatainer.asUser(List.of("timeout", "1", "sh", "-c", ": > gate"), "");
            return condatainer.count("got-");
          });
      assertThat(all.waitFor(120, TimeUnit.SECONDS)).isTrue();
      assertThat(condatainer.count("failed-")).isZero();
    } finally {
      Files.deleteIfExists(gate);
    }
  }

  private Installed inTheFirstRuntime() {
    return Engines.eachRuntime().findFirst().orElseThrow().in(parent);
  }

  @Test
  void wordsOfAnArrayReachAProgramThatIsNoScript() throws IOException {
    Installed condatainer = inTheFirstRuntime();
    condatainer.write("e.sub", "executable = /bin/echo\narguments = hello\nqueue\n");
    condatainer.write("in.txt", "one 'two three'\nfour\n");

    Result array = condatainer.call("run", "--array", "in.txt", "-o", "%a.out", "e.sub", "given");

    assertThat(array.exitCode()).as(array.everything()).isZero();
    assertThat(condatainer.read("1.out")).isEqualTo("one two three given hello\n");
    assertThat(condatainer.read("2.out")).isEqualTo("four given hello\n");
  }

  /** A run in the environment of another one, which a driver job or a shell inside hands on. */
  @Test
  void whatAnOuterRunWasGrantedIsNotTakenForThisOnes() {
    Installed condatainer =
        inTheFirstRuntime()
            .with("NCPUS", "16")
            .with("MEM", "64G")
            .with("MEM_GB", "64")
            .with("OMP_NUM_THREADS", "16")
            .with("CNT_OMP_NUM_THREADS", "16")
            .with("CNT_ARRAY_COUNT", "100");
    condatainer.write(
        "job.sh",
        "#!/bin/bash\necho \"$NCPUS ${MEM-none} ${MEM_GB-none} $OMP_NUM_THREADS"
            + " ${CNT_ARRAY_COUNT-none}\"\n");

    Result unasked = condatainer.call("run", "-c", "2", "job.sh");
    assertThat(unasked.out()).as(unasked.everything()).isEqualTo("2 none none 2 none\n");
    Result asked = condatainer.call("run", "-c", "2", "-m", "3G", "job.sh");
    assertThat(asked.out()).as(asked.everything()).isEqualTo("2 3072 3 2 none\n");
    Result own = condatainer.with("OMP_NUM_THREADS", "5").call("run", "-c", "2", "job.sh");
    assertThat(own.out()).as(own.everything()).isEqualTo("2 none none 5 none\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "#SBATCH --export=FOO=bar -D idir",
        "#CONDOR initialdir = idir\n#CONDOR environment = \"FOO=bar\"",
        "#BSUB -env \"all, FOO=bar\" -cwd idir",
      })
  void whatAJobWouldFindAroundItIsNamed(String directives) {
    Installed condatainer = inTheFirstRuntime();
    condatainer.write("job.sh", "#!/bin/bash\n" + directives + "\necho \"<${FOO-}> $PWD\"\n");

    Result result = condatainer.call("run", "--local", "job.sh");

    assertThat(result.out()).isEqualTo("<> " + condatainer.folder() + "\n");
    assertThat(result.err())
        .contains(
            "the script's working directory, idir, is for a job",
            "(--env NAME=VALUE sets one): FOO");
  }
}
