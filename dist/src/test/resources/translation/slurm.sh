#!/bin/bash
#SBATCH --job-name=align --nodes=1 --cpus-per-task=8 --mem=16G --time=02:00:00
#SBATCH --array=1-10%3 --output=log_%A_%a.txt --mail-type=END,FAIL --mail-user=a@b.c
#SBATCH --partition=gpu --gres=gpu:a100:2,shard:1 --constraint=ib --requeue
#SBATCH --begin=2027-01-02T03:04:00 --comment="first try"
#DEP: env.img
echo "$CNT_ARRAY_INDEX"
