package org.condatainer.script;

import static java.util.Objects.requireNonNull;

/**
 * An overlay that a job script names in a {@code #DEP:} line.
 *
 * @param path as written, without its quotes: absolute, from {@code ~}, or relative to the folder
 *     where the job is submitted
 * @param line from 1
 * @param column from 1
 */
public record OverlayReference(String path, int line, int column) {
  public OverlayReference {
    requireNonNull(path, "path is null");
  }
}
