package org.condatainer.overlay;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
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
    Optional<ExtInode> prefix = files.find(PREFIX);
    Optional<ExtInode> meta = child(files, prefix, "conda-meta");
    if (meta.isEmpty() || !meta.get().isFolder()) {
      return Optional.empty();
    }
    List<CondaPackage> packages = new ArrayList<>();
    List<String> unread = new ArrayList<>();
    List<String> requested = new ArrayList<>();
    files.forEachEntry(
        meta.get(),
        (bytes, number) -> {
          String name = new String(bytes, UTF_8);
          ExtInode file = files.inode(number);
          // a character device, or this prefix, says that a file of a lower layer is deleted
          if (file.type() != ExtInode.FILE || name.startsWith(".wh.")) {
            return;
          }
          if (name.equals("history")) {
            requested.addAll(CondaHistory.requested(new String(files.content(file), UTF_8)));
          } else if (name.endsWith(".json")) {
            try {
              packages.add(CondaPackage.parse(files.content(file)));
            } catch (IOException e) {
              unread.add("conda-meta/" + name + ": " + firstLine(e.getMessage()));
            }
          }
        });
    packages.sort(Comparator.comparing(CondaPackage::name));
    List<String> channels = configured(files, prefix, ".condarc");
    if (channels.isEmpty()) {
      channels = configured(files, prefix, ".mambarc");
    }
    return Optional.of(
        new CondaEnvironment(
            packages, channels, requested, PipPackages.read(files, prefix), unread));
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
    return channels(files.content(file.get()));
  }

  /** The value of {@code channels} in a condarc (conda's documentation, "Using the .condarc"). */
  public static List<String> channels(byte[] yaml) {
    List<String> channels = new ArrayList<>();
    try (JsonParser parser = new YAMLFactory().createParser(yaml)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return List.of();
      }
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        boolean wanted = parser.currentName().equals("channels");
        JsonToken value = parser.nextToken();
        if (!wanted) {
          parser.skipChildren();
        } else if (value == JsonToken.START_ARRAY) {
          while (parser.nextToken() != JsonToken.END_ARRAY) {
            channels.add(parser.getText());
            parser.skipChildren();
          }
        }
      }
    } catch (IOException e) {
      // written by hand and wrong: then it names none
      return List.of();
    }
    return channels;
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
