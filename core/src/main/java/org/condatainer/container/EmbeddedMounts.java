package org.condatainer.container;

import java.util.ArrayList;
import java.util.List;
import org.condatainer.script.ShellWords;

/** What the embedded runtime does inside its mount namespace, as bash. */
final class EmbeddedMounts {
  private EmbeddedMounts() {}

  /** Defines {@code cnt_mounted}, called with the command, and what it calls. */
  static String functions(Container container, boolean root) {
    boolean host = container.base() instanceof Base.Host;
    StringBuilder text = new StringBuilder(BIND);
    text.append(host ? HOST_FOLDERS : IMAGE_FOLDERS);
    List<String> layers = new ArrayList<>();
    StringBuilder mounts = new StringBuilder();
    StringBuilder points =
        new StringBuilder("\"$m\"/{root,points,points/" + EnclosingContainer.MARK + ",empty");
    for (int i = 0; i < container.overlays().size(); i++) {
      MountedOverlay overlay = container.overlays().get(i);
      if (overlay.format() == MountedOverlay.Format.EXT3) {
        mounts.append(workspace(overlay, root));
        points.append(",image");
        if (!overlay.writable()) {
          layers.add("$m/image/upper");
        }
      } else {
        mounts.append("  cnt_squashfs ").append(ShellWords.quote(overlay.path().toString()));
        mounts.append(" \"$m/squashfs").append(i).append("\"\n");
        points.append(",squashfs").append(i);
        layers.add("$m/squashfs" + i);
      }
    }
    if (container.base() instanceof Base.Image image) {
      mounts.append(BASE.replace("@IMAGE@", ShellWords.quote(image.path().toString())));
      points.append(",squashfs");
      layers.add("$m/base");
    }
    layers.add("$m/points");
    if (!host || hasSquashfs(container)) {
      text.append(root ? SQUASHFS_ROOT : SQUASHFS_USER);
    }
    text.append(SERVE);
    boolean writable = container.workspace().isPresent() && container.workspace().get().writable();
    String image = container.workspace().map(found -> found.path().toString()).orElse("");
    if (root && container.workspace().isPresent()) {
      text.append(LOOP);
    }
    String enter =
        root ? "" : container.fakeroot() ? "--user --map-root-user " : "--user --map-current-user ";
    text.append(RUN.replace("@ENTER@", enter));
    return text.append(
            MOUNTED
                .replace("@LEASE@", OverlayLease.taking(container))
                .replace("@POINTS@", points + "}")
                .replace("@MOUNTS@", mounts + OverlayLease.confirming(container))
                .replace("@BINDS@", binds(container))
                .replace("@UNION@", union(container, layers, root))
                .replace(
                    "@RELEASE@",
                    root
                        ? (writable ? SYNCED : "")
                            + RELEASE_ROOT.replace(
                                "@POINT@", container.workspace().isPresent() ? " \"$m/image\"" : "")
                        : RELEASE_USER + (writable ? LEFT : ""))
                .replace("@LOST@", LOST)
                .replace("@IMAGE@", ShellWords.quote(image)))
        .toString();
  }

  private static boolean hasSquashfs(Container container) {
    for (MountedOverlay overlay : container.overlays()) {
      if (overlay.format() == MountedOverlay.Format.SQUASHFS) {
        return true;
      }
    }
    return false;
  }

  private static String workspace(MountedOverlay overlay, boolean root) {
    String text =
        (root ? WORKSPACE_ROOT : WORKSPACE_USER) + (overlay.writable() && !root ? OWNER : "");
    return text.replace("@WRITE@", overlay.writable() ? "1" : "0")
        .replace("@MODE@", overlay.writable() ? "rw" : "ro")
        .replace("@IMAGE@", ShellWords.quote(overlay.path().toString()));
  }

  private static String union(Container container, List<String> layers, boolean root) {
    boolean writable = container.workspace().isPresent() && container.workspace().get().writable();
    String options = "lowerdir=" + String.join(":", layers);
    if (writable) {
      options += ",upperdir=$m/image/upper,workdir=$m/image/work";
    }
    if (!writable && layers.size() == 1) {
      options += ":$m/empty";
    }
    String kernel =
        "mount -t overlay -o \"" + (writable ? "" : "ro,") + options + "\" overlay \"$m/root\"";
    String fuse =
        "cnt_serve \"$m/root\" fuse-overlayfs -f -o \"" + options + ",noacl\" \"$m/root\"";
    if (root) {
      return "  " + kernel + " || cnt_fail 5 \"the overlays cannot be mounted on $HOSTNAME\"\n";
    }
    // The kernel's own overlay is faster, but writes to nothing that FUSE mounted.
    return writable ? "  " + fuse + "\n" : "  " + kernel + " 2>/dev/null ||\n    " + fuse + "\n";
  }

  private static String binds(Container container) {
    StringBuilder text = new StringBuilder();
    for (Bind bind : container.binds()) {
      text.append("  cnt_bind ").append(ShellWords.quote(bind.source().toString())).append(' ');
      text.append(ShellWords.quote(bind.target().toString()));
      text.append(bind.readOnly() ? " ,ro\n" : "\n");
    }
    return text.toString();
  }

  private static final String BIND =
      """
      # Notes a folder or file to be shown: source, target, options.
      cnt_bind() {
        [[ -e $1 ]] || cnt_fail 5 "on $HOSTNAME there is no $1 to be shown in the container"
        if [[ -d $1 ]]; then
          folders+=("$m/points$2")
        else
          folders+=("$m/points${2%/*}") files+=("$m/points$2")
        fi
        local source=${1//\\\\/\\\\134} target=$m/root${2//\\\\/\\\\134}
        source=${source// /\\\\040} target=${target// /\\\\040}
        source=${source//$'\\t'/\\\\011} target=${target//$'\\t'/\\\\011}
        source=${source//$'\\n'/\\\\012} target=${target//$'\\n'/\\\\012}
        table+="$source $target none rbind${3-} 0 0"$'\\n'
      }
      """;

  private static final String HOST_FOLDERS =
      """
      # The base is this node's own root: a skeleton of it with its folders bound in. Root gets the
      # system's read-only; what is written belongs into the overlay.
      cnt_folders() {
        local folder
        for folder in /*; do
          case $folder in
            /tmp | /ext3 | /lost+found) ;;
            *)
              if [[ -L $folder ]]; then
                links+=("$folder")
              elif [[ -d $folder ]]; then
                case ${cnt_uid:-$UID}:$folder in
                  0:/usr | 0:/etc | 0:/opt | 0:/boot) cnt_bind "$folder" "$folder" ,ro ;;
                  *) cnt_bind "$folder" "$folder" ;;
                esac
              fi
              ;;
          esac
        done
      }
      """;

  private static final String IMAGE_FOLDERS =
      """
      # What of this node is seen over the base image, as Apptainer shows it.
      cnt_folders() {
        local folder
        for folder in /proc /sys /dev /var/tmp; do
          [[ ! -d $folder ]] || cnt_bind "$folder" "$folder"
        done
        for folder in passwd group hosts resolv.conf localtime; do
          [[ ! -f $m/base/etc/$folder || ! -f /etc/$folder ]] || cnt_bind /etc/$folder /etc/$folder
        done
        for folder in "${HOME-}" "${TMPDIR-}" "$PWD"; do
          case $folder in
            / | /bin* | /boot* | /dev* | /etc* | /lib* | /opt* | /proc* | /run* | /sbin*) ;;
            /sys* | /usr* | /var*) ;;
            /*) [[ ! -d $folder ]] || cnt_bind "$folder" "$folder" ;;
          esac
        done
      }
      """;

  private static final String SERVE =
      """
      # Starts a FUSE helper for a mount point and waits until it serves. In a session of its own it
      # does not get what is sent to the job; it ends in good order when this shell ends.
      cnt_serve() {
        local point=$1
        shift
        exec 8<"$point"
        setsid setpriv --pdeathsig TERM "$@" </dev/null >"$m/log" 2>&1 7<&- 8<&- &
        helpers="$! $helpers"
        while [[ $point -ef /dev/fd/8 ]]; do
          kill -0 "$!" 2>/dev/null || cnt_fail 5 "$1 failed on $HOSTNAME: $(<"$m/log")"
          read -rt 0.003 -u "$idle"
        done
        exec 8<&-
      }
      """;

  private static final String SQUASHFS_USER =
      """
      cnt_squashfs() {
        local file
        exec {file}<"$1" || exit 5
        cnt_serve "$2" squashfuse -f "/proc/self/fd/$file" "$2"
        exec {file}<&-
      }
      """;

  private static final String SQUASHFS_ROOT =
      """
      cnt_squashfs() {
        mount -t squashfs -o loop,ro -- "$1" "$2" 2>"$m/log" && return
        command -v squashfuse >/dev/null ||
          cnt_fail 5 "$1 cannot be mounted on $HOSTNAME, which has no squashfuse either: $(<"$m/log")"
        cnt_serve "$2" squashfuse -f "$1" "$2"
      }
      """;

  private static final String BASE =
      """
        local base=@IMAGE@ magic=''
        if [[ -d $base ]]; then
          ln -s "$base" "$m/base"
        else
          LC_ALL=C read -rN 4 magic <"$base"
          [[ $magic == hsqs ]] ||
            cnt_fail 5 "$base is neither a folder nor a squashfs file; other images take Apptainer"
          cnt_squashfs "$base" "$m/squashfs"
          ln -s squashfs "$m/base"
        fi
      """;

  private static final String WORKSPACE_USER =
      """
        cnt_serve "$m/image" fuse2fs -f -o fakeroot,@MODE@ /proc/self/fd/9 "$m/image"
        exec 9<&-
        [[ -d $m/image/upper ]] || cnt_fail 5 "the overlay "@IMAGE@" has no folder /upper"
      """;

  private static final String OWNER =
      """
        [[ -O $m/image/upper ]] || cnt_fail 5 "the overlay "@IMAGE@" belongs to another user inside;" \\
          "only that user can write to it"
      """;

  private static final String WORKSPACE_ROOT =
      """
        cnt_loop @WRITE@ @IMAGE@ "$m/image" || cnt_fail 5 "the overlay "@IMAGE@" cannot be mounted"
        [[ -d $m/image/upper ]] || cnt_fail 5 "the overlay "@IMAGE@" has no folder /upper"
      """;

  // LOOP_CTL_GET_FREE 0x4C82, LOOP_SET_FD 0x4C00, LOOP_SET_STATUS64 0x4C04 with LO_FLAGS_AUTOCLEAR
  // 4
  // at byte 52 of struct loop_info64 (loop(4), linux/loop.h).
  private static final String LOOP =
      """
      # Mounts the overlay through a loop device on descriptor 9 itself: so the lock lives at least as
      # long as the mount. This shell keeps it open too, so that one sees who holds the lock.
      cnt_loop() {
        local options=ro
        (($1)) && options=rw,errors=remount-ro
        if command -v perl >/dev/null; then
          PERL5OPT='' PERL5LIB='' PERL_BADLANG=0 perl -e '
          my ($w, $options, $point) = @ARGV;
          my ($l, $n);
          $^F = 255;
          sysopen my $c, "/dev/loop-control", 2 or die "/dev/loop-control: $!\\n";
          for (1 .. 99) {
            $n = 0 + (ioctl($c, 0x4C82, 0) or die "no free loop device: $!\\n");
            sysopen $l, "/dev/loop$n", $w ? 2 : 0 or die "/dev/loop$n: $!\\n";
            last if ioctl $l, 0x4C00, 9;
            undef $l;
          }
          my $status = pack "x52Lx176", 4;
          $l && ioctl $l, 0x4C04, $status or die "/dev/loop$n: $!\\n";
          exec qw(mount -i -t ext3 -o), $options, "/dev/loop$n", $point;
          ' "$1" "$options" "$3"
        elif command -v python3 >/dev/null; then
          python3 -ISc '
      import fcntl, os, struct, sys
      write, options, point = sys.argv[1:]
      control = os.open("/dev/loop-control", os.O_RDWR)
      for i in range(99):
        name = "/dev/loop%d" % fcntl.ioctl(control, 0x4C82)
        loop = os.open(name, os.O_RDWR if int(write) else os.O_RDONLY)
        try:
          fcntl.ioctl(loop, 0x4C00, 9)
          break
        except OSError:
          os.close(loop)
      fcntl.ioctl(loop, 0x4C04, struct.pack("=52xL176x", 4))
      os.set_inheritable(loop, True)
      os.execvp("mount", ["mount", "-i", "-t", "ext3", "-o", options, name, point])
      ' "$1" "$options" "$3"
        else
          mount -t ext3 -o "loop,$options" -- "$2" "$3"
        fi
      }
      """;

  private static final String RUN =
      """
      # Runs the command and waits for it; its exit code is in code.
      cnt_run() {
        local folder=$PWD unshare
        unshare=$(type -P unshare)
        if [[ ! -d $m/root$folder ]]; then
          cnt_note "warning: the container does not show $folder; the command runs in /"
          folder=/
        fi
        (
          trap - INT QUIT
          cnt_prefix='' cnt_variables
          exec "$unshare" @ENTER@--root="$m/root" --wd="$folder" -- \\
            ${cnt_inside[@]+"${cnt_inside[@]}"} "$@"
        ) <&0 9<&- {idle}<&- &
        cnt_await "$!"
      }
      """;

  private static final String MOUNTED =
      """
      # In a mount namespace of its own: nobody else sees what is mounted here, and all of it ends with
      # the last process in it.
      cnt_mounted() {
        local m=$cnt_mounts table='' helpers='' command='' early='' code=0
        local folders=() files=() links=() signal idle
        cnt_forward_signals
      @LEASE@\
        [[ -z $cnt_bash_env ]] || export BASH_ENV=$cnt_bash_env
        exec {idle}<> <(:)
        mount -t tmpfs -o mode=755 condatainer "$m" ||
          cnt_fail 5 "nothing can be mounted on $HOSTNAME"
        mkdir @POINTS@
      @MOUNTS@\
        # First, so that little of what is mounted below it is copied with it; at last that is covered.
        cnt_bind /tmp /tmp
        cnt_folders
      @BINDS@\
        if [[ -n $cnt_script ]]; then
          cnt_copy_script "$m/script" && exec 7<&-
          cnt_bind "$m/script" "$cnt_script"
        fi
        table+="$m/empty $m/root$m none bind,ro 0 0"$'\n'
        mkdir -p "${folders[@]}"
        ((${#links[@]} == 0)) || cp -P "${links[@]}" "$m/points"
        for signal in "${files[@]}"; do
          : >"$signal"
        done
      @UNION@\
        printf '%s' "$table" >"$m/table"
        mount -a -T "$m/table" || cnt_fail 5 "the host's folders cannot be shown in the container"
        cnt_run "$@"
      @RELEASE@\
        exit "$code"
      }
      """;

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

  private static final String RELEASE_ROOT =
      """
        umount -l "$m/root"@POINT@
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
              "last is lost: is the disk below it full (df)? Make room, then: condatainer overlay check"
            ((code)) || code=5
          }\
      """
          .stripTrailing();
}
