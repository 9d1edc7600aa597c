package org.condatainer.lock;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.file.Path;

/** How a job's tag names its overlays: short, whatever the path. */
public final class OverlayTag {
  /** With what every tag of ours begins; the run's id follows. */
  public static final String START = "cnt:";

  private OverlayTag() {}

  /** FNV-1a of the absolute path's UTF-8 bytes, 16 hexadecimal digits. */
  public static String of(Path overlay) {
    long hash = 0xcbf29ce484222325L;
    for (byte b : overlay.toString().getBytes(UTF_8)) {
      hash = (hash ^ (b & 0xff)) * 0x100000001b3L;
    }
    String hex = Long.toHexString(hash);
    return "0".repeat(16 - hex.length()) + hex;
  }
}
