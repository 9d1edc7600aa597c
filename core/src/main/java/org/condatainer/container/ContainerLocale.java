package org.condatainer.container;

/**
 * The part of the batch script that gives the container the user's locale where the container has
 * it, and C.UTF-8 otherwise: bash, perl and R complain at each start of one that is not there.
 */
final class ContainerLocale {
  /** The functions that {@link #functions} defines. */
  static final String NAMES = " cnt_has_locale cnt_user_locale cnt_locale";

  private ContainerLocale() {}

  /**
   * Defines {@code cnt_locale}, called at the last moment before the container. It sets {@code
   * cnt_inside} to the words that go before the command in the container: none, or a shell that
   * looks there and replaces itself by the command. The launcher may have put the user's LC_ALL
   * aside in CNT_LC_ALL.
   *
   * <p>Where the container has the locales of this machine, this shell can tell.
   */
  static ScriptText functions(Container container) {
    if (container.variables().containsKey("LC_ALL")) {
      return ScriptText.of(HAS + GIVEN);
    }
    return container.base() instanceof Base.Host
        ? ScriptText.of(HAS + OF_HERE)
        : ScriptText.of(HAS + OF_THE_IMAGE);
  }

  // What a locale does to the length of a letter tells whether bash could change to it. Only one
  // that is there leads from C to one letter, or from C.UTF-8 to two.
  private static final String HAS =
      """
      cnt_has_locale() {
        local LC_ALL=C letter=$'\\xc3\\xa4'
        LC_ALL=$1
        ((${#letter} == 2)) || return 0
        LC_ALL=C.UTF-8
        LC_ALL=$1
        ((${#letter} == 2))
      } 2>/dev/null
      # The user's locale, or C.UTF-8 where it is not.
      cnt_user_locale() {
        local name put_aside=${CNT_LC_ALL-${LC_ALL-}}
        unset LC_ALL CNT_LC_ALL
        if [[ -n $put_aside ]]; then
          cnt_has_locale "$put_aside" || put_aside=C.UTF-8
          export LC_ALL=$put_aside
          return
        fi
        for name in "${!LC_@}"; do
          [[ -z ${!name} ]] || cnt_has_locale "${!name}" || unset "$name"
        done
        [[ -z ${LANG-} ]] || cnt_has_locale "$LANG" || export LANG=C.UTF-8
      } 2>/dev/null
      """;

  private static final String GIVEN =
      """
      cnt_locale() {
        cnt_inside=()
        unset CNT_LC_ALL
      }
      """;

  private static final String OF_HERE =
      """
      cnt_locale() {
        cnt_inside=()
        cnt_user_locale
      }
      """;

  // bash -p leaves BASH_ENV, and the functions that the user's shell exports, to the command.
  private static final String OF_THE_IMAGE =
      """
      cnt_locale() {
        local name
        cnt_inside=()
        export CNT_LC_ALL=${CNT_LC_ALL-${LC_ALL-}}
        for name in CNT_LC_ALL LANG "${!LC_@}"; do
          case $name:${!name-} in
            LC_ALL:* | *: | *:C | *:POSIX | *:C.UTF-8 | *:C.utf8) ;;
            *)
              cnt_inside=(/bin/sh -c '! command -v bash >/dev/null || exec bash -pc "$0" condatainer "$@"
                unset LC_ALL
                [ -z "$CNT_LC_ALL" ] || export LC_ALL="$CNT_LC_ALL"
                unset CNT_LC_ALL
                exec "$@"' "$(declare -f cnt_has_locale cnt_user_locale)"$'\\ncnt_user_locale\\nexec "$@"')
              export LC_ALL=C
              return
              ;;
          esac
        done
        cnt_user_locale
      }
      """;
}
