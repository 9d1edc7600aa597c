package org.condatainer.launch;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.condatainer.lock.OverlayTag;

/** The records of the runs that were submitted, by the tags that their jobs carry. */
public final class RunRecords {
  private final Path folder;

  /**
   * Looks into a folder.
   *
   * @param folder {@code runs_dir} of the configuration; need not exist
   */
  public RunRecords(Path folder) {
    this.folder = folder;
  }

  /**
   * The overlay that a tag names by its hash.
   *
   * @return empty if this user has no record of the run
   */
  public Optional<Path> overlay(RunTag tag, RunTag.Mark mark) {
    Path record = folder.resolve(tag.runId()).resolve(RunRecord.DESCRIPTION);
    if (!record.normalize().startsWith(folder)
        || !Files.isRegularFile(record, LinkOption.NOFOLLOW_LINKS)
        || !Files.isReadable(record)) {
      return Optional.empty();
    }
    return Optional.ofNullable(overlays(record).get(mark.hash()));
  }

  private static Map<String, Path> overlays(Path record) {
    Map<String, Path> overlays = new HashMap<>();
    try (JsonParser parser = new JsonFactory().createParser(Files.newInputStream(record))) {
      boolean inside = false;
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        String name = parser.currentName();
        if (token == JsonToken.START_ARRAY && "overlays".equals(name)) {
          inside = true;
        } else if (token == JsonToken.END_ARRAY && "overlays".equals(name)) {
          inside = false;
        } else if (inside && token == JsonToken.VALUE_STRING && "path".equals(name)) {
          Path path = Path.of(parser.getText());
          overlays.put(OverlayTag.of(path), path);
        }
      }
    } catch (IOException e) {
      // A record that cannot be read tells less, and is no reason not to show the job.
      return overlays;
    }
    return overlays;
  }
}
