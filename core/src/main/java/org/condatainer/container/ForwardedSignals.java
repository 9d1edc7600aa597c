package org.condatainer.container;

/** The part of the batch script with which a shell waits for its command as if it were it. */
final class ForwardedSignals {
  private ForwardedSignals() {}

  /**
   * Defines {@code cnt_forward_signals}, called first, and {@code cnt_await PID}, which waits for
   * the command. The caller has the local variables {@code command} and {@code early}, empty, and
   * {@code code}, which becomes the exit code.
   */
  static ScriptText functions() {
    return ScriptText.of(
        """
        # Hands on a signal; what the terminal sends, the command has got already.
        cnt_signal() {
          again=1
          if [[ -z $command ]]; then
            early=$1
          elif [[ $1 != INT && $1 != QUIT ]] || ! { true </dev/tty; } 2>/dev/null; then
            cnt_hand_on "$1"
          fi
        }
        # Until the command has become a program of its own it has this shell's handlers, in which a
        # signal is lost (seen with bash 5.2).
        cnt_hand_on() {
          local end=$((SECONDS + 5)) word own='' now=''
          while IFS= read -rd '' word; do own+=$word' '; done <"/proc/$$/cmdline"
          while ((SECONDS < end)); do
            now=''
            while IFS= read -rd '' word; do now+=$word' '; done <"/proc/$command/cmdline"
            [[ $now == "$own" ]] || break
          done
          kill -s "$1" "$command"
        } 2>/dev/null
        cnt_forward_signals() {
          local signal
          for signal in HUP INT QUIT USR1 USR2 ALRM TERM XCPU PWR; do
            # shellcheck disable=SC2064
            trap "cnt_signal $signal" "$signal"
          done
        }
        cnt_await() {
          local again=1
          command=$1
          [[ -z $early ]] || cnt_hand_on "$early"
          ! { true </dev/tty; } 2>/dev/null || trap '' INT QUIT
          # A signal ends a wait; whether the command has ended since or not, the next tells how.
          while ((again)); do
            again=0
            wait "$command" 2>/dev/null
            code=$?
            # bash can lose the end of a process that ends at the very moment (5.2: waitchld in jobs.c),
            # and would wait for ever. Then the code is what the signal gave.
            if ((again)) && ! kill -0 "$command" 2>/dev/null &&
              [[ $'\\n'$(jobs -pr)$'\\n' == *$'\\n'"$command"$'\\n'* ]]; then
              again=0
            fi
          done
        }
        """);
  }
}
