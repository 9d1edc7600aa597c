package org.condatainer.launch;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.condatainer.container.Base;
import org.condatainer.container.Container;
import org.condatainer.container.EmbeddedRuntime;
import org.condatainer.script.JobScript;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What batch scripts do when somebody has changed the files of the record before the job began. */
class KeptFileTest {
  @TempDir private Path folder;

  private record Ended(int code, String out) {}

  private Ended bash(byte[] script, String index, String... arguments) throws Exception {
    Path file = folder.resolve("batch");
    Files.write(file, script);
    List<String> words = new ArrayList<>(List.of("/bin/bash", file.toString()));
    words.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(words).redirectErrorStream(true);
    builder.directory(folder.toFile()).environment().put("CNT_ARRAY_INDEX", index);
    Process process = builder.start();
    process.getOutputStream().close();
    String out = new String(process.getInputStream().readAllBytes(), ISO_8859_1);
    return new Ended(process.waitFor(), out);
  }

  /** The part of a batch script that takes a task's words. */
  private byte[] task(KeptFile inputs) {
    EnclosedScript enclosed =
        EnclosedScript.of(
            new BatchScript.Payload.Script(
                JobScript.parse("job.sh", "#!/bin/sh\n".getBytes(UTF_8)),
                folder.resolve("batch"),
                List.of(),
                "",
                Optional.of(inputs)));
    String text =
        """
        set -u
        cnt_host=n1
        cnt_fail() { shift; echo "$*"; exit 5; }
        cnt_container() { shift 2; printf '<%s>' "$@"; }
        """;
    return (text + enclosed.before() + "#!/bin/sh\n" + enclosed.after()).getBytes(UTF_8);
  }

  @Test
  void aTaskTakesTheWordsThatWereSubmitted() throws Exception {
    Path file = folder.resolve("in puts");
    byte[] lines = "a 'b c'\n'\u00e9' ''\n".getBytes(ISO_8859_1);
    Files.write(file, lines);
    byte[] task = task(KeptFile.of(file, lines));
    assertThat(bash(task, "1")).isEqualTo(new Ended(0, "<a><b c>"));
    assertThat(bash(task, "2")).isEqualTo(new Ended(0, "<\u00e9><>"));
    assertThat(bash(task, "3").out()).startsWith("the array's inputs have no line 3");
  }

  @Test
  void aTaskTakesNoWordsOfSomebodyElse() throws Exception {
    Path file = folder.resolve("inputs");
    KeptFile kept = KeptFile.of(file, "a\nb\n".getBytes(UTF_8));
    Files.writeString(file, "$(touch pwned)\nb\n");
    Ended ended = bash(task(kept), "1");
    assertThat(ended.code()).isEqualTo(5);
    assertThat(ended.out()).contains("are not those that were submitted: " + file);
    assertThat(folder.resolve("pwned")).doesNotExist();
    Files.delete(file);
    assertThat(bash(task(kept), "1").out()).contains("does not show the array's inputs: " + file);
  }

  private byte[] ranks(KeptFile script) {
    return new BatchScript(
            "r-1",
            List.of(),
            "NCPUS=1\n",
            0,
            List.of(),
            new EmbeddedRuntime(false),
            new Container(new Base.Host(), List.of(), List.of(), Map.of(), false, false),
            new BatchScript.Payload.Ranks("cnt_launch_ranks() { \"$@\"; }\n", script),
            List.of())
        .bytes();
  }

  private static byte[] ofARank() {
    return """
    cnt_fail() { exit 5; }
    exec 6<&-
    printf '<%s>' "$@"
    cat <<'E'
    end
    E
    exit 3
    """
        .getBytes(UTF_8);
  }

  @Test
  void aRankRunsTheScriptThatWasSubmitted() throws Exception {
    Path file = folder.resolve("rank's.sh");
    Files.write(file, ofARank());
    assertThat(bash(ranks(KeptFile.of(file, ofARank())), "", "a b"))
        .isEqualTo(new Ended(3, "<" + folder.toRealPath() + "><a b>end\n"));
  }

  @Test
  void aRankRunsNoScriptOfSomebodyElse() throws Exception {
    Path file = folder.resolve("rank.sh");
    Files.writeString(file, "touch pwned\n");
    Ended ended = bash(ranks(KeptFile.of(file, ofARank())), "");
    assertThat(ended.code()).isEqualTo(5);
    assertThat(ended.out()).contains("does not show as it was submitted: " + file);
    assertThat(folder.resolve("pwned")).doesNotExist();
  }
}
