package org.condatainer.cli;

import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import org.condatainer.lock.EvidenceLine;
import org.condatainer.lock.Holder;
import org.condatainer.lock.LockMode;
import org.condatainer.lock.LockReport;
import org.condatainer.lock.Verdict;
import org.condatainer.trust.Printable;

/** Reports on locks, as a person reads them. */
final class LockText {
  private static final DateTimeFormatter LOCAL_TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss").withZone(ZoneId.systemDefault());

  /** Before a program's own words, in the message of an error. */
  private static final String SAID = "it said:";

  private LockText() {}

  static String write(List<LockReport> reports, boolean all) {
    return write(reports, all, true);
  }

  /**
   * The reports.
   *
   * @param all with all evidence
   * @param next with the command to type next
   */
  static String write(List<LockReport> reports, boolean all, boolean next) {
    StringBuilder text = new StringBuilder();
    for (LockReport report : reports) {
      text.append(Printable.line(report.evidence().image().toString()))
          .append(": ")
          .append(word(report.verdict()));
      text.append('\n');
      for (Holder holder : report.holders()) {
        text.append("  ").append(Printable.line(describe(holder))).append('\n');
      }
      for (Verdict.Ruling ruling : report.verdict().proof()) {
        if (all || report.verdict().state() != Verdict.State.FREE || !report.next().isEmpty()) {
          text.append("  rule ").append(ruling.rule().number()).append(": ");
          text.append(Printable.line(all ? ruling.toString() : brief(ruling.toString())));
          text.append('\n');
        }
      }
      if (all) {
        for (EvidenceLine line : report.table()) {
          text.append("  ").append(line.answered() ? "" : "(no answer) ").append(line.source());
          text.append(": ").append(Printable.line(line.says())).append('\n');
        }
      }
      report.note().ifPresent(note -> text.append("  note: ").append(note).append('\n'));
      if (next && !report.next().isEmpty()) {
        text.append("  next: ").append(Printable.line(report.next())).append('\n');
      }
    }
    return text.toString();
  }

  /** A scheduler's error without its command line and all but its first words. */
  private static String brief(String text) {
    int end = text.indexOf('\n');
    if (end < 0) {
      return text;
    }
    int said = text.indexOf(SAID, end);
    String first = text.substring(0, end);
    return said < 0
        ? first
        : first
            + ": "
            + text.substring(said + SAID.length()).strip().lines().findFirst().orElse("");
  }

  static String word(Verdict verdict) {
    String how =
        verdict.mode().map(mode -> mode == LockMode.WRITE ? ", to write" : ", to read").orElse("");
    return switch (verdict.state()) {
      case FREE -> "free";
      case IN_USE -> "in use" + how;
      case STALE -> "stale: held, and proved that nobody works with it";
      case DIRTY -> "dirty: free, and to be checked before it is mounted";
      case UNKNOWN -> "unknown";
    };
  }

  private static String describe(Holder holder) {
    StringBuilder text = new StringBuilder();
    text.append(holder.user().isEmpty() ? "somebody" : holder.user());
    if (!holder.host().isEmpty()) {
      text.append(" on ").append(holder.host());
    }
    if (holder.pid().isPresent()) {
      text.append(", process ").append(holder.pid().getAsLong());
    }
    text.append(" (").append(holder.condition()).append(')');
    holder.since().ifPresent(since -> text.append(" since ").append(LOCAL_TIME.format(since)));
    if (holder.job().isPresent()) {
      text.append(", ").append(holder.job().get().scheduler()).append(" job ");
      text.append(holder.job().get().id().value());
      if (!holder.jobName().isEmpty()) {
        text.append(" \"").append(holder.jobName()).append('"');
      }
      if (!holder.jobState().isEmpty()) {
        text.append(' ').append(holder.jobState());
      }
      if (!holder.nodes().isEmpty()) {
        text.append(" on ").append(String.join(",", holder.nodes()));
      }
    }
    if (!holder.command().isEmpty()) {
      text.append(": ").append(holder.command());
    }
    return text.toString();
  }
}
