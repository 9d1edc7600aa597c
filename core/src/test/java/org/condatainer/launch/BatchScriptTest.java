package org.condatainer.launch;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.condatainer.container.ApptainerRuntime;
import org.condatainer.container.Base;
import org.condatainer.container.Container;
import org.condatainer.container.ContainerRuntime;
import org.condatainer.container.EmbeddedRuntime;
import org.condatainer.container.MountedOverlay;
import org.condatainer.script.JobScript;
import org.junit.jupiter.api.Test;

class BatchScriptTest {
  private static String text(ContainerRuntime runtime, boolean writable, String script) {
    MountedOverlay overlay =
        new MountedOverlay(
            Path.of("/data/env.img"),
            MountedOverlay.Format.EXT3,
            writable,
            "",
            Optional.of(Instant.EPOCH),
            Duration.ZERO);
    Container container =
        new Container(new Base.Host(), List.of(overlay), List.of(), Map.of(), false, false);
    JobScript job = JobScript.parse("job.sh", script.getBytes(ISO_8859_1));
    byte[] bytes =
        new BatchScript(
                "r-1",
                List.of("#SBATCH -n 1", "#SBATCH --comment='\u00e9'"),
                "NCPUS=1\n",
                0,
                List.of("apptainer/1.4"),
                runtime,
                container,
                new BatchScript.Payload.Script(
                    job, Path.of("/data/job.sh"), List.of("a b"), "", Optional.empty()),
                List.of("note"))
            .bytes();
    return new String(bytes, ISO_8859_1);
  }

  @Test
  void beginsWithTheDirectivesAsTheyAre() {
    assertThat(text(new ApptainerRuntime("apptainer"), false, "#!/bin/sh\n: \u00e9\n"))
        .startsWith("#!/bin/bash\n#SBATCH -n 1\n#SBATCH --comment='\u00e9'\n\n#");
  }

  @Test
  void carriesTheScriptByteForByteBehindALineThatItDoesNotHave() {
    String script = "#!/bin/sh\nEND_OF_THE_SCRIPT\n'\u00e9`$x\r\n";
    assertThat(text(new EmbeddedRuntime(true), false, script))
        .contains("<<'END_OF_THE_SCRIPT_1'\n" + script + "END_OF_THE_SCRIPT_1\n");
  }

  @Test
  void addsALineEndOnlyToTakeItAwayAgain() {
    assertThat(text(new EmbeddedRuntime(false), false, "#!/bin/sh\ntrue"))
        .contains("\ntrue\nEND_OF_THE_SCRIPT\n", "truncate -s -1");
  }

  @Test
  void replacesTheShellUnderApptainerAndStaysUnderTheEmbeddedRuntime() {
    assertThat(text(new ApptainerRuntime("apptainer"), false, "#!/bin/sh\n"))
        .contains("exec apptainer \"${options[@]}\"", "--overlay /data/env.img:ro")
        .doesNotContain("trap");
    assertThat(text(new EmbeddedRuntime(false), true, "#!/bin/sh\n")).contains("trap", "wait");
  }

  @Test
  void namesTheInterpreterOfTheScriptsFirstLine() {
    assertThat(text(new EmbeddedRuntime(true), false, "#!/usr/bin/env python3\n"))
        .contains("set -- /usr/bin/env python3 \"$cnt_path\" 'a b' \"$@\"\n");
    assertThat(text(new EmbeddedRuntime(true), false, "true\n"))
        .contains("set -- /bin/bash \"$cnt_path\" 'a b' \"$@\"\n", "no interpreter line");
  }

  @Test
  void tellsWhatTheMachineLacks() {
    MountedOverlay overlay =
        new MountedOverlay(
            Path.of("/env.img"),
            MountedOverlay.Format.EXT3,
            true,
            "",
            Optional.of(Instant.EPOCH),
            Duration.ZERO);
    Container container =
        new Container(new Base.Host(), List.of(overlay), List.of(), Map.of(), false, false);
    assertThat(new EmbeddedRuntime(false).missing(container, name -> !name.equals("fuse2fs")))
        .containsExactly("fuse2fs (Debian package fuse2fs)");
    assertThat(new EmbeddedRuntime(true).missing(container, name -> !name.startsWith("p")))
        .containsExactly("perl or python3 (Debian package perl-base)");
  }

  @Test
  void refusesANameThatNoShellTakesForAVariable() {
    assertThatThrownBy(
            () ->
                new Container(
                    new Base.Host(), List.of(), List.of(), Map.of("a;b", ""), false, false))
        .hasMessageContaining("a;b");
  }
}
