/**
 * What mounts overlays and runs a command in them: Apptainer or Singularity, and the embedded
 * runtime that needs neither.
 *
 * <p>A runtime here is a writer of shell text. Nothing of Java runs where the container starts, so
 * that one and the same text serves a compute node, this machine, and a user who reads it. That
 * text is {@link org.condatainer.container.ScriptText}: constants, and templates that quote what
 * users named.
 */
package org.condatainer.container;
