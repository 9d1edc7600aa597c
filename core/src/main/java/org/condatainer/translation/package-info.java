/**
 * A job script for one scheduler made into one for another, with a report of what became of every
 * part of every directive. Pure functions of text: what two schedulers' dialects say is put
 * together here, and neither knows of the other.
 */
package org.condatainer.translation;
