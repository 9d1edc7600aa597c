package org.condatainer.lock;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Optional;
import org.condatainer.overlay.Superblock;

/**
 * The evidence on an image with what follows from it, ready to be shown.
 *
 * @param evidence the evidence
 * @param verdict what follows
 * @param holders who has the image
 * @param next the command to type next, empty if there is nothing to do
 */
public record LockReport(Evidence evidence, Verdict verdict, List<Holder> holders, String next) {
  public LockReport {
    requireNonNull(evidence, "evidence is null");
    requireNonNull(verdict, "verdict is null");
    holders = List.copyOf(holders);
    requireNonNull(next, "next is null");
  }

  public static LockReport of(Evidence evidence) {
    Verdict verdict = Verdict.of(evidence);
    return new LockReport(
        evidence, verdict, Holder.of(evidence, verdict), NextCommand.of(evidence, verdict));
  }

  /** Whether there is a lease whose writer is proved gone. */
  boolean leaseIsLeft() {
    return evidence.knownLease().isPresent() && WriterProof.leaseIsLeft(evidence, verdict.proof());
  }

  /**
   * Why a container could not mount it even while nobody has it; empty if nothing speaks for that.
   */
  public Optional<String> note() {
    return note(evidence);
  }

  static Optional<String> note(Evidence evidence) {
    Optional<ImageFile> file = evidence.file().value();
    if (file.isEmpty()) {
      return Optional.empty();
    }
    if (!file.get().overlay()) {
      return Optional.of(
          "it is neither an ext3 nor a squashfs image, so that no container can mount it");
    }
    return file.get().superblock().filter(Superblock::shorterThanItsFileSystem).isPresent()
        ? Optional.of("its end is cut off, so that no container can mount it")
        : Optional.empty();
  }

  /** What each source said, one after the other. */
  public List<EvidenceLine> table() {
    return EvidenceLine.of(evidence);
  }
}
