#!/bin/bash
#PBS -N align -l select=2:ncpus=8:mpiprocs=4:mem=16gb:ngpus=1 -l walltime=2:00:00
#PBS -J 1-10%3 -o log.^array_index^ -j oe -m ae -M a@b.c
#PBS -q gpu -P lab -r y -l place=excl -W depend=afterok:12.srv -v A=1 -h
echo "$CNT_ARRAY_INDEX"
