package org.condatainer.container;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * The runtime that needs neither Apptainer nor Singularity: a mount namespace, the overlays mounted
 * in it, and util-linux to enter it. The shell stays until the command has ended, hands on what
 * signals it gets, and takes the mounts down in the order that leaves a clean image.
 *
 * @param root whether it runs as root, with the kernel's own mounts; otherwise in a user namespace,
 *     with FUSE
 */
public record EmbeddedRuntime(boolean root) implements ContainerRuntime {
  @Override
  public String name() {
    return "embedded";
  }

  @Override
  public List<String> missing(Container container, Predicate<String> installed) {
    List<String> missing = new ArrayList<>();
    for (String program : programs(container)) {
      if (!installed.test(program)) {
        missing.add(program + " (Debian package " + debianPackage(program) + ")");
      }
    }
    if (container.writable() && !installed.test("perl") && !installed.test("python3")) {
      missing.add("perl or python3 (Debian package perl-base)");
    }
    return missing;
  }

  private List<String> programs(Container container) {
    List<String> programs = new ArrayList<>(List.of("unshare", "mount", "umount"));
    if (!root) {
      programs.add("setsid");
      programs.add("setpriv");
      container.workspace().ifPresent(overlay -> programs.add("fuse2fs"));
      if (container.writable()) {
        programs.add("fuse-overlayfs");
      }
      if (container.hasSquashfs()) {
        programs.add("squashfuse");
      }
    }
    return programs;
  }

  private static String debianPackage(String program) {
    return switch (program) {
      case "fuse2fs", "fuse-overlayfs", "squashfuse" -> program;
      case "mount", "umount" -> "mount";
      default -> "util-linux";
    };
  }

  @Override
  public ScriptText shellFunction(Container container) {
    boolean forRoot = isForRoot(container);
    return ScriptText.join(
        PrivateFolder.function(),
        OverlayCheck.function(container, OverlayCheck.Lock.TAKE),
        ContainerVariables.function(container, path(container)),
        ForwardedSignals.functions(),
        OverlayLease.functions(container),
        EmbeddedMounts.functions(container, root),
        ScriptTemplate.of(CONTAINER)
            .words("PROGRAMS", programs(container))
            .part("BASE", base(container))
            .part("NAMESPACES", root ? ScriptText.NONE : ScriptText.of(USER_NAMESPACES))
            .part("USER", forRoot ? ScriptText.of(USER_OUTSIDE) : ScriptText.NONE)
            .part("VARIABLES", forRoot ? ScriptText.of(" cnt_uid cnt_user") : ScriptText.NONE)
            .part("OPTIONS", options(forRoot))
            .part("FUNCTIONS", functionNames(container))
            .text());
  }

  private static ScriptText path(Container container) {
    return ContainerVariables.path(
        container,
        container.base() instanceof Base.Host
            ? ScriptText.of("$PATH")
            : ScriptText.of("/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"));
  }

  private static ScriptText base(Container container) {
    if (container.base() instanceof Base.Image base) {
      return ScriptTemplate.of(BASE).word("IMAGE", base.path().toString()).text();
    }
    return ScriptText.NONE;
  }

  private ScriptText options(boolean forRoot) {
    if (root) {
      return ScriptText.of("--mount");
    }
    return forRoot
        ? ScriptText.of("--user --map-root-user --mount")
        : ScriptText.of("--user --map-current-user --keep-caps --mount");
  }

  /** What the shell within the namespace is handed. */
  private ScriptText functionNames(Container container) {
    boolean image = container.base() instanceof Base.Image || container.hasSquashfs();
    return ScriptText.join(
        ScriptText.of(
            "cnt_note cnt_fail cnt_copy_script cnt_variables"
                + ContainerLocale.NAMES
                + " cnt_mounted cnt_bind cnt_folders cnt_run cnt_serve"
                + " cnt_signal cnt_hand_on cnt_forward_signals cnt_await"),
        OverlayLease.names(container),
        image ? ScriptText.of(" cnt_squashfs") : ScriptText.NONE,
        root && container.workspace().isPresent() ? ScriptText.of(" cnt_loop") : ScriptText.NONE);
  }

  /**
   * Whether root's files are to be written, which takes a mount by somebody who is root in his
   * namespace; the user's own are written as the user's.
   */
  private boolean isForRoot(Container container) {
    return !root
        && container.fakeroot()
        && container.writable()
        && container.workspace().get().ofRoot();
  }

  /** For the lease: who the user is outside. */
  private static final String USER_OUTSIDE =
      """
        cnt_uid=$UID
        cnt_user=$(id -un 2>/dev/null) || cnt_user=$UID
      """;

  private static final String USER_NAMESPACES =
      """
        local setting value
        for setting in user/max_user_namespaces kernel/unprivileged_userns_clone; do
          read -r value 2>/dev/null </proc/sys/$setting || continue
          ((value)) || cnt_fail 5 "user namespaces are off on $cnt_host (/proc/sys/$setting is 0):" \\
            "only Apptainer or root can mount an overlay there"
        done
        [[ -w /dev/fuse ]] || cnt_fail 5 "you cannot use /dev/fuse on $cnt_host"
      """;

  private static final String BASE =
      """
        [[ -r @IMAGE@ ]] ||
          cnt_fail 5 "on $cnt_host there is no base image that you can read at "@IMAGE@
      """;

  // BASH_ENV is for the command, not for the shell in between.
  private static final String CONTAINER =
      """
      cnt_container() {
        local program
        for program in @PROGRAMS@; do
          command -v "$program" >/dev/null ||
            cnt_fail 5 "$program is not on $cnt_host: condatainer needs it there," "or Apptainer"
        done
      @BASE@@NAMESPACES@\
        cnt_check_overlays
        cnt_private_folder
        local cnt_bash_env=${BASH_ENV-}
        unset BASH_ENV
      @USER@\
        exec unshare @OPTIONS@ -- "$BASH" -c "$(
          declare -p cnt_bash_env cnt_posix cnt_host cnt_mounts cnt_script cnt_run_id@VARIABLES@
          declare -f @FUNCTIONS@
        )
      cnt_mounted \\"\\$@\\"" "$0" "$@"
      }
      """;
}
