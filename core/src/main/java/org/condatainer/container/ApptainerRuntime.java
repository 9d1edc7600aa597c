package org.condatainer.container;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

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
  public ScriptText shellFunction(Container container) {
    boolean host = container.base() instanceof Base.Host;
    ScriptText path =
        host ? ContainerVariables.path(container, ScriptText.of("$PATH")) : ScriptText.NONE;
    List<ScriptText> functions = new ArrayList<>();
    functions.add(PrivateFolder.function());
    functions.add(OverlayCheck.function(container, OverlayCheck.Lock.ASK));
    functions.add(ContainerVariables.function(container, path));
    if (host) {
      functions.add(ScriptTemplate.of(HOST).part("BOUND", boundTargets(container)).text());
    }
    if (container.writable()) {
      functions.add(ForwardedSignals.functions());
      functions.add(OverlayLease.functions(container));
      functions.add(ScriptText.of(OverlayLoss.FUNCTIONS));
    }
    functions.add(
        ScriptTemplate.of(CONTAINER)
            .word("PROGRAM", program)
            .part("BASE", base(container))
            .part("RIGHTS", rights(container))
            .part("OVERLAYS", overlays(container))
            .part("BINDS", binds(container))
            .part("ENVIRONMENT", environment(container))
            .part("START", start(container))
            .text());
    return ScriptText.join("", functions);
  }

  private static ScriptText base(Container container) {
    if (container.base() instanceof Base.Image image) {
      return ScriptTemplate.of(IMAGE).word("IMAGE", image.path().toString()).text();
    }
    return ScriptText.of("  cnt_host\n");
  }

  /** What the user shows something else at: Apptainer keeps the first bind of a path. */
  private static ScriptText boundTargets(Container container) {
    List<ScriptText> targets = new ArrayList<>();
    for (Bind bind : container.binds()) {
      targets.add(ScriptTemplate.of("@TARGET@ | ").word("TARGET", bind.target().toString()).text());
    }
    return ScriptText.join("", targets);
  }

  private static ScriptText rights(Container container) {
    return ScriptText.join(
        ScriptText.of(ROOT),
        container.fakeroot() ? ScriptText.of("  options+=(--fakeroot)\n") : ScriptText.NONE,
        container.gpus() ? ScriptText.of(GPUS) : ScriptText.NONE);
  }

  private static ScriptText overlays(Container container) {
    List<ScriptText> lines = new ArrayList<>();
    int descriptor = 10;
    for (MountedOverlay overlay : container.overlays()) {
      boolean workspace = overlay.format() == MountedOverlay.Format.EXT3;
      String path = overlay.path().toString();
      String named = path;
      if (isTakenApart(path)) {
        // Commas and colons separate in --overlay; by its descriptor a file has a plain name.
        if (workspace) {
          named = "/dev/fd/9";
        } else {
          lines.add(
              ScriptTemplate.of("  exec @DESCRIPTOR@<@OVERLAY@\n")
                  .number("DESCRIPTOR", descriptor)
                  .word("OVERLAY", path)
                  .text());
          named = "/dev/fd/" + descriptor++;
        }
      } else if (workspace) {
        lines.add(ScriptText.of("  exec 9<&-\n"));
      }
      lines.add(
          ScriptTemplate.of("  options+=(--overlay @OVERLAY@@MODE@)\n")
              .word("OVERLAY", named)
              .plain("MODE", overlay.writable() ? "" : ":ro")
              .text());
    }
    return ScriptText.join("", lines);
  }

  private static ScriptText binds(Container container) {
    List<ScriptText> lines = new ArrayList<>();
    for (Bind bind : container.binds()) {
      String source = bind.source().toString();
      String target = bind.target().toString();
      boolean apart = isTakenApart(source) || isTakenApart(target);
      lines.add(
          ScriptTemplate.of("  options+=(@OPTION@ @BIND@)\n")
              .plain("OPTION", apart ? "--mount" : "--bind")
              .word(
                  "BIND",
                  apart
                      ? "type=bind,"
                          + field("source=" + source)
                          + ','
                          + field("destination=" + target)
                          + (bind.readOnly() ? ",ro" : "")
                      : source + ':' + target + (bind.readOnly() ? ":ro" : ""))
              .text());
    }
    return ScriptText.join("", lines);
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

  private ScriptText environment(Container container) {
    Path file = Path.of(program).getFileName();
    boolean singularity = file != null && file.toString().equals("singularity");
    boolean prepended = container.base() instanceof Base.Image && !container.overlays().isEmpty();
    return ScriptText.join(
        singularity
            ? ScriptTemplate.of(SINGULARITY).word("PROGRAM", program).text()
            : ScriptText.of("  cnt_prefix=APPTAINERENV_\n  export APPTAINER_NO_EVAL=1\n"),
        prepended
            ? ScriptTemplate.of("  export \"${cnt_prefix}PREPEND_PATH=@FOLDERS@\"\n")
                .plain("FOLDERS", ContainerVariables.pathFolders(container))
                .text()
            : ScriptText.NONE,
        ScriptText.of("  cnt_variables\n"));
  }

  private ScriptText start(Container container) {
    if (!container.writable()) {
      return ScriptTemplate.of(START).word("PROGRAM", program).text();
    }
    return ScriptTemplate.of(START_LEASED)
        .word("PROGRAM", program)
        .part("LEASE", OverlayLease.taking(container))
        .part("WATCH", OverlayLease.watching(container))
        .word("IMAGE", container.workspace().orElseThrow().path().toString())
        .text();
  }

  // The script's copy is deleted from inside, as soon as it is bound: nobody is left outside to do
  // it. A command goes through a shell as well: for one that is missing Apptainer would give 255.
  private static final String CONTAINER =
      """
      cnt_container() {
        local options=(exec) image
        command -v @PROGRAM@ >/dev/null ||
          cnt_fail 5 @PROGRAM@" is not on $cnt_host; is a module to be loaded (node_modules)?"
        cnt_check_overlays
        cnt_private_folder
      @BASE@@RIGHTS@@OVERLAYS@@BINDS@\
        if [[ -n $cnt_script ]]; then
          local copy=$cnt_private/script-$$-$RANDOM
          cnt_copy_script "$copy" || cnt_fail 5 "$copy cannot be written"
          exec 7<&-
          options+=(--mount "type=bind,source=$copy,\\"destination=${cnt_script//\\"/\\"\\"}\\",ro")
          set -- /bin/sh -c 'rm -f "$0"; exec "$@"' "$copy" "$@"
        else
          set -- /bin/sh -c 'exec "$@"' condatainer "$@"
        fi
      @ENVIRONMENT@@START@}
      """;

  private static final String IMAGE =
      """
        image=@IMAGE@
        [[ -r $image ]] ||
          cnt_fail 5 "on $cnt_host there is no base image that you can read at $image"
        case ${TMPDIR-} in
          '' | /tmp | /tmp/* | *[,:\\"\\\\]* | *$'\\n'*) ;;
          /*) [[ ! -d $TMPDIR ]] || options+=(--bind "$TMPDIR") ;;
        esac
      """;

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
        if [[ ! -d $root/.condatainer || ! -f $root/etc/resolv.conf || ! -d $root/var/tmp || -n ${folders[*]-} ]]; then
          (umask 022; mkdir -p "$root"/{.condatainer,proc,sys,dev,tmp,etc,var/tmp} ${folders[@]+"${folders[@]}"})
          for folder in passwd group hosts localtime resolv.conf; do
            : >>"$root/etc/$folder"
          done
        fi
        [[ -z ${links[*]-} ]] || cp -P "${links[@]}" "$root/" 2>/dev/null
      }
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
          cnt_note "warning: GPUs are asked for, but $cnt_host shows none"
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
        [[ -z $cnt_posix ]] || export POSIXLY_CORRECT=$cnt_posix
        exec @PROGRAM@ "${options[@]}" "$image" ${cnt_inside[@]+"${cnt_inside[@]}"} "$@"
      """;

  // The shell stays, to give the lease back.
  private static final String START_LEASED =
      """
        local command='' early='' code=0
        cnt_forward_signals
      @LEASE@\
        (
          trap - INT QUIT
          [[ -z $cnt_posix ]] || export POSIXLY_CORRECT=$cnt_posix
          exec @PROGRAM@ "${options[@]}" "$image" ${cnt_inside[@]+"${cnt_inside[@]}"} "$@"
        ) <&0 &
        command=$!
      @WATCH@\
        cnt_watch_writes @IMAGE@ "$command"
        cnt_await "$command"
        cnt_find_loss @IMAGE@
        exit "$code"
      """;
}
