#!/bin/bash
#BSUB -J align[1-10]%3 -n 8 -R "span[ptile=4] rusage[mem=4GB]" -W 2:00
#BSUB -o log_%J_%I.txt -q gpu -P lab -gpu "num=1:gmodel=A100" -u a@b.c -N
#BSUB -w "done(12)" -x -b 12:30
echo "$CNT_ARRAY_INDEX"
