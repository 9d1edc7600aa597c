package org.condatainer.container;

import com.google.errorprone.annotations.CompileTimeConstant;

/**
 * The part of the batch script that writes the lease of a writable overlay, and removes it on every
 * way out. The form of the file is that of {@code docs/lease.md}; Java reads it in {@code
 * org.condatainer.lock.Lease}.
 */
final class OverlayLease {
  private OverlayLease() {}

  /** The lines that take the lease, empty when nothing is mounted writable. */
  static ScriptText taking(Container container) {
    return ofWritable(container, "  trap cnt_return_lease EXIT\n  cnt_take_lease @IMAGE@\n");
  }

  /** Defines {@code cnt_take_lease} and {@code cnt_return_lease}, if there is one to take. */
  static ScriptText functions(Container container) {
    return container.writable()
        ? ScriptText.join(
            LocksOfMount.function(container.workspace().orElseThrow()),
            ScriptText.of(WRITE + TAKE + CONFIRM + RETURN))
        : ScriptText.NONE;
  }

  /** The names of these functions, for a shell that is handed them. */
  static ScriptText names(Container container) {
    return container.writable()
        ? ScriptText.of(
            " cnt_print_lease cnt_read_lease cnt_take_lease cnt_return_lease cnt_locks_stay_here cnt_write_lease"
                + " cnt_read_mount cnt_confirm_lease cnt_leased cnt_lives")
        : ScriptText.NONE;
  }

  /** The lines that note in the lease that the overlay is mounted now. */
  static ScriptText confirming(Container container) {
    return ofWritable(container, "  cnt_confirm_lease @IMAGE@\n");
  }

  /**
   * The lines that do so as soon as the runtime has mounted it, which was started as the last
   * background process.
   */
  static ScriptText watching(Container container) {
    return ofWritable(
        container,
        "  cnt_watch_mount @IMAGE@ \"$!\" </dev/null >/dev/null 2>&1 &\n  cnt_lease_watch=$!\n");
  }

  private static ScriptText ofWritable(
      Container container, @CompileTimeConstant final String lines) {
    return container.writable()
        ? ScriptTemplate.of(lines)
            .word("IMAGE", container.workspace().orElseThrow().path().toString())
            .text()
        : ScriptText.NONE;
  }

  /**
   * Defines {@code cnt_read_lease}: whether there is a lease beside an image. It sets {@code
   * their_name}, who wrote it, for people, and {@code their_host} and others.
   */
  static ScriptText reading() {
    return ScriptText.of(READ);
  }

  private static final String READ =
      """
      # The text of a lease. Somebody may have put a pipe in its place, at which head would wait.
      cnt_print_lease() {
        dd if="$1" iflag=nonblock,nofollow bs=8192 count=1 2>/dev/null
      }
      # The lease beside an overlay. Anybody may have written it: nothing of it is evaluated, and of its
      # text printable ASCII alone is shown.
      cnt_read_lease() {
        local LC_ALL=C name value version='' user='' since=''
        their_name='' their_host='' their_job='' their_scheduler='' their_cluster=''
        their_pid='' their_process='' their_machine=''
        # NFS believes for up to a minute that it is not there, if its folder is not opened.
        { : <"${1%/*}/"; } 2>/dev/null
        [[ -f $1.lease && ! -L $1.lease && -r $1.lease ]] || return 1
        while IFS='=' read -r name value; do
          value=${value//[^[:print:]]/?}
          value=${value:0:200}
          case $name in
            condatainer-lease) version=$value ;;
            host) their_host=$value ;;
            machine) their_machine=$value ;;
            user) user=$value ;;
            boot | pidns | start) their_process+=" $name=$value" ;;
            pid) their_pid=$value their_process+=" $name=$value" ;;
            scheduler) their_scheduler=$value ;;
            cluster) their_cluster=$value ;;
            job) their_job=$value ;;
            since) since=$value ;;
          esac
        done < <(cnt_print_lease "$1.lease")
        their_name="$user on $their_host (process $their_pid"
        their_name+="${their_job:+, $their_scheduler job $their_job}) since $since"
        [[ -n $version ]] || return 1
        # In a folder in which others can write, anybody can leave one in anybody's name.
        name=$(stat -c %u:%U -- "$1.lease" 2>/dev/null)
        [[ $name == 0:* || $name == *:"$user" || $name == "$user":* ]] ||
          their_name+=", says a file that belongs to ${name#*:} and is not believed: if it is wrong, remove it"
      }
      """;

  // s_mtime and s_mnt_count of struct ext3_super_block, which begins at byte 1024: 44 and 52.
  private static final String WRITE =
      """
      # How often, and when last, the overlay was mounted to write; both empty if that cannot be read.
      cnt_read_mount() {
        local LC_ALL=C bytes
        mount_count='' mount_time=''
        read -ra bytes < <(od -An -v -tu1 -j1068 -N10 -- "$1" 2>/dev/null)
        ((${#bytes[@]} == 10)) || return
        mount_time=$((bytes[0] + (bytes[1] << 8) + (bytes[2] << 16) + (bytes[3] << 24)))
        mount_count=$((bytes[8] + (bytes[9] << 8)))
      }
      # Writes a lease in one step: its file, its text. With a third word only where there is none, be
      # it by another machine in the same moment; then the code is 4.
      cnt_write_lease() {
        local host new code=0
        read -r host </proc/sys/kernel/hostname
        new=$1.$host.$$.$RANDOM
        (
          umask 022
          set -o noclobber
          printf '%s' "$2" >"$new"
        ) 2>/dev/null || code=1
        # On NFS a request that was repeated meets its own link.
        if ((code == 0)) && [[ -n ${3-} ]] && { ln -T -- "$new" "$1" 2>/dev/null ||
          [[ $(stat -c %h -- "$new") == 2 ]]; }; then
          :
        elif ((code == 0)) && [[ -n ${3-} && (-e $1 || -L $1) ]]; then
          code=4
        elif ((code == 0)); then
          mv -fT -- "$new" "$1" 2>/dev/null && return
          code=1
        fi
        rm -f -- "$new"
        return "$code"
      }
      """;

  private static final String TAKE =
      """
      # Where no lock reaches other nodes, another's lease does: nobody mounts the overlay beside it.
      cnt_leased() {
        cnt_fail 4 "the overlay $1 is leased to ${their_name:-another}, and on its file system no lock" \
          "reaches other nodes; more: condatainer lock status $(printf %q "$1")"
      }
      # Whether the process of the lease that was read lives, on this machine, started as this boot.
      cnt_lives() {
        local start fields
        [[ $their_pid =~ ^[0-9]+$ ]] && { read -r start </proc/"$their_pid"/stat; } 2>/dev/null || return
        read -ra fields <<<"${start##*) }"
        [[ $their_process == " boot=$1 pidns=$(readlink /proc/$$/ns/pid) pid=$their_pid start=${fields[19]}" ]]
      }
      # The lease beside the overlay: who has it writable. It tells others; the lock decides.
      cnt_take_lease() {
        local file=$1.lease host='' boot='' machine='' start='' user space='' scheduler='' cluster=''
        local job=${CNT_JOB_ID-} value fields
        local their_name='' their_host='' their_job='' their_scheduler='' their_cluster=''
        local their_pid='' their_process='' their_machine='' mount_count='' mount_time='' alone='' stay='' code=0
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
          scheduler=lsf cluster=${LSB_EXEC_CLUSTER-} job=${job:-$LSB_JOBID}
        elif [[ ${BATCH_SYSTEM-} == HTCondor && -n $job ]]; then
          scheduler=htcondor cluster=${CNT_JOB_CLUSTER-}
        elif [[ -n ${SGE_TASK_ID-} && -n ${JOB_ID-} ]]; then
          scheduler=gridengine job=${job:-$JOB_ID}
        else
          job=''
        fi
        ! cnt_locks_stay_here "$1" || alone=1 stay=1
        if ! cnt_read_lease "$1"; then
          [[ ! -e $file && ! -L $file ]] || alone=''
        elif [[ -n $alone ]] && { [[ $their_host:$their_machine != "$host:$machine" ]] || cnt_lives "$boot"; }; then
          cnt_leased "$1"
        else
          alone=''
          # A job that was put back and starts again finds its own.
          [[ -n $job && $their_scheduler:$their_cluster:$their_job == "$scheduler:$cluster:$job" ]] ||
            cnt_note "a lease was left by $their_name; the overlay is free, so this run takes it over"
        fi
        cnt_read_mount "$1"
        printf -v value '%s\n' condatainer-lease=1 "user=$user" "uid=${cnt_uid:-$UID}" "host=$host" \
          "machine=$machine" "boot=$boot" "pidns=$space" "pid=$$" "start=$start" "scheduler=$scheduler" \
          "cluster=$cluster" "job=$job" "run=$cnt_run_id" mode=write \
          "since=$(TZ=UTC0 printf '%(%Y-%m-%dT%H:%M:%SZ)T' -1)" "mounts=$mount_count"
        cnt_write_lease "$file" "$value" "$alone" || code=$?
        if ((code == 0)); then
          cnt_lease=$file cnt_lease_text=$value cnt_lease_mounts=$mount_count
        elif ((code == 4)); then
          cnt_read_lease "$1"
          cnt_leased "$1"
        elif [[ -n $stay ]]; then
          cnt_fail 5 "no lock of the overlay $1 reaches other nodes, and no lease could be written to" \
            "$file to keep them away"
        else
          cnt_note "warning: no lease could be written to $file, so others will not see whose" \
            "process has the overlay"
        fi
      }
      """;

  private static final String CONFIRM =
      """
      # The overlay is mounted now, by this run: the lease says by which mount, so that any later one is
      # known for another's.
      cnt_confirm_lease() {
        local mount_count='' mount_time='' text
        [[ -n ${cnt_lease-} && -n $cnt_lease_mounts ]] || return 0
        cnt_read_mount "$1"
        [[ -n $mount_count && $mount_count != "$cnt_lease_mounts" ]] || return 1
        text=$(cnt_print_lease "$cnt_lease")
        # Who wrote one between this run's and its lock is refused by the lock.
        if [[ $text$'\n' == "$cnt_lease_text" ]] || ! cnt_locks_stay_here "$1"; then
          cnt_write_lease "$cnt_lease" "${cnt_lease_text}mounted=$mount_count $mount_time"$'\n'
        fi
        return 0
      }
      # The same as soon as the process that has its lock, the runtime, has mounted it. A mount in the
      # moment before that by another is not taken for this run's: the count has gone on then.
      cnt_watch_mount() {
        local idle inode wait=0.2
        exec {idle}<> <(:)
        inode=$(stat -Lc %i -- "$1") || return
        while kill -0 "$2"; do
          if grep -qs "^lock:.* WRITE .*:$inode " "/proc/$2/fdinfo/"* && cnt_confirm_lease "$1"; then
            return
          fi
          read -rt "$wait" -u "$idle"
          wait=2
        done
      }
      """;

  private static final String RETURN =
      """
      cnt_return_lease() {
        local text host stat=''
        # Its number may be another's by now, who is no child of this shell.
        if [[ -n ${cnt_lease_watch-} ]] && { read -r stat </proc/"$cnt_lease_watch"/stat; } 2>/dev/null &&
          [[ ${stat##*) } == [A-Z]" $$ "* ]]; then
          read -r host </proc/sys/kernel/hostname
          kill "$cnt_lease_watch" 2>/dev/null
          wait "$cnt_lease_watch" 2>/dev/null
          [[ -z ${cnt_lease-} ]] || rm -f -- "$cnt_lease.$host.$$."*
        fi
        [[ -n ${cnt_lease-} && -f $cnt_lease && ! -L $cnt_lease ]] || return 0
        text=$(cnt_print_lease "$cnt_lease")
        [[ $text$'\n' != "$cnt_lease_text"* ]] || rm -f -- "$cnt_lease"
        cnt_lease=''
      }
      """;
}
