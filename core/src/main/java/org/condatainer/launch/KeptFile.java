package org.condatainer.launch;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * A file of a run's record that the batch script reads on the node. The batch script has the
 * digest: where others can write to a folder on the way to the record, they could put a file of
 * their own there before the job starts.
 *
 * @param path absolute, and shown by all nodes
 * @param sha256 of its bytes, in hexadecimal digits
 */
public record KeptFile(Path path, String sha256) {
  public KeptFile {
    requireNonNull(path, "path is null");
    requireNonNull(sha256, "sha256 is null");
  }

  static KeptFile of(Path path, byte[] content) {
    StringBuilder digits = new StringBuilder();
    try {
      for (byte b : MessageDigest.getInstance("SHA-256").digest(content)) {
        digits
            .append(Character.forDigit((b >> 4) & 0xf, 16))
            .append(Character.forDigit(b & 0xf, 16));
      }
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
    return new KeptFile(path, digits.toString());
  }
}
