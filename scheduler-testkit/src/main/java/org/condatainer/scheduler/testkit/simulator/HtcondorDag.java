package org.condatainer.scheduler.testkit.simulator;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code condor_submit_dag -no_submit} and {@code condor_dagman} (recordings dag-*), for a DAG of
 * one node that only waits and others that follow it: a script that starts HTCondor's commands.
 */
final class HtcondorDag {
  private static final Pattern VARIABLE = Pattern.compile("(\\w+)=\"((?:[^\"\\\\]|\\\\.)*)\"");

  private HtcondorDag() {}

  /** Writes FILE.condor.sub. */
  static Answer describe(Call call) {
    List<String> words = call.arguments();
    String file = words.get(words.size() - 1);
    List<String> more = new ArrayList<>();
    String most = "0";
    String name = file;
    for (int i = 0; i + 1 < words.size(); i++) {
      switch (words.get(i)) {
        case "-append" -> more.add(words.get(++i));
        case "-maxjobs" -> most = words.get(++i);
        case "-batch-name" -> name = words.get(++i);
        case "-no_submit", "-f" -> {}
        default -> throw new IllegalArgumentException("not simulated: " + words.get(i));
      }
    }
    String text =
        "universe = scheduler\nexecutable = /usr/bin/condor_dagman\n"
            + "getenv = CONDOR_CONFIG,_CONDOR_*,PATH,HOME,USER,LANG,LC_ALL\n"
            + ("output = " + file + ".lib.out\nerror = " + file + ".lib.err\n")
            + ("log = " + file + ".dagman.log\nbatch_name = " + name + "\n")
            + ("arguments = \"-Dag " + file + " -MaxJobs " + most + "\"\n")
            + String.join("\n", more)
            + "\nqueue\n";
    try {
      Files.writeString(call.file(file + ".condor.sub"), text, ISO_8859_1);
      return Answer.of(
          "\n-no_submit given, not submitting DAG to HTCondor. You can do this with:\n"
              + "\"condor_submit "
              + file
              + ".condor.sub\"\n");
    } catch (IOException e) {
      return Answer.failed(1, "ERROR: " + e + "\n");
    }
  }

  /** The script of DAGMan, to be started in the folder of its DAG. */
  static String script(Path folder, String arguments) {
    Matcher asked = Pattern.compile("-Dag (\\S+) -MaxJobs (\\d+)").matcher(arguments);
    if (!asked.find()) {
      throw new IllegalArgumentException("arguments of DAGMan: " + arguments);
    }
    List<String> lines;
    try {
      lines = Files.readAllLines(folder.resolve(asked.group(1)), ISO_8859_1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    StringBuilder text = new StringBuilder("#!/bin/sh\ndag=${CONDOR_ID%.*}\n");
    text.append("most=").append(asked.group(2)).append('\n').append(BELOW);
    Map<String, String> files = new HashMap<>();
    for (String line : lines) {
      String[] words = line.split(" ", -1);
      switch (words[0]) {
        case "JOB" -> files.put(words[1], words.length == 3 ? words[2] : "");
        case "SCRIPT" -> text.append(waiting(words));
        case "VARS" -> text.append(submit(files.get(words[1]), line));
        default -> {}
      }
    }
    return text.append(END).toString();
  }

  /** {@code SCRIPT DEFER code seconds PRE node script}; asked again earlier than it says. */
  private static String waiting(String[] words) {
    return "until " + words[6] + "; do [ $? = " + words[2] + " ] || exit 1; sleep 0.3; done\n";
  }

  private static String submit(String file, String line) {
    StringBuilder text = new StringBuilder("room\ncondor_submit -terse");
    text.append(" -append \"My.DAGManJobId = $dag\" -append \"DAGManJobId = $dag\"");
    Matcher variable = VARIABLE.matcher(line);
    while (variable.find()) {
      String value = variable.group(2).replaceAll("\\\\(.)", "$1");
      text.append(" -append '").append(variable.group(1)).append(" = ");
      text.append(value.replace("'", "'\\''")).append('\'');
    }
    return text.append(' ').append(file).append(" >/dev/null || exit 1\n").toString();
  }

  private static final String BELOW =
      """
      below() {
        until left=$(condor_q -allusers -constraint "DAGManJobId =?= $dag" -af ClusterId); do
          sleep 1
        done
        left=$(printf %s "$left" | grep -c .)
      }
      room() {
        [ "$most" != 0 ] || return 0
        while below; [ "$left" -ge "$most" ]; do sleep 0.2; done
      }
      """;

  private static final String END =
      """
      while below; [ "$left" != 0 ]; do sleep 0.2; done
      bad=$(condor_history -constraint \\
        "DAGManJobId =?= $dag && (JobStatus =!= 4 || ExitCode =!= 0)" -af ClusterId)
      [ -z "$bad" ]
      """;
}
