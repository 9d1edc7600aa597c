package org.condatainer.script;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Job scripts as text: their interpreter, their header, the lines that count in it. */
final class JobScriptTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "#!/bin/bash | /bin/bash",
        "#! /bin/sh -e | /bin/sh -e",
        "#!/usr/bin/env python3 | /usr/bin/env python3",
        "#!/usr/bin/env -S Rscript --x | /usr/bin/env -S Rscript --x",
        "#!/usr/bin/perl | /usr/bin/perl"
      })
  void interpreterLineIsReadAsTheKernelReadsIt(String row) {
    String line = row.substring(0, row.indexOf(" | "));
    String words = row.substring(row.indexOf(" | ") + 3);
    // The kernel gives all that follows the interpreter as one argument (execve(2)).
    List<String> expected = List.of(words.split(" ", 2));
    assertThat(parse(line + "\ntrue\n").shebang().orElseThrow().words()).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"true\n", "# !/bin/sh\n", "#!\ntrue\n", "\n#!/bin/sh\n", " #!/bin/sh\n"})
  void onlyTheVeryFirstCharactersMakeAnInterpreterLine(String text) {
    assertThat(parse(text).shebang()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"#BSUB -n 4 \\\n  -W 5 \\\n -q a", "#PBS -l select=1 \\\n -l place=free"})
  void whatCarriesADirectiveOnIsNoCommand(String directive) {
    JobScript script = parse("#!/bin/bash\n" + directive + "\n#DEP: env.img\ntrue\n");

    assertThat(script.overlays()).extracting(OverlayReference::path).containsExactly("env.img");
    assertThat(script.warnings()).isEmpty();
  }

  @Test
  void everyLineOfADescriptionIsHeader() {
    JobScript script = parse("executable = a\r\n#DEP: env.img\r\n#CNT -w\r\nqueue\r\n");
    assertThat(script.warnings()).hasSize(2);

    JobScript description = script.asDescription();
    assertThat(description.overlays())
        .extracting(OverlayReference::path)
        .containsExactly("env.img");
    assertThat(description.options()).hasSize(1);
    assertThat(description.warnings()).isEmpty();
    assertThat(description.content()).isEqualTo(script.content());
  }

  @Test
  void commandBelowARemarkWithABackslashEndsTheHeader() {
    assertThat(parse("#!/bin/bash\n# a remark \\\ntrue\n#DEP: env.img\n").headerLines())
        .isEqualTo(2);
  }

  @Test
  void headerEndsAtTheFirstCommand() {
    JobScript script = parse("#!/bin/sh\n# a\n\n   # b\n#SBATCH -n 1\necho\n#SBATCH -n 2\n");

    assertThat(script.headerLines()).isEqualTo(5);
    assertThat(script.directives("#SBATCH"))
        .extracting(DirectiveLine::line, DirectiveLine::column, DirectiveLine::inHeader)
        .containsExactly(tuple(5, 8, true), tuple(7, 8, false));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "#DEP: env.img | env.img@7",
        "#DEP:env.img | env.img@6",
        "#DEP: /data/a.img  b.sqf | /data/a.img@7 b.sqf@20",
        "#DEP: ~/env.img # mine | ~/env.img@7",
        "#DEP: \"my env.img\" 'o\"k.sqf' | my env.img@7 o\"k.sqf@20",
        "#DEP: a\\ b.img | a b.img@7",
        "#DEP: $HOME/x.img | $HOME/x.img@7"
      })
  void overlaysAreNamedByShellWordsWithNothingExpanded(String row) {
    String line = row.substring(0, row.indexOf(" | "));
    String expected = row.substring(row.indexOf(" | ") + 3);
    List<String> found = new ArrayList<>();
    for (OverlayReference overlay : parse("#!/bin/sh\n" + line + "\n").overlays()) {
      assertThat(overlay.line()).isEqualTo(2);
      found.add(overlay.path() + "@" + overlay.column());
    }
    assertThat(String.join(" ", found)).isEqualTo(expected);
  }

  @Test
  void overlaysOfSeveralLinesKeepTheirOrder() {
    assertThat(parse("#DEP: b.sqf\n#SBATCH -n 1\n#DEP: a.img c.sqf\n").overlays())
        .extracting(OverlayReference::path)
        .containsExactly("b.sqf", "a.img", "c.sqf");
  }

  @Test
  void optionsAreWordsWithTheirPlace() {
    assertThat(parse("#!/bin/sh\n#CNT -w --env \"A=b c\"\n#CNTX -z\n#CNT\n").options())
        .containsExactly(
            new OptionWord("-w", 2, 6),
            new OptionWord("--env", 2, 9),
            new OptionWord("A=b c", 2, 15));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "#DEP ../env.img",
        "#dep: env.img",
        "#Dep:env.img",
        "# DEP: env.img",
        "  #DEP: env.img",
        "#DEP : env.img",
        "#DEPS: env.img",
        "#DEPS env.img"
      })
  void aLineThatAlmostNamesAnOverlayIsPointedOut(String line) {
    JobScript script = parse("#!/bin/sh\n\n" + line + "\ntrue\n");

    assertThat(script.overlays()).isEmpty();
    assertThat(script.warnings())
        .singleElement()
        .satisfies(
            warning -> {
              assertThat(warning.severity()).isEqualTo(Diagnostic.Severity.WARNING);
              assertThat(warning.line()).isEqualTo(3);
              assertThat(warning.column()).isEqualTo(line.indexOf('#') + 1);
              assertThat(warning.message()).contains("did you mean #DEP:");
            });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "##DEP: env.img",
        "# depends on x",
        "# deps: numpy, scipy",
        "# see DEP: x",
        "#DEP",
        "#DEPTH 4",
        "# dep x"
      })
  void aCommentIsAComment(String line) {
    assertThat(parse("#!/bin/sh\n" + line + "\ntrue\n").warnings()).isEmpty();
  }

  @Test
  void whatStandsInAHereDocumentIsText() {
    JobScript script = parse("#!/bin/sh\ncat <<X\n#DEP: no.img\n#CNT -w\nX\n");

    assertThat(script.overlays()).isEmpty();
    assertThat(script.options()).isEmpty();
    assertThat(script.warnings())
        .extracting(warning -> warning.line() + " " + warning.message())
        .containsExactly(
            "3 #DEP: is ignored here: it stands after the first command (line 2)",
            "4 #CNT is ignored here: it stands after the first command (line 2)");
  }

  @Test
  void emptyDependencyAndOpenQuoteAreErrorsWithTheirPlace() {
    assertThatThrownBy(() -> parse("#!/bin/sh\n#DEP:\n"))
        .isInstanceOf(ScriptException.class)
        .hasMessageContaining("job.sh:2:6: error: #DEP: names no overlay");
    assertThatThrownBy(() -> parse("#!/bin/sh\n\n#DEP: 'a b\n"))
        .hasMessageContaining("job.sh:3:7: error: the quote '");
    assertThatThrownBy(() -> parse("#CNT --env \"A\n"))
        .hasMessageContaining("job.sh:1:12: error: the quote \"");
  }

  @Test
  void carriageReturnsAreFoundAndDoNotSpoilTheWords() {
    JobScript script = parse("#!/bin/sh\r\n#DEP: env.img\r\ntrue\r\n");

    assertThat(script.firstCarriageReturn()).contains(1);
    assertThat(script.overlays()).extracting(OverlayReference::path).containsExactly("env.img");
    assertThat(parse("#!/bin/sh\ntrue\n").firstCarriageReturn()).isEmpty();
    assertThat(parse("#!/bin/sh\ntrue\nx\r\n").firstCarriageReturn()).contains(3);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"  #DEP: a.img", "#dep: a.img", "# DEP: a.img", "#DEP a.img", "##DEP: a.img"})
  void onlyTheExactWordAtTheStartOfALineNamesAnOverlay(String line) {
    assertThat(parse("#!/bin/sh\n" + line + "\ntrue\n").overlays()).isEmpty();
  }

  @Test
  void columnsCountCharactersNotBytes() {
    assertThat(parse("#DEP: 'é è.img' b.sqf\n").overlays())
        .extracting(OverlayReference::column)
        .containsExactly(7, 17);
    assertThatThrownBy(() -> parse("#DEP: été.img 'x\n"))
        .hasMessageContaining("job.sh:1:15: error: the quote '");
  }

  @Test
  void everyMistakeOfTheHeaderIsNamedAtOnce() {
    assertThatThrownBy(() -> parse("#!/bin/sh\n#DEP: 'a\n#DEP: \"b\n#CNT 'c\n"))
        .hasMessageContainingAll("job.sh:2:7: ", "job.sh:3:7: ", "job.sh:4:6: ");
  }

  @Test
  void emptyDependencyIsNamedAfterAnotherMistakeToo() {
    assertThatThrownBy(() -> parse("#DEP: 'a\n#DEP:\n#DEP: # none\n"))
        .hasMessageContainingAll("job.sh:1:7: ", "job.sh:2:6: ", "job.sh:3:6: ");
  }

  @Test
  void lineFeedIsTheOnlyEndOfALine() {
    // NEL, line separator and form feed end a line for some readers, but for no shell.
    assertThat(parse("#DEP: 'a\u0085b\u2028c\fd.img'\ntrue\n").overlays())
        .extracting(OverlayReference::path)
        .containsExactly("a\u0085b\u2028c\fd.img");
  }

  @Test
  void lastLineNeedsNoLineFeed() {
    assertThat(parse("#!/bin/sh\n#DEP: a.img").overlays())
        .extracting(OverlayReference::path)
        .containsExactly("a.img");
  }

  @Test
  void bytesComeBackAsTheyWere() {
    for (byte[] content :
        List.of(
            "#!/bin/sh\necho é\n".getBytes(UTF_8),
            "#!/bin/sh\necho é".getBytes(ISO_8859_1),
            "#!/bin/sh\r\n\n\n".getBytes(UTF_8))) {
      JobScript script = JobScript.parse("job.sh", content);
      Charset charset = script.charset();

      assertThat(script.content()).isEqualTo(content);
      assertThat(String.join("\n", script.lines()).getBytes(charset)).isEqualTo(content);
    }
  }

  @Test
  void utf8NamesAreRead() {
    assertThat(parse("#DEP: /données/été.img\n").overlays())
        .extracting(OverlayReference::path)
        .containsExactly("/données/été.img");
  }

  @Test
  void fileThatIsNoScriptIsRefusedWithTheReason() {
    assertThatThrownBy(() -> parse("")).hasMessageContaining("the file is empty");
    assertThatThrownBy(() -> parse("\uFEFF#!/bin/sh\n"))
        .hasMessageContaining("job.sh:1:1: error: the file begins with a UTF-8 byte order mark");
    byte[] utf16 = "#!/bin/sh\n".getBytes(UTF_16LE);
    assertThatThrownBy(() -> JobScript.parse("job.sh", utf16))
        .hasMessageContaining("job.sh:1:2: error: the file is not a text: it has a NUL byte here");
    assertThatThrownBy(() -> parse("#!/bin/sh\nab\0c\n"))
        .hasMessageContaining("job.sh:2:3: error: the file is not a text");
  }

  @Test
  void lineOfAMegabyteIsALine() {
    String long1 = "x".repeat(1 << 20);

    assertThat(parse("#DEP: " + long1 + "\n").overlays().get(0).path()).isEqualTo(long1);
  }

  @Test
  void isReadFromAFile(@TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("j.sh"), "#!/bin/sh\n");

    assertThat(JobScript.read(file).name()).isEqualTo(file.toString());
  }

  private static JobScript parse(String text) {
    return JobScript.parse("job.sh", text.getBytes(UTF_8));
  }
}
