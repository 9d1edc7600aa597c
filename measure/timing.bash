# shellcheck shell=bash
# For the scripts of this folder: times commands in alternation and prints medians.

LC_ALL=C
PATH=$PATH:/usr/sbin:/sbin

machine() {
  local model='' line
  while IFS= read -r line; do
    case $line in 'model name'*) model=${line#*: }; break ;; esac
  done </proc/cpuinfo
  echo "machine: ${model:-$(uname -m)}, $(nproc) processors, Linux $(uname -r), $(date -u +%F)"
  echo "load before: $(cut -d' ' -f1-3 /proc/loadavg)"
}

# The median of the whole numbers in standard input.
median() {
  sort -n | awk '{ v[NR] = $1 } END { print int((v[int((NR + 1) / 2)] + v[int(NR / 2) + 1]) / 2) }'
}

# RUNS LABEL FUNCTION [LABEL FUNCTION]...: calls the functions in turn and prints the median time of
# each in ms, and its ratio to the first one's, pair by pair. What they print is dropped. A function
# called before_FUNCTION is called before it, and not timed. The first round warms up. Its own files
# are in the current folder, which is the caller's to remove.
compare() {
  local runs=$1 round i from to labels=() functions=()
  shift
  while (($#)); do
    labels+=("$1") functions+=("$2")
    shift 2
  done
  local times
  times=$(mktemp -d "$PWD/times.XXXXXX")
  for ((round = 0; round <= runs; round++)); do
    for i in "${!functions[@]}"; do
      if declare -F "before_${functions[i]}" >/dev/null; then "before_${functions[i]}"; fi
      from=${EPOCHREALTIME/./}
      "${functions[i]}" >/dev/null 2>"$times/errors" </dev/null || {
        echo "this failed: ${labels[i]}" >&2
        cat "$times/errors" >&2
        exit 1
      }
      to=${EPOCHREALTIME/./}
      if ((round)); then echo $((to - from)) >>"$times/$i"; fi
    done
  done
  printf '%-44s %9s %9s\n' '' 'median ms' 'ratio'
  for i in "${!functions[@]}"; do
    printf '%-44s %9s %9s\n' "${labels[i]}" \
      "$(median <"$times/$i" | awk '{ printf "%.1f", $1 / 1000 }')" \
      "$(paste "$times/$i" "$times/0" | awk '{ printf "%d\n", 1000 * $1 / $2 }' | median |
        awk '{ printf "%.2f", $1 / 1000 }')"
  done
  rm -r "$times"
}

# COMMAND...: the largest memory of a process that it starts, in MB (getrusage(2), by its number
# on x86-64 and on 64-bit ARM).
memory() {
  perl -e '
    open my $out, ">&", \*STDOUT; open STDOUT, ">", "/dev/null"; open STDERR, ">", "/dev/null";
    system @ARGV;
    my $usage = "\0" x 144;
    syscall(`uname -m` =~ /aarch64/ ? 165 : 98, -1, $usage);
    printf $out "%.0f", unpack("x32 q", $usage) / 1024' "$@"
}

# COMMAND...: the programs that it starts, itself among them: one line each.
programs() {
  local trace
  trace=$(mktemp "$PWD/trace.XXXXXX")
  strace -f -qq -e trace=execve -e signal=none -o "$trace" "$@" >/dev/null 2>&1 </dev/null
  # A call that another process interrupts is in two lines, the second perhaps of another thread.
  awk -F '"' '
    { split($0, word, " ") }
    / execve\(/ && / = 0$/ { print $2 }
    / execve\(/ && /(unfinished|pid changed to [0-9]+) \.\.\.>$/ { begun[word[1]] = last = $2 }
    /execve resumed/ {
      if (/ = 0$/) print (word[1] in begun ? begun[word[1]] : last)
      delete begun[word[1]]
    }
  ' "$trace"
  rm "$trace"
}
