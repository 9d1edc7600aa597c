package org.condatainer.scheduler.slurm;

import java.util.ArrayList;
import java.util.List;
import org.condatainer.job.OutputName;
import org.condatainer.job.OutputName.Piece;
import org.condatainer.job.OutputName.Placeholder;
import org.condatainer.scheduler.OutputText;

/** Names of output files with Slurm's placeholders (sbatch(1), "filename pattern"). */
final class SlurmOutputName {
  private SlurmOutputName() {}

  static OutputName read(String written) {
    List<Piece> pieces = new ArrayList<>();
    StringBuilder text = new StringBuilder();
    // A backslash anywhere switches the placeholders off.
    boolean filled = written.indexOf('\\') < 0;
    int i = 0;
    while (i < written.length()) {
      char c = written.charAt(i);
      if (c == '\\') {
        i++;
        continue;
      }
      if (c != '%' || !filled) {
        text.append(c);
        i++;
        continue;
      }
      int end = i + 1;
      while (end < written.length() && Character.isDigit(written.charAt(end))) {
        end++;
      }
      if (end == written.length()) {
        text.append(written, i, end);
        break;
      }
      if (written.charAt(end) == '%') {
        text.append('%');
      } else {
        endText(text, pieces);
        pieces.add(piece(written.substring(i, end + 1)));
      }
      i = end + 1;
    }
    endText(text, pieces);
    return new OutputName(pieces);
  }

  private static void endText(StringBuilder text, List<Piece> pieces) {
    if (!text.isEmpty()) {
      pieces.add(new Piece.Text(text.toString()));
      text.setLength(0);
    }
  }

  private static Piece piece(String word) {
    return switch (word) {
      case "%A" -> new Piece.Filled(Placeholder.JOB_ID);
      case "%j", "%J" -> new Piece.Filled(Placeholder.TASK_JOB_ID);
      case "%a" -> new Piece.Filled(Placeholder.ARRAY_INDEX);
      case "%x" -> new Piece.Filled(Placeholder.JOB_NAME);
      case "%u" -> new Piece.Filled(Placeholder.USER);
      case "%N" -> new Piece.Filled(Placeholder.NODE);
      default -> new Piece.Native(word);
    };
  }

  static OutputText write(OutputName name) {
    StringBuilder text = new StringBuilder();
    List<String> lost = new ArrayList<>();
    for (Piece piece : name.pieces()) {
      if (piece instanceof Piece.Text plain) {
        text.append(plain.text().replace("%", "%%"));
      } else if (piece instanceof Piece.Filled filled) {
        text.append(word(filled.placeholder()));
      } else {
        lost.add(((Piece.Native) piece).text());
      }
    }
    return new OutputText(text.toString(), lost);
  }

  private static String word(Placeholder placeholder) {
    return switch (placeholder) {
      case JOB_ID -> "%A";
      case TASK_JOB_ID -> "%j";
      case ARRAY_INDEX -> "%a";
      case JOB_NAME -> "%x";
      case USER -> "%u";
      case NODE -> "%N";
    };
  }
}
