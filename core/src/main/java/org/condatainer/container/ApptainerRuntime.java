package org.condatainer.container;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import org.condatainer.script.ShellWords;

/**
 * Apptainer, or Singularity, which has the same command line. It replaces the shell: what it is
 * sent, what it reads and how it ends are the same as if the user had typed its command line. Only
 * with a writable overlay the shell stays, hands on its signals, and gives the lease back.
 *
 * @param program a path or a name to look up in PATH on the node
 */
public record ApptainerRuntime(String program) implements ContainerRuntime {
  private static final String TAKEN_APART = ",:\"\\\n\r";

  @Override
  public String name() {
    return "apptainer";
  }

  @Override
  public List<String> missing(Container container, Predicate<String> installed) {
    if (program.indexOf('/') >= 0 || installed.test(program)) {
      return List.of();
    }
    return List.of(program + " (https://apptainer.org/docs/admin/latest/installation.html)");
  }

  @Override
  public String shellFunction(Container container) {
    boolean host = container.base() instanceof Base.Host;
    String path = host ? ContainerVariables.pathPrefix(container) + "$PATH" : "";
    StringBuilder text = new StringBuilder();
    text.append(PrivateFolder.function());
    text.append(OverlayCheck.function(container, OverlayCheck.Lock.ASK));
    text.append(ContainerVariables.function(container, path));
    if (host) {
      text.append(HOST.replace("@BOUND@", boundTargets(container)));
    }
    boolean leased = !OverlayLease.taking(container).isEmpty();
    if (leased) {
      text.append(ForwardedSignals.functions());
      text.append(OverlayLease.functions(container));
      text.append(OverlayLoss.FUNCTIONS);
    }
    String command = ShellWords.quote(program);
    text.append("cnt_container() {\n  local options=(exec) image\n  command -v ").append(command);
    text.append(" >/dev/null ||\n    cnt_fail 5 ").append(command);
    text.append("\" is not on $HOSTNAME; is a module to be loaded (node_modules)?\"\n");
    text.append("  cnt_check_overlays\n  cnt_private_folder\n");
    base(container, text);
    rights(container, text);
    overlays(container, text);
    for (Bind bind : container.binds()) {
      text.append("  options+=(").append(bindOption(bind)).append(")\n");
    }
    text.append(SCRIPT_BIND.replace("@BIND@", MOUNT));
    environment(container, host, text);
    String start =
        leased
            ? START_LEASED
                .replace("@LEASE@", OverlayLease.taking(container))
                .replace("@WATCH@", OverlayLease.watching(container))
                .replace(
                    "@IMAGE@",
                    ShellWords.quote(container.workspace().orElseThrow().path().toString()))
            : START;
    text.append(start.replace("@PROGRAM@", command));
    return text.append("}\n").toString();
  }

  private static void base(Container container, StringBuilder text) {
    if (container.base() instanceof Base.Image image) {
      String path = ShellWords.quote(image.path().toString());
      text.append("  image=").append(path).append("\n  [[ -r $image ]] ||\n");
      text.append(
          "    cnt_fail 5 \"on $HOSTNAME there is no base image that you can read at $image\"\n");
      text.append(TEMPORARY_FOLDER);
    } else {
      text.append("  cnt_host\n");
    }
  }

  /** What the user shows something else at: Apptainer keeps the first bind of a path. */
  private static String boundTargets(Container container) {
    StringBuilder text = new StringBuilder();
    for (Bind bind : container.binds()) {
      text.append(ShellWords.quote(bind.target().toString())).append(" | ");
    }
    return text.toString();
  }

  private static void rights(Container container, StringBuilder text) {
    text.append(ROOT);
    if (container.fakeroot()) {
      text.append("  options+=(--fakeroot)\n");
    }
    if (container.gpus()) {
      text.append(GPUS);
    }
  }

  private static void overlays(Container container, StringBuilder text) {
    int descriptor = 10;
    for (MountedOverlay overlay : container.overlays()) {
      boolean workspace = overlay.format() == MountedOverlay.Format.EXT3;
      String path = overlay.path().toString();
      String word = ShellWords.quote(path);
      if (isTakenApart(path)) {
        // Commas and colons separate in --overlay; by its descriptor a file has a plain name.
        if (workspace) {
          word = "/dev/fd/9";
        } else {
          text.append("  exec ").append(descriptor).append('<').append(word).append('\n');
          word = "/dev/fd/" + descriptor++;
        }
      } else if (workspace) {
        text.append("  exec 9<&-\n");
      }
      text.append("  options+=(--overlay ").append(word);
      text.append(overlay.writable() ? "" : ":ro").append(")\n");
    }
  }

  private static String bindOption(Bind bind) {
    String source = bind.source().toString();
    String target = bind.target().toString();
    if (isTakenApart(source) || isTakenApart(target)) {
      return "--mount "
          + ShellWords.quote(
              "type=bind,"
                  + field("source=" + source)
                  + ','
                  + field("destination=" + target)
                  + (bind.readOnly() ? ",ro" : ""));
    }
    return "--bind " + ShellWords.quote(source + ':' + target + (bind.readOnly() ? ":ro" : ""));
  }

  /** A field of comma-separated values (RFC 4180), which --mount reads. */
  private static String field(String text) {
    return '"' + text.replace("\"", "\"\"") + '"';
  }

  private static boolean isTakenApart(String path) {
    for (int i = 0; i < path.length(); i++) {
      if (TAKEN_APART.indexOf(path.charAt(i)) >= 0) {
        return true;
      }
    }
    return false;
  }

  private void environment(Container container, boolean host, StringBuilder text) {
    Path file = Path.of(program).getFileName();
    if (file != null && file.toString().equals("singularity")) {
      text.append(SINGULARITY.replace("@PROGRAM@", ShellWords.quote(program)));
    } else {
      text.append("  cnt_prefix=APPTAINERENV_\n  export APPTAINER_NO_EVAL=1\n");
    }
    if (!host && !container.overlays().isEmpty()) {
      text.append(
          "  export \"${cnt_prefix}PREPEND_PATH="
              + ContainerVariables.pathFolders(container)
              + "\"\n");
    }
    text.append("  cnt_variables\n");
  }

  private static final String HOST =
      """
      # The base is this node's own root: an empty skeleton of it with its folders bound in. Root gets
      # the system's read-only; what is written belongs into the overlay.
      cnt_host() {
        local folder root=$cnt_private/host folders=() links=()
        image=$root
        for folder in /*; do
          case $folder in
            @BOUND@/proc | /sys | /dev | /tmp | /ext3 | /lost+found | *[,:\\"\\\\]* | *$'\\n'*) continue ;;
          esac
          if [[ -L $folder ]]; then
            [[ -L $root$folder ]] || links+=("$folder")
          elif [[ -d $folder ]]; then
            [[ -d $root$folder ]] || folders+=("$root$folder")
            case $UID:$folder in
              0:/usr | 0:/etc | 0:/opt | 0:/boot) options+=(--bind "$folder:$folder:ro") ;;
              *) options+=(--bind "$folder") ;;
            esac
          fi
        done
        if [[ ! -f $root/etc/resolv.conf || ! -d $root/var/tmp || -n ${folders[*]-} ]]; then
          (umask 022; mkdir -p "$root"/{proc,sys,dev,tmp,etc,var/tmp} ${folders[@]+"${folders[@]}"})
          for folder in passwd group hosts localtime resolv.conf; do
            : >>"$root/etc/$folder"
          done
        fi
        [[ -z ${links[*]-} ]] || cp -P "${links[@]}" "$root/" 2>/dev/null
      }
      """;

  private static final String TEMPORARY_FOLDER =
      """
        case ${TMPDIR-} in
          '' | /tmp | /tmp/* | *[,:\\"\\\\]* | *$'\\n'*) ;;
          /*) [[ ! -d $TMPDIR ]] || options+=(--bind "$TMPDIR") ;;
        esac
      """;

  // Apptainer as root wants CAP_SYS_RESOURCE (bit 24, capability.h), which containers often lack.
  private static final String ROOT =
      """
        if ((EUID == 0)); then
          local name value
          while read -r name value; do
            [[ $name != CapBnd: ]] || ((0x$value >> 24 & 1)) || options+=(--no-privs)
          done </proc/self/status
        fi
      """;

  private static final String GPUS =
      """
        if [[ -e /dev/nvidiactl ]]; then
          options+=(--nv)
        elif [[ -e /dev/kfd ]]; then
          options+=(--rocm)
        else
          cnt_note "warning: GPUs are asked for, but $HOSTNAME shows none"
        fi
      """;

  private static final String MOUNT =
      """
      --mount "type=bind,source=$copy,\\"destination=${cnt_script//\\"/\\"\\"}\\",ro\"\
      """;

  // The script's copy is deleted from inside, as soon as it is bound: nobody is left outside to do
  // it. A command goes through a shell as well: for one that is missing Apptainer would give 255.
  private static final String SCRIPT_BIND =
      """
        if [[ -n $cnt_script ]]; then
          local copy=$cnt_private/script-$$-$RANDOM
          cnt_copy_script "$copy" || cnt_fail 5 "$copy cannot be written"
          exec 7<&-
          options+=(@BIND@)
          set -- /bin/sh -c 'rm -f "$0"; exec "$@"' "$copy" "$@"
        else
          set -- /bin/sh -c 'exec "$@"' condatainer "$@"
        fi
      """;

  private static final String SINGULARITY =
      """
        cnt_prefix=SINGULARITYENV_
        local program
        program=$(type -P @PROGRAM@)
        [[ ! $program -ef ${program%singularity}apptainer ]] || cnt_prefix=APPTAINERENV_
        export APPTAINER_NO_EVAL=1 SINGULARITY_NO_EVAL=1
      """;

  private static final String START =
      """
        exec @PROGRAM@ "${options[@]}" "$image" "$@"
      """;

  // The shell stays, to give the lease back.
  private static final String START_LEASED =
      """
        local command='' early='' code=0
        cnt_forward_signals
      @LEASE@\
        (
          trap - INT QUIT
          exec @PROGRAM@ "${options[@]}" "$image" "$@"
        ) <&0 &
        command=$!
      @WATCH@\
        cnt_watch_writes @IMAGE@ "$command"
        cnt_await "$command"
        cnt_find_loss @IMAGE@
        exit "$code"
      """;
}
