package org.condatainer.scheduler.htcondor;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.condatainer.job.OutputName;
import org.condatainer.job.OutputName.Piece;
import org.condatainer.job.OutputName.Placeholder;
import org.condatainer.scheduler.OutputText;

/** Names of output files with the macros of a submit description. */
final class HtcondorOutputName {
  private HtcondorOutputName() {}

  static OutputName read(String written) {
    List<Piece> pieces = new ArrayList<>();
    int from = 0;
    int at = written.indexOf('$');
    while (at >= 0) {
      int open = written.indexOf('(', at);
      int end = open < 0 ? -1 : written.indexOf(')', open);
      if (end < 0 || !isName(written, at + 1, open)) {
        at = written.indexOf('$', at + 1);
        continue;
      }
      if (at > from) {
        pieces.add(new Piece.Text(written.substring(from, at)));
      }
      pieces.add(piece(written.substring(at, end + 1)));
      from = end + 1;
      at = written.indexOf('$', from);
    }
    if (from < written.length()) {
      pieces.add(new Piece.Text(written.substring(from)));
    }
    return new OutputName(pieces);
  }

  private static boolean isName(String text, int from, int to) {
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      if (!Character.isLetter(c) && c != '_' && c != '$') {
        return false;
      }
    }
    return true;
  }

  private static Piece piece(String macro) {
    return switch (macro.toLowerCase(Locale.ROOT)) {
      case "$(cluster)", "$(clusterid)" -> new Piece.Filled(Placeholder.JOB_ID);
      case "$(process)", "$(procid)", "$(cnt_index)" -> new Piece.Filled(Placeholder.ARRAY_INDEX);
      case "$(batch_name)" -> new Piece.Filled(Placeholder.JOB_NAME);
      case "$env(user)" -> new Piece.Filled(Placeholder.USER);
      case "$(dollar)" -> new Piece.Text("$");
      default -> new Piece.Native(macro);
    };
  }

  static OutputText write(OutputName name) {
    StringBuilder text = new StringBuilder();
    List<String> lost = new ArrayList<>();
    for (Piece piece : name.pieces()) {
      if (piece instanceof Piece.Text plain) {
        text.append(plain.text().replace("$", "$(DOLLAR)"));
      } else if (piece instanceof Piece.Filled filled) {
        switch (filled.placeholder()) {
          case JOB_ID -> text.append("$(Cluster)");
          case ARRAY_INDEX -> text.append("$(cnt_index)");
          case JOB_NAME -> text.append("$(batch_name)");
          case USER -> text.append("$ENV(USER)");
          case TASK_JOB_ID -> {
            text.append("$(Cluster)_$(cnt_index)");
            lost.add("the id of a task (it is made of the array's id and the index here)");
          }
          case NODE -> lost.add("the node's name");
        }
      } else {
        lost.add(((Piece.Native) piece).text());
      }
    }
    return new OutputText(text.toString(), lost);
  }
}
