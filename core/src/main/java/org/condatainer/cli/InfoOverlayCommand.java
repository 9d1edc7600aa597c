package org.condatainer.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TimeZone;
import org.condatainer.lock.ImageUse;
import org.condatainer.lock.UseInquiry;
import org.condatainer.overlay.ByteSize;
import org.condatainer.overlay.CondaEnvironment;
import org.condatainer.overlay.CondaPackage;
import org.condatainer.overlay.OverlayInfo;
import org.condatainer.overlay.OverlayKind;
import org.condatainer.overlay.Owner;
import org.condatainer.overlay.Superblock;
import org.condatainer.script.ShellWords;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code condatainer overlay info}: what an image is and holds. */
final class InfoOverlayCommand implements Subcommand {
  private static final String NAME = "overlay info";

  private UseInquiry inquiry;

  @Override
  public void begin() {
    inquiry = UseInquiry.begin();
    // Java reads the rules of all time zones at once, for 5 ms, and keeps them
    Thread zones =
        new Thread(
            new Runnable() {
              @Override
              public void run() {
                TimeZone.getDefault();
              }
            },
            "reads the time zone");
    zones.setDaemon(true);
    zones.start();
  }

  @Override
  public CommandSpec spec() {
    CommandSpec spec =
        Options.command(
            NAME,
            "Shows what an image is, how full it is, whether it is sound, and what is in it.");
    spec.addOption(Options.flag("list every package", "-p", "--packages"));
    spec.addOption(Options.flag("print all of it as JSON", "--json"));
    spec.addPositional(Options.rest("IMAGE", "the image"));
    return spec;
  }

  @Override
  public OptionalInt runPlain(String[] words, Invocation invocation) {
    return words.length == 1 && !words[0].startsWith("-")
        ? OptionalInt.of(show(List.of(words), false, false, invocation))
        : OptionalInt.empty();
  }

  @Override
  public int run(ParseResult parsed, Invocation invocation) {
    return show(
        parsed.matchedPositionalValue(0, List.of()),
        Options.isSet(parsed, "--packages"),
        Options.isSet(parsed, "--json"),
        invocation);
  }

  private int show(List<String> names, boolean packages, boolean json, Invocation invocation) {
    Path image = NamedImage.path(NAME, names, invocation);
    boolean all = json || packages;
    OverlayInfo info;
    try {
      info = all ? OverlayInfo.read(image) : OverlayInfo.glance(image);
    } catch (IOException e) {
      throw NamedImage.failed(NAME, image, e);
    }
    if (json) {
      invocation.showJson(OverlayInfoJson.write(info, inquiry.of(image)));
      return ExitCode.SUCCESS;
    }
    Optional<CondaEnvironment> environment = info.environment();
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("image", image.toString()));
    List<List<String>> more = new ArrayList<>();
    if (info.kind() == OverlayKind.SQUASHFS) {
      rows.add(List.of("kind", "squashfs: frozen, always read-only"));
      rows.add(List.of("size", new ByteSize(info.fileBytes()).toString()));
    } else {
      superblock(info, rows);
      dates(info.superblock().orElseThrow(), more);
    }
    List<List<String>> content = new ArrayList<>();
    if (environment.isPresent()) {
      environment(environment.get(), content);
    } else if (info.kind() == OverlayKind.EXT3) {
      content.add(
          List.of(
              "packages", info.readable() ? "no Conda environment in /ext3/env" : unread(info)));
    }
    // the kernel may still be at it, so what does not need its answer comes first
    ImageUse use = inquiry.of(image);
    if (info.superblock().isPresent()) {
      boolean held = use.answer(true) == ImageUse.Answer.IN_USE;
      rows.add(List.of("state", state(info.superblock().get(), held, image)));
    }
    rows.addAll(more);
    rows.add(List.of("use", use(use)));
    rows.addAll(content);
    print(rows, invocation);
    if (environment.isPresent()) {
      if (packages) {
        packages(environment.get(), invocation);
      }
      for (String text : environment.get().unread()) {
        invocation.say("warning: passed over " + text);
      }
    }
    return ExitCode.SUCCESS;
  }

  private static void print(List<List<String>> rows, Invocation invocation) {
    for (String line : TextTable.of(rows)) {
      invocation.show(line + "\n");
    }
  }

  private static void superblock(OverlayInfo info, List<List<String>> rows) {
    Superblock superblock = info.superblock().orElseThrow();
    rows.add(List.of("kind", kind(superblock)));
    rows.add(List.of("size", new ByteSize(superblock.bytes()).toString()));
    long used = (superblock.blocks() - superblock.freeBlocks()) * superblock.blockSize();
    rows.add(List.of("used", of(used, superblock.bytes()) + ", " + free(superblock) + " free"));
    long files = superblock.inodes() - superblock.freeInodes();
    rows.add(
        List.of(
            "files",
            files
                + " of "
                + superblock.inodes()
                + " ("
                + percent(files, superblock.inodes())
                + ")"));
    rows.add(List.of("owner", info.readable() ? owner(info.upper()) : unread(info)));
  }

  private static void dates(Superblock superblock, List<List<String>> rows) {
    rows.add(List.of("mounted", time("last ", superblock.lastMounted())));
    rows.add(List.of("checked", time("", superblock.lastChecked())));
    rows.add(List.of("features", String.join(" ", superblock.features())));
    rows.add(List.of("uuid", superblock.uuid().toString()));
  }

  private static String kind(Superblock superblock) {
    if (superblock.mountable()) {
      return "ext3";
    }
    return superblock.hasJournal()
        ? "ext4: containers refuse it, for " + String.join(", ", superblock.foreignFeatures())
        : "ext2: containers refuse it without a journal (tune2fs -j)";
  }

  private static String of(long part, long whole) {
    return new ByteSize(part) + " (" + percent(part, whole) + ")";
  }

  private static String percent(long part, long whole) {
    return (whole == 0 ? 0 : Math.round(100.0 * part / whole)) + " %";
  }

  private static String free(Superblock superblock) {
    return new ByteSize(superblock.freeBlocks() * superblock.blockSize()).toString();
  }

  /** Why nothing is said of the files in it. */
  static String unread(OverlayInfo info) {
    return info.superblock().orElseThrow().shorterThanItsFileSystem()
        ? "cannot be read: the file is cut off"
        : "cannot be read: the image is of a form that is not known here";
  }

  private static String owner(Optional<Owner> upper) {
    if (upper.isEmpty()) {
      return "no folder /upper: it was not made as an overlay";
    }
    Owner here = Owner.ofThisProcess();
    if (upper.get().equals(here)) {
      return upper.get() + ", you";
    }
    return upper.get() + (upper.get().equals(Owner.ROOT) ? ", root: for --fakeroot" : ", not you");
  }

  static String state(Superblock superblock, boolean held, Path image) {
    if (superblock.shorterThanItsFileSystem()) {
      return "cut off: the file has "
          + superblock.fileBytes()
          + " bytes, its file system "
          + superblock.bytes();
    }
    if (superblock.inRepair()) {
      return held
          ? "being repaired"
          : "a repair was cut short; take it back and repair it: condatainer overlay check "
              + ShellWords.quote(image.toString());
    }
    if (superblock.interrupted()) {
      return "errors are recorded in it; repair it: condatainer overlay check -y "
          + ShellWords.quote(image.toString());
    }
    if (superblock.needsRecovery()) {
      return held
          ? "mounted writable; the figures are those of the last write"
          : "not unmounted in order; repair it: condatainer overlay check "
              + ShellWords.quote(image.toString());
    }
    return "clean";
  }

  private static String use(ImageUse use) {
    return switch (use.lock().state()) {
      case FREE -> "nobody has it mounted";
      case HELD_FOR_READING -> "mounted read-only; condatainer lock status shows by whom";
      case HELD_FOR_WRITING -> "mounted writable; condatainer lock status shows by whom";
      case UNKNOWN -> "not known: " + use.lock().detail();
    };
  }

  private static String time(String before, Optional<Instant> found) {
    if (found.isEmpty()) {
      return "never";
    }
    Instant time = found.get();
    // To the second, as it is written; a formatter and java.time's own zones would take 10 ms each.
    int seconds = TimeZone.getDefault().getOffset(time.toEpochMilli()) / 1000;
    LocalDateTime local = LocalDateTime.ofInstant(time, ZoneOffset.ofTotalSeconds(seconds));
    String clock = local.toLocalTime().toString();
    return before + local.toLocalDate() + " " + (clock.length() == 5 ? clock + ":00" : clock);
  }

  private static void environment(CondaEnvironment environment, List<List<String>> rows) {
    int pip = environment.pip().size();
    rows.add(
        List.of(
            "packages",
            environment.packages().size()
                + " from Conda"
                + (pip == 0 ? "" : ", " + pip + " from pip")));
    rows.add(List.of("channels", String.join(" ", environment.channels())));
    if (!environment.requested().isEmpty()) {
      rows.add(List.of("asked for", String.join(" ", environment.requested())));
    }
  }

  private static void packages(CondaEnvironment environment, Invocation invocation) {
    List<List<String>> rows = new ArrayList<>();
    for (CondaPackage found : environment.packages()) {
      rows.add(List.of("  " + found.name(), found.version(), found.build(), found.channel()));
    }
    for (String found : environment.pip()) {
      int equals = found.indexOf("==");
      rows.add(List.of("  " + found.substring(0, equals), found.substring(equals + 2), "", "pip"));
    }
    if (!rows.isEmpty()) {
      print(rows, invocation);
    }
  }
}
