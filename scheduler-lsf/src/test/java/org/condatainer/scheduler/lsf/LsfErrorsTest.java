package org.condatainer.scheduler.lsf;

import static org.assertj.core.api.Assertions.assertThat;

import org.condatainer.process.CommandResult;
import org.condatainer.scheduler.ErrorTable;
import org.condatainer.scheduler.Failure.Kind;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What LSF's messages mean (volclava's lsb.err.c and lib.err.c, and recordings). */
class LsfErrorsTest {
  @ParameterizedTest(name = "bsub: {0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "nosuch: No such queue. Job not submitted. | INVALID_REQUEST",
        "User permission denied. Job not submitted. | DENIED",
        "User cannot use the queue. Job not submitted. | DENIED",
        "Connection refused by server. Job not submitted. | UNAVAILABLE",
        "Failed in an LSF library call: LIM is down; try later. Job not submitted. | UNAVAILABLE",
        "Failed in an LSF library call: Cannot locate master LIM now, try later. Job not submitted."
            + " | TRANSIENT",
        "Pending job threshold reached. Job not submitted. | TRANSIENT",
        "Pending job slots threshold reached. Job not submitted. | TRANSIENT",
        // The request was sent, and nobody knows what became of it.
        "Contacting batch daemon: Communication timeout. Job not submitted. | AMBIGUOUS",
        "Segmentation fault | AMBIGUOUS",
      })
  void submits(String words, Kind kind) {
    assertThat(kind(LsfErrors.SUBMITTING, words)).isEqualTo(kind);
  }

  @ParameterizedTest(name = "bjobs: {0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "Job <4242> is not found | NOT_FOUND",
        "No unfinished job found | NOT_FOUND",
        "Failed in an LSF library call: Cannot locate master LIM now, try later | TRANSIENT",
        "Contacting batch daemon: Communication timeout | TRANSIENT",
        "Failed in an LSF library call: LIM is down; try later | UNAVAILABLE",
        "lsb_init: Failed in an LSF library call: Unable to open file lsf.conf | UNAVAILABLE",
        "batch system daemon not responding ... still trying | UNAVAILABLE",
        "Connection refused by server | UNAVAILABLE",
        "something that nobody knows | UNAVAILABLE",
      })
  void looks(String words, Kind kind) {
    assertThat(kind(LsfErrors.LOOKING, words)).isEqualTo(kind);
  }

  private static Kind kind(ErrorTable errors, String words) {
    return errors.classify(new CommandResult(255, "", words));
  }
}
