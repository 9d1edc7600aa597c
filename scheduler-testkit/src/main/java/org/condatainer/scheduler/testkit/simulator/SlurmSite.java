package org.condatainer.scheduler.testkit.simulator;

/** What a simulated Slurm says of its cluster: recordings {@code scontrol-config} and others. */
final class SlurmSite {
  static final String PARTITIONS =
      "PartitionName=main AllowGroups=ALL Default=YES QoS=N/A DefaultTime=00:30:00 MaxNodes=UNLIMITED"
          + " MaxTime=10-00:00:00 MinNodes=0 Nodes=n[1-2] State=UP TotalCPUs=8 TotalNodes=2"
          + " TRES=cpu=8,mem=4000M,node=2,billing=8\n"
          + "PartitionName=short AllowGroups=ALL Default=NO QoS=N/A DefaultTime=00:01:00"
          + " MaxNodes=UNLIMITED MaxTime=00:02:00 MinNodes=0 Nodes=n1 State=UP TotalCPUs=4"
          + " TotalNodes=1 TRES=cpu=4,mem=2000M,node=1,billing=4\n";

  static final String NODES = node("n1") + node("n2");

  private SlurmSite() {}

  static String config(boolean accounting) {
    return "Configuration data as of 2026-11-23T04:31:44\n"
        + "AccountingStorageType   = accounting_storage/"
        + (accounting ? "slurmdbd" : "none")
        + "\nClusterName             = tests\n"
        + "MaxArraySize            = 10001\n"
        + "MaxJobCount             = 20000\n"
        + "MinJobAge               = 300 sec\n"
        + "SLURM_VERSION           = 22.05.8\n"
        + "\nSlurmctld(primary) at vm is UP\n";
  }

  private static String node(String name) {
    return "NodeName="
        + name
        + " Arch=x86_64 CoresPerSocket=4  CPUAlloc=0 CPUEfctv=4 CPUTot=4 CPULoad=0.10"
        + " AvailableFeatures=(null) ActiveFeatures=(null) Gres=gpu:tesla:2 NodeAddr=127.0.0.1"
        + " NodeHostName=vm Version=22.05.8 RealMemory=2000 AllocMem=0 FreeMem=1000 Sockets=1"
        + " Boards=1 State=IDLE ThreadsPerCore=1 TmpDisk=0 Weight=1 Partitions=main\n";
  }
}
