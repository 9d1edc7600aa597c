/**
 * The adapter for OpenPBS and PBS Professional: their directives, their commands, and what they
 * print. Directives in Torque's spelling ({@code nodes=2:ppn=4}, {@code -t 1-5%2}) are read too.
 * Only the provider is public.
 *
 * <p>Jobs are looked at through {@code qstat -f -w}, one attribute a line: the JSON of {@code
 * qstat} shows the first of several jobs only (OpenPBS after 23.06), or is no JSON at all where a
 * job's name looks like a number (23.06.06 and PBS Professional).
 *
 * <p>A job's tag travels in its variable {@code CNT_TAG}: account and project, the only texts that
 * {@code qselect} selects by, are what a site charges, and a user may not set a comment.
 */
package org.condatainer.scheduler.pbs;
