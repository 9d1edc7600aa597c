/**
 * A job script as text: its shebang, its header, the lines that speak to a scheduler or to
 * condatainer, with line and column for every complaint; and the rules of shell words.
 *
 * <p>Pure functions of the text. What a directive means is its scheduler's business ({@link
 * org.condatainer.scheduler.Dialect}).
 */
package org.condatainer.script;
