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
        # A folder of your own, not to be tricked by a link or a folder that somebody else put there.
        cnt_private_folder() {
          cnt_private=/tmp/condatainer-$UID
          [[ -d $cnt_private/mounts ]] || (umask 077; mkdir -p "$cnt_private/mounts") 2>/dev/null
          if [[ -L $cnt_private || ! -O $cnt_private || ! -d $cnt_private/mounts ||
            $(stat -c %a "$cnt_private") != *700 ]]; then
            cnt_note "warning: $cnt_private on $HOSTNAME is not a folder that you alone can use," \\
              "so another is made for this run; remove it, or have it removed"
            cnt_private=$(mktemp -d /tmp/condatainer-XXXXXXXXXX) && mkdir "$cnt_private/mounts" ||
              cnt_fail 5 "no folder can be made in /tmp on $HOSTNAME"
          fi
          cnt_mounts=$cnt_private/mounts
        }
        """);
  }
}
