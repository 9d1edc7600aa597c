package org.condatainer.lock;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.condatainer.job.JobId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HolderJobTest {
  @ParameterizedTest
  @CsvSource({
    "SLURM_JOB_ID, 4242, slurm",
    "PBS_JOBID, 12[3].server, pbs",
    "LSB_JOBID, 77, lsf",
  })
  void readsTheVariableOfEachScheduler(String name, String value, String scheduler) {
    assertThat(HolderJob.ofEnvironment(Map.of(name, value, "JOB_ID", "1")))
        .contains(new HolderJob(scheduler, JobId.of(value)));
  }

  /** One task has the array's own number, and scancel would end all by it. */
  @Test
  void aTaskOfASlurmArrayIsNamedByItsIndex() {
    assertThat(HolderJob.ofEnvironment(inArray("100")))
        .contains(new HolderJob("slurm", JobId.of("100_3")));
  }

  /** It has the task's variables, which were seen in a job of Slurm 22.05. */
  @Test
  void aJobThatATaskSubmittedIsNotTheTask() {
    assertThat(HolderJob.ofEnvironment(inArray("103")))
        .contains(new HolderJob("slurm", JobId.of("103")));
  }

  private static Map<String, String> inArray(String job) {
    return Map.of("SLURM_JOB_ID", job, "SLURM_ARRAY_JOB_ID", "100", "SLURM_ARRAY_TASK_ID", "3");
  }

  @Test
  void readsGridEngineByWhatOnlyItSets() {
    assertThat(HolderJob.ofEnvironment(Map.of("JOB_ID", "9", "SGE_TASK_ID", "undefined")))
        .contains(new HolderJob("gridengine", JobId.of("9")));
    assertThat(HolderJob.ofEnvironment(Map.of("JOB_ID", "9"))).isEmpty();
  }

  @Test
  void readsTheClusterOfLsfWhereItIsTold() {
    assertThat(
            HolderJob.ofEnvironment(
                Map.of("LSB_JOBID", "9", "LSB_JOBINDEX", "2", "LSB_EXEC_CLUSTER", "alpha")))
        .contains(new HolderJob("lsf", new JobId("9[2]", "alpha")));
  }

  @Test
  void readsHtcondorByWhatTheBatchScriptFound() {
    assertThat(HolderJob.ofEnvironment(Map.of("BATCH_SYSTEM", "HTCondor", "CNT_JOB_ID", "9.1")))
        .contains(new HolderJob("htcondor", JobId.of("9.1")));
    assertThat(HolderJob.ofEnvironment(Map.of("BATCH_SYSTEM", "HTCondor"))).isEmpty();
    assertThat(HolderJob.ofEnvironment(Map.of("CNT_JOB_ID", "9.1"))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "0::/system.slice/slurmstepd.scope/job_42/step_0/user/task_0, 42",
    "4:memory:/slurm/uid_1001/job_7, 7",
    "0::/job_x/job_8/step_batch, 8",
  })
  void readsTheControlGroupOfSlurm(String text, String id) {
    assertThat(HolderJob.ofControlGroup(text + "\n"))
        .contains(new HolderJob("slurm", JobId.of(id)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"0::/", "0::/job_", "0::/job_12a/x", "0::/user.slice/my_job_12", ""})
  void findsNoJobInOtherControlGroups(String text) {
    assertThat(HolderJob.ofControlGroup(text)).isEmpty();
  }

  @Test
  void readsWhatApptainersStarterWillGiveToTheContainer() {
    String first = "{\"engineName\":\"apptainer\",\"engineConfig\":{\"jsonConfig\":{\"env\":\"x\",";
    String second =
        "\"overlayImage\":[\"u.img\"]},\"ociConfig\":{\"process\":"
            + "{\"args\":[\"SLURM_JOB_ID=1\"],\"env\":[\"A=\\\"b\\\"\",\"SLURM_JOB_ID=4242\"]}}}}";
    assertThat(
            ProcessFolder.containerEnvironment(
                Map.of("ENGINE_CONFIG1", first, "ENGINE_CONFIG2", second)))
        .containsOnly(Map.entry("A", "\"b\""), Map.entry("SLURM_JOB_ID", "4242"));
    assertThat(ProcessFolder.containerEnvironment(Map.of("ENGINE_CONFIG1", first))).isEmpty();
  }

  /** Another cluster may have a job of the same number. */
  @Test
  void theClusterOfAJobIsPartOfItsId() {
    assertThat(HolderJob.ofEnvironment(Map.of("SLURM_JOB_ID", "7", "SLURM_CLUSTER_NAME", "other")))
        .contains(new HolderJob("slurm", new JobId("7", "other")));
    assertThat(
            HolderJob.ofEnvironment(
                Map.of("BATCH_SYSTEM", "HTCondor", "CNT_JOB_ID", "7", "CNT_JOB_CLUSTER", "ap@x")))
        .contains(new HolderJob("htcondor", new JobId("7", "ap@x")));
  }
}
