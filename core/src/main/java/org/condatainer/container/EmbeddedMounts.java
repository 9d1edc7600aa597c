package org.condatainer.container;

import java.util.ArrayList;
import java.util.List;

/**
 * What the embedded runtime does inside its mount namespace, as bash: what is mounted, in which
 * order. How one image is mounted is in {@link ImageMounts}, what is seen of the machine in {@link
 * ShownFolders}, and the way back in {@link Unmounting}.
 */
final class EmbeddedMounts {
  private EmbeddedMounts() {}

  /** Defines {@code cnt_mounted}, called with the command, and what it calls. */
  static ScriptText functions(Container container, boolean root) {
    List<ScriptText> points = new ArrayList<>();
    List<ScriptText> mounts = new ArrayList<>();
    List<ScriptText> layers = new ArrayList<>();
    for (int i = 0; i < container.overlays().size(); i++) {
      MountedOverlay overlay = container.overlays().get(i);
      if (overlay.format() == MountedOverlay.Format.EXT3) {
        mounts.add(ImageMounts.workspace(overlay, root));
        points.add(ScriptText.of(",image"));
        if (!overlay.writable()) {
          layers.add(ScriptText.of("$m/image/upper"));
        }
      } else {
        mounts.add(ImageMounts.frozen(overlay, i));
        points.add(ScriptTemplate.of(",squashfs@NUMBER@").number("NUMBER", i).text());
        layers.add(ScriptTemplate.of("$m/squashfs@NUMBER@").number("NUMBER", i).text());
      }
    }
    if (container.base() instanceof Base.Image image) {
      mounts.add(ImageMounts.base(image));
      points.add(ScriptText.of(",squashfs"));
      layers.add(ScriptText.of("$m/base"));
    }
    layers.add(ScriptText.of("$m/points"));
    return ScriptText.join(
        ShownFolders.functions(container),
        ImageMounts.functions(container, root),
        ScriptTemplate.of(RUN).part("ENTER", enter(container, root)).text(),
        ScriptTemplate.of(MOUNTED)
            .part("LEASE", OverlayLease.taking(container))
            .plain("MARK", EnclosingContainer.MARK)
            .part("POINTS", ScriptText.join("", points))
            .part("MOUNTS", ScriptText.join("", mounts))
            .part("CONFIRM", OverlayLease.confirming(container))
            .part("BINDS", ShownFolders.binds(container))
            .part("UNION", union(container, layers, root))
            .part("RELEASE", Unmounting.lines(container, root))
            .text());
  }

  private static ScriptText enter(Container container, boolean root) {
    if (root) {
      return ScriptText.NONE;
    }
    return container.fakeroot()
        ? ScriptText.of("--user --map-root-user ")
        : ScriptText.of("--user --map-current-user ");
  }

  private static ScriptText union(Container container, List<ScriptText> layers, boolean root) {
    ScriptText more = ScriptText.NONE;
    if (container.writable()) {
      more = ScriptText.of(",upperdir=$m/image/upper,workdir=$m/image/work");
    } else if (layers.size() == 1) {
      more = ScriptText.of(":$m/empty");
    }
    ScriptText options =
        ScriptTemplate.of("lowerdir=@LAYERS@@MORE@")
            .part("LAYERS", ScriptText.join(":", layers))
            .part("MORE", more)
            .text();
    if (!root && container.writable()) {
      return ScriptTemplate.of(FUSE_UNION).part("OPTIONS", options).text();
    }
    return ScriptTemplate.of(KERNEL_UNION)
        .part("OPTIONS", options)
        .part("READONLY", container.writable() ? ScriptText.NONE : ScriptText.of("ro,"))
        .part(
            "OTHERWISE",
            root
                ? ScriptText.of(" || cnt_fail 5 \"the overlays cannot be mounted on $cnt_host\"\n")
                : ScriptTemplate.of(" 2>/dev/null ||\n  @UNION@")
                    .part("UNION", ScriptTemplate.of(FUSE_UNION).part("OPTIONS", options).text())
                    .text())
        .text();
  }

  // The kernel's own overlay is faster, but writes to nothing that FUSE mounted.
  private static final String KERNEL_UNION =
      """
        mount -t overlay -o "@READONLY@@OPTIONS@" overlay "$m/root"@OTHERWISE@\
      """;

  private static final String FUSE_UNION =
      """
        cnt_serve "$m/root" fuse-overlayfs -f -o "@OPTIONS@,noacl" "$m/root"
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
          [[ -z $cnt_posix ]] || export POSIXLY_CORRECT=$cnt_posix
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
          cnt_fail 5 "nothing can be mounted on $cnt_host"
        mkdir "$m"/{root,points,points/@MARK@,empty@POINTS@}
      @MOUNTS@@CONFIRM@\
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
}
