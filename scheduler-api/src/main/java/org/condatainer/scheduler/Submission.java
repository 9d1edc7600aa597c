package org.condatainer.scheduler;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.util.List;
import org.condatainer.job.JobRequest;

/**
 * A job to hand to a scheduler.
 *
 * @param batchScript the script to run: an absolute path, in a folder of the user's own in which
 *     the adapter may put files of its own; its file name is the user's script's
 * @param options arguments for the submit command, from {@link Amendment#options}
 * @param request what script and options ask for
 * @param workingDirectory where it is submitted: an absolute path
 * @param tag what the job must carry so that it can be found again: letters, digits and {@code
 *     :;,=.-}, at most 900 characters
 */
public record Submission(
    Path batchScript, List<String> options, JobRequest request, Path workingDirectory, String tag) {
  public Submission {
    requireNonNull(batchScript, "batchScript is null");
    options = List.copyOf(options);
    requireNonNull(request, "request is null");
    requireNonNull(workingDirectory, "workingDirectory is null");
    requireNonNull(tag, "tag is null");
  }
}
