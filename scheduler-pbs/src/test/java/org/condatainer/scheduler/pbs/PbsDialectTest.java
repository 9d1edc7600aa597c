package org.condatainer.scheduler.pbs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.condatainer.job.ArraySpec;
import org.condatainer.job.JobEnvironment;
import org.condatainer.job.JobRequest;
import org.condatainer.job.Memory;
import org.condatainer.job.NodeCount;
import org.condatainer.job.RequestPart;
import org.condatainer.job.Resources;
import org.condatainer.scheduler.DirectivePart;
import org.condatainer.scheduler.DirectiveReading;
import org.condatainer.scheduler.testkit.RequestText;
import org.condatainer.script.Diagnostic;
import org.condatainer.script.DirectiveLine;
import org.condatainer.script.JobScript;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What qsub's manual says that directives mean, form by form. */
final class PbsDialectTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          -N align                                  | name=align
          -Nalign                                   | name=align
          -N "align"                                | name=align
          -q workq                                  | queue=workq
          -q fast@server                            | queue=fast@server
          -A lab42                                  | account=lab42
          -A "a # b"                                | account=a # b
          -P lab42                                  | account=lab42
          -A a -P b                                 | account=a native P=b
          -l walltime=90                            | time=90
          -l walltime=1:30                          | time=90
          -l walltime=01:30:00                      | time=5400
          -l walltime=100:00:00                     | time=360000
          -l walltime=30.5                          | time=30
          -lwalltime=2:00:00                        | time=7200
          -l walltime=1:00:00,mem=4gb               | time=3600 mem=4294967296/PER_JOB
          -l mem=4gb                                | mem=4294967296/PER_JOB
          -l mem=500mb                              | mem=524288000/PER_JOB
          -l mem=1kb                                | mem=1024/PER_JOB
          -l mem=1024                               | mem=1024/PER_JOB
          -l mem=2GB                                | mem=2147483648/PER_JOB
          -l mem=2g                                 | mem=2147483648/PER_JOB
          -l mem=1mw                                | mem=8388608/PER_JOB
          -l pmem=2gb                               | mem=2147483648/PER_TASK
          -l ncpus=8                                | cpus=8
          -lncpus=8 -lmem=16gb                      | cpus=8 mem=17179869184/PER_JOB
          -l select=1:ncpus=8:mpiprocs=3            | nodes=1 perNode=3 cpus=3
          -l select=1:ncpus=8:mpiprocs=2:ompthreads=2 | nodes=1 perNode=2 cpus=4
          -l select=1:mpiprocs=2:ompthreads=4       | nodes=1 perNode=2 cpus=4
          -l ncpus=8,mpiprocs=4                     | perNode=4 cpus=2
          -l nodes=2:ppn=4:cpp=2                    | nodes=2 perNode=4 cpus=2
          -l nodes=2:ppn=4,ncpus=16                 | nodes=2 perNode=4 cpus=2
          -l nodes=2:ppn=4#excl                     | nodes=2 perNode=4 exclusive
          -l nodes=1:ppn=2+2:ppn=4,mem=3gb          | nodes=1 perNode=2 mem=1073741824/PER_NODE and nodes=2 perNode=4 mem=1073741824/PER_NODE
          -l procs=12                               | tasks=12
          -l ngpus=2                                | gpu=2/PER_JOB
          -l select=1                               | nodes=1
          -l select=2:ncpus=4                       | nodes=2 cpus=4
          -l select=ncpus=4                         | cpus=4
          -l select=2:ncpus=8:mpiprocs=8            | nodes=2 perNode=8
          -l select=2:ncpus=8:mpiprocs=2            | nodes=2 perNode=2 cpus=4
          -l select=2:ncpus=8:mpiprocs=2:ompthreads=4 | nodes=2 perNode=2 cpus=4
          -l select=1:ncpus=4:mpiprocs=4:ompthreads=1 | nodes=1 perNode=4 cpus=1
          -l select=1:mpiprocs=4                    | nodes=1 perNode=4
          -l select=1:ncpus=4:mem=8gb               | nodes=1 cpus=4 mem=8589934592/PER_NODE
          -l select=1:ncpus=4:ngpus=2               | nodes=1 cpus=4 gpu=2/PER_NODE
          -l select=1:ncpus=4:ngpus=0               | nodes=1 cpus=4 gpu=0/PER_NODE
          -lselect=1:ncpus=2 -lwalltime=10          | time=10 nodes=1 cpus=2
          -l select=1:ncpus=1 -l walltime=0:10      | time=10 nodes=1 cpus=1
          -l select=1:ncpus=4+2:ncpus=8             | nodes=1 cpus=4 and nodes=2 cpus=8
          -l select=1:ncpus=4:gpu_model=a100        | nodes=1 cpus=4 native l gpu_model=a100
          -l select=1:ncpus=4:host=n7               | nodes=1 cpus=4 native l host=n7
          -l select=1:scratch_local=10gb            | nodes=1 native l scratch_local=10gb
          -l select=2:ncpus=4 -l place=scatter      | nodes=2 cpus=4
          -l place=scatter:excl                     | exclusive
          -l place=excl                             | exclusive
          -l place=exclhost                         | exclusive
          -l select=4:ncpus=2:mem=1gb -l place=pack | nodes=1 perNode=4 cpus=2 mem=4294967296/PER_NODE
          -l place=group=rack                       | native l place=group=rack
          -l nodes=2:ppn=4                          | nodes=2 perNode=4
          -l nodes=1:ppn=4,walltime=1:00:00         | time=3600 nodes=1 perNode=4
          -l nodes=1:ppn=4:gpus=1                   | nodes=1 perNode=4 gpu=1/PER_NODE
          -l nodes=1:ppn=4:bigmem                   | nodes=1 perNode=4 native l bigmem
          -l nodes=n1+n2                            | native l nodes=n1+n2
          -l vmem=8gb                               | native l vmem=8gb
          -l cput=10:00                             | native l cput=10:00
          -l software=matlab                        | native l software=matlab
          -l file=10gb                              | native l file=10gb
          -l host=n7                                | native l host=n7
          -l feature=fast                           | native l feature=fast
          -l select=1:ncpus=2:feature=fast:ompthreads=2 | nodes=1 cpus=2 native l feature=fast
          -l jobfs=10gb                             | native l jobfs=10gb
          -l filesystems=home:eagle                 | native l filesystems=home:eagle
          -o out.txt                                | out=out.txt
          -o "out put.txt"                          | out=out put.txt
          -o node1:/home/u/out                      | out=node1:/home/u/out
          -o out.^array_index^                      | out=out.^array_index^
          -e err.txt                                | err=err.txt
          -j oe -o both.txt                         | out=both.txt
          -joe                                      | ``
          -j eo                                     | native j=eo
          -j n                                      | ``
          -k oe                                     | native k=oe
          -h                                        | held
          -r y                                      | requeue=true
          -r n                                      | requeue=false
          -a 1630                                   | begin=16:30
          -a 1630.15                                | begin=16:30:15
          -a 202701021630                           | begin=2027-01-02T16:30
          -a 2701021630.00                          | begin=2027-01-02T16:30
          -a 01021630                               | native a=01021630
          -J 1-10                                   | array=1-10
          -J 0-99:3                                 | array=0-99:3
          -J 1-100%5                                | array=1-100%5
          -t 1-5%2                                  | array=1-5%2
          -t 1,3,5-7                                | array=1,3,5-7
          -m abe                                    | mail=BEGIN,END,FAIL
          -m n                                      | mail=
          -M a@b.c -m e                             | mail=END:a@b.c
          -V                                        | env=ALL
          -v A=1,CNT_ARRAY_INDEX=7                  | env=DEFAULT,A=1 array=7
          -v A=1,B                                  | env=DEFAULT,A=1,B
          -v "A='x,y',B=2"                          | env=DEFAULT,A=x,y,B=2
          -V -v A=1                                 | env=ALL,A=1
          -W depend=afterok:1.srv:2.srv             | SUCCEEDED:1.srv:2.srv
          -W depend=afterany:1,afternotok:2         | ENDED:1 FAILED:2
          -W depend=after:1                         | STARTED:1
          -W depend=on:2                            | native W depend=on:2
          -W depend=afterok:1,umask=022             | SUCCEEDED:1 native W umask=022
          -W block=true                             | native W block=true
          -W group_list=lab                         | native W group_list=lab
          -W sandbox=PRIVATE                        | native W sandbox=PRIVATE
          -S /bin/zsh                               | native S=/bin/zsh
          -p 100                                    | native p=100
          -c s                                      | native c=s
          -u other                                  | native u=other
          -R eo                                     | native R=eo
          -z                                        | native z
          -d /scratch/me                            | chdir=/scratch/me
          -hV -N x                                  | name=x env=ALL held
          """)
  void formIsRead(String directive, String request) {
    DirectiveReading reading = read("#!/bin/bash\n#PBS " + directive + "\ntrue\n");

    assertThat(reading.diagnostics()).isEmpty();
    assertThat(RequestText.of(reading.request())).isEqualTo(request == null ? "" : request);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          -l walltime=2d           | 2:9: error: -l: "walltime=2d" is not seconds, MM:SS or HH:MM:SS
          -l walltime=99999999999999999:00:00 | 2:9: error: -l: "walltime=99999999999999999:00:00" is not seconds, MM:SS or HH:MM:SS
          -l mem=99999999999tb     | 2:9: error: -l: "mem=99999999999tb" is not a size such as 4gb or 500mb
          -l mem=4x                | 2:9: error: -l: "mem=4x" is not a size such as 4gb or 500mb
          -l ncpus=0               | 2:9: error: -l: "ncpus=0" is not a whole number above 0
          -l select=x:ncpus=1      | 2:16: error: -l: "x:ncpus=1" is not a selection such as 2:ncpus=4:mem=8gb
          -J 5-1                   | 2:6: error: -J: "5-1" is not a range of at least two indexes such as 1-10, 1-99:2 or 1-10%5
          -J 1-1                   | 2:6: error: -J: "1-1" is not a range of at least two indexes such as 1-10, 1-99:2 or 1-10%5
          -N x # mine              | 2:11: error: qsub takes no comment in a directive: remove it
          -N                       | 2:6: error: -N has no value
          -N "my job"              | 2:6: error: -N: "my job" is not a name of letters, digits and ._+- alone, at most 230 of them
          -N a/b                   | 2:6: error: -N: "a/b" is not a name of letters, digits and ._+- alone, at most 230 of them
          stray                    | 2:6: error: qsub refuses "stray": it is no option; quote a value with blanks
          -N 'x                    | 2:9: error: the quote ' has no end on its line
          -A <account>             | 2:6: error: -A: nothing was filled in for <account>
          -q "{{ queue }}"         | 2:6: error: -q: nothing was filled in for {{ queue }}
          -Y foo                   | 2:6: warning: -Y is no option of the qsub versions known here; it is passed on
          -I                       | 2:6: error: -I asks for an interactive job: remove it
          -m x                     | 2:6: error: -m: "x" is not n, or letters of a, b, e, j
          """)
  void whatQsubWouldRefuseIsToldWithItsPlace(String directive, String expected) {
    List<Diagnostic> diagnostics =
        read("#!/bin/bash\n#PBS " + directive + "\ntrue\n").diagnostics();

    assertThat(diagnostics).isNotEmpty();
    assertThat(diagnostics.get(0).format("").substring(1)).startsWith(expected);
  }

  @Test
  void directivesEndAtTheFirstCommand() {
    DirectiveReading reading =
        read("#!/bin/sh\n# text\n#PBS -N a\n\necho\n#PBS -l walltime=99:00:00\n");

    assertThat(RequestText.of(reading.request())).isEqualTo("name=a");
    assertThat(reading.diagnostics())
        .extracting(diagnostic -> diagnostic.format("f"))
        .containsExactly(
            "f:6:1: warning: qsub ignores this directive: it stands after the first command"
                + " (line 5)");
  }

  @Test
  void whatAHereDocumentSaysIsNoDirective() {
    DirectiveReading reading =
        read("#PBS -l mem=1gb\ncat <<END\n#PBS -l mem=999gb\n#PBS -N other\nEND\n");

    assertThat(RequestText.of(reading.request())).isEqualTo("mem=1073741824/PER_JOB");
  }

  @Test
  void backslashAtTheEndOfALineCarriesADirectiveOn() {
    DirectiveReading reading =
        read("#PBS -N a \\\n  -l ncpus=2,\\  \n  walltime=9\n#PBS -h\ntrue\n");

    assertThat(RequestText.of(reading.request())).isEqualTo("name=a held cpus=2");
    assertThat(reading.directives()).extracting(DirectiveLine::line).containsExactly(1, 2, 3, 4);
    assertThat(reading.diagnostics())
        .extracting(diagnostic -> diagnostic.format("f"))
        .containsExactly(
            "f:3:3: error: qsub refuses \"walltime=9\": it is no option; quote a value with"
                + " blanks");
    assertThat(read("#PBS -l ncpus=2,\\\nmem=4gb\n").parts())
        .extracting(DirectivePart::line, DirectivePart::column, DirectivePart::text)
        .containsExactly(tuple(1, 9, "ncpus=2"), tuple(2, 1, "mem=4gb"));
  }

  @Test
  void ofAResourceTheFirstMentionCounts() {
    DirectiveReading reading = read("#PBS -l ncpus=2,walltime=9\n#PBS -l walltime=8 -q a -q b\n");

    assertThat(RequestText.of(reading.request())).isEqualTo("queue=b time=9 cpus=2");
    assertThat(reading.diagnostics())
        .extracting(diagnostic -> diagnostic.format("f"))
        .containsExactly(
            "f:2:9: warning: -l: of two mentions of walltime in directives qsub takes the first,"
                + " not this");
  }

  @Test
  void quotesAndBackslashesKeepWhatFollowsThem() {
    assertThat(RequestText.of(read("#PBS -o a\\ b -A 'x'\"y z\"\n").request()))
        .isEqualTo("account=xy z out=a b");
    assertThat(read("#PBS -l 'ncpus=2,mem=4gb'\n").parts())
        .extracting(DirectivePart::column)
        .containsExactly(10, 18);
  }

  @Test
  void arrayOfOneTaskIsOneVariableAmongTheOthers() {
    JobRequest request =
        JobRequest.empty().toBuilder()
            .array(new ArraySpec(List.of(new ArraySpec.Range(5, 5, 1)), OptionalInt.empty()))
            .environment(
                new JobEnvironment(
                    JobEnvironment.Inherited.DEFAULT,
                    List.of(new JobEnvironment.Variable("A", Optional.of("x,y")))))
            .build();

    List<String> lines = new PbsDialect().render(request).directiveLines();

    assertThat(lines).containsExactly("#PBS -v \"A='x,y',CNT_ARRAY_INDEX=5\"");
    assertThat(RequestText.of(read(String.join("\n", lines) + "\n").request()))
        .isEqualTo(RequestText.of(request));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          10 tasks 4 nodes 2 cpus 1 gib | select=2:ncpus=6:mpiprocs=3:ompthreads=2:mem=3gb+2:ncpus=4:mpiprocs=2:ompthreads=2:mem=2gb
          10 tasks 2 nodes 2 cpus 1 gib | select=2:ncpus=10:mpiprocs=5:ompthreads=2:mem=5gb
          3 tasks 1 nodes 1 cpus 1 gib  | select=1:ncpus=3:mpiprocs=3:ompthreads=1:mem=3gb
          """)
  void noTaskGetsLessWhereTasksDoNotDivideByNodes(String asked, String expected) {
    String[] words = asked.strip().split(" ", -1);
    Resources resources =
        Resources.none()
            .withTasks(Integer.parseInt(words[0]))
            .withNodes(NodeCount.exactly(Integer.parseInt(words[2])))
            .withCpusPerTask(Integer.parseInt(words[4]))
            .withMemory(Memory.ofMebibytes(1024, Memory.Scope.PER_TASK));

    assertThat(
            new PbsDialect()
                .render(JobRequest.empty().toBuilder().resources(resources).build())
                .directiveLines())
        .contains("#PBS -l " + expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          10 tasks 2 nodes 4 each | select=1:ncpus=4:mpiprocs=4+2:ncpus=3:mpiprocs=3
          8 tasks 2 nodes 4 each  | select=2:ncpus=4:mpiprocs=4
          5 tasks 0 nodes 4 each  | select=1:ncpus=4:mpiprocs=4+1:ncpus=1:mpiprocs=1
          9 tasks 0 nodes 4 each  | select=2:ncpus=4:mpiprocs=4+1:ncpus=1:mpiprocs=1
          2 tasks 0 nodes 4 each  | select=1:ncpus=2:mpiprocs=2
          1 tasks 2 nodes 4 each  | select=2:ncpus=1:mpiprocs=1
          """)
  void tasksForEachNodeAreTheMostThatANodeGetsWhereAllTasksAreCounted(
      String asked, String expected) {
    String[] words = asked.strip().split(" ", -1);
    Resources resources =
        Resources.none()
            .withTasks(Integer.parseInt(words[0]))
            .withTasksPerNode(Integer.parseInt(words[4]));
    int nodes = Integer.parseInt(words[2]);
    Resources whole = nodes == 0 ? resources : resources.withNodes(NodeCount.exactly(nodes));

    assertThat(
            new PbsDialect()
                .render(JobRequest.empty().toBuilder().resources(whole).build())
                .directiveLines())
        .contains("#PBS -l " + expected);
  }

  @Test
  void laterOptionGoesOverAnEarlierOne() {
    assertThat(RequestText.of(read("#PBS -N a -l walltime=1\n#PBS -N b\n").request()))
        .isEqualTo("name=b time=1");
  }

  @Test
  void everyPieceOfAResourceListHasItsPlaceAndItsPart() {
    List<DirectivePart> parts =
        read("#PBS -l select=2:ncpus=4:mem=8gb:gpu_model=a100,walltime=1:00\n").parts();

    assertThat(parts)
        .containsExactly(
            new DirectivePart(1, 16, "2", RequestPart.NODES),
            new DirectivePart(1, 18, "ncpus=4", RequestPart.CPUS_PER_TASK),
            new DirectivePart(1, 26, "mem=8gb", RequestPart.MEMORY),
            new DirectivePart(1, 34, "gpu_model=a100", RequestPart.NATIVE),
            new DirectivePart(1, 49, "walltime=1:00", RequestPart.WALLTIME));
  }

  @ParameterizedTest
  @CsvSource({
    "#PBSx -N a,false",
    "#PBS,false",
    "##PBS -N a,false",
    "' #PBS -N a',true",
    "'\t#PBS\t-N a',true",
    "#PBS-N a,true",
    ":;#PBS -N a,true",
    "true;#PBS -N a,false",
    "#PBS -N a,true"
  })
  void onlyItsOwnLinesAreDirectives(String line, boolean directive) {
    JobScript script =
        JobScript.parse("job.sh", ("#!/bin/sh\n" + line.replace(';', '\n') + "\n").getBytes(UTF_8));

    assertThat(new PbsDialect().appearsIn(script)).isEqualTo(directive);
  }

  private static DirectiveReading read(String text) {
    return new PbsDialect().read(JobScript.parse("job.sh", text.getBytes(UTF_8)));
  }
}
