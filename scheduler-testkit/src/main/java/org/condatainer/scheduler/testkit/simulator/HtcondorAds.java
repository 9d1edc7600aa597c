package org.condatainer.scheduler.testkit.simulator;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.condatainer.scheduler.testkit.simulator.SimulatedJob.Phase;

/**
 * Jobs as HTCondor 23.9 describes them (manual, "Job ClassAd Attributes"; recordings q-json-attrs,
 * history-json-attrs, history-af, q-af).
 */
final class HtcondorAds {
  /** The name of the schedd that gives the ids. */
  static final String SCHEDD = "lab@127-0-0-1.lab.local";

  private HtcondorAds() {}

  static int process(SimulatedJob job) {
    return job.index.orElse(0);
  }

  static String id(SimulatedJob job) {
    return job.base + "." + process(job);
  }

  /** Whether it is DAGMan, which runs beside the queue and not on a node. */
  static boolean isDag(SimulatedJob job) {
    return job.order.word("universe").equals("scheduler");
  }

  /** Its attributes: numbers, texts and truth values by their names in lower case. */
  static Map<String, Object> of(SimulatedJob job) {
    Map<String, Object> ad = new TreeMap<>();
    ad.put("clusterid", (long) job.base);
    ad.put("procid", (long) process(job));
    ad.put("globaljobid", SCHEDD + "#" + id(job) + "#" + job.submitted.getEpochSecond());
    ad.put("jobuniverse", isDag(job) ? 7L : 5L);
    ad.put("owner", job.order.owner);
    ad.put("qdate", job.submitted.getEpochSecond());
    ad.put("numjobstarts", job.started == null ? 0L : 1L);
    ad.put("totalsubmitprocs", (long) job.order.indexes.size());
    ad.put("exitbysignal", job.signal() > 0);
    job.order.words.forEach(
        (key, value) -> {
          if (key.startsWith("my.")) {
            ad.put(key.substring(3), literal(HtcondorMacros.expand(job, value)));
          }
        });
    text(ad, job, "jobbatchname", "batch_name");
    text(ad, job, "jobdescription", "description");
    text(ad, job, "accountinggroup", "accounting_group");
    state(ad, job);
    times(ad, job);
    return ad;
  }

  private static void text(Map<String, Object> ad, SimulatedJob job, String name, String key) {
    String value = HtcondorMacros.expand(job, job.order.word(key));
    if (!value.isEmpty()) {
      ad.put(name, value);
    }
  }

  private static Object literal(String value) {
    String text = value.strip();
    if (text.length() > 1 && text.startsWith("\"") && text.endsWith("\"")) {
      // A backslash is escaped only before a quotation mark.
      return text.substring(1, text.length() - 1).replace("\\\"", "\"");
    }
    if (text.matches("-?\\d{1,18}")) {
      return Long.valueOf(text);
    }
    return text.equalsIgnoreCase("true") || text.equalsIgnoreCase("false")
        ? (Object) Boolean.valueOf(text)
        : text;
  }

  private static void state(Map<String, Object> ad, SimulatedJob job) {
    long status = status(job);
    ad.put("jobstatus", job.shownWord.isEmpty() ? (Object) status : job.shownWord);
    if (status == 5) {
      boolean own = job.phase == Phase.WAITING && job.order.held;
      ad.put(
          "holdreason",
          own
              ? "submitted on hold at user's request"
              : "via condor_hold (by user " + job.order.owner + ")");
      ad.put("holdreasoncode", own ? 15L : 1L);
    }
    if (status == 3) {
      ad.put(
          "removereason",
          job.timedOut
              ? "The job attribute PeriodicRemove expression '"
                  + job.order.word("periodic_remove")
                  + "' evaluated to TRUE"
              : "via condor_rm (by user " + job.order.owner + ")");
    }
    if (!job.isAlive() && job.started != null) {
      if (job.signal() > 0) {
        ad.put("exitsignal", (long) job.signal());
      } else if (status == 4) {
        ad.put("exitcode", (long) job.exitCode);
      }
    }
  }

  private static long status(SimulatedJob job) {
    if (job.cancelled || job.timedOut) {
      return 3;
    }
    return switch (job.phase) {
      case WAITING -> job.held ? 5 : 1;
      case RUNNING -> 2;
      case SUSPENDED -> isDag(job) ? 5 : 7;
      case ENDED -> 4;
    };
  }

  private static void times(Map<String, Object> ad, SimulatedJob job) {
    Instant last = job.submitted;
    if (job.started != null) {
      last = job.started;
      for (String name :
          List.of("jobstartdate", "jobcurrentstartdate", "jobcurrentstartexecutingdate")) {
        ad.put(name, job.started.getEpochSecond());
      }
      if (!isDag(job)) {
        String slot = "slot1_" + (1 + job.number % 4) + "@" + machine(job);
        ad.put(job.isAlive() ? "remotehost" : "lastremotehost", slot);
      }
    }
    if (job.ended != null) {
      last = job.ended;
      if (status(job) == 4) {
        ad.put("completiondate", job.ended.getEpochSecond());
      }
    }
    ad.put("enteredcurrentstatus", last.getEpochSecond());
  }

  static String machine(SimulatedJob job) {
    return job.node + "@127-0-0-1.lab.local";
  }

  /** One description of {@code -json -attributes}, whose names come back sorted. */
  static String json(Map<String, Object> ad, List<String> attributes) {
    List<String> lines = new ArrayList<>();
    for (String name : new TreeSet<>(attributes)) {
      Object value = ad.get(name.toLowerCase(Locale.ROOT));
      if (value != null) {
        lines.add("  \"" + name + "\": " + (value instanceof String text ? quoted(text) : value));
      }
    }
    return "{\n" + String.join(",\n", lines) + "\n}\n";
  }

  private static String quoted(String text) {
    return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + "\"";
  }

  /** One line of {@code -af}. */
  static String line(Map<String, Object> ad, List<String> attributes) {
    List<String> values = new ArrayList<>();
    for (String name : attributes) {
      values.add(String.valueOf(ad.getOrDefault(name.toLowerCase(Locale.ROOT), "undefined")));
    }
    return String.join(" ", values) + "\n";
  }
}
