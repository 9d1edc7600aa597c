package org.condatainer.container;

import java.util.ArrayList;
import java.util.List;

/**
 * How the embedded runtime mounts one image, as bash: by the kernel for root, otherwise by a FUSE
 * helper.
 */
final class ImageMounts {
  private ImageMounts() {}

  /**
   * Defines {@code cnt_serve}, which starts a FUSE helper, and what the container's images take
   * besides: {@code cnt_squashfs FILE POINT}, {@code cnt_loop WRITE FILE POINT}. The caller has the
   * variables {@code m}, {@code helpers} and {@code idle}.
   */
  static ScriptText functions(Container container, boolean root) {
    boolean squashfs = container.base() instanceof Base.Image || container.hasSquashfs();
    List<ScriptText> functions = new ArrayList<>();
    if (squashfs) {
      functions.add(root ? ScriptText.of(SQUASHFS_ROOT) : ScriptText.of(SQUASHFS_USER));
    }
    functions.add(ScriptText.of(SERVE));
    if (root && container.workspace().isPresent()) {
      functions.add(ScriptText.of(LOOP));
    }
    return ScriptText.join("", functions);
  }

  /** The lines that mount a workspace overlay at {@code $m/image}. */
  static ScriptText workspace(MountedOverlay overlay, boolean root) {
    String image = overlay.path().toString();
    if (root) {
      return ScriptTemplate.of(WORKSPACE_ROOT)
          .number("WRITE", overlay.writable() ? 1 : 0)
          .word("IMAGE", image)
          .text();
    }
    return ScriptText.join(
        ScriptTemplate.of(WORKSPACE_USER)
            .plain("MODE", overlay.writable() ? "rw" : "ro")
            .word("IMAGE", image)
            .text(),
        overlay.writable()
            ? ScriptTemplate.of(OWNER).word("IMAGE", image).text()
            : ScriptText.NONE);
  }

  /** The lines that mount a frozen overlay at {@code $m/squashfsN}. */
  static ScriptText frozen(MountedOverlay overlay, int number) {
    return ScriptTemplate.of("  cnt_squashfs @IMAGE@ \"$m/squashfs@NUMBER@\"\n")
        .word("IMAGE", overlay.path().toString())
        .number("NUMBER", number)
        .text();
  }

  /**
   * The lines that show a base image at {@code $m/base}; a squashfs goes to {@code $m/squashfs}.
   */
  static ScriptText base(Base.Image base) {
    return ScriptTemplate.of(BASE).word("IMAGE", base.path().toString()).text();
  }

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
          kill -0 "$!" 2>/dev/null || cnt_fail 5 "$1 failed on $cnt_host: $(<"$m/log")"
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
          cnt_fail 5 "$1 cannot be mounted on $cnt_host, which has no squashfuse either: $(<"$m/log")"
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
}
