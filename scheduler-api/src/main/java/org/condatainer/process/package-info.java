/**
 * The only place where processes start: with a time limit, a chosen environment, and all output
 * kept. Nothing here goes through a shell.
 */
package org.condatainer.process;
