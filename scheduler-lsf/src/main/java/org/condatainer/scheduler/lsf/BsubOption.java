package org.condatainer.scheduler.lsf;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The options of bsub (IBM Spectrum LSF 10.1 command reference, "bsub"), and which of them volclava
 * knows too (its {@code cmd.sub.c}: an option that it does not know is read as a shorter one with a
 * value behind it, and the job becomes another one).
 *
 * @param name without its dash
 * @param takesValue whether a value follows
 * @param everywhere whether volclava knows it
 */
record BsubOption(String name, boolean takesValue, boolean everywhere) {
  private static final Map<String, BsubOption> OPTIONS = new HashMap<>();

  static {
    add(true, true, "E Ep a w f k R m Jd J L u is i o e n q b t sp s c v p W F D S C M P");
    add(false, true, "Zs Ip Is I r H x N B h V K");
    add(true, false, "T alloc_flags app clusters cn_cu cn_mem core_isolation csm cwd data datagrp");
    add(true, false, "env eo eptl ext extsched freq G g gpu hostfile jobaff jsdl jsdl_strict json");
    add(true, false, "Lp ln_mem ln_slots mig network nnodes notify oo outdir ptl Q rcacct rnc sla");
    add(true, false, "smt stage step_cgroup U We wa wt yaml pack jsm");
    add(false, false, "ar datachk hl IS ISp ISs IX Ne rn ti tty ul XF");
  }

  private static void add(boolean takesValue, boolean everywhere, String names) {
    for (String name : names.split(" ", -1)) {
      OPTIONS.put(name, new BsubOption(name, takesValue, everywhere));
    }
  }

  /**
   * The option that a word such as {@code -n4}, {@code -W1:30} or {@code -oo} begins with: the one
   * of the very name, otherwise the longest that takes a value and is written before it.
   *
   * @param word without its dash
   */
  static Optional<BsubOption> of(String word) {
    BsubOption exact = OPTIONS.get(word);
    if (exact != null) {
      return Optional.of(exact);
    }
    for (int end = word.length() - 1; end > 0; end--) {
      BsubOption option = OPTIONS.get(word.substring(0, end));
      if (option != null && option.takesValue) {
        return Optional.of(option);
      }
    }
    return Optional.empty();
  }

  /** Options that make a terminal of bsub. */
  static final List<String> INTERACTIVE = List.of("I", "Ip", "Is", "IS", "ISp", "ISs", "IX");
}
