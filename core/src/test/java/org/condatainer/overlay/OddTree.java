package org.condatainer.overlay;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.List;
import org.condatainer.process.Command;
import org.condatainer.process.CommandException;
import org.condatainer.process.CommandResult;
import org.condatainer.process.ProcessRunner;

/** A tree of many files with every odd name, and listings of it with the hash of each content. */
public final class OddTree {
  private static final ProcessRunner RUNNER = new ProcessRunner(System.getenv());

  private OddTree() {}

  /** Makes the tree: {@code folders * files} small files, and some hundreds of odd ones. */
  public static Path make(Path folder, int folders, int files) {
    run("make", folder.toString(), Integer.toString(folders), Integer.toString(files));
    return folder;
  }

  /** An image of a tree, by {@code mke2fs -d}. */
  public static Path image(Path file, Path tree, String size, String... options) {
    List<String> words = new ArrayList<>(List.of("/usr/sbin/mke2fs", "-q", "-F"));
    words.addAll(List.of(options));
    words.addAll(List.of("-d", tree.toString(), file.toString()));
    command(Command.of("truncate", "-s", size, file.toString()));
    command(Command.of(words));
    return file;
  }

  /** What is in a folder, as the system lists it: name in hexadecimal, mode, hash. */
  public static List<String> listing(Path folder) {
    return run("list", folder.toString()).lines().toList();
  }

  /** What is in an image, as it is read here. */
  public static List<String> listing(FileChannel channel, Path image) throws IOException {
    ExtFileSystem files = new ExtFileSystem(channel, Superblock.read(channel, image));
    List<String> lines = new ArrayList<>();
    list(files, files.inode(ExtFileSystem.ROOT), "", new BitSet(), lines);
    lines.sort(String::compareTo);
    return lines;
  }

  public static List<String> listingOf(Path image) {
    try (FileChannel channel = FileChannel.open(image, StandardOpenOption.READ)) {
      return listing(channel, image);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void list(
      ExtFileSystem files, ExtInode folder, String above, BitSet seen, List<String> lines)
      throws IOException {
    if (seen.get((int) folder.number())) {
      return;
    }
    seen.set((int) folder.number());
    files.forEachEntry(
        folder,
        (name, number) -> {
          String path = above + HexFormat.of().formatHex("/".getBytes(StandardCharsets.UTF_8));
          path += HexFormat.of().formatHex(name);
          ExtInode inode = files.inode(number);
          if (path.equals(
              HexFormat.of().formatHex("/lost+found".getBytes(StandardCharsets.UTF_8)))) {
            return;
          }
          lines.add(path + " " + Integer.toOctalString(inode.mode()) + " " + hash(files, inode));
          if (inode.isFolder()) {
            list(files, inode, path, seen, lines);
          }
        });
  }

  private static String hash(ExtFileSystem files, ExtInode inode) throws IOException {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-1");
      if (inode.type() == ExtInode.LINK) {
        digest.update(files.content(inode));
      } else if (inode.type() == ExtInode.FILE && inode.size() < 64 << 20) {
        try (DigestOutputStream out =
            new DigestOutputStream(OutputStream.nullOutputStream(), digest)) {
          files.copy(inode, out);
        }
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  private static String run(String... arguments) {
    try {
      Path script = Files.createTempFile("tree", ".pl");
      try (var in = OddTree.class.getResourceAsStream("tree.pl")) {
        Files.write(script, in.readAllBytes());
        List<String> words = new ArrayList<>(List.of("perl", script.toString()));
        words.addAll(List.of(arguments));
        return command(Command.of(words)).output();
      } finally {
        Files.delete(script);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static CommandResult command(Command command) {
    try {
      CommandResult result = RUNNER.run(command.withTimeout(Duration.ofMinutes(5)));
      if (result.exitCode() != 0) {
        throw new AssertionError(command.words() + ": " + result.errors() + result.output());
      }
      return result;
    } catch (CommandException e) {
      throw new AssertionError(e);
    }
  }
}
