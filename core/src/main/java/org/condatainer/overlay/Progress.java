package org.condatainer.overlay;

/** Told how far a long operation is. */
public interface Progress {
  /** Told of nothing. */
  Progress SILENT =
      new Progress() {
        @Override
        public void at(String step, long done, long total) {
          // nobody looks
        }

        @Override
        public boolean isShown() {
          return false;
        }
      };

  /**
   * A step goes on.
   *
   * @param step what is done, in a few words
   * @param done how much of it is done
   * @param total how much it is, in the same unit; 0 if that is not known
   */
  void at(String step, long done, long total);

  /** Whether somebody sees it; otherwise nothing need be found out for it. */
  default boolean isShown() {
    return true;
  }
}
