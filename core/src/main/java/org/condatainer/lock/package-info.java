/**
 * Who uses an overlay image.
 *
 * <p>Apptainer, and the embedded runtimes with it, lock an image with an open file description lock
 * ({@code fcntl F_OFD_SETLK}): a write lock for a writable mount, a read lock otherwise. {@code
 * flock} does not see it on a local disk; {@code /proc/locks} and {@link
 * java.nio.channels.FileChannel#tryLock()} do.
 *
 * <p>Looking does not disturb: at most a shared lock, for a moment, never an exclusive one, which
 * would refuse a container that starts just then. And each piece of evidence says what it could not
 * see: not seen is never taken for not there.
 */
package org.condatainer.lock;
