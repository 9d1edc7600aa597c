package org.condatainer.scheduler.htcondor;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.condatainer.job.RequestPart;
import org.condatainer.scheduler.DirectivePart;
import org.condatainer.scheduler.DirectiveReading;
import org.condatainer.scheduler.testkit.RequestText;
import org.condatainer.script.Diagnostic;
import org.condatainer.script.JobScript;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What the lines of a submit description mean, form by form (condor_submit(1), tried with {@code
 * condor_submit -dry-run} 23.9). A {@code ;;} stands for a line's end.
 */
final class HtcondorDialectTest {
  private final HtcondorDialect dialect = new HtcondorDialect();

  @ParameterizedTest(name = "{0} is {1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          request_cpus = 4                        | cpus=4
          Request_CPUs=4                          | cpus=4
          request_cpus = 2 * 3                    | cpus=6
          request_cpus = (1 + 3) / 2              | cpus=2
          x = 3 ;; request_cpus = $(x)            | cpus=3
          x = 3 ;; request_cpus = $(X)            | cpus=3
          request_cpus = $(x:5)                   | cpus=5
          x = 2 ;; y = $(x) * 2 ;; request_cpus = $(y) | cpus=4
          request_cpus = 4 ;; request_cpus = 8    | cpus=8
          request_cpus = TARGET.Cpus              | native request_cpus=TARGET.Cpus
          request_memory = 2048                   | mem=2147483648/PER_NODE
          request_memory = 2 * 1024               | mem=2147483648/PER_NODE
          request_memory = 2 GB                   | mem=2147483648/PER_NODE
          request_memory = 2GB                    | mem=2147483648/PER_NODE
          request_memory = 2G                     | mem=2147483648/PER_NODE
          request_memory = 2g                     | mem=2147483648/PER_NODE
          request_memory = 1.5G                   | mem=1610612736/PER_NODE
          request_memory = 500M                   | mem=524288000/PER_NODE
          request_memory = 1500 KB                | mem=1536000/PER_NODE
          request_memory = 1T                     | mem=1099511627776/PER_NODE
          request_memory = max({1, 2})            | native request_memory=max({1, 2})
          request_disk = 1000                     | scratch=1024000
          request_disk = 2 GB                     | scratch=2147483648
          request_disk = 1.5G                     | scratch=1610612736
          request_gpus = 1                        | gpu=1/PER_NODE
          request_GPUs = 2                        | gpu=2/PER_NODE
          require_gpus = Capability >= 8.0        | native require_gpus=Capability >= 8.0
          allowed_execute_duration = 3600         | time=3600
          allowed_execute_duration = 60 * 60      | time=3600
          allowed_job_duration = 60               | native allowed_job_duration=60
          +MaxRuntime = 3600                      | native my.maxruntime=3600
          +JobFlavour = "longlunch"               | native my.jobflavour="longlunch"
          MY.JobFlavour = "espresso"              | native my.jobflavour="espresso"
          batch_name = my job                     | name=my job
          +JobBatchName = "x"                     | name="x"
          description = what it is                | comment=what it is
          accounting_group = physics.cms          | account=physics.cms
          accounting_group_user = me              | native accounting_group_user=me
          output = out.txt                        | out=out.txt
          output = o.$(Cluster).$(Process)        | out=o.$(Cluster).$(Process)
          n = a ;; output = $(n).$(ProcId)        | out=a.$(ProcId)
          error = e.txt                           | err=e.txt
          input = in.txt                          | in=in.txt
          log = job.log                           | native log=job.log
          initialdir = run1                       | chdir=run1
          initial_dir = run1                      | chdir=run1
          hold = True                             | held
          hold = false                            | ~~
          notification = Never                    | ~~
          notification = Complete                 | mail=END
          notification = error                    | mail=FAIL
          notification = Always                   | mail=END,FAIL,REQUEUE
          notify_user = a@b.org                   | mail=:a@b.org
          notification = Error ;; notify_user = a@b.org | mail=FAIL:a@b.org
          getenv = True                           | env=ALL
          getenv = False                          | env=NONE
          getenv = FOO, BAR                       | env=DEFAULT,FOO,BAR
          getenv = FOO* , !BAR                    | native getenv=FOO* , !BAR
          environment = "A=1 B='x y'"             | env=DEFAULT,A=1,B=x y
          environment = "A='it''s' B=""q"" C="    | env=DEFAULT,A=it's,B="q",C=
          environment = A=1;B=x y                 | env=DEFAULT,A=1,B=x y
          env = A=1                               | env=DEFAULT,A=1
          getenv = True ;; environment = "A=1"    | env=ALL,A=1
          deferral_time = QDate + 3600            | begin=PT1H
          deferral_time = (CurrentTime + 60)      | begin=PT1M
          deferral_time = time() + 60             | begin=PT1M
          cron_hour = 14 ;; cron_minute = 30      | begin=14:30
          cron_hour = 14 ;; cron_minute = */5     | native cron_hour=14 native cron_minute=*/5
          priority = 5                            | native priority=5
          max_retries = 2                         | native max_retries=2
          retry_until = 3                         | native retry_until=3
          periodic_remove = JobStatus == 5        | native periodic_remove=JobStatus == 5
          periodic_hold = false                   | native periodic_hold=false
          on_exit_remove = ExitCode == 0          | native on_exit_remove=ExitCode == 0
          on_exit_hold = ExitCode != 0            | native on_exit_hold=ExitCode != 0
          requirements = (OpSys == "LINUX")       | native requirements=(OpSys == "LINUX")
          rank = Memory                           | native rank=Memory
          should_transfer_files = YES             | native should_transfer_files=YES
          when_to_transfer_output = ON_EXIT       | native when_to_transfer_output=ON_EXIT
          transfer_input_files = a, b             | native transfer_input_files=a, b
          concurrency_limits = x:2                | native concurrency_limits=x:2
          universe = vanilla                      | ~~
          universe = parallel ;; machine_count = 4 | nodes=4 native universe=parallel
          universe = docker ;; docker_image = x   | native universe=docker native docker_image=x
          executable = run.sh                     | ~~
          arguments = a b                         | ~~
          +CondatainerAfter = "afterok:1:2,afterany:3" | SUCCEEDED:1:2 ENDED:3
          +CondatainerAfter = "after:1,afternotok:3" | STARTED:1 FAILED:3
          queue                                   | ~~
          queue 1                                 | ~~
          Queue 10                                | array=0-9
          queue 2*3                               | array=0-5
          queue 2000000000                        | array=0-1999999999
          n = 4 ;; queue $(n)                     | array=0-3
          queue 10 ;; max_materialize = 2         | array=0-9
          max_materialize = 2 ;; queue 10         | array=0-9%2
          queue x in (a b c)                      | array=0-2 native queue=x in (a b c)
          queue x in a, b                         | array=0-1 native queue=x in a, b
          queue 2 x in (a, b)                     | array=0-3 native queue=2 x in (a, b)
          queue in (a b)                          | array=0-1 native queue=in (a b)
          queue x,y from ( ;; 1 2 ;; 3 4 ;; )     | array=0-1 native queue=x,y from (;;1 2;;3 4;;)
          queue x from list.txt                   | native queue=x from list.txt
          queue x matching *.dat                  | native queue=x matching *.dat
          queue x matching files *.dat            | native queue=x matching files *.dat
          queue x in [1:] (a b c)                 | native queue=x in [1:] (a b c)
          queue cnt_index in (1, 2, 3, 7)         | array=1-3,7
          queue cnt_index from seq 1 2 9 PIPE     | array=1-9:2
          queue 2 ;; queue 3                      | array=0-4
          if true ;; request_cpus = 2 ;; else ;; request_cpus = 3 ;; endif | cpus=2
          if false ;; request_cpus = 2 ;; else ;; request_cpus = 3 ;; endif | cpus=3
          if 0 ;; x = 1 ;; elif 1 ;; request_cpus = 5 ;; endif | cpus=5
          x = 1 ;; if defined x ;; request_cpus = 2 ;; endif | cpus=2 native x=1
          if ! defined x ;; request_cpus = 2 ;; endif | cpus=2
          x = yes ;; if $(x) ;; request_cpus = 2 ;; endif | cpus=2
          if 1 ;; if 0 ;; request_cpus = 1 ;; endif ;; request_cpus = 2 ;; endif | cpus=2
          include : common.sub                    | native include=: common.sub
          request_cpus \\ ;; = 4                  | cpus=4
          request_cpus = \\ ;; 4                  | cpus=4
          name_part = x ;; output = $(name_part).$$(Memory) | out=x.$$(Memory)
          no_such_key = 1                         | native no_such_key=1
          """)
  void eachFormMeansWhatTheManualSays(String lines, String meaning) {
    DirectiveReading reading = read(directives(lines.replace("PIPE", "|")));
    assertThat(RequestText.of(reading.request()).replace("\n", ";;")).isEqualTo(meaning);
    assertThat(errors(reading)).isEmpty();
  }

  @ParameterizedTest(name = "{0} is an error: {1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          queue = 3                    | no statement
          this is no line              | no statement
          queue x y                    | names no items
          queue 0                      | no process
          if maybe ;; endif            | no condition
          if true                      | no endif
          endif                        | without an if
          environment = "A=1           | not understood
          environment = "A='1"         | not understood
          accounting_group = <account> | not filled in
          request_memory = {{ memory }} | not filled in
          +CondatainerAfter = "x:1"    | not understood
          queue cnt_index in (a)       | no index
          queue 3000000000             | is no number of processes
          queue cnt_index from seq 0 1 4000000000 PIPE | too many
          """)
  void whatHTCondorWouldRefuseIsAnErrorWithItsPlace(String lines, String message) {
    assertThat(errors(read(directives(lines.replace("PIPE", "|")))))
        .anySatisfy(error -> assertThat(error.message()).contains(message));
  }

  @Test
  void aSubmitFileIsKnownByItsContent() {
    assertThat(dialect.appearsIn(script("executable = a.sh\nqueue\n"))).isTrue();
    assertThat(dialect.appearsIn(script("# a comment\n\nExecutable=a.sh\n"))).isTrue();
    assertThat(dialect.appearsIn(script("universe = vanilla\nrequest_cpus = 1\nqueue 5\n")))
        .isTrue();
    assertThat(dialect.appearsIn(script("#!/bin/bash\nexecutable = a.sh\nqueue\n"))).isFalse();
    assertThat(dialect.appearsIn(script("x=1\necho queue\n"))).isFalse();
    assertThat(dialect.appearsIn(script("#!/bin/bash\n#CONDOR request_cpus = 1\n"))).isTrue();
    assertThat(dialect.appearsIn(script("#!/bin/bash\n#CONDORX = 1\n"))).isFalse();
    assertThat(dialect.appearsIn(script("#!/bin/bash\ntrue\n#CONDOR request_cpus = 1\n")))
        .isFalse();
  }

  @Test
  void aSubmitFileNamesItsProgramAndItsArguments() {
    JobScript script =
        script(
            "dir = bin\nexecutable = $(dir)/a b.sh\narguments = \"x 'y z' $(Process)\"\nqueue 3\n");
    assertThat(dialect.command(script))
        .hasValueSatisfying(
            command -> {
              assertThat(command.executable()).isEqualTo("bin/a b.sh");
              assertThat(command.shellArguments()).isEqualTo("x 'y z' \"${CNT_ARRAY_INDEX:-0}\"");
              assertThat(command.line()).isEqualTo(2);
            });
    assertThat(dialect.command(script("#!/bin/bash\n#CONDOR executable = x\n"))).isEmpty();
  }

  @Test
  void piecesHaveTheirPlacesAndParts() {
    DirectiveReading reading =
        read(script("#!/bin/bash\n#CONDOR   request_cpus = 4\n#CONDOR +X = 1\n"));
    assertThat(reading.parts())
        .containsExactly(
            new DirectivePart(2, 11, "request_cpus = 4", RequestPart.CPUS_PER_TASK),
            new DirectivePart(3, 9, "+X = 1", RequestPart.NATIVE));
    assertThat(reading.directives()).hasSize(2);
  }

  @Test
  void whatIsOnlyKnownToHTCondorIsPointedOut() {
    assertThat(read(directives("request_memory = TARGET.Memory")).diagnostics())
        .singleElement()
        .satisfies(
            one -> {
              assertThat(one.severity()).isEqualTo(Diagnostic.Severity.WARNING);
              assertThat(one.line()).isEqualTo(2);
              assertThat(one.message()).contains("expression");
            });
    assertThat(read(directives("include : x")).diagnostics())
        .singleElement()
        .satisfies(one -> assertThat(one.message()).contains("not read"));
    assertThat(read(directives("queue 2;;request_cpus = 2")).diagnostics())
        .singleElement()
        .satisfies(one -> assertThat(one.message()).contains("for no process"));
    assertThat(read(directives("queue 2;;request_cpus = 2;;queue")).diagnostics())
        .anySatisfy(one -> assertThat(one.message()).contains("processes of the next one only"))
        .noneSatisfy(one -> assertThat(one.message()).contains("for no process"));
    assertThat(read(script("#!/bin/bash\ntrue\n#CONDOR hold = True\n")).diagnostics())
        .singleElement()
        .satisfies(one -> assertThat(one.message()).contains("after the first command"));
  }

  private DirectiveReading read(JobScript script) {
    return dialect.read(script);
  }

  private static List<Diagnostic> errors(DirectiveReading reading) {
    return reading.diagnostics().stream()
        .filter(one -> one.severity() == Diagnostic.Severity.ERROR)
        .toList();
  }

  private static JobScript directives(String lines) {
    StringBuilder text = new StringBuilder("#!/bin/bash\n");
    for (String line : lines.split(";;", -1)) {
      text.append("#CONDOR ").append(line.strip()).append('\n');
    }
    return script(text.toString());
  }

  private static JobScript script(String text) {
    return JobScript.parse("job.sh", text.getBytes(UTF_8));
  }
}
