/**
 * The adapter for HTCondor: its submit files, its commands, and what they print. Only the provider
 * is public.
 *
 * <p>The dialect has two faces. A <b>submit file</b> ({@code job.sub}) is known by its content: it
 * has no interpreter line, but a {@code queue} statement or an {@code executable}; the program that
 * it names is what runs. A <b>job script</b> asks by comment lines in its head, each of which has a
 * line of the submit language after {@code #CONDOR}:
 *
 * <pre>
 * #!/bin/bash
 * #CONDOR request_cpus = 4
 * #CONDOR request_memory = 2 * 1024
 * #CONDOR output = align.$(Cluster).$(Process).out
 * #CONDOR queue 10
 * </pre>
 *
 * <p>The keys and macros are those of condor_submit(1); {@code queue} may be left out. Two things
 * are ours: the tasks of an array are numbered by the queue variable {@code cnt_index} where there
 * is one ({@code queue cnt_index from seq 1 2 9 |}), otherwise by {@code $(Process)}; and {@code
 * +CondatainerAfter = "afterok:12:13,afterany:14"} says what the job waits for.
 *
 * <p>A job is named by its cluster ({@code 12}), a task of an array by cluster and process ({@code
 * 12.3}).
 */
package org.condatainer.scheduler.htcondor;
