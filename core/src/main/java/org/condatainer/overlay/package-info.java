/**
 * Overlay images as files: what they are, whether a container can mount them, and how they are
 * made.
 *
 * <p>Images are read directly and never mounted here. What changes one goes through the programs of
 * e2fsprogs, started by {@link org.condatainer.process.CommandRunner}. Nothing here asks who uses
 * an image; that is the business of {@link org.condatainer.lock}, and whoever wants to change an
 * image holds its lock first.
 */
package org.condatainer.overlay;
