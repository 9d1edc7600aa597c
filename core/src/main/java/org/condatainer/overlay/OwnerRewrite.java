package org.condatainer.overlay;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.LongPredicate;
import org.condatainer.process.CommandResult;
import org.condatainer.process.CommandRunner;
import org.condatainer.script.ShellWords;

/**
 * Gives the files in an ext image to another owner: user and group are rewritten in the tables of
 * inodes, in one pass from front to back. Names play no part, so that every name there is can be in
 * the image; hard links are met once; ACLs, other extended attributes, set-user-id bits and times
 * stay as they are.
 *
 * <p>That is right where an inode carries no checksum and nothing waits in the journal. Images of
 * another kind are changed by one process of debugfs(8), which knows how to.
 *
 * <p>A process that is killed meanwhile leaves some files with the old owner and some with the new
 * one, and a whole file system: to do it again completes it.
 */
public final class OwnerRewrite {
  private static final int PIECE = 1 << 20;

  /** sparse_super, large_file, btree_dir: those that leave inodes as ext3 has them. */
  private static final int PLAIN_READ_ONLY = 0x1 | 0x2 | 0x4;

  /** filetype, meta_bg. */
  private static final int PLAIN_INCOMPATIBLE = 0x2 | 0x10;

  private static final int QUOTA = 0x100;

  private final FileChannel channel;
  private final Path image;
  private final Superblock superblock;
  private final ExtFileSystem files;
  private final BlockGroups groups;
  private final Progress progress;

  /**
   * @param channel the open image, whose lock the caller holds
   * @param image its name
   * @throws OverlayException if it is not clean, or no ext file system that is known here
   */
  public OwnerRewrite(FileChannel channel, Path image, Progress progress) throws IOException {
    this.channel = channel;
    this.image = image;
    this.progress = progress;
    this.superblock = Superblock.read(channel, image);
    this.files = new ExtFileSystem(channel, superblock);
    this.groups = files.groups();
    if (!superblock.clean()) {
      throw new OverlayException(
          OverlayException.Kind.UNUSABLE,
          image
              + " was not unmounted in order, or has errors\n  repair it first: condatainer"
              + " overlay check "
              + ShellWords.quote(image.toString()));
    }
    if (!files.readable()) {
      throw new OverlayException(
          OverlayException.Kind.UNUSABLE,
          image
              + (superblock.shorterThanItsFileSystem()
                  ? " is shorter than its file system: its end was cut off"
                  : " has features that are not known here: "
                      + String.join(", ", files.unknownFeatures())));
    }
    refuseQuotas();
  }

  /** They are sums over owners, which e2fsck would find wrong. */
  private void refuseQuotas() {
    if ((superblock.readOnlyCompatible() & QUOTA) != 0) {
      throw new OverlayException(
          OverlayException.Kind.UNUSABLE,
          image
              + " keeps quotas, which would be wrong with other owners; no container mounts it\n"
              + "  take them out first: tune2fs -O ^quota "
              + ShellWords.quote(image.toString()));
    }
  }

  /** The number of inodes with a new owner, and of those that were looked at. */
  public record Result(long changed, long seen) {}

  /**
   * Rewrites owners.
   *
   * @param paths folders and files as a container sees them, {@code /ext3/env}; with all that is
   *     below a folder. None for everything in the image.
   * @param runner for debugfs, where it is needed
   * @throws OverlayException if there is no such path, or the tables are damaged; nothing is
   *     changed then
   */
  public Result rewrite(List<String> paths, OwnerChange change, CommandRunner runner)
      throws IOException {
    LongPredicate chosen = number -> true;
    if (!paths.isEmpty()) {
      BitSet numbers = below(paths);
      chosen = number -> numbers.get((int) number);
    }
    new InodeTables(channel, superblock, groups).requireSound();
    boolean plain =
        (superblock.incompatible() & ~PLAIN_INCOMPATIBLE) == 0
            && (superblock.readOnlyCompatible() & ~PLAIN_READ_ONLY) == 0;
    Result result = plain ? inTables(chosen, change) : byDebugfs(chosen, change, runner);
    channel.force(false);
    return result;
  }

  private BitSet below(List<String> paths) throws IOException {
    if (superblock.inodes() > Integer.MAX_VALUE) {
      throw new OverlayException(
          OverlayException.Kind.UNUSABLE, image + " has too many inodes for -p; leave it out");
    }
    BitSet found = new BitSet();
    Deque<ExtInode> folders = new ArrayDeque<>();
    for (String path : paths) {
      add(at(path), found, folders);
    }
    while (!folders.isEmpty()) {
      files.forEachEntry(folders.pop(), (name, number) -> add(files.inode(number), found, folders));
    }
    return found;
  }

  private static void add(ExtInode inode, BitSet found, Deque<ExtInode> folders) {
    if (!found.get((int) inode.number())) {
      found.set((int) inode.number());
      if (inode.isFolder()) {
        folders.push(inode);
      }
    }
  }

  private ExtInode at(String path) throws IOException {
    Optional<ExtInode> inode = files.find("upper");
    for (String name : path.split("/", -1)) {
      if (!name.isEmpty() && !name.equals(".")) {
        inode = CondaEnvironment.child(files, inode, name);
      }
    }
    return inode.orElseThrow(
        () ->
            new OverlayException(
                OverlayException.Kind.BAD_INPUT,
                "there is no "
                    + path
                    + " in "
                    + image
                    + ", so nothing was changed; paths are as in the container, such as"
                    + " /ext3/env, and links are not followed"));
  }

  private Result inTables(LongPredicate chosen, OwnerChange change) throws IOException {
    long changed = 0;
    long seen = 0;
    int size = superblock.inodeSize();
    int perPiece = PIECE / size;
    ByteBuffer piece = ByteBuffer.allocateDirect(PIECE).order(ByteOrder.LITTLE_ENDIAN);
    for (long group = 0; group < groups.count(); group++) {
      progress.at("owners", group, groups.count());
      ByteBuffer descriptor = groups.descriptor(group);
      Optional<byte[]> used = groups.usedInodes(descriptor);
      if (used.isEmpty()) {
        continue;
      }
      BitSet bits = BitSet.valueOf(used.get());
      long table = groups.inodeTable(descriptor);
      long firstNumber = group * superblock.inodesPerGroup() + 1;
      int most = (int) superblock.inodesPerGroup();
      int index = bits.nextSetBit(0);
      while (index >= 0 && index < most) {
        int last = Math.min(bits.previousSetBit(index + perPiece - 1), most - 1);
        long position = table + (long) index * size;
        ImageBytes.read(channel, position, piece.clear().limit((last - index + 1) * size));
        int from = -1;
        int to = -1;
        for (int i = index; i >= 0 && i <= last; i = bits.nextSetBit(i + 1)) {
          if (!isFile(firstNumber + i) || !chosen.test(firstNumber + i)) {
            continue;
          }
          seen++;
          if (rewrite(piece, (i - index) * size, change)) {
            changed++;
            from = from < 0 ? (i - index) * size : from;
            to = (i - index + 1) * size;
          }
        }
        if (from >= 0) {
          write(piece, from, to, position);
        }
        index = bits.nextSetBit(last + 1);
      }
    }
    progress.at("owners", groups.count(), groups.count());
    return new Result(changed, seen);
  }

  private boolean isFile(long number) {
    return number == ExtFileSystem.ROOT || number >= groups.firstInode();
  }

  /**
   * The places are those of {@link ExtInode#owner}; no object for each inode, as there are many.
   */
  private static boolean rewrite(ByteBuffer piece, int at, OwnerChange change) {
    long uid = number(piece, at + 2, at + 120);
    long gid = number(piece, at + 24, at + 122);
    long wantedUid = change.uid().orElse(uid);
    long wantedGid = change.gid().orElse(gid);
    if (uid == wantedUid && gid == wantedGid) {
      return false;
    }
    piece.putShort(at + 2, (short) wantedUid);
    piece.putShort(at + 120, (short) (wantedUid >>> 16));
    piece.putShort(at + 24, (short) wantedGid);
    piece.putShort(at + 122, (short) (wantedGid >>> 16));
    return true;
  }

  private static long number(ByteBuffer piece, int low, int high) {
    return Short.toUnsignedLong(piece.getShort(low))
        | (Short.toUnsignedLong(piece.getShort(high)) << 16);
  }

  private void write(ByteBuffer piece, int from, int to, long position) throws IOException {
    if (position < 0 || position + to > superblock.bytes()) {
      throw ExtFileSystem.damaged("a table of inodes is behind the end of the image");
    }
    ByteBuffer bytes = piece.duplicate().position(from).limit(to);
    while (bytes.hasRemaining()) {
      channel.write(bytes, position + bytes.position());
    }
  }

  private Result byDebugfs(LongPredicate chosen, OwnerChange change, CommandRunner runner)
      throws IOException {
    StringBuilder script = new StringBuilder();
    long changed = 0;
    long seen = 0;
    List<Long> numbers = new ArrayList<>();
    for (long group = 0; group < groups.count(); group++) {
      BitSet bits = BitSet.valueOf(groups.usedInodes(groups.descriptor(group)).orElse(new byte[0]));
      for (int i = bits.nextSetBit(0);
          i >= 0 && i < superblock.inodesPerGroup();
          i = bits.nextSetBit(i + 1)) {
        long number = group * superblock.inodesPerGroup() + 1 + i;
        if (!isFile(number) || !chosen.test(number)) {
          continue;
        }
        seen++;
        Owner owner = files.inode(number).owner();
        if (change.changes(owner)) {
          changed++;
          numbers.add(number);
          Owner wanted = change.of(owner);
          script.append("sif <" + number + "> uid " + wanted.uid() + "\n");
          script.append("sif <" + number + "> gid " + wanted.gid() + "\n");
        }
      }
    }
    if (changed > 0) {
      List<String> arguments = List.of("-w", "-f", "-", image.toString());
      CommandResult result =
          new SystemPrograms(runner)
              .runOrFail("e2fsprogs", "debugfs", arguments, script.toString());
      // debugfs ends with exit code 0 whatever happens
      ExtFileSystem rewritten = new ExtFileSystem(channel, superblock);
      for (long number : numbers) {
        if (change.changes(rewritten.inode(number).owner())) {
          throw SystemPrograms.failed("debugfs", arguments, result);
        }
      }
    }
    return new Result(changed, seen);
  }
}
