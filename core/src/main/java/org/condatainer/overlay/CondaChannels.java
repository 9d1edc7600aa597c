package org.condatainer.overlay;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The channels that a condarc names (conda's documentation, "Using the .condarc"). */
public final class CondaChannels {
  private CondaChannels() {}

  /** The value of {@code channels}, in order; empty if the file has none or is no YAML. */
  public static List<String> configured(byte[] yaml) {
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
}
