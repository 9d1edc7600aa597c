/**
 * From a job script to a submitted job or a local run: the story of {@code run}. Overlays are
 * resolved and probed, the runtime is chosen, the batch script is written; nothing is computed
 * twice.
 */
package org.condatainer.launch;
