package org.condatainer.launch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.condatainer.config.Configuration;
import org.condatainer.container.MountedOverlay;
import org.condatainer.job.JobId;
import org.condatainer.lock.ImageLock;
import org.condatainer.lock.ImageUse;
import org.condatainer.lock.LockHolder;
import org.condatainer.overlay.DiskSpace;
import org.condatainer.overlay.OverlayFinding;
import org.condatainer.overlay.OverlayInspection;
import org.condatainer.overlay.OverlayKind;
import org.condatainer.overlay.Owner;
import org.condatainer.process.ProcessRunner;
import org.condatainer.process.SystemWords;
import org.condatainer.scheduler.HostEnvironment;
import org.condatainer.scheduler.InstalledSchedulers;
import org.condatainer.script.Diagnostic;
import org.condatainer.script.JobScript;
import org.condatainer.script.OverlayReference;

/** Finds the overlays that a run names, and refuses what a container would refuse later. */
final class OverlaySelection {
  private final Configuration configuration;
  private final HostEnvironment environment;
  private final Path workingDirectory;
  private final List<JobId> waitedFor;
  private final UnendedJob unended;
  private final List<String> notes = new ArrayList<>();

  /**
   * @param waitedFor jobs that end before this run begins: what they hold is free by then
   */
  OverlaySelection(
      Configuration configuration,
      InstalledSchedulers schedulers,
      HostEnvironment environment,
      Path workingDirectory,
      List<JobId> waitedFor) {
    this.configuration = configuration;
    this.environment = environment;
    this.workingDirectory = workingDirectory;
    this.waitedFor = List.copyOf(waitedFor);
    this.unended = new UnendedJob(configuration, schedulers, environment, waitedFor);
  }

  /** What the user should know of the overlays that were selected. */
  List<String> notes() {
    return notes;
  }

  /** The overlays of all {@code #DEP:} lines. */
  List<MountedOverlay> selectAll(JobScript script, LaunchOptions options) {
    List<MountedOverlay> overlays = new ArrayList<>();
    for (OverlayReference reference : script.overlays()) {
      overlays.add(select(reference, script.name(), options));
    }
    return overlays;
  }

  /** Apptainer mounts one file system that can be written to, and so do all runtimes here. */
  static void refuseTwoImages(List<MountedOverlay> overlays) {
    Optional<Path> first = Optional.empty();
    for (MountedOverlay overlay : overlays) {
      if (overlay.format() == MountedOverlay.Format.EXT3) {
        if (first.isPresent()) {
          throw new LaunchException(
              LaunchException.Kind.BAD_REQUEST,
              "only one .img overlay can be mounted at a time, and there are two: "
                  + first.get()
                  + " and "
                  + overlay.path()
                  + "; leave one out");
        }
        first = Optional.of(overlay.path());
      }
    }
  }

  /** The overlay of a {@code #DEP:} line; what is wrong with it is told with its place. */
  private MountedOverlay select(OverlayReference reference, String script, LaunchOptions options) {
    try {
      return select(reference.path(), options);
    } catch (LaunchException e) {
      String text =
          Diagnostic.error(reference.line(), reference.column(), e.getMessage()).format(script);
      throw new LaunchException(e.kind(), text, e);
    }
  }

  /** The overlay of this path or name, fit to be mounted as the options ask. */
  MountedOverlay select(String name, LaunchOptions options) {
    Path path =
        new OverlayNames(configuration.imageDirectories(), workingDirectory, environment)
            .locate(name);
    boolean squashfs =
        OverlayInspection.of(path, false, Owner.ofThisProcess())
            .kind()
            .equals(Optional.of(OverlayKind.SQUASHFS));
    boolean writable = options.writable() && !squashfs;
    boolean awaited = !squashfs && refuseInUse(path, writable);
    Owner user = options.fakeroot() ? Owner.ROOT : Owner.ofThisProcess();
    OverlayInspection inspection = OverlayInspection.of(path, writable, user);
    for (OverlayFinding finding : inspection.findings()) {
      boolean heldNow = awaited && finding.kind() == OverlayFinding.Kind.DIRTY;
      if (finding.refused() && !heldNow) {
        throw new LaunchException(LaunchException.Kind.OVERLAY_UNUSABLE, finding.format());
      }
      if (!finding.refused()) {
        notes.add("warning: " + finding.format());
      }
    }
    if (writable) {
      noteFullDisk(path);
    }
    return new MountedOverlay(
        path,
        squashfs ? MountedOverlay.Format.SQUASHFS : MountedOverlay.Format.EXT3,
        writable,
        inspection
            .superblock()
            .map(superblock -> superblock.uuid().toString().replace("-", ""))
            .orElse(""),
        waitedFor.isEmpty() && options.lockWait().isEmpty()
            ? Optional.of(modified(path))
            : Optional.empty(),
        options.lockWait().orElse(Duration.ZERO),
        configuration.sharedLocks(),
        inspection.upperOwner().equals(Optional.of(Owner.ROOT)));
  }

  /**
   * Refuses an image that somebody else holds. What is held by a job that this run waits for is
   * free by then, and checked again on the node; so is what another node holds, if there are such
   * jobs. Who only reads is not in the way of a job that was put back.
   *
   * @return whether it is held now, by a job that ends before this run
   */
  private boolean refuseInUse(Path path, boolean writable) {
    if (!writable && ImageUse.isFreeToRead(path)) {
      return false;
    }
    ImageUse use = ImageUse.of(path);
    switch (use.answer(writable)) {
      case FREE -> {
        Optional<String> unendedJob = writable ? unended.holding(path) : Optional.empty();
        if (unendedJob.isPresent()) {
          throw new LaunchException(LaunchException.Kind.OVERLAY_IN_USE, unendedJob.get());
        }
        return false;
      }
      case UNKNOWN -> {
        notes.add(use.message());
        return false;
      }
      case IN_USE -> {
        if (isWaitedFor(use)) {
          notes.add(path + " is held by a job that this run waits for; the node checks again");
          return true;
        }
        throw new LaunchException(LaunchException.Kind.OVERLAY_IN_USE, use.message());
      }
    }
    throw new AssertionError(use);
  }

  private void noteFullDisk(Path path) {
    try {
      DiskSpace.warning(path, new ProcessRunner(environment.variables())).ifPresent(notes::add);
    } catch (IOException e) {
      throw new LaunchException(
          LaunchException.Kind.OVERLAY_UNUSABLE,
          path + " cannot be read: " + SystemWords.why(e),
          e);
    }
  }

  private boolean isWaitedFor(ImageUse use) {
    if (use.lock().place() == ImageLock.Place.ELSEWHERE) {
      return !waitedFor.isEmpty();
    }
    for (LockHolder holder : use.holders().holders()) {
      if (holder.job().isEmpty() || waitedFor.stream().noneMatch(holder.job().get().id()::mayBe)) {
        return false;
      }
    }
    return !use.holders().holders().isEmpty();
  }

  private static Instant modified(Path path) {
    try {
      return Files.getLastModifiedTime(path).toInstant();
    } catch (IOException e) {
      throw new LaunchException(
          LaunchException.Kind.OVERLAY_UNUSABLE,
          path + " cannot be read: " + SystemWords.why(e),
          e);
    }
  }
}
