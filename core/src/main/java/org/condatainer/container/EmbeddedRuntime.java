package org.condatainer.container;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.condatainer.script.ShellWords;

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
    if (container.workspace().isPresent()
        && container.workspace().get().writable()
        && !installed.test("perl")
        && !installed.test("python3")) {
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
      if (isWritable(container)) {
        programs.add("fuse-overlayfs");
      }
      if (hasSquashfs(container)) {
        programs.add("squashfuse");
      }
    }
    return programs;
  }

  private static boolean hasSquashfs(Container container) {
    for (MountedOverlay overlay : container.overlays()) {
      if (overlay.format() == MountedOverlay.Format.SQUASHFS) {
        return true;
      }
    }
    return false;
  }

  private static boolean isWritable(Container container) {
    return container.workspace().isPresent() && container.workspace().get().writable();
  }

  private static String debianPackage(String program) {
    return switch (program) {
      case "fuse2fs", "fuse-overlayfs", "squashfuse" -> program;
      case "mount", "umount" -> "mount";
      default -> "util-linux";
    };
  }

  @Override
  public String shellFunction(Container container) {
    boolean host = container.base() instanceof Base.Host;
    String path =
        ContainerVariables.pathPrefix(container)
            + (host ? "$PATH" : "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
    boolean image = !host || hasSquashfs(container);
    StringBuilder text = new StringBuilder();
    text.append(PrivateFolder.function());
    text.append(OverlayCheck.function(container, OverlayCheck.Lock.TAKE));
    text.append(ContainerVariables.function(container, path));
    text.append(ForwardedSignals.functions());
    text.append(OverlayLease.functions(container));
    text.append(EmbeddedMounts.functions(container, root));
    String functions = "cnt_note cnt_fail cnt_copy_script cnt_variables" + ContainerLocale.NAMES;
    functions += " cnt_mounted cnt_bind cnt_folders cnt_run cnt_serve";
    functions += " cnt_signal cnt_hand_on cnt_forward_signals cnt_await";
    functions += OverlayLease.names(container);
    functions += image ? " cnt_squashfs" : "";
    functions += root && container.workspace().isPresent() ? " cnt_loop" : "";
    text.append("cnt_container() {\n  local program\n  for program in ");
    text.append(ShellWords.join(programs(container)));
    text.append("; do\n    command -v \"$program\" >/dev/null ||\n");
    text.append("      cnt_fail 5 \"$program is not on $HOSTNAME: condatainer needs it there,\"");
    text.append(" \"or Apptainer\"\n  done\n");
    if (container.base() instanceof Base.Image base) {
      String file = ShellWords.quote(base.path().toString());
      text.append("  [[ -r ").append(file).append(" ]] ||\n    cnt_fail 5 ");
      text.append("\"on $HOSTNAME there is no base image that you can read at \"");
      text.append(file).append('\n');
    }
    text.append(root ? "" : USER_NAMESPACES);
    text.append("  cnt_check_overlays\n  cnt_private_folder\n");
    return text.append(
            ENTER
                .replace("@USER@", isForRoot(container) ? USER_OUTSIDE : "")
                .replace("@NAMES@", isForRoot(container) ? " cnt_uid cnt_user" : "")
                .replace(
                    "@OPTIONS@",
                    root ? "--mount" : isForRoot(container) ? ROOT_NAMESPACES : NAMESPACES)
                .replace("@FUNCTIONS@", functions))
        .toString();
  }

  /**
   * Whether root's files are to be written, which takes a mount by somebody who is root in his
   * namespace; the user's own are written as the user's.
   */
  private boolean isForRoot(Container container) {
    return !root
        && container.fakeroot()
        && isWritable(container)
        && container.workspace().get().ofRoot();
  }

  private static final String NAMESPACES = "--user --map-current-user --keep-caps --mount";

  private static final String ROOT_NAMESPACES = "--user --map-root-user --mount";

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
          ((value)) || cnt_fail 5 "user namespaces are off on $HOSTNAME (/proc/sys/$setting is 0):" \\
            "only Apptainer or root can mount an overlay there"
        done
        [[ -w /dev/fuse ]] || cnt_fail 5 "you cannot use /dev/fuse on $HOSTNAME"
      """;

  // BASH_ENV is for the command, not for the shell in between.
  private static final String ENTER =
      """
        local cnt_bash_env=${BASH_ENV-}
        unset BASH_ENV
      @USER@  exec unshare @OPTIONS@ -- "$BASH" -c "$(
          declare -p cnt_bash_env cnt_mounts cnt_script cnt_run_id@NAMES@
          declare -f @FUNCTIONS@
        )
      cnt_mounted \\"\\$@\\"" "$0" "$@"
      }
      """;
}
