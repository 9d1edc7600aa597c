package org.condatainer.overlay;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The Conda environment in an overlay, {@code /ext3/env}, read from the image.
 *
 * @param packages what is installed, by name
 * @param configured the channels that the environment's own {@code .condarc} or {@code .mambarc}
 *     names, in order; empty if it has none
 * @param requested what was asked for in words, by the environment's history
 * @param pip what pip has installed, as {@code name==version}
 * @param unread files of {@code conda-meta} that could not be understood, with the reason
 */
public record CondaEnvironment(
    List<CondaPackage> packages,
    List<String> configured,
    List<String> requested,
    List<String> pip,
    List<String> unread) {
  private static final String JSON = ".json";
  private static final String[] PREFIX = {"upper", "ext3", "env"};

  public CondaEnvironment {
    packages = List.copyOf(packages);
    configured = List.copyOf(configured);
    requested = List.copyOf(requested);
    pip = List.copyOf(pip);
    unread = List.copyOf(unread);
  }

  /** The environment of an image, empty if it has no folder {@code conda-meta}. */
  static Optional<CondaEnvironment> read(ExtFileSystem files) throws IOException {
    return read(files, false);
  }

  /**
   * The same by the names of the files in {@code conda-meta} and by its history, as far as these
   * tell all; then the packages have no address and no checksum. It takes a fraction of the time.
   */
  static Optional<CondaEnvironment> glance(ExtFileSystem files) throws IOException {
    return read(files, true);
  }

  private static Optional<CondaEnvironment> read(ExtFileSystem files, boolean byName)
      throws IOException {
    Optional<ExtInode> prefix = files.find(PREFIX);
    Optional<ExtInode> meta = child(files, prefix, "conda-meta");
    if (meta.isEmpty() || !meta.get().isFolder()) {
      return Optional.empty();
    }
    String history = history(files, meta.get());
    Map<String, String> known = byName ? CondaHistory.channels(history) : Map.of();
    List<CondaPackage> packages = new ArrayList<>();
    List<String> unread = new ArrayList<>();
    List<Long> unnamed = new ArrayList<>();
    List<String> names = new ArrayList<>();
    files.forEachTyped(
        meta.get(),
        new ExtFileSystem.TypedVisitor() {
          @Override
          public void entry(byte[] bytes, long number, boolean regular) {
            String name = new String(bytes, UTF_8);
            // a character device, or this prefix, says that a file of a lower layer is deleted
            if (!regular || !name.endsWith(JSON) || name.startsWith(".wh.")) {
              return;
            }
            String distribution = name.substring(0, name.length() - JSON.length());
            String channel = known.get(distribution);
            Optional<CondaPackage> named =
                channel == null
                    ? Optional.empty()
                    : CondaPackage.ofDistribution(distribution, channel);
            if (named.isPresent()) {
              packages.add(named.get());
            } else {
              unnamed.add(number);
              names.add(name);
            }
          }
        });
    // a parser costs more than all the rest where every name is known
    if (!unnamed.isEmpty()) {
      JsonFactory factory = new JsonFactory();
      for (int i = 0; i < unnamed.size(); i++) {
        ExtInode file = files.inode(unnamed.get(i));
        if (file.type() == ExtInode.FILE) {
          try {
            packages.add(CondaPackage.parse(factory, files.content(file)));
          } catch (IOException e) {
            unread.add("conda-meta/" + names.get(i) + ": " + firstLine(e.getMessage()));
          }
        }
      }
    }
    packages.sort(
        new Comparator<CondaPackage>() {
          @Override
          public int compare(CondaPackage a, CondaPackage b) {
            return a.name().compareTo(b.name());
          }
        });
    List<String> channels = configured(files, prefix, ".condarc");
    if (channels.isEmpty()) {
      channels = configured(files, prefix, ".mambarc");
    }
    return Optional.of(
        new CondaEnvironment(
            packages,
            channels,
            CondaHistory.requested(history),
            PipPackages.read(files, prefix),
            unread));
  }

  private static String history(ExtFileSystem files, ExtInode meta) throws IOException {
    Optional<ExtInode> file = child(files, Optional.of(meta), "history");
    return file.isEmpty() || file.get().type() != ExtInode.FILE
        ? ""
        : new String(files.content(file.get()), UTF_8);
  }

  static Optional<ExtInode> child(ExtFileSystem files, Optional<ExtInode> folder, String name)
      throws IOException {
    if (folder.isEmpty() || !folder.get().isFolder()) {
      return Optional.empty();
    }
    return files.entry(folder.get(), name.getBytes(UTF_8));
  }

  private static List<String> configured(
      ExtFileSystem files, Optional<ExtInode> prefix, String name) throws IOException {
    Optional<ExtInode> file = child(files, prefix, name);
    if (file.isEmpty() || file.get().type() != ExtInode.FILE) {
      return List.of();
    }
    return CondaChannels.configured(files.content(file.get()));
  }

  private static String firstLine(String text) {
    int end = text.indexOf('\n');
    return end < 0 ? text : text.substring(0, end);
  }

  /** The channels in order: the configured ones, then those that packages come from. */
  public List<String> channels() {
    Set<String> channels = new LinkedHashSet<>(configured);
    for (CondaPackage found : packages) {
      if (!found.channel().isEmpty() && !found.channel().equals("pypi")) {
        channels.add(found.channel());
      }
    }
    return List.copyOf(channels);
  }
}
