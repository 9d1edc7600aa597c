package org.condatainer.container;

/**
 * How the embedded runtime takes its mounts down, as bash, so that the image is clean; and how it
 * finds out whether all that was written came to its end.
 */
final class Unmounting {
  private Unmounting() {}

  /** The lines that come after the command; they may make {@code code} 5. */
  static ScriptText lines(Container container, boolean root) {
    if (!root) {
      return ScriptText.join(
          ScriptText.of(RELEASE_USER),
          container.writable()
              ? ScriptTemplate.of(LEFT)
                  .word("IMAGE", image(container))
                  .part("LOST", lost(container))
                  .text()
              : ScriptText.NONE);
    }
    return ScriptText.join(
        container.writable()
            ? ScriptTemplate.of(SYNCED).part("LOST", lost(container)).text()
            : ScriptText.NONE,
        container.workspace().isPresent()
            ? ScriptText.of("  umount -l \"$m/root\" \"$m/image\"\n")
            : ScriptText.of("  umount -l \"$m/root\"\n"));
  }

  private static ScriptText lost(Container container) {
    return ScriptTemplate.of(LOST).word("IMAGE", image(container)).text();
  }

  private static String image(Container container) {
    return container.workspace().orElseThrow().path().toString();
  }

  // The latest first: what lies above must have ended before what it writes to.
  private static final String RELEASE_USER =
      """
        for signal in $helpers; do
          kill -TERM "$signal"
          while kill -0 "$signal" 2>/dev/null; do
            wait "$signal"
          done
        done 2>/dev/null
      """;

  // coreutils: sync.c; the error of a write that came later than the command's (syncfs(2), Linux
  // 5.8).
  private static final String SYNCED =
      """
        # The kernel takes what is written before it looks whether the disk below has room.
        [[ $(LC_ALL=C sync -f "$m/image" 2>&1) != *'error syncing'* ]] ||
          @LOST@
      """;

  // s_state of struct ext3_super_block: bit 0 unmounted in order, bit 1 errors.
  private static final String LEFT =
      """
        local state
        state=$(od -An -tx1 -j1082 -N1 -- @IMAGE@ 2>/dev/null)
        [[ -z $state || $state == *[159d] ]] ||
          @LOST@
      """;

  private static final String LOST =
      """
      {
            cnt_note "the overlay "@IMAGE@" could not be written to its end, so that what was written" \\
              "last is lost: is the disk below it full (df)? Make room, then: condatainer overlay check -f"
            ((code)) || code=5
          }\
      """;
}
