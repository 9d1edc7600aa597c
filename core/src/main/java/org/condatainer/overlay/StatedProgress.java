package org.condatainer.overlay;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.condatainer.process.CommandResult;

/**
 * How far a program of e2fsprogs says that it is. It is asked to write that to a file, which is
 * looked at while it works: e2fsck(8) through descriptor 3, resize2fs(8) instead of its standard
 * output. What others do is not known.
 */
final class StatedProgress implements AutoCloseable {
  /** Behind this mark stands all that matters, and no program writes longer lines. */
  private static final int TAIL = 1024;

  /** How much of the work is done after each of e2fsck's passes, as it has it (e2fsck/unix.c). */
  private static final int[] PASSES = {0, 70, 90, 92, 95, 100};

  private static final String CHECK = "e2fsck";
  private static final String PASS = "Begin pass ";
  private static final int BAR = 40;

  private final String program;
  private final Path file;

  private StatedProgress(String program, Path file) {
    this.program = program;
    this.file = file;
  }

  /**
   * Makes the file for it, which only this user can read.
   *
   * @return empty if the program does not say how far it is, or there is no such file
   */
  static Optional<StatedProgress> of(String program, List<String> arguments) {
    if (!program.equals(CHECK) && (!program.equals("resize2fs") || arguments.contains("-P"))) {
      return Optional.empty();
    }
    try {
      Path file = Files.createTempFile("condatainer-", ".progress");
      file.toFile().deleteOnExit();
      return Optional.of(new StatedProgress(program, file));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** Shell words behind a command, which lead what it states into the file {@code $cnt_file}. */
  String redirection() {
    return program.equals(CHECK) ? "3>\"$cnt_file\"" : ">\"$cnt_file\"";
  }

  Path file() {
    return file;
  }

  /** The program's arguments with those that make it state something. */
  List<String> arguments(List<String> arguments) {
    List<String> all = new ArrayList<>(program.equals(CHECK) ? List.of("-C", "3") : List.of("-p"));
    all.addAll(arguments);
    return all;
  }

  /**
   * Where a program is.
   *
   * @param pass what it does, by its number; 0 if all of it is one
   * @param percent how much of that is done; -1 if it does not say so
   */
  record Place(int pass, int percent) {
    static final Place UNKNOWN = new Place(0, -1);
  }

  Place now() {
    try (FileChannel open = FileChannel.open(file, StandardOpenOption.READ)) {
      ByteBuffer tail = ByteBuffer.allocate(TAIL);
      open.read(tail, Math.max(0, open.size() - TAIL));
      String text = new String(tail.array(), 0, tail.position(), StandardCharsets.UTF_8);
      return program.equals(CHECK) ? checking(text) : resizing(text);
    } catch (IOException e) {
      return Place.UNKNOWN;
    }
  }

  /** By the last whole line: the pass, how far it is, how far it goes, and the file's name. */
  static Place checking(String text) {
    int end = text.lastIndexOf('\n');
    String[] words =
        text.substring(text.lastIndexOf('\n', end - 1) + 1, Math.max(end, 0)).split(" ", 4);
    try {
      int pass = Integer.parseInt(words[0]);
      long done = Long.parseLong(words[1]);
      long all = Math.max(1, Long.parseLong(words[2]));
      int from = PASSES[pass - 1];
      return new Place(0, (int) (from + (PASSES[pass] - from) * Math.min(done, all) / all));
    } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
      return Place.UNKNOWN;
    }
  }

  /** By the last of its bars of 40 letters, which it fills with X. */
  static Place resizing(String text) {
    int begin = text.lastIndexOf(PASS);
    if (begin < 0) {
      return Place.UNKNOWN;
    }
    int number = text.charAt(begin + PASS.length()) - '0';
    String bar = text.substring(text.indexOf('\n', begin) + 1);
    int filled = 0;
    for (int i = bar.indexOf('\b'); i >= 0 && i < bar.length() && bar.charAt(i) != '\n'; i++) {
      filled += bar.charAt(i) == 'X' ? 1 : 0;
    }
    return new Place(number, Math.min(100, 100 * filled / BAR));
  }

  /** What a program has left, with the words that it wrote to the file, and without its bars. */
  CommandResult whole(CommandResult result) {
    String written;
    try {
      written = program.equals(CHECK) ? "" : Files.readString(file);
    } catch (IOException e) {
      written = "";
    }
    StringBuilder words = new StringBuilder();
    boolean bar = false;
    for (String line : written.split("\n", -1)) {
      if (!bar && !line.isEmpty() && !line.startsWith(PASS)) {
        words.append(line).append('\n');
      }
      bar = line.startsWith(PASS);
    }
    return new CommandResult(result.exitCode(), words + result.output(), result.errors());
  }

  @Override
  public void close() {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      // the folder of temporary files is emptied by others, too
    }
  }
}
