package org.condatainer.lock;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.Optional;

/**
 * A process of this host that holds an image's lock, or shares the open file to which the lock
 * belongs, as Apptainer's starter and its fuse2fs do.
 *
 * @param pid the process
 * @param startTicks when it started, in clock ticks since the host's boot; with the pid, its
 *     identity
 * @param started the same as a time
 * @param user to whom it belongs: the name, or the number where it has no name
 * @param program its short name, at most 15 characters (proc(5), comm)
 * @param command its command line; its short name in brackets if there is none
 * @param mode how it holds the lock
 * @param suspended stopped by a signal, as a scheduler does it that suspends a job; it goes on
 *     later
 * @param orphan a FUSE helper whose container is gone, with all processes that lived in its mounts;
 *     nothing but its end gives the lock back
 * @param left it works on in a container whose parent is gone: nobody waits for it any more
 * @param job the batch job that it is part of, empty if that is not known
 */
public record LockHolder(
    long pid,
    long startTicks,
    Instant started,
    String user,
    String program,
    String command,
    LockMode mode,
    boolean suspended,
    boolean orphan,
    boolean left,
    Optional<HolderJob> job) {
  public LockHolder {
    requireNonNull(started, "started is null");
    requireNonNull(user, "user is null");
    requireNonNull(program, "program is null");
    requireNonNull(command, "command is null");
    requireNonNull(mode, "mode is null");
    requireNonNull(job, "job is null");
  }
}
