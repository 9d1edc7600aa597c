package org.condatainer.scheduler.lsf;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.condatainer.scheduler.DirectivePart;
import org.condatainer.scheduler.DirectiveReading;
import org.condatainer.scheduler.testkit.RequestText;
import org.condatainer.script.Diagnostic;
import org.condatainer.script.JobScript;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What {@code #BSUB} directives mean, form by form: IBM Spectrum LSF 10.1 command reference,
 * "bsub", and "Resource requirement strings". No genuine LSF was asked; how lines are found, split
 * and which of two values counts is from volclava's source.
 */
final class LsfDialectTest {
  @ParameterizedTest(name = "#BSUB {0} is {1}")
  @CsvSource(
      delimiterString = " | ",
      quoteCharacter = '~',
      textBlock =
          """
          -n 4                                      | tasks=4
          -n4                                       | tasks=4
          -n 2,4                                    | tasks=2 native n=2,4
          -n ,4                                     | tasks=1 native n=,4
          -W 90                                     | time=5400
          -W 1:30                                   | time=5400
          -W1:30                                    | time=5400
          -W 1:90                                   | time=9000
          -W 0:05                                   | time=300
          -W 1:30/hostA                             | time=5400 native W=1:30/hostA
          -We 20                                    | native We=20
          -c 1:00                                   | native c=1:00
          -n4 -W1:30 -q short                       | queue=short time=5400 tasks=4
          -M 8G                                     | mem=8589934592/PER_TASK
          -M 8GB                                    | mem=8589934592/PER_TASK
          -M 512MB                                  | mem=536870912/PER_TASK
          -M 4000KB                                 | mem=4096000/PER_TASK
          -M 8G!                                    | mem=8589934592/PER_TASK native M=8G!
          -M8G                                      | mem=8589934592/PER_TASK
          -R "rusage[mem=4G]"                       | mem=4294967296/PER_NODE
          -R 'rusage[mem=4GB]'                      | mem=4294967296/PER_NODE
          -R rusage[mem=4G]                         | mem=4294967296/PER_NODE
          -R "rusage[mem=1.5G]"                     | mem=1610612736/PER_NODE
          -R "rusage[mem=4G/task]"                  | mem=4294967296/PER_TASK
          -R "rusage[mem=4G/host]"                  | mem=4294967296/PER_NODE
          -R "rusage[mem=4G/job]"                   | mem=4294967296/PER_JOB
          -M 8G -R "rusage[mem=4G]"                 | mem=4294967296/PER_NODE
          -R "rusage[mem=4G]" -M 8G                 | mem=4294967296/PER_NODE
          -R "rusage[mem=4G:duration=10:decay=1]"   | mem=4294967296/PER_NODE native R=rusage[duration=10:decay=1]
          -R "rusage[mem=4G,matlab=1:duration=2]"   | mem=4294967296/PER_NODE native R=rusage[matlab=1:duration=2]
          -R "rusage[mem=4G:tmp=1024]"              | mem=4294967296/PER_NODE scratch=1073741824
          -R "rusage[tmp=2G]"                       | scratch=2147483648
          -R "rusage[mem=4G||mem=2G]"               | native R=rusage[mem=4G||mem=2G]
          -R "rusage[mem=(400M 200M)]"              | native R=rusage[mem=(400M 200M)]
          -R "rusage[ngpus_physical=2.00]"          | gpu=2/PER_NODE
          -R "rusage[ngpus_physical=2]"             | gpu=2/PER_NODE
          -R "rusage[ngpus_excl_p=1]"               | gpu=1/PER_NODE
          -R "rusage[license=1]"                    | native R=rusage[license=1]
          -R "span[hosts=1]"                        | nodes=1
          -R "span[ptile=4]"                        | perNode=4
          -R "span[hosts=-1]"                       | native R=span[hosts=-1]
          -R "span[ptile='!']"                      | native R=span[ptile='!']
          -R "span[block=4]"                        | native R=span[block=4]
          -R "affinity[core(4)]"                    | cpus=4
          -R "affinity[core]"                       | cpus=1
          -R "affinity[core(2)*2]"                  | cpus=4
          -R "affinity[core(4,same=socket)]"        | cpus=4 native R=affinity[core(4,same=socket)]
          -R "affinity[core(4):cpubind=core]"       | cpus=4 native R=affinity[core(4):cpubind=core]
          -R "affinity[thread(2)]"                  | native R=affinity[thread(2)]
          -R "select[mem>4000 && type==any]"        | native R=select[mem>4000 && type==any]
          -R "type==any"                            | native R=type==any
          -R "type==any rusage[mem=1G]"             | mem=1073741824/PER_NODE native R=type==any
          -R "order[-mem:ut]"                       | native R=order[-mem:ut]
          -R "same[model]"                          | native R=same[model]
          -R "cu[type=rack:maxcus=1]"               | native R=cu[type=rack:maxcus=1]
          -R "select[a] rusage[mem=4G] span[ptile=4]" | perNode=4 mem=4294967296/PER_NODE native R=select[a]
          -R "span[hosts=1]" -R "rusage[mem=4G]"    | nodes=1 mem=4294967296/PER_NODE
          -R "rusage[mem=1G]" -R "rusage[mem=2G]"   | mem=2147483648/PER_NODE
          -R "1*{rusage[mem=1G]}+2*{rusage[mem=2G]}" | tasks=1 mem=1073741824/PER_NODE and tasks=2 mem=2147483648/PER_NODE
          -n 5 -R "1*{select[a]} + {span[ptile=2]}" | tasks=1 and tasks=4 perNode=2 native R=select[a]
          -R "{rusage[mem=1G]}||{rusage[mem=2G]}"   | native R={rusage[mem=1G]}||{rusage[mem=2G]}
          -n 4 -R "span[hosts=1]" -W 1:30           | time=5400 nodes=1 tasks=4
          -gpu "num=2"                              | gpu=2/PER_NODE
          -gpu num=2/host                           | gpu=2/PER_NODE
          -gpu num=2/task                           | gpu=2/PER_TASK
          -gpu -                                    | gpu=1/PER_NODE
          -gpu "num=2:gmodel=A100"                  | gpu=A100:2/PER_NODE
          -gpu "mode=shared"                        | gpu=1/PER_NODE native gpu=mode=shared
          -gpu "num=2:mode=exclusive_process:gmodel=A100:j_exclusive=yes" | gpu=A100:2/PER_NODE native gpu=mode=exclusive_process:j_exclusive=yes
          -J name                                   | name=name
          -Jname                                    | name=name
          -J "my job"                               | name=my job
          -J 'my job'   # a remark                  | name=my job
          -J "name[1-10]"                           | name=name array=1-10
          -J "name[1-10:2]%5"                       | name=name array=1-10:2%5
          -J "name[1,3,7-8]"                        | name=name array=1,3,7-8
          -J "[1-4]"                                | array=1-4
          -J a[b]                                   | name=a[b]
          -Jd "a # b"                               | comment=a # b
          -q short                                  | queue=short
          -q "short long"                           | queue=short long
          -P proj                                   | account=proj
          -G group                                  | native G=group
          -app fluent                               | native app=fluent
          -sla gold                                 | qos=gold
          -o %J_%I.out                              | out=%J_%I.out
          -oo %J.out                                | out=%J.out append=false
          -e %J.err                                 | err=%J.err
          -eo %J.err                                | err=%J.err append=false
          -i in.txt                                 | in=in.txt
          -is in.txt                                | in=in.txt
          -cwd /scratch/me                          | chdir=/scratch/me
          -w 'done(1) && ended(2)'                  | SUCCEEDED:1 ENDED:2
          -w "done(1)&&done(2[3])"                  | SUCCEEDED:1:2[3]
          -w 12                                     | SUCCEEDED:12
          -w exit(12)                               | FAILED:12
          -w started(12)                            | STARTED:12
          -w "done(1) || done(2)"                   | native w=done(1) || done(2)
          -w "done(prepare)"                        | native w=done(prepare)
          -w "exit(12,>3)"                          | native w=exit(12,>3)
          -w "numdone(12,*)"                        | native w=numdone(12,*)
          -H                                        | held
          -b 20:00                                  | begin=20:00
          -b 2026:11:24:20:00                       | begin=2026-11-24T20:00
          -b 24:20:00                               | native b=24:20:00
          -b 11:24:20:00                            | native b=11:24:20:00
          -t 23:00                                  | native t=23:00
          -x                                        | exclusive
          -u a@b.c                                  | mail=:a@b.c
          -B -N                                     | mail=BEGIN,END
          -Ne                                       | mail=FAIL
          -r                                        | requeue=true
          -rn                                       | requeue=false
          -env all                                  | env=ALL
          -env none                                 | env=NONE
          -env "all, A=1, B"                        | env=ALL,A=1,B
          -env "A='x,y', B=2"                       | env=NONE,A=x,y,B=2
          -env "all, ~LD_PRELOAD"                   | native env=all, ~LD_PRELOAD
          -E "test -d /scratch"                     | native E=test -d /scratch
          -L /bin/bash                              | native L=/bin/bash
          -nnodes 2                                 | nodes=2
          -alloc_flags "gpumps smt4"                | native alloc_flags=gpumps smt4
          -m "hostA hostB+2"                        | native m=hostA hostB+2
          -ti                                       | native ti
          -sp 50                                    | native sp=50
          -J a -J b                                 | name=b
          """)
  void formIsRead(String directive, String expected) {
    DirectiveReading reading = read("#!/bin/sh\n#BSUB " + directive + "\ntrue\n");

    assertThat(reading.diagnostics()).isEmpty();
    assertThat(RequestText.of(reading.request())).isEqualTo(expected == null ? "" : expected);
  }

  @ParameterizedTest(name = "#BSUB {0} at column {1}: {2} {3}")
  @CsvSource(
      delimiterString = " | ",
      quoteCharacter = '~',
      textBlock =
          """
          -n 2 -W 2h            | 12 | ERROR   | -W: "2h" is not minutes or hours:minutes
          -W 999999999999999999 | 7  | ERROR   | -W: "999999999999999999" is not
          -W 1:2:3              | 7  | ERROR   | -W: "1:2:3" is not
          -W 0                  | 7  | ERROR   | -W: "0" is not
          -n two                | 7  | ERROR   | -n: "two" is not a number of slots
          -n 4,2                | 7  | ERROR   | -n: "4,2" is not
          -n 0                  | 7  | ERROR   | -n: "0" is not
          -M lots               | 7  | ERROR   | -M: "lots" is not
          -R "rusage[mem=lots]" | 18 | ERROR   | "mem=lots" is not an amount of memory
          -R "select[mem>4"     | 7  | ERROR   | has no partner
          -R "rusage mem=4]"    | 7  | ERROR   | has no partner
          -gpu num=two          | 7  | ERROR   | -gpu: "num=two" is not
          -J "a[5-1]"           | 7  | ERROR   | indexes from 1 on
          -J "a[0-3]"           | 7  | ERROR   | indexes from 1 on
          -J "a[1-3]%0"         | 7  | ERROR   | %0 is not a number
          -b noon               | 7  | ERROR   | -b: "noon" is not a time
          -n 2 stray -W 5       | 12 | ERROR   | reads no option after "stray"
          -n                    | 7  | ERROR   | -n has no value
          -J "open              | 10 | ERROR   | has no end
          -K                    | 7  | WARNING | -K makes bsub wait for the job's end
          -Is                   | 7  | ERROR   | cannot be interactive
          -V                    | 7  | ERROR   | submits nothing
          -P <project>          | 7  | ERROR   | nothing was filled in for <project>
          -q {{queue}}          | 7  | ERROR   | nothing was filled in for {{queue}}
          -Y 4                  | 7  | WARNING | -Y is no option of bsub
          -W 5 -W 6             | 12 | WARNING | -W is given twice; bsub takes the first
          -M 4000               | 7  | NOTE    | was read as KB
          -R "rusage[mem=4000]" | 18 | NOTE    | was read as MB
          """)
  void placeIsNamed(String directive, int column, Diagnostic.Severity severity, String words) {
    DirectiveReading reading = read("#!/bin/sh\n#BSUB " + directive + "\ntrue\n");

    assertThat(reading.diagnostics()).hasSize(1);
    Diagnostic diagnostic = reading.diagnostics().get(0);
    assertThat(diagnostic.message()).contains(words);
    assertThat(diagnostic.severity()).isEqualTo(severity);
    assertThat(diagnostic.line()).isEqualTo(2);
    assertThat(diagnostic.column()).isEqualTo(column);
  }

  @ParameterizedTest(name = "with {0}, {1} is {2}")
  @CsvSource(
      delimiterString = " | ",
      quoteCharacter = '~',
      textBlock =
          """
          LSF_UNIT_FOR_LIMITS=MB   | -M 4000              | mem=4194304000/PER_TASK
          LSF_UNIT_FOR_LIMITS="GB" | -M 4                 | mem=4294967296/PER_TASK
          LSF_UNIT_FOR_LIMITS=GB   | -R "rusage[mem=4]"   | mem=4294967296/PER_NODE
          OTHER=1                  | -M 4000              | mem=4096000/PER_TASK
          OTHER=1                  | -R "rusage[mem=4]"   | mem=4194304/PER_NODE
          LSB_JOB_MEMLIMIT=Y       | -M 4GB               | mem=4294967296/PER_JOB
          LSB_JOB_MEMLIMIT=n       | -M 4GB               | mem=4294967296/PER_TASK
          """)
  void siteDecidesUnitsAndScopes(String configuration, String directive, String expected) {
    LsfDialect dialect =
        new LsfDialect(LsfSite.DEFAULT.withConfiguration("# x\n" + configuration + "\n"));

    assertThat(
            RequestText.of(
                dialect.read(script("#!/bin/sh\n#BSUB " + directive + "\ntrue\n")).request()))
        .isEqualTo(expected);
  }

  @Test
  void parametersMayCountReservationsByTask() {
    LsfSite site = LsfSite.DEFAULT.withParameters("    RESOURCE_RESERVE_PER_TASK = Y\n");

    assertThat(
            RequestText.of(
                new LsfDialect(site)
                    .read(script("#!/bin/sh\n#BSUB -R rusage[mem=1G]\n"))
                    .request()))
        .isEqualTo("mem=1073741824/PER_TASK");
    assertThat(LsfSite.DEFAULT.withParameters("    RESOURCE_RESERVE_PER_TASK = N\n"))
        .isEqualTo(LsfSite.DEFAULT);
  }

  @Test
  void linesCountAnywhereAndAfterBlanks() {
    DirectiveReading reading =
        read("#!/bin/sh\n  #BSUB -n 2\n# BSUB -q a\n##BSUB -n 9\n#BSUB\necho\n#BSUB -W 5\n");

    assertThat(RequestText.of(reading.request())).isEqualTo("queue=a time=300 tasks=2");
    assertThat(reading.directives()).hasSize(3);
    assertThat(reading.diagnostics()).hasSize(1);
    assertThat(reading.diagnostics().get(0).severity()).isEqualTo(Diagnostic.Severity.NOTE);
    assertThat(reading.diagnostics().get(0).message()).contains("first command (line 6)");
  }

  @Test
  void backslashAtTheEndOfALineCarriesADirectiveOn() {
    DirectiveReading reading =
        read("#!/bin/sh\n#BSUB -n 2 \\\n  -R \"rusage[mem=\\\n1G]\" -W x\n#BSUB -q a\ntrue\n");

    assertThat(RequestText.of(reading.request()))
        .isEqualTo("queue=a tasks=2 mem=1073741824/PER_NODE");
    assertThat(reading.directives())
        .extracting(line -> line.line() + ":" + line.column() + line.text())
        .containsExactly("2:6 -n 2 ", "3:1  -R \"rusage[mem=", "4:11G]\" -W x", "5:6 -q a");
    assertThat(reading.diagnostics())
        .extracting(problem -> problem.line() + ":" + problem.column() + " " + problem.severity())
        .containsExactly("3:1 NOTE", "4:1 NOTE", "4:6 ERROR");
  }

  @Test
  void directiveBelowARemarkOfBsubWithABackslashIsNone() {
    DirectiveReading reading =
        read("#!/bin/sh\n# see BSUB \\\n#BSUB -n 2\n#BSUB -q a \\\n#BSUB -W 5\ntrue\n");

    assertThat(RequestText.of(reading.request())).isEqualTo("queue=a");
    assertThat(reading.diagnostics())
        .extracting(problem -> problem.line() + " " + problem.severity())
        .containsExactly("3 WARNING", "5 WARNING");
    assertThat(reading.diagnostics().get(1).message())
        .isEqualTo(
            "bsub does not read this line: it is a part of line 4, which ends with a backslash");
  }

  @Test
  void backslashBeforeACarriageReturnOrAfterABlankMarkIsAWord() {
    for (String text : new String[] {"#BSUB -n 2 \\\r\n-W 5\n", " #BSUB -n 2 \\\n-W 5\n"}) {
      DirectiveReading reading = read("#!/bin/sh\n" + text);

      assertThat(RequestText.of(reading.request())).isEqualTo("tasks=2");
      assertThat(reading.diagnostics().get(0).message())
          .isEqualTo("bsub reads no option after \"\\\"; remove it or quote the value");
    }
  }

  @Test
  void carriageReturnIsNoPartOfAValue() {
    assertThat(RequestText.of(read("#!/bin/sh\r\n#BSUB -J x\r\ntrue\r\n").request()))
        .isEqualTo("name=x");
  }

  @Test
  void everyPieceHasItsPlaceAndItsPart() {
    DirectiveReading reading =
        read(
            "#BSUB -n 2,4 -J \"a[1-3]\" -R \"select[x] rusage[mem=1G:tmp=5,lic=1] span[ptile=2]\"\n");

    assertThat(reading.parts())
        .extracting(LsfDialectTest::piece)
        .containsExactly(
            "7 -n 2,4 TASKS",
            "11 ,4 NATIVE",
            "14 -J \"a[1-3]\" NAME",
            "19 [1-3] ARRAY",
            "30 select[x] NATIVE",
            "47 mem=1G MEMORY",
            "54 tmp=5 SCRATCH",
            "60 lic=1 NATIVE",
            "67 span[ptile=2] TASKS_PER_NODE");
  }

  private static String piece(DirectivePart part) {
    return part.column() + " " + part.text() + " " + part.part();
  }

  private static DirectiveReading read(String text) {
    return new LsfDialect(LsfSite.DEFAULT).read(script(text));
  }

  private static JobScript script(String text) {
    return JobScript.parse("job.sh", text.getBytes(UTF_8));
  }
}
