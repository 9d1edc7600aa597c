/**
 * The command line: one class a command, which parses, calls and prints, and does nothing else.
 * Results go to standard output, messages to standard error.
 */
package org.condatainer.cli;
