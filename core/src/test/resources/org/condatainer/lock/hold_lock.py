"""hold_lock.py KIND MODE FILE: takes a lock, says "locked" or "refused", keeps it until its input ends.

KIND is ofd, posix or flock; MODE is read or write. The lock is on the bytes that Apptainer locks: the whole file.
"""
import fcntl
import os
import struct
import sys

F_OFD_SETLK = 37

kind, mode, path = sys.argv[1:]
descriptor = os.open(path, os.O_RDWR if mode == "write" else os.O_RDONLY)
try:
    if kind == "flock":
        fcntl.flock(descriptor, (fcntl.LOCK_EX if mode == "write" else fcntl.LOCK_SH) | fcntl.LOCK_NB)
    else:
        lock = struct.pack(
            "hhqqi4x", fcntl.F_WRLCK if mode == "write" else fcntl.F_RDLCK, os.SEEK_SET, 0, os.fstat(descriptor).st_size, 0)
        fcntl.fcntl(descriptor, F_OFD_SETLK if kind == "ofd" else fcntl.F_SETLK, lock)
except OSError:
    print("refused", flush=True)
    sys.exit(1)
print("locked", flush=True)
sys.stdin.read()
