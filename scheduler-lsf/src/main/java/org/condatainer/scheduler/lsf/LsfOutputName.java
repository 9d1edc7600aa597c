package org.condatainer.scheduler.lsf;

import java.util.ArrayList;
import java.util.List;
import org.condatainer.job.JobRequest;
import org.condatainer.job.OutputName;
import org.condatainer.job.OutputName.Piece;
import org.condatainer.job.OutputName.Placeholder;
import org.condatainer.job.RequestPart;
import org.condatainer.scheduler.OutputText;

/** Names of output files: {@code %J} is the job's id, {@code %I} the index (bsub -o). */
final class LsfOutputName {
  private LsfOutputName() {}

  static OutputName read(String written) {
    List<Piece> pieces = new ArrayList<>();
    StringBuilder text = new StringBuilder();
    int i = 0;
    while (i < written.length()) {
      boolean id = written.startsWith("%J", i);
      if (!id && !written.startsWith("%I", i)) {
        text.append(written.charAt(i));
        i++;
        continue;
      }
      if (!text.isEmpty()) {
        pieces.add(new Piece.Text(text.toString()));
        text.setLength(0);
      }
      pieces.add(new Piece.Filled(id ? Placeholder.JOB_ID : Placeholder.ARRAY_INDEX));
      i += 2;
    }
    if (!text.isEmpty()) {
      pieces.add(new Piece.Text(text.toString()));
    }
    return new OutputName(pieces);
  }

  /**
   * {@code 7.out}, {@code 7[2].out} for the task of an array (IBM Spectrum LSF 10.1, "Specifying a
   * directory for job output"; the task as in volclava's {@code sbd.job.c}).
   */
  static OutputName byDefault(JobRequest request, RequestPart stream) {
    List<Piece> pieces = new ArrayList<>();
    pieces.add(new Piece.Filled(Placeholder.JOB_ID));
    if (request.array().isPresent()) {
      pieces.add(new Piece.Text("["));
      pieces.add(new Piece.Filled(Placeholder.ARRAY_INDEX));
      pieces.add(new Piece.Text("]"));
    }
    pieces.add(new Piece.Text(stream == RequestPart.ERROR ? ".err" : ".out"));
    return new OutputName(pieces);
  }

  /** Slurm's id of an array task becomes the array's id and the index, which are as telling. */
  static OutputText write(OutputName name) {
    StringBuilder text = new StringBuilder();
    List<String> lost = new ArrayList<>();
    for (Piece piece : name.pieces()) {
      if (piece instanceof Piece.Text plain) {
        text.append(plain.text());
        if (plain.text().contains("%J") || plain.text().contains("%I")) {
          lost.add("the very letters of \"" + plain.text() + "\"");
        }
      } else if (piece instanceof Piece.Filled filled) {
        switch (filled.placeholder()) {
          case JOB_ID -> text.append("%J");
          case ARRAY_INDEX -> text.append("%I");
          case TASK_JOB_ID -> {
            text.append("%J_%I");
            lost.add("the id of an array task (it is %J_%I)");
          }
          case JOB_NAME -> lost.add("the job's name");
          case USER -> lost.add("the user's name");
          case NODE -> lost.add("the name of the first node");
        }
      } else {
        lost.add(((Piece.Native) piece).text());
      }
    }
    return new OutputText(text.toString(), lost);
  }
}
