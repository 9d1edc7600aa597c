/**
 * Schedulers that are not there: their commands are real executables on PATH, print what recordings
 * of the real ones show, and run jobs as processes of this machine.
 *
 * <p>{@link org.condatainer.scheduler.testkit.simulator.SimulatedCluster} is what they share: jobs,
 * arrays, dependencies, holds and times. One class a scheduler speaks its words. Faults are made in
 * the program that holds the simulator, not by chance.
 */
package org.condatainer.scheduler.testkit.simulator;
