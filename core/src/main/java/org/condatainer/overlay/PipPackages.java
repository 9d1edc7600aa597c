package org.condatainer.overlay;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * What pip has installed beside Conda: the folders {@code NAME-VERSION.dist-info} in {@code
 * site-packages} whose file {@code INSTALLER} says {@code pip} (PEP 376, PEP 627).
 */
final class PipPackages {
  private static final String SUFFIX = ".dist-info";

  private PipPackages() {}

  /** As {@code name==version}, in order. */
  static List<String> read(ExtFileSystem files, Optional<ExtInode> prefix) throws IOException {
    List<String> found = new ArrayList<>();
    Optional<ExtInode> libraries = CondaEnvironment.child(files, prefix, "lib");
    if (libraries.isEmpty() || !libraries.get().isFolder()) {
      return found;
    }
    List<ExtInode> pythons = new ArrayList<>();
    files.forEachEntry(
        libraries.get(),
        new ExtFileSystem.EntryVisitor() {
          @Override
          public void entry(byte[] name, long number) throws IOException {
            if (new String(name, UTF_8).startsWith("python")) {
              pythons.add(files.inode(number));
            }
          }
        });
    for (ExtInode python : pythons) {
      Optional<ExtInode> packages =
          CondaEnvironment.child(files, Optional.of(python), "site-packages");
      if (packages.isPresent() && packages.get().isFolder()) {
        read(files, packages.get(), found);
      }
    }
    Collections.sort(found);
    return found;
  }

  private static void read(ExtFileSystem files, ExtInode packages, List<String> found)
      throws IOException {
    files.forEachEntry(
        packages,
        new ExtFileSystem.EntryVisitor() {
          @Override
          public void entry(byte[] bytes, long number) throws IOException {
            String name = new String(bytes, UTF_8);
            int dash = name.indexOf('-');
            if (!name.endsWith(SUFFIX) || dash < 1 || dash > name.length() - SUFFIX.length()) {
              return;
            }
            Optional<ExtInode> installer =
                CondaEnvironment.child(files, Optional.of(files.inode(number)), "INSTALLER");
            if (installer.isPresent()
                && installer.get().type() == ExtInode.FILE
                && new String(files.content(installer.get()), UTF_8).strip().equals("pip")) {
              found.add(
                  name.substring(0, dash)
                      + "=="
                      + name.substring(dash + 1, name.length() - SUFFIX.length()));
            }
          }
        });
  }
}
