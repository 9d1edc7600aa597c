/**
 * The contract kit: what an adapter's author extends in a test to prove that the adapter keeps the
 * numbered rules of {@link org.condatainer.scheduler}, and what reads recorded scheduler output.
 */
package org.condatainer.scheduler.testkit;
