package org.condatainer.container;

import java.util.ArrayList;
import java.util.List;

/** What of the machine's own is seen in the embedded runtime's container, as bash. */
final class ShownFolders {
  private ShownFolders() {}

  /**
   * Defines {@code cnt_bind}, which notes what is to be shown in the caller's variables {@code
   * folders}, {@code files} and {@code table} (as fstab(5)), and {@code cnt_folders}, which notes
   * what every container is shown; what it only links goes to {@code links}.
   */
  static ScriptText functions(Container container) {
    return container.base() instanceof Base.Host
        ? ScriptText.of(BIND + HOST_FOLDERS)
        : ScriptText.of(BIND + IMAGE_FOLDERS);
  }

  /** The lines that note what this container is shown besides. */
  static ScriptText binds(Container container) {
    List<ScriptText> lines = new ArrayList<>();
    for (Bind bind : container.binds()) {
      lines.add(
          ScriptTemplate.of("  cnt_bind @SOURCE@ @TARGET@@OPTIONS@\n")
              .word("SOURCE", bind.source().toString())
              .word("TARGET", bind.target().toString())
              .part("OPTIONS", bind.readOnly() ? ScriptText.of(" ,ro") : ScriptText.NONE)
              .text());
    }
    return ScriptText.join("", lines);
  }

  private static final String BIND =
      """
      # Notes a folder or file to be shown: source, target, options.
      cnt_bind() {
        [[ -e $1 ]] || cnt_fail 5 "on $cnt_host there is no $1 to be shown in the container"
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
          case $folder/ in
            // | /bin/* | /boot/* | /dev/* | /etc/* | /lib/* | /lib32/* | /lib64/* | /libx32/*) ;;
            /opt/* | /proc/* | /run/* | /sbin/* | /sys/* | /usr/* | /var/*) ;;
            /*) [[ ! -d $folder ]] || cnt_bind "$folder" "$folder" ;;
          esac
        done
      }
      """;
}
