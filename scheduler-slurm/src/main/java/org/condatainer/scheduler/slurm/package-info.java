/**
 * The adapter for Slurm: its directives, its commands, and what they print. Only the provider is
 * public.
 */
package org.condatainer.scheduler.slurm;
