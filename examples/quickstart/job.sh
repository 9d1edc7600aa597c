#!/bin/bash
#SBATCH --job-name=quickstart
#SBATCH --cpus-per-task=1 --time=5
#DEP: quickstart.img

echo "Hello from $(hostname), with ${NCPUS} CPU(s) and the arguments: $*"
greet
touch /ext3/env/try 2>/dev/null || echo 'The overlay is read-only here, so any number of jobs can share it.'
