package org.condatainer.overlay;

import static org.condatainer.overlay.OverlayFinding.Kind.DIRTY;
import static org.condatainer.overlay.OverlayFinding.Kind.FOREIGN_OWNER;
import static org.condatainer.overlay.OverlayFinding.Kind.INTERRUPTED;
import static org.condatainer.overlay.OverlayFinding.Kind.MISSING;
import static org.condatainer.overlay.OverlayFinding.Kind.NOT_AN_OVERLAY;
import static org.condatainer.overlay.OverlayFinding.Kind.NOT_A_FILE;
import static org.condatainer.overlay.OverlayFinding.Kind.NOT_EXT3;
import static org.condatainer.overlay.OverlayFinding.Kind.NOT_READABLE;
import static org.condatainer.overlay.OverlayFinding.Kind.NOT_WRITABLE;
import static org.condatainer.overlay.OverlayFinding.Kind.NO_UPPER;
import static org.condatainer.overlay.OverlayFinding.Kind.TOO_SHORT;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.condatainer.process.SystemWords;
import org.condatainer.script.ShellWords;

/**
 * A look at an overlay image before a container mounts it: is it there, is it what containers
 * accept, is it whole. Reads the file, changes nothing, and does not ask whether it is in use. An
 * image that a container has mounted writable looks dirty, so ask {@link
 * org.condatainer.lock.ImageUse} first.
 *
 * <p>Looking opens and closes the file, which drops every lock that this process holds on it.
 *
 * @param image the image, as it was named
 * @param kind what it is, empty if that could not be read or is no overlay
 * @param superblock what an ext image says of itself, empty for all others
 * @param upperOwner to whom {@code /upper} of an ext image belongs, empty if there is no such
 *     folder or it was not looked for
 * @param findings what a user has to know, empty if all is well
 */
public record OverlayInspection(
    Path image,
    Optional<OverlayKind> kind,
    Optional<Superblock> superblock,
    Optional<Owner> upperOwner,
    List<OverlayFinding> findings) {
  private static final String READ_IT = "use it read-only (e -r, exec without -w)";

  public OverlayInspection {
    findings = List.copyOf(findings);
  }

  /**
   * Looks at an image.
   *
   * @param writable whether it is to be mounted writable
   * @param user who the user is inside the container: {@link Owner#ROOT} with fakeroot, otherwise
   *     {@link Owner#ofThisProcess}
   */
  public static OverlayInspection of(Path image, boolean writable, Owner user) {
    return of(image, writable, user, Owner.ofThisProcess());
  }

  /**
   * @param caller who the user is outside the container
   */
  static OverlayInspection of(Path image, boolean writable, Owner user, Owner caller) {
    if (Files.notExists(image)) {
      return unusable(image, MISSING, "there is no such file", missingNext(image));
    }
    if (!Files.exists(image)) {
      return unusable(
          image,
          NOT_READABLE,
          "it cannot be looked at, since you may not enter a folder on the way to it",
          "ask the folder's owner for the permission to enter it: chmod g+x,o+x");
    }
    if (!Files.isRegularFile(image)) {
      String what = Files.isDirectory(image) ? "it is a folder" : "it is not a regular file";
      return unusable(image, NOT_A_FILE, what, "name the image file itself");
    }
    try (FileChannel channel = FileChannel.open(image, StandardOpenOption.READ)) {
      return of(image, channel, writable, user, caller);
    } catch (NoSuchFileException e) {
      return unusable(image, MISSING, "it has just disappeared", missingNext(image));
    } catch (IOException e) {
      return unusable(
          image,
          NOT_READABLE,
          "it cannot be read (" + SystemWords.why(e) + ")",
          e instanceof AccessDeniedException
              ? "ask its owner for read permission: chmod g+r,o+r " + quoted(image)
              : "see whether this machine can read it at all: cksum " + quoted(image));
    }
  }

  private static OverlayInspection of(
      Path image, FileChannel channel, boolean writable, Owner user, Owner caller)
      throws IOException {
    Optional<OverlayKind> kind = OverlayKind.of(channel);
    if (kind.isEmpty()) {
      return unusable(
          image,
          NOT_AN_OVERLAY,
          "it is neither an ext3 nor a squashfs image"
              + (channel.size() == 0 ? ": it is empty" : ""),
          "a compressed image has to be unpacked first; a new overlay is made by: condatainer o");
    }
    if (kind.get() == OverlayKind.SQUASHFS) {
      List<OverlayFinding> findings = new ArrayList<>();
      if (writable) {
        findings.add(
            refusal(
                image, NOT_WRITABLE, "it is a squashfs image, which is always read-only", READ_IT));
      }
      return new OverlayInspection(image, kind, Optional.empty(), Optional.empty(), findings);
    }
    Superblock superblock;
    try {
      superblock = Superblock.read(channel, image);
    } catch (OverlayException e) {
      OverlayFinding finding =
          new OverlayFinding(
              NOT_AN_OVERLAY, true, e.getMessage(), "use a copy, or make a new one: condatainer o");
      return new OverlayInspection(
          image, kind, Optional.empty(), Optional.empty(), List.of(finding));
    }
    List<OverlayFinding> findings = new ArrayList<>();
    if (writable && !Files.isWritable(image)) {
      findings.add(
          refusal(
              image,
              NOT_WRITABLE,
              "you may not write to it",
              Owner.of(image).uid() == caller.uid()
                  ? READ_IT + ", or: chmod u+w " + quoted(image)
                  : READ_IT + ", or make a copy of your own: cp --sparse=always"));
    }
    findings.addAll(findingsOf(image, superblock));
    ExtFileSystem tree = new ExtFileSystem(channel, superblock);
    Optional<Owner> upper = Optional.empty();
    if (superblock.mountable() && tree.readable()) {
      upper = tree.folderOwner("upper");
      if (upper.isEmpty()) {
        findings.add(
            refusal(
                image,
                NO_UPPER,
                "it has no folder /upper, where an overlay keeps its files",
                "it was not made as an overlay; make one with: condatainer o"));
      } else if (writable) {
        ownership(image, user, caller, upper.get()).ifPresent(findings::add);
      }
    }
    return new OverlayInspection(image, kind, Optional.of(superblock), upper, findings);
  }

  private static List<OverlayFinding> findingsOf(Path image, Superblock superblock) {
    List<OverlayFinding> findings = new ArrayList<>();
    if (!superblock.mountable()) {
      findings.add(notExt3(image, superblock));
    }
    if (superblock.shorterThanItsFileSystem()) {
      findings.add(refusal(image, TOO_SHORT, cutOff(superblock), wholeAgain(image)));
    }
    if (superblock.inRepair()) {
      findings.add(
          refusal(
              image,
              INTERRUPTED,
              "a repair of it was cut short, or goes on",
              "if nobody repairs it, take that back and repair it: condatainer overlay check "
                  + quoted(image)));
    } else if (superblock.interrupted()) {
      findings.add(
          refusal(
              image,
              INTERRUPTED,
              "errors are recorded in it: a resize was cut short, or the disk was full",
              "if nobody uses it, repair it: condatainer overlay check -y " + quoted(image)));
    } else if (superblock.needsRecovery()) {
      findings.add(
          refusal(
              image,
              DIRTY,
              "it was not unmounted in order: its container was killed, or still runs",
              "see which: condatainer lock status "
                  + quoted(image)
                  + "; if nobody uses it, repair it: condatainer overlay check "
                  + quoted(image)));
    }
    return findings;
  }

  /** What is wrong with an image that is shorter than its file system. */
  private static String cutOff(Superblock superblock) {
    return "the file has "
        + superblock.fileBytes()
        + " bytes, its file system "
        + superblock.bytes()
        + ": the end was cut off, by a copy that did not finish or a wrong resize";
  }

  private static String wholeAgain(Path image) {
    return "copy it again, or give it back its length and repair it: condatainer overlay check -y "
        + quoted(image);
  }

  /**
   * Refuses an image of which a copy would be no sound overlay.
   *
   * @throws OverlayException if it is cut off, was not unmounted in order, or has errors
   */
  static void refuseUnsound(Path image, Superblock superblock) {
    if (superblock.shorterThanItsFileSystem()) {
      throw new OverlayException(
          OverlayException.Kind.UNUSABLE,
          image + ": " + cutOff(superblock) + "\n  " + wholeAgain(image));
    }
    if (!superblock.clean()) {
      throw new OverlayException(
          OverlayException.Kind.UNUSABLE,
          image
              + " was not unmounted in order, or has errors\n  repair it first: condatainer overlay"
              + " check "
              + quoted(image));
    }
  }

  private static OverlayFinding notExt3(Path image, Superblock superblock) {
    List<String> features = superblock.foreignFeatures();
    String what =
        features.isEmpty()
            ? "it is an ext2 file system: it has no journal"
            : "it is not plain ext3: it has the "
                + (features.size() == 1 ? "feature " : "features ")
                + String.join(", ", features);
    String next =
        features.isEmpty()
            ? "give it a journal: tune2fs -j " + quoted(image)
            : "containers mount ext3 only; make a new overlay (condatainer o) and copy the files";
    return refusal(image, NOT_EXT3, what, next);
  }

  /** Root may write to everybody's files, and in a container of Apptainer's too. */
  private static Optional<OverlayFinding> ownership(
      Path image, Owner user, Owner caller, Owner owner) {
    if (caller.uid() == 0 || owner.equals(user)) {
      return Optional.empty();
    }
    if (user.equals(Owner.ROOT) && owner.equals(caller)) {
      return Optional.of(
          new OverlayFinding(
              FOREIGN_OWNER,
              false,
              image + ": its files are yours, but with fakeroot new ones become root's",
              "leave out --fakeroot"));
    }
    return Optional.of(
        refusal(
            image,
            FOREIGN_OWNER,
            "its /upper belongs to " + owner + ", and you are " + user + " in the container",
            (owner.equals(Owner.ROOT) ? "add --fakeroot, " : "")
                + "make its files yours: condatainer overlay chown "
                + (user.equals(Owner.ROOT) ? "--root " : "")
                + quoted(image)
                + ", or "
                + READ_IT));
  }

  private static OverlayInspection unusable(
      Path image, OverlayFinding.Kind kind, String message, String next) {
    return new OverlayInspection(
        image,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        List.of(refusal(image, kind, message, next)));
  }

  private static OverlayFinding refusal(
      Path image, OverlayFinding.Kind kind, String message, String next) {
    return new OverlayFinding(kind, true, image + ": " + message, next);
  }

  private static String missingNext(Path image) {
    return "check the path, or make one: condatainer o " + quoted(image);
  }

  private static String quoted(Path image) {
    String quoted = ShellWords.quote(image.toString());
    return quoted.startsWith("-") ? "./" + quoted : quoted;
  }

  /** Whether a mount would fail or do something else than asked. */
  public boolean refused() {
    for (OverlayFinding finding : findings) {
      if (finding.refused()) {
        return true;
      }
    }
    return false;
  }
}
