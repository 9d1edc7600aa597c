package org.condatainer.container;

import java.util.ArrayList;
import java.util.List;

/**
 * The part of the batch script that looks at the overlays before they are mounted: that they are
 * there, are the ones that were planned, are clean, and are free. It leaves the workspace overlay
 * open as descriptor 9.
 */
final class OverlayCheck {
  /** What is done about the lock. */
  enum Lock {
    /** Only asked for (F_OFD_GETLK): the runtime takes it. Disturbs nobody. */
    ASK,
    /** Taken on descriptor 9 (F_OFD_SETLK): it lives as long as somebody has that open. */
    TAKE
  }

  private OverlayCheck() {}

  /** Defines {@code cnt_check_overlays}, which fails with 4 or 5. */
  static ScriptText function(Container container, Lock lock) {
    List<ScriptText> functions = new ArrayList<>();
    List<ScriptText> checks = new ArrayList<>();
    for (MountedOverlay overlay : container.overlays()) {
      checks.add(ScriptTemplate.of(THERE).word("OVERLAY", overlay.path().toString()).text());
    }
    if (container.workspace().isPresent()) {
      MountedOverlay workspace = container.workspace().get();
      functions.add(OverlayLease.reading());
      functions.add(lockFunction(lock));
      functions.add(workspace.lockWait().isZero() ? ScriptText.NONE : ScriptText.of(WAIT));
      functions.add(ScriptText.of(CLEAN));
      checks.add(workspaceChecks(workspace));
    }
    if (checks.isEmpty()) {
      checks.add(ScriptText.of("  :\n"));
    }
    return ScriptTemplate.of("@FUNCTIONS@cnt_check_overlays() {\n@CHECKS@}\n")
        .part("FUNCTIONS", ScriptText.join("", functions))
        .part("CHECKS", ScriptText.join("", checks))
        .text();
  }

  private static ScriptText workspaceChecks(MountedOverlay overlay) {
    return ScriptTemplate.of(
            """
            @OPEN@ || cnt_fail 5 "the overlay cannot be opened: "@OVERLAY@
              @LOCK@ @OVERLAY@ @WRITE@ @MODIFIED@
              cnt_clean @OVERLAY@ @UUID@
            """)
        .part("OPEN", open(overlay))
        .part(
            "LOCK",
            overlay.lockWait().isZero()
                ? ScriptText.of("cnt_lock")
                : ScriptTemplate.of("cnt_await_lock @SECONDS@")
                    .number("SECONDS", overlay.lockWait().toSeconds())
                    .text())
        .number("WRITE", overlay.writable() ? 1 : 0)
        .word(
            "MODIFIED",
            overlay.modified().map(time -> Long.toString(time.getEpochSecond())).orElse(""))
        .word("OVERLAY", overlay.path().toString())
        .word("UUID", overlay.uuid())
        .text();
  }

  private static ScriptText open(MountedOverlay overlay) {
    return ScriptTemplate.of(overlay.writable() ? OPEN_TO_WRITE : "  exec 9<@OVERLAY@")
        .word("OVERLAY", overlay.path().toString())
        .text();
  }

  /**
   * Apptainer's lock: an open-file-description lock on all of the file, for writing or for reading
   * (pkg/util/fs/lock). {@code struct flock} is the one of 64-bit Linux.
   */
  private static ScriptText lockFunction(Lock lock) {
    boolean ask = lock == Lock.ASK;
    return ScriptTemplate.of(LOCK)
        .part("PERL", ask ? ScriptText.of(PERL_ASKS) : ScriptText.of(PERL_TAKES))
        .part("PYTHON", ask ? ScriptText.of(PYTHON_ASKS) : ScriptText.of(PYTHON_TAKES))
        .part("FLOCK", ask ? ScriptText.of("false") : ScriptText.of(FLOCK_TAKES))
        .part("NOTOOL", ask ? ScriptText.NONE : ScriptText.of(NO_TOOL))
        .text();
  }

  private static final String THERE =
      """
        [[ -f @OVERLAY@ && -r @OVERLAY@ ]] ||
          cnt_fail 5 "on $cnt_host there is no overlay that you can read at "@OVERLAY@
      """;

  private static final String OPEN_TO_WRITE =
      """
        [[ -w @OVERLAY@ ]] ||
          cnt_fail 5 "you cannot write to the overlay "@OVERLAY@"; it can still be used read-only"
        exec 9<>@OVERLAY@\
      """;

  private static final String PERL_ASKS =
      """
          fcntl $f, 36, $l or exit 3;
          exit((unpack "s", $l)[0] == 2 ? 0 : 4);\
      """;

  private static final String PERL_TAKES =
      "    fcntl $f, 37, $l or exit($! == 11 || $! == 13 ? 4 : 3);";

  private static final String PYTHON_ASKS =
      """
        l = fcntl.fcntl(9, 36, l)
        sys.exit(0 if l[0] == 2 else 4)\
      """;

  private static final String PYTHON_TAKES = "  fcntl.fcntl(9, 37, l)";

  private static final String FLOCK_TAKES = "flock --fcntl --nonblock -E 4 \"$kind\" 9";

  // Overlay, 1 to write or 0 to read, when it was last modified, empty if that may change.
  private static final String LOCK =
      """
      cnt_in_use() {
        local their_name='' their_host='' their_job='' their_scheduler='' their_cluster=''
        local their_pid='' their_process='' their_machine='' whose
        whose='there is no lease that says by whom'
        ! cnt_read_lease "$1" || whose="its lease was written by $their_name"
        cnt_fail 4 "the overlay $1 is in use by another process: $whose; wait until that ends, or use" \\
          "a copy; more: condatainer lock status $(printf %q "$1")"
      }
      # The lock on the overlay, which is open as descriptor 9: Apptainer's own kind.
      cnt_lock() {
        local kind=--shared code=3
        (($2)) && kind=--exclusive
        if command -v perl >/dev/null; then
          PERL5OPT='' PERL5LIB='' PERL_BADLANG=0 perl -e '
          my ($w, $planned) = @ARGV;
          open my $f, ($w ? "+<&=" : "<&="), 9 or exit 3;
          print STDERR "condatainer: the overlay was modified since this run was planned\\n"
            if $planned ne "" && (stat $f)[9] != $planned;
          my $l = pack "s2x4q2lx4", $w, 0, 0, -s $f, 0;
      @PERL@' "$2" "$3"
          code=$?
        elif command -v python3 >/dev/null; then
          python3 -ISc '
      import fcntl, os, struct, sys
      s = os.fstat(9)
      if sys.argv[2] and int(s.st_mtime) != int(sys.argv[2]):
        print("condatainer: the overlay was modified since this run was planned", file=sys.stderr)
      l = struct.pack("hhqqi4x", int(sys.argv[1]), 0, 0, s.st_size, 0)
      try:
      @PYTHON@
      except OSError as e:
        sys.exit(4 if e.errno in (11, 13) else 3)' "$2" "$3"
          code=$?
        else
          @FLOCK@ 2>/dev/null
          code=$?
        fi
        ((code != 4)) || cnt_in_use "$1"
      @NOTOOL@}
      """;

  // Seconds, and what cnt_lock takes. A lock that is taken on descriptor 9 stays when the shell in
  // which that was done ends.
  private static final String WAIT =
      """
      # As --wait-lock says, until the overlay is free.
      cnt_await_lock() {
        local end=$((SECONDS + $1)) told='' said code limit=$1
        shift
        while said=$(cnt_lock "$@" 2>&1); code=$?; ((code == 4 && SECONDS < end)); do
          [[ -n $told ]] || printf '%s\\ncondatainer: waits until it is free, at most %s s\\n' "$said" "$limit" >&2
          told=1
          sleep 2
        done
        [[ -z $said ]] || printf '%s\\n' "$said" >&2
        ((code == 0)) || exit "$code"
      }
      """;

  private static final String NO_TOOL =
      """
        if ((code != 0 && $2)); then
          cnt_fail 5 "the overlay $1 cannot be locked on $cnt_host, so it is not opened for writing;" \\
            "it takes perl, python3 or util-linux 2.41 or later, and a file system with locks"
        elif ((code != 0)); then
          cnt_note "warning: the overlay $1 cannot be locked on $cnt_host: a writer would not be noticed"
        fi
      """;

  // Offsets are those of struct ext3_super_block, which begins at byte 1024: s_magic 56, s_state
  // 58,
  // s_feature_incompat 96, s_uuid 104.
  private static final String CLEAN =
      """
      # The overlay's superblock: the planned file system, cleanly unmounted.
      cnt_clean() {
        local bytes
        bytes=$(od -An -v -tx1 -j1080 -N64 <&9 2>/dev/null)
        bytes=${bytes//[[:space:]]/}
        [[ $bytes == 53ef* && ${#bytes} == 128 ]] || cnt_fail 5 "$1 is not an ext3 image"
        [[ -z $2 || ${bytes:96} == "$2" ]] ||
          cnt_fail 5 "$1 is not the overlay that this run was planned with:" \\
            "its UUID is ${bytes:96}, not $2"
        ((0x${bytes:4:2} & 2)) &&
          cnt_fail 5 "the overlay $1 has file system errors; repair it first: condatainer overlay check -y $(printf %q "$1")"
        ((0x${bytes:4:2} & 1 && !(0x${bytes:80:2} & 4))) ||
          cnt_fail 5 "the overlay $1 was not cleanly unmounted; recover it first: condatainer overlay check $(printf %q "$1")"
      }
      """;
}
