package org.condatainer.job;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Optional;

/**
 * What a job asks of a scheduler, in neutral words. Empty is "not asked".
 *
 * @param name the job's name
 * @param queue partition or queue
 * @param account who is charged
 * @param qos quality of service
 * @param walltime how long it may run
 * @param resources what it asks of the nodes; for a heterogeneous job, of its first component
 * @param furtherComponents the other components of a heterogeneous job, empty otherwise
 * @param files where its standard streams go
 * @param workingDirectory where it runs, as written; empty for where it was submitted
 * @param array its task indexes
 * @param dependencies what it waits for, all of it
 * @param held whether it waits until it is released
 * @param begin the earliest start
 * @param requeue whether it may be started again after a node failed or it was preempted
 * @param comment the user's own comment
 * @param mail when the scheduler writes to whom
 * @param environment which of the submitter's variables it gets
 * @param nativeOptions what has no neutral form, in the order of the script
 */
public record JobRequest(
    Optional<String> name,
    Optional<String> queue,
    Optional<String> account,
    Optional<String> qos,
    Optional<Walltime> walltime,
    Resources resources,
    List<Resources> furtherComponents,
    OutputFiles files,
    Optional<String> workingDirectory,
    Optional<ArraySpec> array,
    List<Dependency> dependencies,
    boolean held,
    Optional<BeginTime> begin,
    Optional<Boolean> requeue,
    Optional<String> comment,
    Optional<Mail> mail,
    Optional<JobEnvironment> environment,
    List<NativeOption> nativeOptions) {
  public JobRequest {
    requireNonNull(name, "name is null");
    requireNonNull(queue, "queue is null");
    requireNonNull(account, "account is null");
    requireNonNull(qos, "qos is null");
    requireNonNull(walltime, "walltime is null");
    requireNonNull(resources, "resources is null");
    furtherComponents = List.copyOf(furtherComponents);
    requireNonNull(files, "files is null");
    requireNonNull(workingDirectory, "workingDirectory is null");
    requireNonNull(array, "array is null");
    dependencies = List.copyOf(dependencies);
    requireNonNull(begin, "begin is null");
    requireNonNull(requeue, "requeue is null");
    requireNonNull(comment, "comment is null");
    requireNonNull(mail, "mail is null");
    requireNonNull(environment, "environment is null");
    nativeOptions = List.copyOf(nativeOptions);
  }

  /** A request for nothing: every default is the site's. */
  public static JobRequest empty() {
    return new Builder().build();
  }

  /** A builder that starts from this request. */
  public Builder toBuilder() {
    Builder builder = new Builder();
    builder.name = name;
    builder.queue = queue;
    builder.account = account;
    builder.qos = qos;
    builder.walltime = walltime;
    builder.resources = resources;
    builder.furtherComponents = furtherComponents;
    builder.files = files;
    builder.workingDirectory = workingDirectory;
    builder.array = array;
    builder.dependencies = dependencies;
    builder.held = held;
    builder.begin = begin;
    builder.requeue = requeue;
    builder.comment = comment;
    builder.mail = mail;
    builder.environment = environment;
    builder.nativeOptions = nativeOptions;
    return builder;
  }

  /** Collects the parts of a request one by one; a part that is set again replaces the former. */
  public static final class Builder {
    private Optional<String> name = Optional.empty();
    private Optional<String> queue = Optional.empty();
    private Optional<String> account = Optional.empty();
    private Optional<String> qos = Optional.empty();
    private Optional<Walltime> walltime = Optional.empty();
    private Resources resources = Resources.none();
    private List<Resources> furtherComponents = List.of();
    private OutputFiles files = OutputFiles.defaults();
    private Optional<String> workingDirectory = Optional.empty();
    private Optional<ArraySpec> array = Optional.empty();
    private List<Dependency> dependencies = List.of();
    private boolean held;
    private Optional<BeginTime> begin = Optional.empty();
    private Optional<Boolean> requeue = Optional.empty();
    private Optional<String> comment = Optional.empty();
    private Optional<Mail> mail = Optional.empty();
    private Optional<JobEnvironment> environment = Optional.empty();
    private List<NativeOption> nativeOptions = List.of();

    public Builder name(String value) {
      name = Optional.of(value);
      return this;
    }

    public Builder queue(Optional<String> value) {
      queue = requireNonNull(value, "value is null");
      return this;
    }

    public Builder queue(String value) {
      queue = Optional.of(value);
      return this;
    }

    public Builder account(Optional<String> value) {
      account = requireNonNull(value, "value is null");
      return this;
    }

    public Builder account(String value) {
      account = Optional.of(value);
      return this;
    }

    public Builder qos(Optional<String> value) {
      qos = requireNonNull(value, "value is null");
      return this;
    }

    public Builder qos(String value) {
      qos = Optional.of(value);
      return this;
    }

    public Builder walltime(Walltime value) {
      walltime = Optional.of(value);
      return this;
    }

    public Builder resources(Resources value) {
      resources = requireNonNull(value, "value is null");
      return this;
    }

    public Builder furtherComponents(List<Resources> value) {
      furtherComponents = List.copyOf(value);
      return this;
    }

    public Builder files(OutputFiles value) {
      files = requireNonNull(value, "value is null");
      return this;
    }

    public Builder workingDirectory(String value) {
      workingDirectory = Optional.of(value);
      return this;
    }

    public Builder array(ArraySpec value) {
      array = Optional.of(value);
      return this;
    }

    public Builder dependencies(List<Dependency> value) {
      dependencies = List.copyOf(value);
      return this;
    }

    public Builder held(boolean value) {
      held = value;
      return this;
    }

    public Builder begin(BeginTime value) {
      begin = Optional.of(value);
      return this;
    }

    public Builder requeue(boolean value) {
      requeue = Optional.of(value);
      return this;
    }

    public Builder comment(String value) {
      comment = Optional.of(value);
      return this;
    }

    public Builder mail(Mail value) {
      mail = Optional.of(value);
      return this;
    }

    public Builder environment(JobEnvironment value) {
      environment = Optional.of(value);
      return this;
    }

    public Builder nativeOptions(List<NativeOption> value) {
      nativeOptions = List.copyOf(value);
      return this;
    }

    public JobRequest build() {
      return new JobRequest(
          name,
          queue,
          account,
          qos,
          walltime,
          resources,
          furtherComponents,
          files,
          workingDirectory,
          array,
          dependencies,
          held,
          begin,
          requeue,
          comment,
          mail,
          environment,
          nativeOptions);
    }
  }
}
