"""A file system in memory that forgets what was not synced when its power is cut, and fails where it is told to.

`forgetful.py MOUNTPOINT` serves it in the foreground and says `mounted` when it answers. What it is told comes as an extended
attribute of its root:

- `user.cut` = `all` loses everything that was not synced; `user.cut` = a number keeps each page of 4096 bytes that was not synced,
  or loses it, by that seed, as a disk that was writing does.
- `user.empty` takes everything away, as a new disk does.
- `user.fail` = `OPERATION NUMBER ERRNO` lets the so-manieth `write`, `fsync`, `create`, `truncate` or `rename` from now on fail, and
  every one after it; `user.fail` = `` ends that. `user.counted` reads how many there were of each since the last setting. The sync of a
  folder counts as `fsync`.

The content and the length of a file are durable once it is synced. Names are durable at once, which is kinder than POSIX allows and
what journaling file systems do for a file that is synced.
"""

import errno
import os
import random
import stat
import sys
import time

from mfusepy import FUSE, FuseOSError, Operations

PAGE = 4096
COUNTED = ("write", "fsync", "create", "truncate", "rename")


class File:
    """What is seen of a file, what of it is durable, and the pages in which they differ."""

    def __init__(self):
        self.seen = bytearray()
        self.durable = bytearray()
        self.pages = set()
        self.length_differs = False

    def write(self, data, offset):
        if len(self.seen) < offset + len(data):
            self.resize(offset + len(data))
        self.seen[offset : offset + len(data)] = data
        self.pages.update(range(offset // PAGE, (offset + len(data) - 1) // PAGE + 1))

    def resize(self, length):
        if length < len(self.seen):
            del self.seen[length:]
        else:
            self.seen.extend(bytes(length - len(self.seen)))
        self.length_differs = True

    def sync(self):
        self.keep(self.pages, len(self.seen))
        self.pages.clear()
        self.length_differs = False

    def keep(self, pages, length):
        if length < len(self.durable):
            del self.durable[length:]
        else:
            self.durable.extend(bytes(length - len(self.durable)))
        for page in pages:
            start = page * PAGE
            end = min(start + PAGE, length, len(self.seen))
            if start < end:
                self.durable[start:end] = self.seen[start:end]

    def cut(self, chance):
        """The power is gone: a page that was not synced is there by chance, or not at all."""
        if chance is not None:
            length = len(self.seen) if not self.length_differs or chance.random() < 0.5 else len(self.durable)
            self.keep({page for page in sorted(self.pages) if chance.random() < 0.5}, length)
        self.seen = bytearray(self.durable)
        self.pages.clear()
        self.length_differs = False


class Forgetful(Operations):
    """The whole file system; one request at a time."""

    use_ns = True

    def __init__(self):
        self.files = {}
        self.folders = {"/"}
        self.links = {}
        self.handles = 0
        self.fault = None
        self.counted = dict.fromkeys(COUNTED, 0)
        self.born = time.time_ns()

    def count(self, operation):
        self.counted[operation] += 1
        if self.fault is None:
            return
        failing, number, error = self.fault
        if operation == failing and self.counted[operation] >= number:
            raise FuseOSError(error)

    def find(self, path):
        if path not in self.files:
            raise FuseOSError(errno.ENOENT)
        return self.files[path]

    def getattr(self, path, fh=None):
        times = {"st_mtime": self.born, "st_ctime": self.born, "st_atime": self.born}
        owner = {"st_uid": os.getuid(), "st_gid": os.getgid()}
        if path in self.folders:
            return {"st_mode": stat.S_IFDIR | 0o700, "st_nlink": 2, **times, **owner}
        file = self.find(path)
        size = len(file.seen)
        return {"st_mode": stat.S_IFREG | 0o600, "st_nlink": 1, "st_size": size, "st_blocks": (size + 511) // 512, **times, **owner}

    def readdir(self, path, fh):
        begin = path.rstrip("/") + "/"
        inside = [name for name in [*self.files, *self.folders] if name.startswith(begin) and name != "/"]
        return [".", "..", *sorted({name[len(begin) :] for name in inside if "/" not in name[len(begin) :]} - {""})]

    def mkdir(self, path, mode):
        self.folders.add(path)

    def rmdir(self, path):
        if len(self.readdir(path, None)) > 2:
            raise FuseOSError(errno.ENOTEMPTY)
        self.folders.discard(path)

    def create(self, path, mode, fi=None):
        self.count("create")
        self.files[path] = File()
        return self.open(path, 0)

    def open(self, path, flags):
        self.handles += 1
        return self.handles

    def read(self, path, size, offset, fh):
        return bytes(self.find(path).seen[offset : offset + size])

    def write(self, path, data, offset, fh):
        self.count("write")
        self.find(path).write(data, offset)
        return len(data)

    def truncate(self, path, length, fh=None):
        self.count("truncate")
        self.find(path).resize(length)

    def fsync(self, path, datasync, fh):
        self.count("fsync")
        self.find(path).sync()

    def fsyncdir(self, path, datasync, fh):
        self.count("fsync")

    def unlink(self, path):
        self.find(path)
        del self.files[path]

    def rename(self, old, new):
        self.count("rename")
        if old in self.files:
            self.files[new] = self.files.pop(old)
            return
        moved = [name for name in [*self.files, *self.folders] if name == old or name.startswith(old + "/")]
        if not moved:
            raise FuseOSError(errno.ENOENT)
        for name in moved:
            place = new + name[len(old) :]
            if name in self.files:
                self.files[place] = self.files.pop(name)
            else:
                self.folders.discard(name)
                self.folders.add(place)

    def link(self, new, old):
        self.count("create")
        self.files[new] = self.find(old)

    def utimens(self, path, times=None):
        pass

    def chmod(self, path, mode):
        pass

    def chown(self, path, uid, gid):
        pass

    def statfs(self, path):
        many = 1 << 20
        return {"f_bsize": PAGE, "f_frsize": PAGE, "f_blocks": many, "f_bfree": many // 2, "f_bavail": many // 2, "f_files": many,
                "f_ffree": many // 2, "f_namemax": 255}

    def setxattr(self, path, name, value, options, position=0):
        told = value.decode()
        if name == "user.cut":
            chance = None if told == "all" else random.Random(int(told))
            for file in self.files.values():
                file.cut(chance)
        elif name == "user.empty":
            self.files.clear()
            self.folders = {"/"}
        elif name == "user.fail":
            self.counted = dict.fromkeys(COUNTED, 0)
            words = told.split()
            self.fault = (words[0], int(words[1]), int(words[2])) if words else None
        else:
            raise FuseOSError(errno.ENOTSUP)

    def getxattr(self, path, name, position=0):
        if name != "user.counted":
            raise FuseOSError(errno.ENODATA)
        return " ".join(f"{operation}={self.counted[operation]}" for operation in COUNTED).encode()

    def init(self, path):
        print("mounted", flush=True)


if __name__ == "__main__":
    FUSE(Forgetful(), sys.argv[1], foreground=True, nothreads=True, fsname="forgetful", attr_timeout=0, entry_timeout=0)
