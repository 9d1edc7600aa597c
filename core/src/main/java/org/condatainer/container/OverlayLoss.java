package org.condatainer.container;

/**
 * The part of the batch script that finds out, after a run that could write, whether what was
 * written is in the overlay. The kernel, which mounts it for root's Apptainer, takes what is
 * written before it looks whether the disk below has room, so that the command itself ends well and
 * not even the superblock need know of it.
 */
final class OverlayLoss {
  private OverlayLoss() {}

  // coreutils: sync.c; what it meets is the error of a write that came later than the command's
  // (syncfs(2), Linux 5.8). s_state of struct ext3_super_block, bit 1: errors; an overlay that had
  // some before was refused.
  /**
   * Defines {@code cnt_watch_writes OVERLAY PROCESS}, called when the runtime was started as that
   * process, and {@code cnt_find_loss OVERLAY}, called when it has ended, which makes {@code code}
   * 5 if something was lost.
   */
  static final String FUNCTIONS =
      """
      # Keeps the overlay's mount, which is the runtime's own, open until standard input ends, and then
      # asks the kernel whether all that was written came to its end.
      cnt_keep_mount() {
        local point rest device file mount='' wait=0.02 tries=0
        trap '' HUP INT QUIT USR1 USR2 TERM XCPU
        while [[ -z $mount ]]; do
          while read -r _ _ _ _ point rest; do
            [[ $rest == *' - ext'[34]' /dev/loop'* ]] || continue
            device=${rest##* /dev/}
            read -r file <"/sys/block/${device%% *}/loop/backing_file" || continue
            printf -v point %b "$point"
            [[ ! $file -ef $1 ]] || exec {mount}<"/proc/$2/root$point"
          done <"/proc/$2/mountinfo"
          ((++tries < 100)) || wait=1
          [[ -z $mount ]] || wait=1000000000
          read -rt "$wait"
          (($? > 128)) || break
        done
        [[ -z $mount || $(LC_ALL=C sync -f "/dev/fd/$mount" 2>&1) != *'error syncing'* ]] || exit 9
      }
      cnt_watch_writes() {
        cnt_writes=''
        ((EUID == 0)) || return 0
        exec {cnt_writes}> >(cnt_keep_mount "$@" >/dev/null 2>&1)
        cnt_writes_watch=$!
      }
      cnt_find_loss() {
        local state lost=0
        if [[ -n $cnt_writes ]]; then
          exec {cnt_writes}>&-
          wait "$cnt_writes_watch" 2>/dev/null
          lost=$?
        fi
        state=$(od -An -tx1 -j1082 -N1 -- "$1" 2>/dev/null)
        ((lost == 9)) || [[ $state == *[2367abef] ]] || return 0
        cnt_note "the overlay $1 could not be written to its end, so that what was written" \\
          "last is lost: is the disk below it full (df)? Make room, then: condatainer overlay check -f" \\
          "$(printf %q "$1")"
        ((code)) || code=5
      }
      """;
}
