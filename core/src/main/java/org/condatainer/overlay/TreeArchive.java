package org.condatainer.overlay;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The files of an overlay as a tar archive, read from the image without a mount: what is in {@code
 * /upper}, with that as the root. Sockets are left out, as they mean nothing without their process.
 *
 * <p>Extended attributes go with the files: the marks of an overlay that a folder hides what is
 * below it are among them. A squashfs has none of the kind {@code system.}, ACLs above all.
 */
final class TreeArchive {
  /** What a squashfs can have, without an equals sign: that ends a name in an archive. */
  private static final Pattern KEPT = Pattern.compile("(user|trusted|security)\\.[^=]+");

  private static final Pattern MARK =
      Pattern.compile("(trusted|user)\\.(overlay|fuseoverlayfs)\\..*");

  private final ExtFileSystem files;
  private final TarStream out;
  private final Progress progress;
  private final Map<Long, byte[]> linked = new HashMap<>();
  private final Set<Long> folders = new HashSet<>();

  /** Folders to be gone through, and with what their names begin: they may be in each other. */
  private final Deque<ExtInode> pending = new ArrayDeque<>();

  private final Deque<byte[]> paths = new ArrayDeque<>();
  private final long total;
  private long seen;
  private boolean attributes;
  private boolean marks;

  /** Names of attributes that are left out, each with the first file that has it. */
  private final Map<String, String> leftOut = new TreeMap<>();

  TreeArchive(ExtFileSystem files, TarStream out, Progress progress) {
    this.files = files;
    this.out = out;
    this.progress = progress;
    this.total = files.superblock().inodes() - files.superblock().freeInodes();
  }

  /** Whether attributes were written at all. */
  boolean hasAttributes() {
    return attributes;
  }

  /** Whether some of them were marks of overlayfs or fuse-overlayfs. */
  boolean hasMarks() {
    return marks;
  }

  /** Names of attributes that a squashfs cannot have, each with the first file that has it. */
  Map<String, String> leftOut() {
    return leftOut;
  }

  /** Writes it all. */
  void write(ExtInode upper) throws IOException {
    out.header(new byte[] {'.', '/'}, '5', new byte[0], upper, 0, null, List.of());
    for (ExtAttributes.Attribute attribute : files.attributes(upper)) {
      // mksquashfs passes over the root of an archive; what overlayfs keeps there means the upper
      // folder alone (linux/Documentation/filesystems/overlayfs)
      if (!MARK.matcher(attribute.shownName()).matches()) {
        leftOut.putIfAbsent(attribute.shownName(), "/");
      }
    }
    add(upper, new byte[0]);
    while (!pending.isEmpty()) {
      entries(pending.pop(), paths.pop());
    }
  }

  private void add(ExtInode folder, byte[] below) {
    if (!folders.add(folder.number())) {
      throw ExtFileSystem.damaged("the folder of inode " + folder.number() + " has two places");
    }
    pending.push(folder);
    paths.push(below);
  }

  private void entries(ExtInode folder, byte[] above) throws IOException {
    files.forEachEntry(
        folder,
        (name, number) -> {
          ByteArrayOutputStream path = new ByteArrayOutputStream();
          path.writeBytes(above);
          path.writeBytes(name);
          entry(path.toByteArray(), files.inode(number));
        });
  }

  private void entry(byte[] path, ExtInode inode) throws IOException {
    progress.at("freezing", ++seen, total);
    byte[] none = new byte[0];
    if (inode.links() > 1 && !inode.isFolder() && inode.type() != ExtInode.SOCKET) {
      byte[] first = linked.putIfAbsent(inode.number(), path);
      if (first != null) {
        out.header(path, '1', first, inode, 0, null, List.of());
        return;
      }
    }
    List<ExtAttributes.Attribute> kept =
        inode.type() == ExtInode.SOCKET ? List.of() : attributes(path, inode);
    switch (inode.type()) {
      case ExtInode.FOLDER -> {
        out.header(path, '5', none, inode, 0, null, kept);
        byte[] below = Arrays.copyOf(path, path.length + 1);
        below[path.length] = '/';
        add(inode, below);
      }
      case ExtInode.FILE -> {
        out.header(path, '0', none, inode, inode.size(), null, kept);
        files.copy(inode, out.content());
        out.pad(inode.size());
      }
      case ExtInode.LINK -> out.header(path, '2', files.content(inode), inode, 0, null, kept);
      case ExtInode.FIFO -> out.header(path, '6', none, inode, 0, null, kept);
      case ExtInode.CHARACTER_DEVICE -> out.header(path, '3', none, inode, 0, device(inode), kept);
      case ExtInode.BLOCK_DEVICE -> out.header(path, '4', none, inode, 0, device(inode), kept);
      case ExtInode.SOCKET -> {
        // nobody is behind it
      }
      default ->
          throw ExtFileSystem.damaged(
              "a folder names inode " + inode.number() + ", which is no file");
    }
  }

  private List<ExtAttributes.Attribute> attributes(byte[] path, ExtInode inode) throws IOException {
    List<ExtAttributes.Attribute> kept = new ArrayList<>();
    for (ExtAttributes.Attribute attribute : files.attributes(inode)) {
      String name = attribute.shownName();
      if (!KEPT.matcher(name).matches()) {
        leftOut.putIfAbsent(name, "/" + new String(path, UTF_8));
        continue;
      }
      kept.add(attribute);
      attributes = true;
      marks |= MARK.matcher(name).matches();
    }
    return kept;
  }

  /**
   * Old numbers of devices are in the first word, new ones in the second (linux/fs/ext4/inode.c).
   */
  private static int[] device(ExtInode inode) {
    int old = inode.blockField(0);
    if (old != 0) {
      return new int[] {(old >>> 8) & 0xff, old & 0xff};
    }
    int number = inode.blockField(1);
    return new int[] {(number >>> 8) & 0xfff, (number & 0xff) | ((number >>> 12) & 0xfff00)};
  }
}
