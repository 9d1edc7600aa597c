package org.condatainer.dist;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.condatainer.dist.Installed.Result;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** What programs read: valid JSON, whose keys stay. */
final class JsonIT {
  private static final String[] PLAN_KEYS = {
    "runId", "scheduler", "runtime", "tag", "request.resources.exclusive", "request.held", "script"
  };

  @TempDir private Path parent;
  private Installed condatainer;

  @BeforeEach
  void overlayAndScript() {
    condatainer =
        Installed.in(parent, Engines.user())
            .with("CNT_RUNTIME", "embedded")
            .with("CNT_SCHEDULER", "none");
    condatainer.overlay("é \"1\".img");
    condatainer.write(
        "job.sh",
        """
        #!/bin/bash
        #SBATCH -J "a name" -n 2 -c 3 --mem=100M -t 2 -p short -o out.txt --gres=gpu:tesla:1
        #SBATCH --array=1-4%2 --mail-type=END --mail-user=me --begin=now+1hour --comment="c d"
        #SBATCH --dependency=singleton
        #DEP: 'é "1".img'
        echo "tab\t$1"
        """);
  }

  @Test
  void aScriptThatIsNotUtf8IsThereByteForByte() throws IOException {
    byte[] latin1 = "#!/bin/bash\n# caf\u00e9\n".getBytes(StandardCharsets.ISO_8859_1);
    Files.write(condatainer.folder().resolve("latin1.sh"), latin1);

    Map<String, String> plan = read(condatainer.call("run", "--dry-run", "--json", "latin1.sh"));

    byte[] script = Base64.getDecoder().decode(plan.get("scriptBase64"));
    assertThat(new String(script, StandardCharsets.ISO_8859_1)).contains("caf\u00e9");
    assertThat(read(condatainer.call("run", "--dry-run", "--json", "job.sh")))
        .doesNotContainKey("scriptBase64");
  }

  @Test
  void planForThisMachine() throws IOException {
    Result result = condatainer.call("run", "--dry-run", "--json", "job.sh", "a\nb");

    Map<String, String> plan = read(result);
    assertThat(plan).containsKeys(PLAN_KEYS).containsEntry("scheduler", "none");
    assertThat(plan)
        .containsEntry("overlays[].path", condatainer.folder() + "/é \"1\".img")
        .containsEntry("overlays[].format", "ext3")
        .containsEntry("overlays[].writable", "false")
        .containsKey("overlays[].uuid")
        .doesNotContainKey("submitOptions");
    assertThat(result.err()).isEmpty();
    assertThat(condatainer.folder().resolve(".runs/here")).isEmptyDirectory();
  }

  @Test
  void scriptOfThePlanIsTheOneThatRuns() throws IOException {
    condatainer.write("plain.sh", "#!/bin/sh\n#DEP: 'é \"1\".img'\ncat /ext3/env/fact; exit 3\n");
    Map<String, String> plan = read(condatainer.call("run", "--dry-run", "--json", "plain.sh"));
    condatainer.write("batch", plan.get("script"));

    Result byHand = condatainer.asUser(List.of("bash", "batch"), "");

    assertThat(byHand.exitCode()).as(byHand.everything()).isEqualTo(3);
    assertThat(byHand.out()).isEqualTo("only in the overlay\n");
    String text = condatainer.call("run", "--dry-run", "plain.sh").out();
    assertThat(text).startsWith("# run on this machine").contains("\n#!/bin/bash\n");
  }

  @Test
  @EnabledIfSystemProperty(named = Engines.SLURM, matches = "true")
  void planForSlurm() throws IOException {
    Result result = slurm("run", "--dry-run", "--json", "-c", "4", "job.sh");

    assertThat(read(result))
        .containsKeys(PLAN_KEYS)
        .containsEntry("scheduler", "slurm")
        .containsEntry("runtime", "embedded")
        .containsEntry("submitOptions[]", "--cpus-per-task=4")
        .containsEntry("workingDirectory", condatainer.folder().toString())
        .containsEntry("request.name", "a name")
        .containsEntry("request.queue", "short")
        .containsEntry("request.walltimeSeconds", "120")
        .containsEntry("request.output", "out.txt")
        .containsEntry("request.begin", "PT1H")
        .containsEntry("request.comment", "c d")
        .containsEntry("request.mail.events[]", "end")
        .containsEntry("request.mail.address", "me")
        .containsEntry("request.array.indexes[]", "1-4")
        .containsEntry("request.array.limit", "2")
        .containsEntry("request.resources.tasks", "2")
        .containsEntry("request.resources.cpusPerTask", "4")
        .containsEntry("request.resources.memory.amountBytes", "104857600")
        .containsEntry("request.resources.memory.scope", "perNode")
        .containsEntry("request.resources.gpus[].type", "tesla")
        .containsEntry("request.resources.gpus[].count", "1")
        .containsEntry("request.resources.gpus[].scope", "perNode");
    assertThat(result.err()).isEmpty();
  }

  @Test
  @EnabledIfSystemProperty(named = Engines.SLURM, matches = "true")
  void submittedJob() throws IOException {
    Result result = slurm("run", "--json", "--hold", "job.sh");

    Map<String, String> submitted = read(result);
    try {
      assertThat(submitted)
          .containsEntry("scheduler", "slurm")
          .containsKeys("runId", "runtime", "tag", "submitOptions[]", "workingDirectory")
          .containsKeys("overlays[].path", "notes[]")
          .doesNotContainKeys("script", "request.held");
      assertThat(submitted.get("jobId")).matches("\\d+");
      assertThat(new SlurmJobs(condatainer).show(submitted.get("jobId")))
          .contains("JobName=a name", "Comment=c d");
      assertThat(read(slurm("cancel", "--json", submitted.get("jobId"))))
          .containsEntry("[].jobId", submitted.get("jobId"))
          .containsEntry("[].phase", "held");
    } finally {
      new SlurmJobs(condatainer).cancel(submitted.getOrDefault("jobId", "0"));
    }
  }

  @Test
  @EnabledIfSystemProperty(named = Engines.SLURM, matches = "true")
  void schedulerAtHand() throws IOException {
    assertThat(read(slurm("scheduler", "--json")))
        .containsKeys("[].scheduler", "[].displayName", "[].found", "[].evidence")
        .containsKeys("[].version", "[].cluster", "[].accounting", "[].endedJobsSeconds")
        .containsKeys("[].queues[].name", "[].queues[].default", "[].queues[].up")
        .containsKeys("[].nodes[].name", "[].nodes[].state", "[].nodes[].cpus")
        .containsKeys("[].nodes[].memoryBytes", "[].nodes[].gpus.tesla");
  }

  @Test
  void errorLeavesNothingOnStandardOutput() throws IOException {
    Files.delete(condatainer.folder().resolve("é \"1\".img"));

    Result result = condatainer.call("run", "--json", "job.sh");

    assertThat(result.exitCode()).isEqualTo(5);
    assertThat(result.out()).isEmpty();
    assertThat(result.err()).contains("job.sh:5:7: error: ");
  }

  private Result slurm(String... words) {
    return condatainer.with("CNT_SCHEDULER", "slurm").call(words);
  }

  /** Every value by its keys, as in {@code overlays[].path}; the last where there are several. */
  private static Map<String, String> read(Result result) throws IOException {
    assertThat(result.exitCode()).as(result.everything()).isZero();
    Map<String, String> values = new TreeMap<>();
    Deque<String> path = new ArrayDeque<>();
    try (JsonParser parser = new JsonFactory().createParser(result.out())) {
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        switch (token) {
          case START_OBJECT, START_ARRAY -> {
            String name = parser.getParsingContext().getParent().getCurrentName();
            path.addLast((name == null ? "" : name) + (token == JsonToken.START_ARRAY ? "[]" : ""));
          }
          case END_OBJECT, END_ARRAY -> path.removeLast();
          case FIELD_NAME -> {}
          default -> {
            String name = parser.getParsingContext().getCurrentName();
            values.put(joined(path, name), parser.getText());
          }
        }
      }
    }
    assertThat(values).as(result.everything()).isNotEmpty();
    return values;
  }

  private static String joined(Deque<String> path, String last) {
    StringBuilder text = new StringBuilder();
    for (String part : path) {
      text.append(text.isEmpty() || part.isEmpty() ? "" : ".").append(part);
    }
    if (last != null) {
      text.append(text.isEmpty() ? "" : ".").append(last);
    }
    return text.toString();
  }
}
