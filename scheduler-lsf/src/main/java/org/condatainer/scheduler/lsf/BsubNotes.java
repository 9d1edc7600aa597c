package org.condatainer.scheduler.lsf;

import java.util.List;
import java.util.Optional;
import org.condatainer.job.NativeOption;
import org.condatainer.script.Diagnostic;

/**
 * What reading options of bsub leaves behind, beside the request.
 *
 * @param diagnostics takes what is wrong
 * @param nativeOptions takes what has no neutral form
 */
record BsubNotes(List<Diagnostic> diagnostics, List<NativeOption> nativeOptions) {
  void nativeOption(BsubDirective.Given option, Optional<String> value) {
    nativeOptions.add(new NativeOption(option.name(), value, option.line(), option.column()));
  }

  void error(BsubDirective.Given option, String what) {
    diagnostics.add(
        Diagnostic.error(option.line(), option.column(), "-" + option.name() + ": " + what));
  }

  void refused(BsubDirective.Given option, String value, String forms) {
    error(option, "\"" + value + "\" is not " + forms);
  }
}
