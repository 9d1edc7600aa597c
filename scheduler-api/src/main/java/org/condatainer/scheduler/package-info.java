/**
 * The service interface: what a batch scheduler's adapter provides, how adapters are found, and how
 * the scheduler at hand is chosen.
 *
 * <p>An adapter author implements {@link org.condatainer.scheduler.SchedulerProvider}, names the
 * class in {@code META-INF/services/org.condatainer.scheduler.SchedulerProvider}, and puts the jar
 * into {@code plugins/}. Everything that an adapter does not support has a default.
 *
 * <p>What an adapter promises. The rules are numbered; the contract kit's tests carry the numbers.
 *
 * <ol>
 *   <li><b>Four-valued truth.</b> A query answers for each id: alive, ended, absent (the scheduler
 *       answered and does not know it) or unavailable (it could not be asked). None is ever turned
 *       into another. A state word that is not known is <em>alive, unknown</em>, and is kept.
 *   <li><b>Batched.</b> The number of processes does not grow with the number of jobs, but for
 *       chunks below the limit of an argument list.
 *   <li><b>Absent is no proof of an end.</b> A job that is absent from the queue is looked up in
 *       the second source (accounting, history) where there is one, and the answer says which
 *       source spoke.
 *   <li><b>Machine formats</b> with explicit separators, {@code LC_ALL=C}, and none of the user's
 *       variables that change a format. Commands that print local times get {@code TZ=UTC0}: an
 *       hour of each autumn is there twice, and these times prove that a lock is stale. Bytes that
 *       are not UTF-8 do not break a parse.
 *   <li><b>Errors are data:</b> {@link org.condatainer.scheduler.Failure.Kind}. Only what is
 *       transient is tried again, a bounded number of times. A refused request carries the
 *       scheduler's own words.
 *   <li><b>Submit once.</b> A submit that timed out is ambiguous: the job is looked up by its tag
 *       before another try. One run never becomes two jobs.
 *   <li><b>Tagged.</b> Every submitted job carries {@link
 *       org.condatainer.scheduler.Submission#tag}, added to what the user put there, and can be
 *       found by it in one command.
 *   <li><b>Nothing is dropped silently.</b> What is not supported fails at once with a message that
 *       names the feature and the scheduler.
 * </ol>
 */
package org.condatainer.scheduler;
