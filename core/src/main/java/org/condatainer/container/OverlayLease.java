package org.condatainer.container;

import org.condatainer.script.ShellWords;

/**
 * The part of the batch script that writes the lease of a writable overlay, and removes it on every
 * way out. The form of the file is that of {@code docs/lease.md}; Java reads it in {@code
 * org.condatainer.lock.Lease}.
 */
final class OverlayLease {
  private OverlayLease() {}

  /** The lines that take the lease, empty when nothing is mounted writable. */
  static String taking(Container container) {
    if (container.workspace().isEmpty() || !container.workspace().get().writable()) {
      return "";
    }
    String path = ShellWords.quote(container.workspace().get().path().toString());
    return "  trap cnt_return_lease EXIT\n  cnt_take_lease " + path + "\n";
  }

  /** Defines {@code cnt_take_lease} and {@code cnt_return_lease}, if there is one to take. */
  static String functions(Container container) {
    return taking(container).isEmpty() ? "" : LOCKS_STAY_HERE + TAKE + RETURN;
  }

  /**
   * Defines {@code cnt_read_lease}: whether there is a lease beside an image. It sets {@code
   * their_name}, who wrote it, for people, and {@code their_host} and others.
   */
  static String reading() {
    return READ;
  }

  private static final String READ =
      """
      # The lease beside an overlay. Anybody may have written it: nothing of it is evaluated, and of its
      # text printable ASCII alone is shown.
      cnt_read_lease() {
        local LC_ALL=C name value version='' user='' pid='' since=''
        their_name='' their_host='' their_job='' their_scheduler='' their_cluster=''
        # NFS believes for up to a minute that it is not there, if its folder is not opened.
        { : <"${1%/*}/"; } 2>/dev/null
        [[ -f $1.lease && ! -L $1.lease && -r $1.lease ]] || return 1
        while IFS='=' read -r name value; do
          value=${value//[^[:print:]]/?}
          value=${value:0:200}
          case $name in
            condatainer-lease) version=$value ;;
            host) their_host=$value ;;
            user) user=$value ;;
            pid) pid=$value ;;
            scheduler) their_scheduler=$value ;;
            cluster) their_cluster=$value ;;
            job) their_job=$value ;;
            since) since=$value ;;
          esac
        done < <(head -c 8192 -- "$1.lease" 2>/dev/null)
        their_name="$user on $their_host (process $pid"
        their_name+="${their_job:+, $their_scheduler job $their_job}) since $since"
        [[ -n $version ]]
      }
      """;

  // Options as in mount.lustre(8), nfs(5), mount.cifs(8); beegfs-client.conf has
  // tuneUseGlobalFileLocks = false. Java has the same list in org.condatainer.lock.ImageMount.
  private static final String LOCKS_STAY_HERE =
      """
      # Whether a lock on this file is not seen by other nodes, as far as the mount tells.
      cnt_locks_stay_here() {
        local device point type options rest longest='' found=''
        while read -r device point type options rest; do
          printf -v point '%b' "$point"
          case $1 in
            "${point%/}"/*)
              ((${#point} < ${#longest})) || longest=$point found=$type:,$options,
              ;;
          esac
        done <"${2:-/proc/self/mounts}"
        case $found in
          *,nolock,* | *,local_lock=all,* | *,local_lock=posix,* | *,nobrl,*) return 0 ;;
          lustre:*,flock,*) return 1 ;;
          lustre:*) return 0 ;;
          nfs:* | nfs4:* | gpfs:* | ceph:* | fuse.ceph*:* | ocfs2:* | gfs2:* | panfs:* | wekafs:*) return 1 ;;
          cifs:* | smb3:* | fuse.glusterfs:*) return 1 ;;
          ext[234]:* | xfs:* | btrfs:* | bcachefs:* | zfs:* | f2fs:* | jfs:* | reiserfs:* | nilfs2:*) return 1 ;;
          tmpfs:* | ramfs:* | rootfs:* | overlay:* | aufs:* | fuse.fuse-overlayfs:* | fuseblk:*) return 1 ;;
          vfat:* | exfat:* | ntfs3:*) return 1 ;;
        esac
        return 0
      }
      """;

  private static final String TAKE =
      """
      # The lease beside the overlay: who has it writable. It tells others; the lock decides.
      cnt_take_lease() {
        local file=$1.lease host='' boot='' machine='' start='' user space='' scheduler='' cluster=''
        local job=${CNT_JOB_ID-} value fields new
        local their_name='' their_host='' their_job='' their_scheduler='' their_cluster=''
        read -r host </proc/sys/kernel/hostname
        read -r boot </proc/sys/kernel/random/boot_id
        [[ ! -r /etc/machine-id ]] || read -r machine </etc/machine-id
        read -r start </proc/$$/stat
        read -ra fields <<<"${start##*) }"
        start=${fields[19]}
        user=${cnt_user:-$(id -un 2>/dev/null)}
        user=${user:-$UID}
        space=$(readlink /proc/$$/ns/pid)
        if [[ -n ${SLURM_JOB_ID-} ]]; then
          scheduler=slurm cluster=${SLURM_CLUSTER_NAME-} job=${job:-$SLURM_JOB_ID}
        elif [[ -n ${PBS_JOBID-} ]]; then
          scheduler=pbs job=${job:-$PBS_JOBID}
        elif [[ -n ${LSB_JOBID-} ]]; then
          scheduler=lsf job=${job:-$LSB_JOBID}
        elif [[ ${BATCH_SYSTEM-} == HTCondor && -n $job ]]; then
          scheduler=htcondor cluster=${CNT_JOB_CLUSTER-}
        elif [[ -n ${SGE_TASK_ID-} && -n ${JOB_ID-} ]]; then
          scheduler=gridengine job=${job:-$JOB_ID}
        else
          job=''
        fi
        # A job that was put back and starts again finds its own.
        if cnt_read_lease "$1" && [[ -z $job || $their_scheduler:$their_cluster:$their_job != \
          "$scheduler:$cluster:$job" ]]; then
          if [[ $their_host != "$host" ]] && cnt_locks_stay_here "$1"; then
            cnt_fail 4 "the overlay $1 is leased to $their_name, and on its file system no lock" \
              "reaches other nodes; more: condatainer lock status $(printf %q "$1")"
          fi
          cnt_note "a lease was left by $their_name; the overlay is free, so this run takes it over"
        fi
        printf -v value '%s\n' condatainer-lease=1 "user=$user" "uid=${cnt_uid:-$UID}" "host=$host" \
          "machine=$machine" "boot=$boot" "pidns=$space" "pid=$$" "start=$start" "scheduler=$scheduler" \
          "cluster=$cluster" "job=$job" "run=$cnt_run_id" mode=write \
          "since=$(TZ=UTC0 printf '%(%Y-%m-%dT%H:%M:%SZ)T' -1)"
        new=$file.$host.$$.$RANDOM
        if (
          umask 022
          set -o noclobber
          printf '%s' "$value" >"$new"
        ) 2>/dev/null && mv -fT -- "$new" "$file" 2>/dev/null; then
          cnt_lease=$file cnt_lease_text=$value
        else
          rm -f -- "$new"
          cnt_note "warning: no lease could be written to $file, so others will not see whose" \
            "process has the overlay"
        fi
      }
      """;

  private static final String RETURN =
      """
      cnt_return_lease() {
        local text
        [[ -n ${cnt_lease-} && -f $cnt_lease && ! -L $cnt_lease ]] || return 0
        text=$(head -c 8192 -- "$cnt_lease")
        [[ $text$'\n' != "$cnt_lease_text" ]] || rm -f -- "$cnt_lease"
        cnt_lease=''
      }
      """;
}
