package org.condatainer.scheduler.testkit.simulator;

/** What simulated volclava says of its hosts and queues (recordings cluster-*). */
final class LsfSite {
  static final String VOLCLAVA = "volclava project 2.2, Nov 23 2026";
  static final String IBM = "IBM Spectrum LSF Standard 10.1.0.12, Jun 10 2022";

  static final String LSID =
      """
      volclava project 2.2, Nov 23 2026

      My cluster name is volclava
      My master name is n1
      """;

  static final String QUEUES =
      """

      QUEUE: normal
        -- For normal low priority jobs, running only if hosts are lightly loaded.  This is the default queue.

      PARAMETERS/STATISTICS
      PRIO NICE STATUS          MAX JL/U JL/P JL/H NJOBS  PEND   RUN SSUSP USUSP  RSV \s
       30   20  Open:Active       -    -    -    -     0     0     0     0     0    0
      Interval for a host to accept two jobs is 0 seconds

      SCHEDULING PARAMETERS
                 r15s   r1m  r15m   ut      pg    io   ls    it    tmp    swp    mem
       loadSched   -     -     -     -       -     -    -     -     -      -      - \s
       loadStop    -     -     -     -       -     -    -     -     -      -      - \s

      USERS:  all
      HOSTS:  all

      """;

  static final String HOSTS =
      """
      HOST_NAME          STATUS          JL/U    MAX  NJOBS    RUN  SSUSP  USUSP    RSV \s
      n1                 ok                 -      8      0      0      0      0      0
      n2                 ok                 -      8      0      0      0      0      0
      """;

  static final String HARDWARE =
      """
      HOST_NAME                       type       model  cpuf ncpus maxmem maxswp server RESOURCES
      n1                             linux     IntelI5 100.0     4 24105M      -    Yes (cs)
      n2                             linux     IntelI5 100.0     4 24105M      -    Yes (cs)
      """;

  static final String PARAMETERS =
      """

      System default queues for automatic queue selection:
          DEFAULT_QUEUE = normal

      The amount of time during which finished jobs are kept in core:
          CLEAN_PERIOD = 3600 (seconds)

      The maximum number of jobs in a job array.
          MAX_JOB_ARRAY_SIZE = 1000

      Mbatchd reserves resources based on job tasks:
          RESOURCE_RESERVE_PER_TASK = N

      """;

  private LsfSite() {}
}
