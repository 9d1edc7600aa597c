package org.condatainer.container;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The part of the batch script that tells whether an overlay's lock is seen by other nodes, by the
 * mount that the node has it on.
 */
final class LocksOfMount {
  // Options as in mount.lustre(8), nfs(5), mount.cifs(8); beegfs-client.conf has
  // tuneUseGlobalFileLocks = false. Java has the same list in org.condatainer.lock.ImageMount.
  private static final String LOCKS_STAY_HERE =
      """
      # Whether a lock on this file is not seen by other nodes, as far as the mount tells.
      cnt_locks_stay_here() {
        local device point type options rest longest='' found='' declared
        while read -r device point type options rest; do
          printf -v point '%b' "$point"
          # A quoted prefix that is empty, as of "/" without its slash, would match nothing (bash 5.2).
          [[ $1 != "${point%/}/"* ]] || ((${#point} < ${#longest})) ||
            longest=$point found=$type:,$options,
        done <"${2:-/proc/self/mounts}"
        case $found in
          *,nolock,* | *,local_lock=all,* | *,local_lock=posix,* | *,nobrl,*) return 0 ;;
          *,localflocks,* | *,lockproto=lock_nolock,*) return 0 ;;
          ocfs2:*,cluster_stack=pcmk,* | ocfs2:*,cluster_stack=cman,*) return 1 ;;
          ocfs2:* | afs:* | fuse.sshfs:*) return 0 ;;
          lustre:*,flock,*) return 1 ;;
          lustre:*) return 0 ;;
          nfs:* | nfs4:* | gpfs:* | ceph:* | fuse.ceph*:* | gfs2:* | panfs:* | wekafs:*) return 1 ;;
          cifs:* | smb3:* | fuse.glusterfs:*) return 1 ;;
          ext[234]:* | xfs:* | btrfs:* | bcachefs:* | zfs:* | f2fs:* | jfs:* | reiserfs:* | nilfs2:*) return 1 ;;
          tmpfs:* | ramfs:* | rootfs:* | overlay:* | aufs:* | fuse.fuse-overlayfs:* | fuseblk:*) return 1 ;;
          vfat:* | exfat:* | ntfs3:*) return 1 ;;
        esac
        # The mount does not tell; the site's configuration (shared_locks) may.
        for declared in @SHARED_LOCKS@; do
          [[ $declared != "${found%%:*}" && $declared != "$longest" ]] || return 1
        done
        return 0
      }
      """;

  private LocksOfMount() {}

  /**
   * Defines {@code cnt_locks_stay_here}. Mount points are given as the node's table has them,
   * without a slash at their end.
   */
  static ScriptText function(MountedOverlay overlay) {
    List<String> declared = new ArrayList<>();
    for (String one : overlay.sharedLocks()) {
      declared.add(one.startsWith("/") ? Path.of(one).normalize().toString() : one);
    }
    return ScriptTemplate.of(LOCKS_STAY_HERE).words("SHARED_LOCKS", declared).text();
  }
}
