package org.condatainer.config;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.condatainer.process.SystemWords;

/**
 * Changes one key in a user's configuration file and leaves the rest as it was written, with
 * comments and order. The file is replaced in one step, or stays as it is.
 */
public final class ConfigEdit {
  private final Path file;

  /**
   * @param file the file; it need not exist
   */
  public ConfigEdit(Path file) {
    this.file = file;
  }

  /**
   * Gives a key a value.
   *
   * @param values the value; several for a key that takes a list; none takes the key out
   * @throws ConfigException if the file is wrong already or cannot be written, or the key does not
   *     take this
   */
  public void set(Key key, List<String> values) {
    if (values.size() > 1 && !key.isList()) {
      throw new ConfigException(key.text() + " takes one value, not " + values.size());
    }
    try {
      Path target = Files.exists(file) ? file.toRealPath() : file;
      String text = Files.exists(target) ? ConfigFile.text(target) : "";
      Map<String, Integer> lines = Files.exists(target) ? ConfigFile.lines(target) : Map.of();
      replace(target, changed(text, lines, key, values));
    } catch (IOException e) {
      throw ConfigException.ofTheMachine(file + " cannot be changed: " + SystemWords.of(e), e);
    }
  }

  /**
   * Writes a file in which every key is named and none is set.
   *
   * @throws ConfigException if there is a file already, or it cannot be written
   */
  public void init() {
    StringBuilder text =
        new StringBuilder("# Configuration of condatainer: docs/configuration.md\n");
    for (Key key : Key.values()) {
      text.append("\n# ").append(key.description()).append("\n#").append(key.text()).append(": ");
      text.append(key.defaultValue().map(ConfigEdit::word).orElse(key.isList() ? "[]" : ""));
      text.setLength(text.toString().stripTrailing().length());
      text.append('\n');
    }
    try {
      makeFolder();
      Files.writeString(file, text, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    } catch (FileAlreadyExistsException e) {
      throw new ConfigException(file + " is there already; it stays as it is", e);
    } catch (IOException e) {
      throw ConfigException.ofTheMachine(file + " cannot be written: " + SystemWords.of(e), e);
    }
  }

  /** The text with one key changed; {@code lines} says where each key begins, from 1. */
  private static String changed(
      String text, Map<String, Integer> lines, Key key, List<String> values) {
    List<String> all = new ArrayList<>(text.lines().toList());
    int begin = lines.getOrDefault(key.text(), all.size() + 1) - 1;
    int end = begin;
    if (lines.containsKey(key.text())) {
      end = all.size();
      for (int line : lines.values()) {
        if (line - 1 > begin) {
          end = Math.min(end, line - 1);
        }
      }
      // comments above the next key are that one's
      while (end > begin + 1 && isRemark(all.get(end - 1))) {
        end--;
      }
    }
    all.subList(begin, end).clear();
    if (!values.isEmpty()) {
      all.add(begin, key.text() + ": " + value(key, values));
    }
    return all.isEmpty() ? "" : String.join("\n", all) + "\n";
  }

  private static boolean isRemark(String line) {
    return line.isBlank() || line.startsWith("#") || line.equals("...");
  }

  private static String value(Key key, List<String> values) {
    if (!key.isList()) {
      return word(values.get(0));
    }
    List<String> words = new ArrayList<>();
    for (String value : values) {
      words.add(word(value));
    }
    return "[" + String.join(", ", words) + "]";
  }

  /** A scalar that YAML reads back as this text. */
  private static String word(String text) {
    if (text.isEmpty() || text.chars().anyMatch(c -> c < ' ' || c == 0x7f)) {
      throw new ConfigException(
          text.isEmpty()
              ? "an empty value says nothing; to take a key out, name it without a value"
              : "a value cannot hold control characters");
    }
    return text.matches("[A-Za-z0-9/][A-Za-z0-9_./~-]*") && !text.equalsIgnoreCase("null")
        ? text
        : '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  private void replace(Path target, String text) throws IOException {
    makeFolder();
    Path fresh = Files.createTempFile(target.toAbsolutePath().getParent(), ".config", ".yaml");
    try {
      Files.write(fresh, text.getBytes(UTF_8));
      Files.setPosixFilePermissions(
          fresh,
          Files.exists(target)
              ? Files.getPosixFilePermissions(target)
              : PosixFilePermissions.fromString("rw-r--r--"));
      try {
        ConfigFile.read(fresh, warning -> {});
      } catch (ConfigException e) {
        String problem = e.getMessage().replace(fresh.toString(), file.toString());
        throw new ConfigException(problem + " (" + file + " stays as it is)", e);
      }
      Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(fresh);
    }
  }

  private void makeFolder() throws IOException {
    Optional<Path> folder = Optional.ofNullable(file.toAbsolutePath().getParent());
    if (folder.isPresent()) {
      Files.createDirectories(folder.get());
    }
  }
}
