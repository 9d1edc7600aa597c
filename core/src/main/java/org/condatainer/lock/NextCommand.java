package org.condatainer.lock;

import java.util.List;
import java.util.Optional;
import org.condatainer.script.ShellWords;

/** The command to type next, by what is known of an image. */
final class NextCommand {
  private NextCommand() {}

  /** It, empty if there is nothing to do. */
  static String of(Evidence evidence, Verdict verdict) {
    String image = ShellWords.quote(evidence.image().toString());
    String word = image.startsWith("-") ? "./" + image : image;
    return switch (verdict.state()) {
      case FREE ->
          verdict.has(Rule.LEASE_LEFT) && WriterProof.leaseIsLeft(evidence, verdict.proof())
              ? "condatainer lock release " + word
              : LockReport.note(evidence).isPresent() ? "condatainer overlay info " + word : "";
      case STALE, DIRTY -> "condatainer lock release " + word;
      case IN_USE -> whileInUse(evidence, verdict, word);
      case UNKNOWN -> {
        if (ReleasePlan.isReadersHelper(verdict)) {
          yield "condatainer lock release " + word;
        }
        if (isForThatMachine(verdict) && !evidence.there().isEmpty()) {
          yield onThatMachine(evidence, verdict, word);
        }
        Optional<Lease> lease = evidence.knownLease();
        boolean there = verdict.has(Rule.OTHER_MACHINE) || verdict.has(Rule.OTHER_JOB);
        // Anybody may have written the lease: what is no name of a host is not put into a command.
        if (there && lease.isPresent() && NodeShell.isHostName(lease.get().host())) {
          yield "ssh "
              + lease.get().host()
              + " "
              + ShellWords.quote("condatainer lock status " + word);
        }
        yield verdict.has(Rule.HIDDEN)
            ? "sudo condatainer lock status " + word
            : "condatainer lock explain " + word;
      }
    };
  }

  /** Where the scheduler proves nothing, a machine that lives may still tell by itself. */
  private static boolean isForThatMachine(Verdict verdict) {
    boolean open = verdict.has(Rule.NODE_LOST) || verdict.has(Rule.ABSENT_UNPROVEN);
    return verdict.isForThatMachine()
        || (open && verdict.has(Rule.MACHINE_LIVES) && !verdict.has(Rule.NOT_AVAILABLE));
  }

  /**
   * What is proved there ends in order there, so that nothing is lost. A machine that was lost or
   * started again has no lock for long; which of the two it is, time tells.
   */
  private static String onThatMachine(Evidence evidence, Verdict verdict, String word) {
    boolean lost = verdict.has(Rule.REBOOTED) || verdict.has(Rule.NODE_LOST);
    if (lost && verdict.has(Rule.MACHINE_LIVES)) {
      return "condatainer lock status --watch "
          + word
          + " (if that machine is gone, its lock is too, in some minutes)";
    }
    return evidence.there().get(0)
        + (evidence.there().size() > 1 ? " (or: " + evidence.there().get(1) + ")" : "");
  }

  private static String whileInUse(Evidence evidence, Verdict verdict, String word) {
    Evidence.Asker asker = evidence.asker();
    Optional<Lease> lease = evidence.knownLease();
    boolean own = lease.isPresent() && (asker.root() || asker.user().equals(lease.get().user()));
    if (own && verdict.has(Rule.JOB_NOT_ENDED)) {
      // First what does no harm: a tired reader takes the first command for the one to type.
      return "condatainer lock status --watch "
          + word
          + " (or, if the job is needed no more: condatainer lock release --cancel "
          + word
          + ")";
    }
    boolean onNode = verdict.has(Rule.HOLDER_ON_NODE) && verdict.has(Rule.JOB_ENDED);
    if (onNode && !verdict.has(Rule.TAGGED_JOB) && !evidence.there().isEmpty()) {
      // Only there it is seen whether that is more than a helper which was left.
      return evidence.there().get(0);
    }
    List<Long> left =
        evidence.host().value().map(host -> host.holders().leftAlone()).orElse(List.of());
    if (verdict.has(Rule.JOB_ENDED) && lease.isPresent() && evidence.host().value().isPresent()) {
      // Nobody waits for them any more: Slurm has been seen to miss what a killed script had
      // started.
      left = evidence.host().value().get().holders().ofJob(lease.get().job().orElseThrow());
    }
    if (!left.isEmpty() && mayKill(evidence)) {
      StringBuilder kill = new StringBuilder("kill");
      left.forEach(pid -> kill.append(' ').append(pid));
      return kill + " (if nobody needs them); then: condatainer lock release " + word;
    }
    return "condatainer lock status --watch " + word;
  }

  private static boolean mayKill(Evidence evidence) {
    Evidence.Asker asker = evidence.asker();
    return asker.root()
        || evidence.host().value().orElseThrow().holders().holders().stream()
            .allMatch(holder -> holder.user().equals(asker.user()));
  }
}
