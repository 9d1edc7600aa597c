package org.condatainer.overlay;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * An installed Conda package, by its file in {@code conda-meta} (conda's {@code PrefixRecord}).
 *
 * @param name its name
 * @param version its version
 * @param build which build of that version, may be empty
 * @param channel where it comes from, by its short name where that is known; may be empty
 * @param url where it was fetched from, may be empty
 * @param md5 of the archive that was fetched, may be empty
 */
public record CondaPackage(
    String name, String version, String build, String channel, String url, String md5) {

  /**
   * Reads such a file.
   *
   * @throws IOException if it is no JSON object with a name and a version
   */
  static CondaPackage parse(JsonFactory factory, byte[] json) throws IOException {
    Map<String, String> fields = new HashMap<>();
    try (JsonParser parser = factory.createParser(json)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new IOException("it is no JSON object");
      }
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        JsonToken value = parser.nextToken();
        if (value == JsonToken.VALUE_STRING) {
          fields.put(name, parser.getText());
        } else {
          parser.skipChildren();
        }
      }
    }
    if (!fields.containsKey("name") || !fields.containsKey("version")) {
      throw new IOException("it has no name or no version");
    }
    return new CondaPackage(
        fields.get("name"),
        fields.get("version"),
        fields.getOrDefault("build_string", fields.getOrDefault("build", "")),
        channelName(fields.getOrDefault("channel", "")),
        fields.getOrDefault("url", ""),
        fields.getOrDefault("md5", ""));
  }

  /**
   * A package by {@code name-version-build}, as conda calls its file; versions and builds have no
   * hyphen (conda's documentation, "Package naming conventions"). Its address and checksum are
   * empty.
   */
  static Optional<CondaPackage> ofDistribution(String distribution, String channel) {
    int build = distribution.lastIndexOf('-');
    int version = distribution.lastIndexOf('-', build - 1);
    if (version < 1) {
      return Optional.empty();
    }
    return Optional.of(
        new CondaPackage(
            distribution.substring(0, version),
            distribution.substring(version + 1, build),
            distribution.substring(build + 1),
            channelName(channel),
            "",
            ""));
  }

  /**
   * {@code conda-forge} of {@code https://conda.anaconda.org/conda-forge/linux-64}: the hosts that
   * conda names by an alias.
   */
  static String channelName(String channel) {
    String text = channel.endsWith("/") ? channel.substring(0, channel.length() - 1) : channel;
    for (String platform :
        new String[] {"/linux-64", "/linux-aarch64", "/linux-ppc64le", "/noarch"}) {
      if (text.endsWith(platform)) {
        text = text.substring(0, text.length() - platform.length());
      }
    }
    for (String alias :
        new String[] {"https://conda.anaconda.org/", "https://repo.anaconda.com/"}) {
      if (text.startsWith(alias)) {
        return text.substring(alias.length());
      }
    }
    return text;
  }

  /** {@code name=version=build}. */
  String specification(boolean withBuild) {
    return name + "=" + version + (withBuild && !build.isEmpty() ? "=" + build : "");
  }
}
