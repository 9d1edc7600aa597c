#!/bin/bash
#CONDOR batch_name = align
#CONDOR request_cpus = 8
#CONDOR request_memory = 16G
#CONDOR request_gpus = 2
#CONDOR allowed_execute_duration = 7200
#CONDOR output = log_$(Cluster)_$(Process).txt
#CONDOR notification = Error
#CONDOR notify_user = a@b.c
#CONDOR requirements = (OpSys == "LINUX")
#CONDOR environment = "A=1 B='x y'"
#CONDOR accounting_group = lab
#CONDOR queue 10
echo "$CNT_ARRAY_INDEX"
