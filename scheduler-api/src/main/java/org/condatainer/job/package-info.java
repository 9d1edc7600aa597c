/**
 * The neutral vocabulary: what a job asks for, how it is named, and what became of it.
 *
 * <p>Immutable records without I/O that depend on nothing. A request keeps what was asked, not what
 * was derived from it: memory per CPU, per node and per GPU stay distinct, a range of nodes stays a
 * range, and a GPU's type and count are two values. Whoever needs a derived figure derives it.
 */
package org.condatainer.job;
