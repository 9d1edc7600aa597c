package org.condatainer.config;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.condatainer.process.SystemWords;
import org.condatainer.trust.Printable;

/**
 * One file of the configuration, in YAML: a mapping of keys to texts, numbers and lists. The only
 * class that knows the YAML library, which is loaded when there is a file and not before.
 */
final class ConfigFile {
  private ConfigFile() {}

  /**
   * Reads a file.
   *
   * @param warnings told of keys that are not known, a line each
   * @throws ConfigException if it cannot be read, is not YAML, or a value is not what its key
   *     takes; all wrong numbers are named, a line each
   */
  static Map<Key, Setting> read(Path file, Consumer<String> warnings) {
    List<String> wrong = new ArrayList<>();
    Map<Key, Setting> settings;
    try {
      settings = read(file, warnings, wrong);
    } catch (ConfigException e) {
      if (wrong.isEmpty()) {
        throw e;
      }
      wrong.add(e.getMessage());
      throw new ConfigException(String.join("\n", wrong), e);
    }
    if (!wrong.isEmpty()) {
      throw new ConfigException(String.join("\n", wrong));
    }
    return settings;
  }

  private static Map<Key, Setting> read(Path file, Consumer<String> warnings, List<String> wrong) {
    Map<Key, Setting> settings = new EnumMap<>(Key.class);
    try (JsonParser parser = new YAMLFactory().createParser(text(file))) {
      JsonToken first = parser.nextToken();
      if (first == null) {
        return settings;
      }
      if (first != JsonToken.START_OBJECT) {
        throw wrong(file, parser, "a configuration is a list of lines \"key: value\"");
      }
      Map<String, Integer> lines = new HashMap<>();
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        int line = parser.currentTokenLocation().getLineNr();
        String origin = file + ":" + line;
        Integer before = lines.putIfAbsent(name, line);
        if (before != null) {
          throw wrong(file, parser, name + " has a value already (line " + before + ")");
        }
        Optional<Key> key = Key.of(name);
        parser.nextToken();
        if (key.isEmpty()) {
          warnings.accept(origin + ": there is no key \"" + name + "\"" + nearest(name));
          parser.skipChildren();
        } else {
          settings.put(key.get(), new Setting(values(file, parser, key.get(), wrong), origin));
        }
      }
      if (parser.nextToken() != null) {
        throw wrong(file, parser, "a configuration is one YAML document, and here begins another");
      }
    } catch (JsonProcessingException e) {
      JsonLocation place = e.getLocation();
      String where = place == null ? "" : ":" + place.getLineNr() + ":" + place.getColumnNr();
      throw new ConfigException(file + where + ": this is not YAML: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw ConfigException.ofTheMachine(file + " cannot be read: " + SystemWords.why(e), e);
    }
    return settings;
  }

  /**
   * The line of each key, known or not.
   *
   * @throws ConfigException as {@link #read} does, and if several keys share a line
   */
  static Map<String, Integer> lines(Path file) throws IOException {
    read(file, warning -> {});
    Map<String, Integer> lines = new HashMap<>();
    try (JsonParser parser = new YAMLFactory().createParser(text(file))) {
      if (parser.nextToken() == null) {
        return lines;
      }
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        if (parser.currentTokenLocation().getColumnNr() != 1) {
          throw wrong(file, parser, "keys do not stand one on a line; change this file by hand");
        }
        lines.put(parser.currentName(), parser.currentTokenLocation().getLineNr());
        parser.nextToken();
        parser.skipChildren();
      }
    }
    return lines;
  }

  /** The file's text, which has to be UTF-8. */
  static String text(Path file) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file));
    CharBuffer text = CharBuffer.allocate(bytes.capacity());
    if (!UTF_8.newDecoder().decode(bytes, text, true).isError()) {
      return text.flip().toString();
    }
    int line = 1;
    int column = 1;
    for (char c : text.flip().toString().toCharArray()) {
      line += c == '\n' ? 1 : 0;
      column = c == '\n' ? 1 : column + 1;
    }
    throw new ConfigException(
        file
            + ":"
            + line
            + ":"
            + column
            + ": this is not UTF-8; convert the file, for instance: iconv -f ISO-8859-1 -t UTF-8");
  }

  private static List<String> values(Path file, JsonParser parser, Key key, List<String> wrong)
      throws IOException {
    if (parser.currentToken() == JsonToken.VALUE_NULL) {
      throw wrong(file, parser, key.text() + " has no value");
    }
    if (parser.currentToken() != JsonToken.START_ARRAY) {
      return List.of(scalar(file, parser, key, wrong));
    }
    if (key.kind() != Key.Kind.LIST) {
      throw wrong(file, parser, key.text() + " takes one value, not a list");
    }
    List<String> values = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      values.add(scalar(file, parser, key, wrong));
    }
    return values;
  }

  private static String scalar(Path file, JsonParser parser, Key key, List<String> wrong)
      throws IOException {
    JsonToken token = parser.currentToken();
    if (!token.isScalarValue()) {
      throw wrong(file, parser, key.text() + " takes a text, not a mapping or a list in a list");
    }
    String text = token == JsonToken.VALUE_NULL ? "" : parser.getText();
    if (text.isEmpty()) {
      throw wrong(file, parser, key.text() + " has an empty value; leave it out");
    }
    if (!Printable.is(text)) {
      throw wrong(
          file, parser, key.text() + " has a character that is not to be seen; write it anew");
    }
    if (key.kind() == Key.Kind.NUMBER && !Configuration.isCount(text)) {
      String message = key.text() + " takes a whole number above 0, not \"" + text + "\"";
      wrong.add(wrong(file, parser, message).getMessage());
    }
    return text;
  }

  private static ConfigException wrong(Path file, JsonParser parser, String message) {
    JsonLocation place = parser.currentTokenLocation();
    return new ConfigException(
        file + ":" + place.getLineNr() + ":" + place.getColumnNr() + ": " + message);
  }

  /** The known key that is nearest to a name, if one is near. */
  private static String nearest(String name) {
    List<String> keys = new ArrayList<>();
    for (Key key : Key.values()) {
      keys.add(key.text());
    }
    return Spelling.nearest(name, keys).map(key -> "; do you mean " + key + "?").orElse("");
  }
}
