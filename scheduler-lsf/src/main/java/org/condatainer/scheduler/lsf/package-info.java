/**
 * The adapter for LSF: IBM Spectrum LSF 10.1, and volclava and OpenLava, which descend from an
 * older LSF and know fewer options. Only the provider is public.
 */
package org.condatainer.scheduler.lsf;
