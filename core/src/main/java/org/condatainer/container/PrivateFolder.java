package org.condatainer.container;

/**
 * The folder of the user on the node: made once, kept, and the same for all runs. In it are the
 * skeleton that stands for the host's root under Apptainer, script copies for the moment until they
 * are bound, and the folder where each run of the embedded runtime mounts a file system of its own
 * that nobody else sees.
 */
final class PrivateFolder {
  private PrivateFolder() {}

  /** Defines {@code cnt_private_folder}, which sets {@code cnt_private} and {@code cnt_mounts}. */
  static ScriptText function() {
    return ScriptText.of(
        """
        # A folder of your own, not to be tricked by a link or a folder that somebody else put there: nothing is
        # made below it before it is known to be yours.
        cnt_is_private() {
          [[ ! -L $1 && -d $1 && -O $1 && $(stat -c %a "$1") == *700 ]]
        }
        cnt_private_folder() {
          local other
          cnt_private=/tmp/condatainer-$UID
          mkdir -m 700 "$cnt_private" 2>/dev/null
          if ! cnt_is_private "$cnt_private"; then
            cnt_note "warning: $cnt_private on $cnt_host is not a folder that you alone can use," \\
              "so another is used; remove it, or have it removed"
            cnt_private=''
            for other in /tmp/condatainer-??????????; do
              [[ -n $cnt_private ]] || ! cnt_is_private "$other" || cnt_private=$other
            done
            [[ -n $cnt_private ]] || cnt_private=$(mktemp -d /tmp/condatainer-XXXXXXXXXX) ||
              cnt_fail 5 "no folder can be made in /tmp on $cnt_host"
          fi
          cnt_mounts=$cnt_private/mounts
          mkdir -m 700 "$cnt_mounts" 2>/dev/null
          [[ -d $cnt_mounts && ! -L $cnt_mounts ]] || cnt_fail 5 "$cnt_mounts on $cnt_host cannot be made"
        }
        """);
  }
}
