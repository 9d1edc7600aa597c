package org.condatainer.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.condatainer.dist.Installed.Result;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The user's locale in the container: his own where it is there, C.UTF-8 without a word if not. */
final class LocaleIT {
  private static final String SHOW =
      "echo \"${LC_ALL-none} ${LANG-none} ${LC_TIME-none} ${CNT_LC_ALL-none}\"; bash -c true; "
          + "perl -e 1";

  @TempDir private Path parent;
  private Installed condatainer;

  static Stream<Engines.Place> runtimes() {
    return Engines.runtimes().stream();
  }

  /** With two locales that this machine has, and a base that is no image. */
  private void open(Engines.Place runtime) {
    condatainer = runtime.in(parent);
    condatainer.write("base/etc/passwd", "");
    condatainer.asUser(
        List.of(
            "sh",
            "-c",
            "for link in bin lib lib64 sbin; do ln -s usr/$link base; done;"
                + " mkdir -p base/usr base/proc base/sys base/dev base/tmp base/var/tmp base/home"
                + " base/srv; for file in group hosts resolv.conf localtime; do : >base/etc/$file;"
                + " done; mkdir locales; localedef -f UTF-8 -i de_DE locales/de_DE.UTF-8;"
                + " localedef -f ISO-8859-1 -i de_DE locales/de_DE"),
        "");
    Path locales = condatainer.folder().resolve("locales");
    assumeThat(locales.resolve("de_DE.UTF-8")).as("a locale (package locales)").exists();
    condatainer =
        condatainer.with("LOCPATH", locales.toString()).with("LANG", "").with("LC_ALL", "");
  }

  private void assertSeen(String variable, String locale, String seen, String... options) {
    Result result =
        condatainer
            .with(variable, locale)
            .call(
                Stream.of(Stream.of("exec"), Stream.of(options), Stream.of("bash", "-c", SHOW))
                    .flatMap(words -> words)
                    .toArray(String[]::new));
    assertThat(result.everything())
        .isEqualTo("exit code 0\n--- out\n" + seen + " none\n\n--- err\n");
  }

  @ParameterizedTest
  @MethodSource("runtimes")
  void onThisMachinesSystemItIsKept(Engines.Place runtime) {
    open(runtime);
    assertSeen("LC_ALL", "de_DE.UTF-8", "de_DE.UTF-8  none");
    assertSeen("LC_ALL", "de_DE", "de_DE  none");
    assertSeen("LANG", "de_DE.UTF-8", "none de_DE.UTF-8 none");
    assertSeen("LC_TIME", "de_DE", "none  de_DE");
  }

  @ParameterizedTest
  @MethodSource("runtimes")
  void oneThatTheMachineLacksBecomesCWithUtf8(Engines.Place runtime) {
    open(runtime);
    assertSeen("LANG", "fr_FR.UTF-8", "none C.UTF-8 none");
    assertSeen("LC_TIME", "fr_FR", "none  none");
  }

  @ParameterizedTest
  @MethodSource("runtimes")
  void onABaseImageItIsKeptWhereTheImageHasIt(Engines.Place runtime) {
    open(runtime);
    String[] base = {"-b", "base", "--bind", "/usr"};
    assertSeen("LC_ALL", "de_DE.UTF-8", "de_DE.UTF-8  none", base);
    assertSeen("LC_ALL", "de_DE", "de_DE  none", base);
    assertSeen("LANG", "de_DE.UTF-8", "none de_DE.UTF-8 none", base);
    String[] without = {"-b", "base", "--bind", "/usr", "--env", "LOCPATH=/none"};
    assertSeen("LC_ALL", "de_DE.UTF-8", "C.UTF-8  none", without);
    assertSeen("LANG", "de_DE", "none C.UTF-8 none", without);
    String[] given = {"-b", "base", "--bind", "/usr", "--env", "LC_ALL=POSIX"};
    assertSeen("LC_ALL", "de_DE.UTF-8", "POSIX  none", given);
  }
}
