package org.condatainer.dist;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.condatainer.scheduler.InstalledSchedulers;
import org.condatainer.scheduler.SchedulerProvider;
import org.condatainer.script.Diagnostic;
import org.condatainer.script.JobScript;
import org.condatainer.translation.SiteNames;
import org.condatainer.translation.TranslatedPart;
import org.condatainer.translation.Translation;
import org.condatainer.translation.Translator;

/**
 * Job scripts made of forms that real ones have, good and bad, in any mixture: whatever is asked
 * for in any piece of a directive has a row in the report, in all twelve directions.
 */
final class TranslationPropertyTest {
  private static final InstalledSchedulers SCHEDULERS =
      InstalledSchedulers.load(List.of(TranslationPropertyTest.class.getClassLoader()));

  /** Options by scheduler. A bar parts the pieces of an option that must each have a row. */
  private static final Map<String, List<String>> FORMS = new LinkedHashMap<>();

  static {
    FORMS.put(
        "slurm",
        List.of(
            "-N2",
            "--nodes=2-4",
            "-n 7",
            "-c4",
            "--ntasks-per-node 4",
            "--tasks-per-node=3",
            "--mem=16G",
            "--mem=0",
            "--mem-per-cpu=2000",
            "--mem-per-cpu=1.5G",
            "--mem-per-gpu=8G",
            "--gres=|gpu:a100:2|,|shard:1|,|nvme:100",
            "--gres=|gpu:2",
            "-G 3",
            "--gpus=v100:2,a100:1",
            "--gpus=2:a100",
            "--gpus-per-task=v100:1",
            "--gpus-per-node=all",
            "-t 1-12",
            "--time=90:30",
            "--time=UNLIMITED",
            "-t 2h",
            "-J \"my job\"",
            "--account=<account>",
            "-p gpu,long",
            "--qos=high",
            "--mail-type=END,FAIL,|TIME_LIMIT_80",
            "--mail-type=NONE",
            "--mail-user=a@b.c",
            "--output out/%x_%A_%a.%N.txt",
            "-e %j.err",
            "-i in",
            "--open-mode=append",
            "--array=0-99:10,200%5",
            "-a 7",
            "--dependency=afterok:12:13,afterany:14",
            "--dependency=afterok:12?afterany:14",
            "-d singleton",
            "--exclusive",
            "--exclusive=user",
            "--hint=nomultithread",
            "--signal=B:USR1@120",
            "-C \"[rack1|rack2]\"",
            "-x bad[1-3]",
            "--begin=now+1hour",
            "-b 2027-01-02T03:04:00",
            "--comment='a # b'",
            "--export=NONE,A=1,B=\"x,y\"",
            "--requeue",
            "--no-requeue",
            "-H",
            "--tmp=10G",
            "-D /w",
            "--nonsense=4",
            "-Q",
            "--cpus=4"));
    FORMS.put(
        "pbs",
        List.of(
            "-N job_x",
            "-N \"my job\"",
            "-l select=|2|:|ncpus=8|:|mpiprocs=4|:|mem=16gb|:|ngpus=1|:|scratch_local=10gb",
            "-l select=|1|:|ncpus=4|+|2|:|ncpus=2|:|host=n1",
            "-l nodes=|2|:|ppn=8|:|gpus=2",
            "-l nodes=|2|:|ppn=8|:|bigmem",
            "-lncpus=16",
            "-l |mem=4gb|,|walltime=1:30",
            "-lmem=64gb",
            "-l |pmem=2gb|,|vmem=100gb|,|file=10gb",
            "-l walltime=36:00:00",
            "-l walltime=2d",
            "-l storage=gdata/xx+scratch/yy",
            "-l place=|scatter|:|excl",
            "-l place=free",
            "-W |umask=022|,|depend=afterok:1.srv:2.srv",
            "-W depend=on:2",
            "-W group_list=g",
            "-m abe",
            "-m n",
            "-M a@b,c@d",
            "-o host:/path/out.$PBS_JOBID",
            "-e /x/${PBS_JOBNAME}.e$PBS_JOBID",
            "-o log.^array_index^",
            "-j oe",
            "-j n",
            "-k oe",
            "-V",
            "-v A=1,B=\"x,y\",C",
            "-J 1-10%3",
            "-J 0-10:2",
            "-t 1-10%2",
            "-t 5",
            "-S /bin/bash",
            "-q workq@srv",
            "-A acct",
            "-P proj",
            "-p 100",
            "-a 2312311200.30",
            "-c s",
            "-r n",
            "-h",
            "-d /work",
            "-I",
            "-z",
            "-%",
            "-A <account>"));
    FORMS.put(
        "lsf",
        List.of(
            "-J \"arr|[1-100:5,200]%10|\"",
            "-J plain",
            "-n 8",
            "-n 4|,8",
            "-W 15",
            "-W 2:00",
            "-W 1:30/host",
            "-R \"|select[mem>4000 && ngpus>0]| rusage[|mem=4GB|:|duration=10|,|tmp=100|] |span[ptile=2]\"",
            "-R \"|span[hosts=1]| |order[-r15s]\"",
            "-R \"|affinity[core(2)]|\"",
            "-R \"2*{rusage[mem=1GB]}+1*{rusage[mem=2GB]}\"",
            "-M 8G",
            "-M 8",
            "-v 10G",
            "-gpu \"|num=2/task|:|mode=exclusive_process|:|gmodel=A100\"",
            "-gpu -",
            "-o out.%J.%I",
            "-oo out",
            "-eo err.%J",
            "-i in",
            "-w \"done(12)\"",
            "-w \"done(12) && (ended(\\\"name\\\") || exit(13,>3))\"",
            "-nnodes 2",
            "-alloc_flags \"smt4 nvme\"",
            "-P proj",
            "-q \"normal short\"",
            "-G grp",
            "-app prof",
            "-sla x",
            "-b 2027:12:31:23:59",
            "-b 20:00",
            "-t 12:31:20:00",
            "-x",
            "-r",
            "-rn",
            "-H",
            "-B",
            "-N",
            "-u me@x",
            "-Jd \"a b\"",
            "-L /bin/bash",
            "-cwd /d",
            "-env \"all,A=1\"",
            "-E \"pre cmd\"",
            "-K",
            "-I",
            "-P <project>"));
    FORMS.put(
        "htcondor",
        List.of(
            "batch_name = my job",
            "request_cpus = 8",
            "request_cpus = 2 * $(n)",
            "n = 2",
            "request_memory = 2 * 1024",
            "request_memory = 16G",
            "request_memory = Target.Memory / 2",
            "request_disk = 10GB",
            "request_gpus = 2",
            "require_gpus = Capability > 7",
            "allowed_execute_duration = 7200",
            "+JobFlavour = \"tomorrow\"",
            "MY.Attr = 3",
            "output = log_$(Cluster)_$(Process).txt",
            "error = $(ClusterId).err",
            "log = l.log",
            "requirements = (OpSys == \"LINUX\") && Memory > 10",
            "rank = Memory",
            "environment = \"A=1 B='x y'\"",
            "environment = A=1;B=2",
            "getenv = True",
            "notification = Error",
            "notify_user = a@b.c",
            "accounting_group = lab",
            "universe = vanilla",
            "universe = parallel",
            "machine_count = 4",
            "transfer_input_files = a, b",
            "should_transfer_files = YES",
            "priority = 5",
            "hold = True",
            "deferral_time = 1798859040",
            "on_exit_remove = ExitCode == 0",
            "initialdir = /w",
            "description = first try",
            "max_materialize = 3",
            "stream_output = True",
            "accounting_group = <group>"));
  }

  /**
   * A script and where its pieces are.
   *
   * @param from the scheduler that it is for
   */
  record Generated(String from, String text, List<Piece> pieces) {
    @Override
    public String toString() {
      return from + ":\n" + text;
    }
  }

  /** A piece of a directive: line and column from 1. */
  record Piece(int line, int column, String text) {}

  @Provide
  Arbitrary<Generated> scripts() {
    List<Arbitrary<Generated>> all = new ArrayList<>();
    FORMS.forEach(
        (scheduler, forms) -> {
          int most = scheduler.equals("htcondor") ? 1 : 3;
          Arbitrary<List<List<String>>> lines =
              Arbitraries.of(forms)
                  .list()
                  .ofMinSize(1)
                  .ofMaxSize(most)
                  .list()
                  .ofMinSize(1)
                  .ofMaxSize(8);
          Arbitrary<String> end =
              Arbitraries.of(
                  scheduler.equals("htcondor")
                      ? List.of("", "queue 10", "queue name in (a b c)")
                      : List.of("", "", " # a remark"));
          all.add(
              Combinators.combine(lines, end).as((some, last) -> script(scheduler, some, last)));
        });
    return Arbitraries.oneOf(all);
  }

  private static Generated script(String scheduler, List<List<String>> lines, String end) {
    String prefix =
        Map.of("slurm", "#SBATCH ", "pbs", "#PBS ", "lsf", "#BSUB ", "htcondor", "#CONDOR ")
            .get(scheduler);
    StringBuilder text = new StringBuilder("#!/bin/bash\n");
    List<Piece> pieces = new ArrayList<>();
    int number = 2;
    for (List<String> options : lines) {
      StringBuilder line = new StringBuilder(prefix);
      for (String option : options) {
        add(option, number, line, pieces);
        line.append(' ');
      }
      String remark = scheduler.equals("slurm") && number == 2 ? end : "";
      text.append(line.toString().stripTrailing()).append(remark).append('\n');
      number++;
    }
    if (scheduler.equals("htcondor") && !end.isEmpty()) {
      pieces.add(new Piece(number, prefix.length() + 1, end));
      text.append(prefix).append(end).append('\n');
    }
    return new Generated(scheduler, text.append("echo\n").toString(), pieces);
  }

  /** Between bars every other text is a piece; without bars the whole option is. */
  private static void add(String option, int number, StringBuilder line, List<Piece> pieces) {
    String[] texts = option.split("\\|(?![|])(?<![|]\\|)", -1);
    boolean bars = option.indexOf('|') >= 0 && !option.contains("||") && !option.contains("rack1");
    if (!bars) {
      pieces.add(new Piece(number, line.length() + 1, option));
      line.append(option);
      return;
    }
    for (int i = 0; i < texts.length; i++) {
      if (i % 2 == 1) {
        pieces.add(new Piece(number, line.length() + 1, texts[i]));
      }
      line.append(texts[i]);
    }
  }

  @Property(tries = 3_000, seed = "20261128")
  void everyPieceOfEveryDirectiveHasARow(@ForAll("scripts") Generated generated) {
    SchedulerProvider source = SCHEDULERS.byId(generated.from()).orElseThrow();
    JobScript script = JobScript.parse("job.sh", generated.text().getBytes(UTF_8));
    for (SchedulerProvider target : SCHEDULERS.providers()) {
      if (target.id().equals(source.id())) {
        continue;
      }
      Translation translation =
          new Translator(source, target, SiteNames.none(), SiteNames.none()).translate(script);
      List<TranslatedPart> report = translation.report();
      for (Piece piece : generated.pieces()) {
        assertThat(report)
            .as("a row for %s, to %s", piece, target.id())
            .anyMatch(row -> meets(row, piece));
      }
      assertThat(report)
          .allSatisfy(
              row -> {
                assertThat(row.detail()).isNotBlank();
                assertThat(script.lines().get(row.line() - 1).substring(row.column() - 1))
                    .as("what stands where %s is said to be", row)
                    .startsWith(row.directive());
              });
      assertThat(report)
          .as("one row each")
          .extracting(row -> row.line() + ":" + row.column() + " " + row.directive())
          .doesNotHaveDuplicates();
      String head = "#!/bin/bash\n" + String.join("\n", translation.directiveLines()) + "\n";
      assertThat(
              target.dialect().read(JobScript.parse("job.sh", head.getBytes(UTF_8))).diagnostics())
          .as("what %s says of %s", target.id(), head)
          .noneMatch(
              one ->
                  one.severity() == Diagnostic.Severity.ERROR
                      && !one.message().contains("filled in"));
    }
  }

  /** A row about the piece itself, or about something around or in it. */
  private static boolean meets(TranslatedPart row, Piece piece) {
    int rowEnd = row.column() + row.directive().length();
    int pieceEnd = piece.column() + piece.text().length();
    return row.line() == piece.line() && row.column() < pieceEnd && rowEnd > piece.column();
  }
}
