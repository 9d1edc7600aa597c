package org.condatainer.scheduler.pbs;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.condatainer.job.ArraySpec;
import org.condatainer.job.JobRequest;
import org.condatainer.job.OutputName;
import org.condatainer.job.OutputName.Piece;
import org.condatainer.job.OutputName.Placeholder;
import org.condatainer.job.RequestPart;
import org.condatainer.scheduler.OutputText;
import org.condatainer.script.ShellWords;

/**
 * Names of output files. PBS itself fills in {@code ^array_index^} alone (qsub(1B), "Job arrays");
 * names with the variables of a job are made true by the batch script, which then writes the file
 * itself.
 */
final class PbsOutputName {
  private record Word(String text, Placeholder placeholder) {}

  private static final List<Word> WORDS =
      List.of(
          new Word("^array_index^", Placeholder.ARRAY_INDEX),
          new Word("$PBS_ARRAY_INDEX", Placeholder.ARRAY_INDEX),
          new Word("${PBS_ARRAY_INDEX}", Placeholder.ARRAY_INDEX),
          new Word("$PBS_JOBID", Placeholder.JOB_ID),
          new Word("${PBS_JOBID}", Placeholder.JOB_ID),
          new Word("$PBS_JOBNAME", Placeholder.JOB_NAME),
          new Word("${PBS_JOBNAME}", Placeholder.JOB_NAME),
          new Word("$USER", Placeholder.USER),
          new Word("${USER}", Placeholder.USER),
          new Word("$HOSTNAME", Placeholder.NODE),
          new Word("${HOSTNAME}", Placeholder.NODE));

  private PbsOutputName() {}

  static OutputName read(String written) {
    // A host may stand before the path: node1:/home/u/out.
    int colon = written.indexOf(':');
    int slash = written.indexOf('/');
    String path = colon >= 0 && slash == colon + 1 ? written.substring(colon + 1) : written;
    List<Piece> pieces = new ArrayList<>();
    StringBuilder text = new StringBuilder();
    int position = 0;
    while (position < path.length()) {
      Word word = wordAt(path, position);
      if (word == null) {
        text.append(path.charAt(position));
        position++;
        continue;
      }
      if (!text.isEmpty()) {
        pieces.add(new Piece.Text(text.toString()));
        text.setLength(0);
      }
      pieces.add(new Piece.Filled(word.placeholder()));
      position += word.text().length();
    }
    if (!text.isEmpty()) {
      pieces.add(new Piece.Text(text.toString()));
    }
    return new OutputName(pieces);
  }

  private static Word wordAt(String path, int position) {
    for (Word word : WORDS) {
      int end = position + word.text().length();
      boolean whole =
          end >= path.length()
              || word.text().endsWith("}")
              || word.text().endsWith("^")
              || !(Character.isLetterOrDigit(path.charAt(end)) || path.charAt(end) == '_')
              || word.text().equals("$PBS_JOBID");
      if (path.startsWith(word.text(), position) && whole) {
        return word;
      }
    }
    return null;
  }

  /** {@code NAME.o7}, {@code NAME.o7.2} for the task of an array (qsub(1B), "-o path"). */
  static OutputName byDefault(JobRequest request, RequestPart stream, String script) {
    List<Piece> pieces = new ArrayList<>();
    pieces.add(
        request.name().isPresent()
            ? new Piece.Filled(Placeholder.JOB_NAME)
            : new Piece.Text(script.substring(script.lastIndexOf('/') + 1)));
    pieces.add(new Piece.Text(stream == RequestPart.ERROR ? ".e" : ".o"));
    pieces.add(new Piece.Filled(Placeholder.JOB_ID));
    if (request.array().isPresent()) {
      pieces.add(new Piece.Text("."));
      pieces.add(new Piece.Filled(Placeholder.ARRAY_INDEX));
    }
    return new OutputName(pieces);
  }

  static OutputText write(OutputName name) {
    StringBuilder text = new StringBuilder();
    List<String> lost = new ArrayList<>();
    for (Piece piece : name.pieces()) {
      if (piece instanceof Piece.Text plain) {
        text.append(plain.text());
      } else if (piece instanceof Piece.Filled filled) {
        text.append(
            switch (filled.placeholder()) {
              case JOB_ID, TASK_JOB_ID -> "${PBS_JOBID}";
              case ARRAY_INDEX -> "^array_index^";
              case JOB_NAME -> "${PBS_JOBNAME}";
              case USER -> "${USER}";
              case NODE -> "${HOSTNAME}";
            });
      } else {
        lost.add(((Piece.Native) piece).text());
      }
    }
    return new OutputText(text.toString(), lost);
  }

  /**
   * Whether the batch script must write this file itself: its name has a variable of the job, or a
   * character that qsub does not take (isprint in prepare_path of OpenPBS; recording
   * name-opath-utf8).
   *
   * @param array one of a single task is no array of PBS's, which fills in the index of its own
   */
  static boolean needsTheScript(String written, Optional<ArraySpec> array) {
    return !isPrintable(written) || hasVariables(written, array);
  }

  static boolean isPrintable(String written) {
    return written.chars().allMatch(c -> c >= ' ' && c <= '~');
  }

  /** Whether its name has a variable that PBS does not fill in. */
  static boolean hasVariables(String written, Optional<ArraySpec> array) {
    boolean single = array.isPresent() && array.get().count() == 1;
    for (Piece piece : read(written).pieces()) {
      if (piece instanceof Piece.Filled filled
          && (single || filled.placeholder() != Placeholder.ARRAY_INDEX)) {
        return true;
      }
    }
    return false;
  }

  /** A path as qsub takes it: what stands before a colon would be a host. */
  static String path(String name) {
    return name.indexOf(':') < 0 || name.startsWith("/") ? name : "./" + name;
  }

  /** The name as a word of the batch script: texts are quoted, placeholders are its variables. */
  static String shellWord(String written) {
    StringBuilder word = new StringBuilder();
    for (Piece piece : read(written).pieces()) {
      if (piece instanceof Piece.Text plain) {
        word.append(ShellWords.quote(plain.text()));
      } else if (piece instanceof Piece.Filled filled) {
        word.append(
            switch (filled.placeholder()) {
              case JOB_ID, TASK_JOB_ID -> "\"${PBS_JOBID%%[.[]*}\"";
              case ARRAY_INDEX -> "\"${PBS_ARRAY_INDEX:-${CNT_ARRAY_INDEX:-1}}\"";
              case JOB_NAME -> "\"$PBS_JOBNAME\"";
              case USER -> "\"${USER:-$PBS_O_LOGNAME}\"";
              case NODE -> "\"${HOSTNAME:-node}\"";
            });
      }
    }
    return word.toString();
  }
}
