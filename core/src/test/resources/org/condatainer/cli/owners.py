# Makes a mounted file system full of odd files, or lists each file of one with all that it has.
# Usage: python3 owners.py make FOLDER ENTRIES | python3 owners.py list FOLDER FILE
import hashlib
import os
import stat
import struct
import sys

what, root = sys.argv[1], os.fsencode(sys.argv[2])


def put(path, text=b"x", mode=0o644):
    with open(path, "wb") as out:
        out.write(text)
    os.chmod(path, mode)


def acl(*entries):
    """Entries (tag, permissions, user or group) as acl(5) keeps them."""
    return struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *entry) for entry in entries)


def make(entries):
    none = 0xFFFFFFFF
    rules = acl((1, 7, none), (2, 5, 77), (2, 6, 2**31), (4, 5, none), (8, 7, 65536), (16, 7, none), (32, 1, none))
    odd = [b"new\nline", b"quo'te", b'dq"x', b"end .", b"end ..", b" lead", b" .", b"x" * 255, b"\xff\xfe bad",
           b"back\\slash", b"tab\t", b"*?[", b"-rf", b"<12>", b"..."]
    top = root + b"/upper"
    os.mkdir(top)
    for i, folder in enumerate(odd):
        os.mkdir(top + b"/" + folder)
        os.chown(top + b"/" + folder, 1000 + i, 70000 + i)
        for name in odd:
            put(top + b"/" + folder + b"/" + name, name)
    os.mkdir(top + b"/many")
    for i in range(entries):
        path = top + b"/many/file-%06d" % i
        if i % 10:
            os.link(top + b"/many/file-%06d" % (i - i % 10), path)
        else:
            os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
    for mode in (0o4755, 0o2755, 0o6755, 0o2644, 0o4000, 0o1777):
        put(top + b"/mode-%o" % mode, mode=mode)
        os.mkdir(top + b"/folder-%o" % mode)
        os.chmod(top + b"/folder-%o" % mode, mode | 0o700)
    os.mkfifo(top + b"/fifo", 0o640)
    os.mknod(top + b"/null", 0o666 | stat.S_IFCHR, os.makedev(1, 3))
    os.mknod(top + b"/disk", 0o660 | stat.S_IFBLK, os.makedev(259, 70000))
    os.mknod(top + b"/socket", 0o755 | stat.S_IFSOCK)
    os.symlink(b"mode-1777", top + b"/short-link")
    os.symlink(b"y" * 900, top + b"/long-link")
    os.symlink(b"/nowhere/" + b"\xff", top + b"/dangling")
    for name, text in ((b"small", b"v"), (b"large", b"v" * 3000)):
        put(top + b"/xattr-" + name)
        os.setxattr(top + b"/xattr-" + name, "user.note", text)
        os.setxattr(top + b"/xattr-" + name, "trusted.note", text[:40])
        os.mkdir(top + b"/acl-" + name)
        put(top + b"/acl-" + name + b"/file")
        os.setxattr(top + b"/acl-" + name, "system.posix_acl_default", rules)
        for path in (top + b"/acl-" + name, top + b"/acl-" + name + b"/file"):
            os.setxattr(path, "system.posix_acl_access", rules)
            os.setxattr(path, "user.note", text)
    put(top + b"/capable", mode=0o755)
    os.setxattr(top + b"/capable", "security.capability", struct.pack("<5I", 0x02000001, 1 << 13, 0, 0, 0))


def show(path, out, shown):
    """One line for each name, with all that the file has at its first name."""
    found = os.lstat(path)
    shown.add(found.st_ino)
    text = b""
    if stat.S_ISREG(found.st_mode) and found.st_size:
        with open(path, "rb") as file:
            text = file.read()
    elif stat.S_ISLNK(found.st_mode):
        text = os.readlink(path)
    names = sorted(os.listxattr(path, follow_symlinks=False))
    more = [name + "=" + hashlib.sha1(os.getxattr(path, name, follow_symlinks=False)).hexdigest() for name in names]
    print(path[len(root):].hex() or "-", "%d:%d" % (found.st_uid, found.st_gid), "%o" % found.st_mode,
          found.st_ino, found.st_nlink, found.st_size, found.st_rdev, found.st_mtime_ns,
          hashlib.sha1(text).hexdigest(), *more, file=out)
    if stat.S_ISDIR(found.st_mode):
        for entry in sorted(os.scandir(path), key=lambda entry: entry.name):
            if entry.inode() in shown:
                print(entry.path[len(root):].hex(), "again", "0", entry.inode(), file=out)
            else:
                show(entry.path, out, shown)


if what == "make":
    make(int(sys.argv[3]))
else:
    with open(sys.argv[3], "w", encoding="ascii") as lines:
        show(root, lines, set())
