package org.condatainer.dist;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.AbsoluteIri;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SpecVersion.VersionFlag;
import com.networknt.schema.resource.InputStreamSource;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.condatainer.dist.Installed.Result;
import org.condatainer.scheduler.pbs.PbsProvider;
import org.condatainer.scheduler.testkit.simulator.SimulatedLaboratory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What {@code --json} prints is what the schemas say that are shipped with the program, and has no
 * key that they do not describe.
 */
final class SchemaIT {
  private static final String BASE = "https://condatainer.test/";
  private static final ObjectMapper JSON = new ObjectMapper();

  private static final String SCRIPT =
      """
      #!/bin/bash
      #SBATCH -J "a name" -N 2-4 -n 4 -c 3 --mem=100M -t 2 -p short -o out.txt -e err.txt -A acc
      #SBATCH --gres=gpu:tesla:1 --array=1-9:2%2 --mail-type=END,FAIL --mail-user=me --qos=q
      #SBATCH --begin=now+1hour --comment="c d" --requeue --exclusive --tmp=1G --export=ALL,A=b,C
      #SBATCH --dependency=afterok:12:13,afterany:14 --hold --nice=5 --reservation=r
      #DEP: env.img
      echo "$1"
      """;

  @TempDir private Path parent;
  private Installed condatainer;

  @BeforeEach
  void overlayAndScript() {
    condatainer =
        Installed.in(parent, Engines.user())
            .with("CNT_RUNTIME", "embedded")
            .with("CNT_SCHEDULER", "none");
    condatainer.overlay("env.img");
    condatainer.write("job.sh", SCRIPT);
  }

  @Test
  void plans() throws IOException {
    JsonNode plan = valid("run-plan.json", 0, "run", "--dry-run", "--json", "job.sh", "x");
    assertThat(plan.at("/request/array/limit").asInt()).isEqualTo(2);

    Files.write(
        condatainer.folder().resolve("latin1.sh"),
        "#!/bin/bash\n# caf\u00e9\n".getBytes(StandardCharsets.ISO_8859_1));
    JsonNode latin1 = valid("run-plan.json", 0, "run", "--dry-run", "--json", "latin1.sh");
    assertThat(latin1.has("scriptBase64")).isTrue();
  }

  /** What is said of the whole script, or of an option, has no place in it. */
  @Test
  void plansWithWordsAboutNoLine() throws IOException {
    condatainer.write("two.sh", "#!/bin/bash\n#SBATCH -N 1\ntrue\n");
    JsonNode plan =
        valid(
            "run-plan.json",
            0,
            "run",
            "--dry-run",
            "--json",
            "--scheduler",
            "slurm",
            "-o",
            "nofolder/x.out",
            "two.sh");
    assertThat(plan.at("/report/0/message").asText()).contains("nofolder");
    assertThat(plan.at("/report/0").has("line")).isFalse();
  }

  @Test
  void configuration() throws IOException {
    JsonNode shown = valid("config-show.json", 0, "config", "show", "--json");
    assertThat(shown.findValuesAsText("origin")).contains("CNT_RUNTIME", "default");
  }

  @Test
  void findingsOfTheDoctor() throws IOException {
    Result result = condatainer.call("doctor", "--json");
    assertThat(valid("doctor.json", result).findValuesAsText("subject")).contains("container");
  }

  @ParameterizedTest
  @ValueSource(strings = {"pbs", "lsf", "htcondor"})
  void translations(String scheduler) throws IOException {
    Result result = condatainer.call("translate", "--json", "--to", scheduler, "job.sh");

    assertThat(result.exitCode()).as(result.everything()).isIn(0, 3);
    JsonNode translation = valid("translate.json", result);
    assertThat(translation.get("report")).isNotEmpty();
  }

  @Test
  void locks() throws IOException {
    JsonNode free = valid("lock-status.json", 0, "lock", "status", "--json", "env.img");
    assertThat(free.at("/0/verdict").asText()).isEqualTo("free");
    assertThat(free.at("/0").has("mode")).isFalse();

    Path image = condatainer.folder().resolve("env.img");
    try (FileChannel channel = FileChannel.open(image, StandardOpenOption.WRITE)) {
      channel.lock();
      for (String look : List.of("status", "explain")) {
        JsonNode held = valid("lock-status.json", 10, "lock", look, "--json", "env.img");
        assertThat(held.at("/0/holders/0/pid").asText()).matches("[0-9]+");
        assertThat(held.at("/0/mode").asText()).isEqualTo("write");
      }
      JsonNode refused = valid("lock-release.json", 10, "lock", "release", "--json", "env.img");
      assertThat(refused.get("refusal").asText()).isNotEmpty();
      JsonNode info = valid("overlay-info.json", 0, "overlay", "info", "--json", "env.img");
      assertThat(info.at("/holders/0/pid").asText()).matches("[0-9]+");
    }
    // s_state: not unmounted
    try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
      file.seek(1082);
      file.write(new byte[] {0, 0});
    }
    Files.writeString(condatainer.folder().resolve("env.img.lease"), foreignLease());
    JsonNode dirty = valid("lock-status.json", 12, "lock", "status", "--json", "env.img");
    assertThat(dirty.at("/0/proof")).isNotEmpty();
    JsonNode released =
        valid("lock-release.json", 0, "lock", "release", "--yes", "--json", "env.img");
    assertThat(released.get("done")).isNotEmpty();
    assertThat(released.get("verdictAfter").asText()).isEqualTo("free");
  }

  @Test
  void environmentsInImages() throws IOException {
    Result filled =
        condatainer.call(
            "exec",
            "-w",
            "-o",
            "env.img",
            "sh",
            "-c",
            "mkdir -p /ext3/env/conda-meta && cd /ext3/env/conda-meta && echo '{\"name\": \"a\","
                + " \"version\": \"1\", \"build\": \"0\", \"channel\": \"c\", \"url\": \"u\"}'"
                + " >a-1-0.json && echo '# update specs: [\"a=1\"]' >history");
    assertThat(filled.exitCode()).as(filled.everything()).isZero();

    JsonNode info = valid("overlay-info.json", 0, "overlay", "info", "--json", "env.img");

    assertThat(info.at("/environment/packages/0/name").asText()).isEqualTo("a");
  }

  @Test
  void jobsAndClusters() throws IOException {
    Path folder = Files.createDirectory(parent.resolve("laboratory"));
    try (SimulatedLaboratory pbs = SimulatedLaboratory.pbs(new PbsProvider(), folder, true)) {
      condatainer =
          new Installed("", condatainer.folder(), condatainer.variables())
              .with("CNT_SCHEDULER", "pbs")
              .with("PATH", pbs.variables().get("PATH") + ":" + System.getenv("PATH"));
      condatainer.write("short.sh", "#!/bin/bash\n#PBS -N short\n#DEP: env.img\nexit 3\n");
      JsonNode plan = valid("run-plan.json", 0, "run", "--dry-run", "--json", "short.sh");
      assertThat(plan.get("scheduler").asText()).isEqualTo("pbs");

      String ended = valid("run.json", 0, "run", "--json", "short.sh").get("jobId").asText();
      String held =
          valid("run.json", 0, "run", "--json", "--hold", "short.sh").get("jobId").asText();
      Installed.await(
          "the job ends",
          () -> condatainer.call("jobs", "--json", ended).out().contains("\"state\" : \"ended\""));

      JsonNode living = valid("jobs.json", 0, "jobs", "--json");
      assertThat(living.at("/0/overlays/0/path").asText()).endsWith("env.img");
      JsonNode failed = valid("jobs.json", 0, "jobs", "--json", ended);
      assertThat(failed.at("/0/exitCode").asInt()).isEqualTo(3);
      JsonNode cancelled = valid("jobs.json", 0, "cancel", "--json", held);
      assertThat(cancelled.at("/0/phase").asText()).isEqualTo("held");
      JsonNode schedulers = valid("scheduler.json", 0, "scheduler", "--json");
      assertThat(schedulers.findValues("queues")).isNotEmpty();
      valid("jobs.json", condatainer.call("jobs", "--json", "987654"));
    }
  }

  @Test
  void aKeyThatNoSchemaDescribesIsFound() throws IOException {
    JsonNode released =
        JSON.readTree(
            """
            {"image": "/i", "verdict": "free", "refusal": "", "plan": [], "done": [],
             "verdictAfter": "free", "new": 1}\
            """);
    assertThat(problems("lock-release.json", released)).hasSize(1);
  }

  private static String foreignLease() {
    return "condatainer-lease=1\nuser=root\nhost=n77\nmachine=m77\nboot=b77\npidns=pid:[77]\n"
        + "pid=42\nstart=99\nscheduler=\ncluster=\njob=\nrun=r\nmode=write\n"
        + "since=2026-01-01T00:00:00Z\n";
  }

  private JsonNode valid(String schema, int exitCode, String... words) throws IOException {
    Result result = condatainer.call(words);
    assertThat(result.exitCode()).as(result.everything()).isEqualTo(exitCode);
    return valid(schema, result);
  }

  private static JsonNode valid(String schema, Result result) throws IOException {
    JsonNode document = JSON.readTree(result.out());
    assertThat(document).as(result.everything()).isNotNull();
    assertThat(problems(schema, document)).as(result.out()).isEmpty();
    return document;
  }

  private static List<String> problems(String schema, JsonNode document) {
    JsonSchemaFactory factory =
        JsonSchemaFactory.getInstance(
            VersionFlag.V202012,
            builder -> builder.schemaLoaders(loaders -> loaders.add(SchemaIT::strict)));
    return factory.getSchema(SchemaLocation.of(BASE + schema)).validate(document).stream()
        .map(Object::toString)
        .toList();
  }

  /** The schema that is shipped, which then takes no other keys than its own. */
  private static InputStreamSource strict(AbsoluteIri iri) {
    if (!iri.toString().startsWith(BASE)) {
      return null;
    }
    Path file =
        Installed.PROGRAM.resolve("schema").resolve(iri.toString().substring(BASE.length()));
    return () -> {
      JsonNode schema = JSON.readTree(Files.readAllBytes(file));
      takeNoOtherKeys(schema);
      return new ByteArrayInputStream(JSON.writeValueAsBytes(schema));
    };
  }

  private static void takeNoOtherKeys(JsonNode schema) {
    if (schema instanceof ObjectNode object
        && object.path("type").asText().equals("object")
        && object.has("properties")
        && !object.has("additionalProperties")) {
      object.put("additionalProperties", false);
    }
    for (JsonNode part : schema) {
      takeNoOtherKeys(part);
    }
  }
}
