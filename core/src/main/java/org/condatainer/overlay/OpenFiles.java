package org.condatainer.overlay;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The files that this process has open at a moment, under whatever name. To open one of them once
 * more and close it would give up each record lock that this process holds on it (fcntl(2)), so
 * whoever goes through a folder, or tries to take a lock, asks here first.
 */
public final class OpenFiles {
  private static final String KEY = "unix:dev,ino";

  private final Set<Map<String, Object>> keys;

  private OpenFiles(Set<Map<String, Object>> keys) {
    this.keys = keys;
  }

  /** Those of this moment; where the kernel does not list them, none. */
  public static OpenFiles now() {
    Set<Map<String, Object>> keys = new HashSet<>();
    try (DirectoryStream<Path> found = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
      for (Path descriptor : found) {
        try {
          // sockets and pipes have no path
          if (Files.readSymbolicLink(descriptor).isAbsolute()) {
            keys.add(Files.readAttributes(descriptor, KEY));
          }
        } catch (IOException e) {
          // it has just been closed
        }
      }
    } catch (IOException e) {
      // no /proc
    }
    return new OpenFiles(keys);
  }

  /** Whether a file is one of them; not so where it cannot be asked for. A link is no file. */
  public boolean contain(Path file) {
    try {
      return keys.contains(Files.readAttributes(file, KEY, LinkOption.NOFOLLOW_LINKS));
    } catch (IOException e) {
      return false;
    }
  }
}
