package org.condatainer.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.condatainer.dist.Installed.Result;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Scripts of any interpreter, also of one that only the overlay has. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class InterpretersIT {
  @TempDir private static Path parent;
  private final Map<Engines.Place, Installed> places = new ConcurrentHashMap<>();

  /** What it is, its text, what it prints when it is called with {@code 'a b' ''}, its end. */
  record Script(String what, String text, String expected, int exitCode) {
    @Override
    public String toString() {
      return what;
    }
  }

  private static final List<Script> SCRIPTS =
      List.of(
          new Script(
              "python3",
              """
              #!/usr/bin/python3
              #DEP: env.img
              import os, sys
              print(open("/ext3/env/fact").read().strip(), sys.argv[1:])
              print(os.path.dirname(os.path.abspath(__file__)))
              sys.exit(3)
              """,
              "only in the overlay ['a b', '']\n@FOLDER@/src\n",
              3),
          new Script(
              "a python3 that the overlay has, by env",
              """
              #!/usr/bin/env python3
              #DEP: env.img
              import shutil, sys
              print(sys.argv[0])
              print(open("/proc/self/cmdline").read().split(chr(0))[0])
              print(shutil.which("python3"))
              """,
              "@FOLDER@/src/job\npython3\n/ext3/env/bin/python3\n",
              0),
          new Script(
              "perl",
              """
              #!/usr/bin/perl -l
              #DEP: env.img
              use FindBin;
              print "$0|$FindBin::Bin|$ARGV[0]|", scalar @ARGV;
              exit 4;
              """,
              "@FOLDER@/src/job|@FOLDER@/src|a b|2\n",
              4),
          new Script(
              "env -S with several words",
              """
              #!/usr/bin/env -S perl -w -l
              #DEP: env.img
              print "$^W $ARGV[0]";
              """,
              "1 a b\n",
              0),
          new Script(
              "no interpreter line",
              """
              #DEP: env.img
              cat /ext3/env/fact
              echo "${BASH_VERSION:+bash} $1"
              """,
              "only in the overlay\nbash a b\n",
              0),
          new Script(
              "sh",
              """
              #! /bin/sh -eu
              #DEP: env.img
              case $- in *e*) echo e ;; esac
              case $- in *u*) echo u ;; esac
              false
              echo "not reached"
              """,
              "e\nu\n",
              1),
          new Script(
              "awk",
              """
              #!/usr/bin/awk -f
              #DEP: env.img
              BEGIN { print ARGV[1] "|" ARGC; exit 5 }
              """,
              "a b|3\n",
              5),
          new Script(
              "a program that only the overlay has",
              """
              #!/ext3/env/bin/own-shell -e
              #DEP: env.img
              readlink /proc/$$/exe
              """,
              "/ext3/env/bin/own-shell\n",
              0),
          new Script(
              "a script as interpreter",
              """
              #!/ext3/env/bin/own-language x
              #DEP: env.img
              """,
              "own language: x @FOLDER@/src/job a b \n",
              0),
          new Script(
              "a script that reads a file beside it",
              """
              #!/bin/sh
              #DEP: env.img
              . "$(dirname "$0")/beside"
              """,
              "beside\n",
              0),
          new Script(
              "an interpreter that is not there",
              """
              #!/no/such/interpreter
              #DEP: env.img
              """,
              "",
              127));

  static Stream<Arguments> scripts() {
    List<Arguments> all = new ArrayList<>();
    for (Engines.Place runtime : Engines.eachRuntime().toList()) {
      for (Script script : SCRIPTS) {
        all.add(Arguments.of(runtime, script));
      }
    }
    return all.stream();
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("scripts")
  void scriptIsRunByItsInterpreter(Engines.Place runtime, Script script) {
    Installed condatainer = places.computeIfAbsent(runtime, this::prepared);
    Path file = condatainer.write("src/job", script.text());

    Result result = condatainer.call("run", file.toString(), "a b", "");

    assertThat(result.exitCode()).as(result.everything()).isEqualTo(script.exitCode());
    assertThat(result.out())
        .as(result.everything())
        .isEqualTo(script.expected().replace("@FOLDER@", condatainer.folder().toString()));
    if (script.exitCode() == 127) {
      assertThat(result.err()).contains("/no/such/interpreter");
    }
    if (!script.text().startsWith("#!")) {
      assertThat(result.err()).contains("no interpreter line (#!); it is run by /bin/bash");
    }
  }

  private Installed prepared(Engines.Place runtime) {
    Installed condatainer = runtime.in(parent);
    condatainer.overlay("env.img");
    condatainer.write("src/beside", "echo beside\n");
    condatainer.write(
        "language", "#!/bin/sh\nprintf '%s ' 'own language:' \"$@\" | tr -s ' '\necho\n");
    Result filled =
        condatainer.call(
            "e",
            "--",
            "sh",
            "-ec",
            """
            mkdir /ext3/env/bin
            cp /bin/bash /ext3/env/bin/own-shell
            cp "$(readlink -f /usr/bin/python3)" /ext3/env/bin/python3
            install -m 755 language /ext3/env/bin/own-language
            """);
    assertThat(filled.exitCode()).as(filled.everything()).isZero();
    return condatainer;
  }
}
