#!/bin/bash
# Makes a small workspace overlay, puts a program into it, and runs a job script in it, on this machine.
# Needs JDK 17 and Maven to build condatainer; as root nothing else; as an ordinary user Apptainer, or the
# packages fuse2fs and fuse-overlayfs. Prints each command that it runs.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
condatainer=$here/../../condatainer
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cp "$here/job.sh" "$folder/"
cd "$folder"

run() {
  printf '\n$ condatainer'
  printf ' %q' "$@"
  printf '\n'
  "$condatainer" "$@"
}

if ((EUID != 0)) && ! command -v apptainer singularity >/dev/null; then
  for program in fuse2fs fuse-overlayfs; do
    command -v "$program" >/dev/null || {
      echo "$program is missing; as root: apt-get install fuse2fs fuse-overlayfs" >&2
      exit 1
    }
  done
fi

run o quickstart.img -s 64M --sparse
# shellcheck disable=SC2016 # expanded in the container
run exec -w -o quickstart.img sh -c \
  'mkdir -p /ext3/env/bin
   printf "%s\n" "#!/bin/sh" "echo This program is in the overlay only: \$0" >/ext3/env/bin/greet
   chmod +x /ext3/env/bin/greet'
run run --local job.sh one 'two words'
