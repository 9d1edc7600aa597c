package org.condatainer.launch;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.condatainer.container.ApptainerRuntime;
import org.condatainer.container.Base;
import org.condatainer.container.Bind;
import org.condatainer.container.Container;
import org.condatainer.container.ContainerRuntime;
import org.condatainer.container.EmbeddedRuntime;
import org.condatainer.container.MountedOverlay;
import org.condatainer.script.JobScript;

/**
 * A batch script of each kind.
 *
 * @param name a part of every name that a user may choose
 */
record ScriptMatrix(String name) {
  /** Every container in every runtime with one command, and every command in one container. */
  Map<String, BatchScript> all() {
    Map<String, BatchScript> scripts = new LinkedHashMap<>();
    runtimes()
        .forEach(
            (runtime, made) -> {
              containers()
                  .forEach(
                      (container, mounted) ->
                          scripts.put(
                              runtime + " " + container,
                              script(made, mounted, words(List.of("true"), Optional.empty()))));
              payloads()
                  .forEach(
                      (payload, run) ->
                          scripts.put(
                              runtime + " " + payload,
                              script(
                                  made,
                                  new Container(
                                      new Base.Host(),
                                      List.of(),
                                      List.of(),
                                      Map.of(),
                                      false,
                                      false),
                                  run)));
            });
    return scripts;
  }

  private BatchScript script(
      ContainerRuntime runtime, Container container, BatchScript.Payload payload) {
    boolean plain = payload instanceof BatchScript.Payload.Words;
    return new BatchScript(
        "r-1",
        plain ? List.of() : List.of("#SBATCH -n 1"),
        plain ? "NCPUS=1" : BatchText.OF_A_RANK,
        plain ? 0 : 100_000,
        plain ? List.of() : List.of("apptainer/1.4", name),
        runtime,
        container,
        payload,
        plain ? List.of() : List.of("note of " + name));
  }

  private Map<String, ContainerRuntime> runtimes() {
    Map<String, ContainerRuntime> runtimes = new LinkedHashMap<>();
    runtimes.put("apptainer", new ApptainerRuntime("apptainer"));
    runtimes.put("singularity", new ApptainerRuntime("/opt/" + name + "/singularity"));
    runtimes.put("embedded root", new EmbeddedRuntime(true));
    runtimes.put("embedded rootless", new EmbeddedRuntime(false));
    return runtimes;
  }

  private Map<String, Container> containers() {
    Map<String, List<MountedOverlay>> overlays = new LinkedHashMap<>();
    MountedOverlay frozen = frozen(name + ".sqf");
    MountedOverlay module = frozen("samtools--1.21.sqf");
    overlays.put("nothing", List.of());
    overlays.put("read", List.of(workspace(false, 0, false)));
    overlays.put("write", List.of(workspace(true, 0, false)));
    overlays.put("write of root", List.of(workspace(true, 0, true)));
    overlays.put("wait", List.of(workspace(true, 90, false)));
    overlays.put("frozen", List.of(frozen));
    overlays.put("read frozen module", List.of(workspace(false, 7, false), frozen, module));
    overlays.put("frozen module write", List.of(frozen, module, workspace(true, 0, false)));
    Map<String, Container> containers = new LinkedHashMap<>();
    for (Base base : List.of(new Base.Host(), new Base.Image(Path.of("/data", name + ".sif")))) {
      for (boolean more : List.of(false, true)) {
        overlays.forEach(
            (mounted, list) ->
                containers.put(
                    mounted
                        + " on "
                        + base.getClass().getSimpleName()
                        + (more ? " with binds, variables, GPUs, as root" : ""),
                    new Container(
                        base,
                        list,
                        more ? binds() : List.of(),
                        more ? variables() : Map.of(),
                        more,
                        more)));
      }
    }
    return containers;
  }

  private MountedOverlay workspace(boolean writable, int wait, boolean ofRoot) {
    return new MountedOverlay(
        Path.of("/data", name, "env.img"),
        MountedOverlay.Format.EXT3,
        writable,
        wait == 0 ? "" : "0123456789abcdef0123456789abcdef",
        wait == 0 ? Optional.empty() : Optional.of(Instant.ofEpochSecond(1_700_000_000)),
        Duration.ofSeconds(wait),
        ofRoot ? List.of("beegfs", "/scratch/" + name + "/") : List.of(),
        ofRoot);
  }

  private static MountedOverlay frozen(String file) {
    return new MountedOverlay(
        Path.of("/data", file),
        MountedOverlay.Format.SQUASHFS,
        false,
        "",
        Optional.empty(),
        Duration.ZERO);
  }

  private List<Bind> binds() {
    List<Bind> binds = new ArrayList<>();
    binds.add(new Bind(Path.of("/data", name), Path.of("/data", name), false));
    binds.add(new Bind(Path.of("/data/a,b"), Path.of("/at", name), true));
    return binds;
  }

  private Map<String, String> variables() {
    Map<String, String> variables = new LinkedHashMap<>();
    variables.put("DATA", name);
    variables.put("PATH", "/usr/bin:/bin");
    return variables;
  }

  private Map<String, BatchScript.Payload> payloads() {
    Path path = Path.of("/data", name, "job.sh");
    Map<String, BatchScript.Payload> payloads = new LinkedHashMap<>();
    payloads.put(
        "script",
        new BatchScript.Payload.Script(
            job("#!/bin/sh\necho\n"), path, List.of(), "", Optional.empty()));
    payloads.put(
        "script of an array",
        new BatchScript.Payload.Script(
            job("echo\n# END_OF_THE_SCRIPT\nEND_OF_THE_SCRIPT"),
            path,
            List.of(name, ""),
            "\"$HOME\"",
            Optional.of(KeptFile.of(Path.of("/runs", name, ".inputs"), new byte[] {10}))));
    payloads.put("words", words(List.of("echo", name), Optional.empty()));
    payloads.put(
        "words of a shell",
        new BatchScript.Payload.Words(
            List.of("echo"), "\"$HOME\"", Optional.empty(), Optional.empty()));
    payloads.put(
        "words of an array",
        new BatchScript.Payload.Words(
            List.of("echo", name),
            "\"$HOME\"",
            Optional.of(KeptFile.of(Path.of("/runs", name, ".inputs"), new byte[] {10})),
            Optional.empty()));
    payloads.put("shell", words(List.of(), Optional.empty()));
    payloads.put("shell with a prompt", words(List.of(), Optional.of("env.img " + name)));
    payloads.put(
        "ranks",
        new BatchScript.Payload.Ranks(
            "cnt_launch_ranks() { srun \"$@\"; }\n",
            KeptFile.of(Path.of("/runs", name, "rank.sh"), new byte[] {10})));
    return payloads;
  }

  private static BatchScript.Payload words(List<String> words, Optional<String> prompt) {
    return new BatchScript.Payload.Words(words, "", Optional.empty(), prompt);
  }

  private static JobScript job(String text) {
    return JobScript.parse("job.sh", text.getBytes(UTF_8));
  }
}
