package org.condatainer.launch;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.condatainer.container.Bind;
import org.condatainer.scheduler.Overrides;

/**
 * What the user asks for beside the script: on the command line, or in the script's {@code #CNT}
 * lines.
 *
 * @param baseImage an image, or {@code host}; empty for the configured one
 * @param overlays further overlays, as written
 * @param binds {@code HOST[:CONTAINER[:ro]]}, as written
 * @param ownBinds the same from the program itself, behind those of the user
 * @param variables variables to set in the container, in order
 * @param writable whether the {@code .img} overlay is mounted writable
 * @param fakeroot whether the user is root in the container
 * @param ranks whether every task gets a container of its own, in which the script runs
 * @param scheduler id of the scheduler, or {@code none}; empty for the one at hand
 * @param writtenFor id of the scheduler whose directives count; empty for the first found
 * @param inputs what the tasks of an array get, a line each
 * @param lockWait for how long at most to wait for others whose overlay is wanted
 * @param place where to run
 * @param overrides what is said over the script's directives
 */
public record LaunchOptions(
    Optional<String> baseImage,
    List<String> overlays,
    List<String> binds,
    List<Bind> ownBinds,
    Map<String, String> variables,
    boolean writable,
    boolean fakeroot,
    boolean ranks,
    Optional<String> scheduler,
    Optional<String> writtenFor,
    Optional<ArrayInputs> inputs,
    Optional<Duration> lockWait,
    Place place,
    Overrides overrides) {
  /** Where a script runs. */
  public enum Place {
    /** On the scheduler at hand if the script has directives, otherwise here. */
    AUTOMATIC,
    /** On the scheduler at hand, directives or not. */
    SUBMIT,
    /** On this machine. */
    LOCAL
  }

  public LaunchOptions {
    requireNonNull(baseImage, "baseImage is null");
    overlays = List.copyOf(overlays);
    binds = List.copyOf(binds);
    ownBinds = List.copyOf(ownBinds);
    variables = Collections.unmodifiableMap(new LinkedHashMap<>(variables));
    requireNonNull(scheduler, "scheduler is null");
    requireNonNull(writtenFor, "writtenFor is null");
    requireNonNull(inputs, "inputs is null");
    requireNonNull(lockWait, "lockWait is null");
    requireNonNull(place, "place is null");
    requireNonNull(overrides, "overrides is null");
  }

  /**
   * To run here in these overlays, with nothing else said.
   *
   * @param writable whether the {@code .img} overlay is mounted writable
   */
  public static LaunchOptions here(List<String> overlays, boolean writable) {
    return new LaunchOptions(
        Optional.empty(),
        overlays,
        List.of(),
        List.of(),
        Map.of(),
        writable,
        false,
        false,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Place.LOCAL,
        Overrides.none());
  }

  /** These options over others: what both give is taken from these, lists are put together. */
  public LaunchOptions over(LaunchOptions other) {
    Map<String, String> mergedVariables = new LinkedHashMap<>(other.variables);
    mergedVariables.putAll(variables);
    return new LaunchOptions(
        baseImage.or(other::baseImage),
        concatenated(other.overlays, overlays),
        concatenated(other.binds, binds),
        concatenated(other.ownBinds, ownBinds),
        mergedVariables,
        writable || other.writable,
        fakeroot || other.fakeroot,
        ranks || other.ranks,
        scheduler.or(other::scheduler),
        writtenFor.or(other::writtenFor),
        inputs.or(other::inputs),
        lockWait.or(other::lockWait),
        place == Place.AUTOMATIC ? other.place : place,
        overrides.over(other.overrides));
  }

  private static <T> List<T> concatenated(List<T> first, List<T> second) {
    List<T> all = new ArrayList<>(first);
    all.addAll(second);
    return all;
  }

  /** The same with binds of the program's own, and other variables. */
  public LaunchOptions with(List<Bind> newOwnBinds, Map<String, String> newVariables) {
    return new LaunchOptions(
        baseImage,
        overlays,
        binds,
        newOwnBinds,
        newVariables,
        writable,
        fakeroot,
        ranks,
        scheduler,
        writtenFor,
        inputs,
        lockWait,
        place,
        overrides);
  }

  /** The same with other overlays. */
  public LaunchOptions withOverlays(List<String> value) {
    return new LaunchOptions(
        baseImage,
        value,
        binds,
        ownBinds,
        variables,
        writable,
        fakeroot,
        ranks,
        scheduler,
        writtenFor,
        inputs,
        lockWait,
        place,
        overrides);
  }
}
