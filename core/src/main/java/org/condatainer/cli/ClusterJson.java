package org.condatainer.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.condatainer.job.Walltime;
import org.condatainer.launch.SchedulersAtHand.Answer;
import org.condatainer.scheduler.Capability;
import org.condatainer.scheduler.ClusterInfo;
import org.condatainer.scheduler.Detection;
import org.condatainer.scheduler.SchedulerProvider;

/** Schedulers and their clusters as JSON, for {@code scheduler --json}. */
final class ClusterJson {
  private ClusterJson() {}

  /**
   * What a scheduler told of itself.
   *
   * @param info its cluster
   * @param capabilities what it can do here
   */
  record Cluster(ClusterInfo info, Set<Capability> capabilities) {}

  static String write(Map<SchedulerProvider, Detection> detections, List<Answer<Cluster>> answers) {
    StringWriter text = new StringWriter();
    try (JsonGenerator out = new JsonFactory().createGenerator(text).useDefaultPrettyPrinter()) {
      out.writeStartArray();
      for (Map.Entry<SchedulerProvider, Detection> entry : detections.entrySet()) {
        out.writeStartObject();
        out.writeStringField("scheduler", entry.getKey().id());
        out.writeStringField("displayName", entry.getKey().displayName());
        out.writeBooleanField("found", entry.getValue().found());
        out.writeStringField("evidence", entry.getValue().evidence());
        for (Answer<Cluster> answer : answers) {
          if (answer.provider().id().equals(entry.getKey().id())) {
            answered(answer, out);
          }
        }
        out.writeEndObject();
      }
      out.writeEndArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  private static void answered(Answer<Cluster> answer, JsonGenerator out) throws IOException {
    if (answer.problem().isPresent()) {
      out.writeStringField("problem", answer.problem().get().getMessage());
      return;
    }
    Cluster cluster = answer.value().orElseThrow();
    ClusterInfo info = cluster.info();
    out.writeStringField("version", info.version());
    out.writeStringField("cluster", info.name());
    out.writeBooleanField("accounting", info.accounting());
    number("endedJobsSeconds", info.endedJobsSeconds(), out);
    number("highestArrayIndex", info.highestArrayIndex(), out);
    number("mostArrayTasks", info.mostArrayTasks(), out);
    out.writeArrayFieldStart("capabilities");
    for (Capability capability : cluster.capabilities()) {
      out.writeString(capability.name().toLowerCase(Locale.ROOT).replace('_', '-'));
    }
    out.writeEndArray();
    queues(info.queues(), out);
    nodes(info.nodes(), out);
  }

  private static void queues(List<ClusterInfo.Queue> queues, JsonGenerator out) throws IOException {
    out.writeArrayFieldStart("queues");
    for (ClusterInfo.Queue queue : queues) {
      out.writeStartObject();
      out.writeStringField("name", queue.name());
      out.writeBooleanField("default", queue.isDefault());
      out.writeBooleanField("up", queue.up());
      walltime("maxWalltimeSeconds", queue.maxWalltime(), out);
      walltime("defaultWalltimeSeconds", queue.defaultWalltime(), out);
      number("maxNodes", queue.maxNodes(), out);
      number("maxCpus", queue.limits().cpus(), out);
      number("maxMemoryBytes", queue.limits().memoryBytes(), out);
      number("maxGpus", queue.limits().gpus(), out);
      number("maxArrayTasks", queue.limits().arrayTasks(), out);
      out.writeArrayFieldStart("nodes");
      for (String node : queue.nodes()) {
        out.writeString(node);
      }
      out.writeEndArray();
      out.writeEndObject();
    }
    out.writeEndArray();
  }

  private static void walltime(String name, Optional<Walltime> walltime, JsonGenerator out)
      throws IOException {
    if (walltime.isEmpty()) {
      return;
    }
    if (walltime.get() instanceof Walltime.Limit limit) {
      out.writeNumberField(name, limit.duration().toSeconds());
    } else {
      out.writeStringField(name, "unlimited");
    }
  }

  private static void number(String name, OptionalLong value, JsonGenerator out)
      throws IOException {
    if (value.isPresent()) {
      out.writeNumberField(name, value.getAsLong());
    }
  }

  private static void nodes(List<ClusterInfo.Node> nodes, JsonGenerator out) throws IOException {
    out.writeArrayFieldStart("nodes");
    for (ClusterInfo.Node node : nodes) {
      out.writeStartObject();
      out.writeStringField("name", node.name());
      out.writeStringField("state", node.state());
      out.writeNumberField("cpus", node.cpus());
      out.writeNumberField("memoryBytes", node.memoryBytes());
      out.writeObjectFieldStart("gpus");
      for (Map.Entry<String, Long> gpu : node.gpus().entrySet()) {
        out.writeNumberField(gpu.getKey(), gpu.getValue());
      }
      out.writeEndObject();
      out.writeEndObject();
    }
    out.writeEndArray();
  }
}
