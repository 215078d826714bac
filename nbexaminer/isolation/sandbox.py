"""The walls around a student's process, built by the Linux kernel, with nothing to install.

Landlock: which files can be read and written. Seccomp: which calls to the kernel exist at all; there
are no sockets, no signals to others, no programs to start, no looking into other processes.
Rlimits: memory, processor time, file size, number of processes. As root also: an unprivileged user.

What is entered can't be left, and every child inherits it.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import resource
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from nbexaminer.errors import SandboxError


@dataclass(frozen=True)
class Limits:
    """What one student's process may use.

    memory: bytes it may take beyond what it starts with; cpu: seconds of processor time;
    file_size: bytes of one file; processes: how many threads all of its processes may have together.
    """

    memory: int = 1024 * 2**20
    cpu: int = 120
    file_size: int = 32 * 2**20
    processes: int = 64


def missing() -> list[str]:
    """Return what this machine lacks for the sandbox, in words; nothing if it can be built."""
    lacks = []
    if platform.system() != "Linux":
        return [f"Linux (this is {platform.system()})"]
    if platform.machine() not in _ARCHITECTURES:
        lacks.append(f"a known processor ({', '.join(_ARCHITECTURES)}; this is {platform.machine()})")
    if _landlock_version() < 1:
        lacks.append("Landlock (Linux 5.13 or newer, with `landlock` in the kernel's `lsm=` list)")
    if _libc.prctl(_PR_GET_SECCOMP, 0, 0, 0, 0) < 0:
        lacks.append("seccomp (a kernel with CONFIG_SECCOMP_FILTER)")
    if not os.path.exists(f"/proc/self/task/{os.getpid()}/children"):
        lacks.append("the list of a process's children in /proc (CONFIG_PROC_CHILDREN)")
    return lacks


def enter(readable: Iterable[Path], writable: Path, limits: Limits, user: int) -> None:
    """Shut the calling process in, for good: call it in a fresh fork with one thread.

    readable: files and folders it may still read; writable: the one folder that it may change;
    user: whom root becomes. Raises SandboxError if a wall can't be built; nothing of the student's
    may run then.
    """
    readable = [path for path in map(Path, readable) if path.exists()]
    try:
        _set_limits(limits, user)
        ruleset = _landlock_ruleset(readable, writable)
        if os.geteuid() == 0:
            _drop_root(user, keep_reading=not all(map(_open_to_all, readable)))
        _call("no_new_privs", _libc.prctl, _PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        _call("landlock_restrict_self", _libc.syscall, _LANDLOCK_RESTRICT_SELF, ruleset, 0)
        os.close(ruleset)
        _seccomp()
    except (OSError, ValueError) as error:
        raise SandboxError(f"the sandbox can't be built: {error}") from error


def count_tasks(user: int) -> int:
    """Return how many threads the user has now; the kernel's limit counts them all."""
    total = 0
    for entry in os.scandir("/proc"):
        if entry.name.isdigit():
            try:
                if entry.stat().st_uid == user:
                    total += len(os.listdir(f"/proc/{entry.name}/task"))
            except OSError:  # it has ended meanwhile
                continue
    return total


def unprivileged_user() -> int:
    """Return the id of the user that students' processes run as: the caller, unless that is root.

    Root takes one that nobody else has, so that students of two workers have nothing in common, not
    even the number of processes; nobody (65534) where a container knows only a few users.
    """
    if os.geteuid():
        return os.geteuid()
    own = _FIRST_USER + os.getpid()
    with open("/proc/self/uid_map") as file:
        ranges = [tuple(map(int, line.split())) for line in file]
    return own if any(start <= own < start + count for start, _, count in ranges) else 65534


# --------------------------------------------------------------------------------------------------
# limits and user

_libc = ctypes.CDLL(None, use_errno=True)
_PR_GET_SECCOMP, _PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS, _PR_SET_KEEPCAPS = 21, 22, 38, 8
_CAP_DAC_READ_SEARCH = 2
_FIRST_USER = 2_000_000_000  # far from all users, those of containers too


def _call(name: str, function: ctypes._CFuncPtr, *args: int) -> int:
    result = function(*(ctypes.c_ulong(a) if isinstance(a, int) else a for a in args))
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")
    return result


def _set_limits(limits: Limits, user: int) -> None:
    with open("/proc/self/statm") as file:
        own = int(file.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    for what, amount in (
        (resource.RLIMIT_AS, own + limits.memory),
        (resource.RLIMIT_CPU, limits.cpu),
        (resource.RLIMIT_FSIZE, limits.file_size),
        (resource.RLIMIT_NPROC, count_tasks(user) + limits.processes),
        (resource.RLIMIT_NOFILE, 256),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_MEMLOCK, 0),
    ):
        hard = resource.getrlimit(what)[1]
        amount = amount if hard == resource.RLIM_INFINITY else min(amount, hard)
        resource.setrlimit(what, (amount, amount))


def _open_to_all(path: Path) -> bool:
    """Tell whether any user can get at the path: each folder above it can be passed."""
    return all(folder.stat().st_mode & 0o001 for folder in path.resolve().parents) and bool(
        path.stat().st_mode & 0o004
    )


def _drop_root(user: int, keep_reading: bool) -> None:
    """Become another user. Where only root can get at the Python installation, keep the one right to
    read files of others; Landlock still says which ones."""
    os.setgroups([])
    os.setresgid(user, user, user)
    if keep_reading:
        _call("keep capabilities", _libc.prctl, _PR_SET_KEEPCAPS, 1, 0, 0, 0)
    os.setresuid(user, user, user)
    if keep_reading:
        header = struct.pack("<Ii", 0x20080522, 0)
        bits = 1 << _CAP_DAC_READ_SEARCH
        _call("capset", _libc.capset, header, struct.pack("<6I", bits, bits, 0, 0, 0, 0))


# --------------------------------------------------------------------------------------------------
# Landlock: https://docs.kernel.org/userspace-api/landlock.html

_LANDLOCK_CREATE_RULESET, _LANDLOCK_ADD_RULE, _LANDLOCK_RESTRICT_SELF = 444, 445, 446
_READ_FILE, _READ_DIR = 1 << 2, 1 << 3
_ON_FILES = 1 << 1 | _READ_FILE | 1 << 14  # write, read, truncate: what makes sense for a single file
_FILE_ACCESS = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}  # version: how many access bits it knows
_NOT_IN_FOLDER = 1 << 6 | 1 << 9 | 1 << 10 | 1 << 11 | 1 << 0  # no devices, sockets, pipes, programs


def _landlock_version() -> int:
    return _libc.syscall(
        ctypes.c_long(_LANDLOCK_CREATE_RULESET), None, ctypes.c_size_t(0), ctypes.c_uint32(1)
    )


def _landlock_ruleset(readable: Sequence[Path], writable: Path) -> int:
    """Return a ruleset. An older version knows fewer rights; what it can't forbid seccomp does: truncating
    what may only be read (version 2), connections (3), requests to devices (4), signals (5)."""
    version = _landlock_version()
    handled = (1 << _FILE_ACCESS[min(version, 5)]) - 1
    attributes = struct.pack("<Q", handled)
    if version >= 4:
        attributes += struct.pack("<Q", 0b11)  # no TCP: neither bind nor connect
    if version >= 6:
        attributes += struct.pack("<Q", 0b11)  # no abstract sockets, no signals to the outside
    ruleset = _call(
        "landlock_create_ruleset", _libc.syscall, _LANDLOCK_CREATE_RULESET, attributes, len(attributes), 0
    )
    for path in readable:
        _allow(ruleset, path, handled & (_READ_FILE | _READ_DIR))
    _allow(ruleset, writable, handled & ~_NOT_IN_FOLDER)
    return ruleset


def _allow(ruleset: int, path: Path, access: int) -> None:
    descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        rule = struct.pack("<Qi", access if path.is_dir() else access & _ON_FILES, descriptor)
        _call("landlock_add_rule", _libc.syscall, _LANDLOCK_ADD_RULE, ruleset, 1, rule, 0)
    finally:
        os.close(descriptor)


# --------------------------------------------------------------------------------------------------
# seccomp: https://docs.kernel.org/userspace-api/seccomp_filter.html

_ARCHITECTURES = {"x86_64": (0xC000003E, 0), "aarch64": (0xC00000B7, 1)}

# Every call that is allowed: its number on x86_64 and on aarch64 (None: not there). All others fail
# with "operation not permitted". Files by name are Landlock's matter; what can reach another process,
# a network or a program is not in the list.
_ALLOWED = {
    # files
    "read": (0, 63), "write": (1, 64), "close": (3, 57), "stat": (4, None),
    "fstat": (5, 80), "lstat": (6, None), "lseek": (8, 62), "pread64": (17, 67),
    "pwrite64": (18, 68), "readv": (19, 65), "writev": (20, 66), "access": (21, None), "pipe": (22, None),
    "dup": (32, 23), "dup2": (33, None), "dup3": (292, 24), "flock": (73, 32),
    "fsync": (74, 82), "fdatasync": (75, 83), "ftruncate": (77, 46), "getdents": (78, None),
    "getdents64": (217, 61), "getcwd": (79, 17), "chdir": (80, 49), "fchdir": (81, 50),
    "rename": (82, None), "mkdir": (83, None), "rmdir": (84, None), "creat": (85, None), "link": (86, None),
    "unlink": (87, None), "symlink": (88, None), "readlink": (89, None), "umask": (95, 166),
    "mkdirat": (258, 34), "newfstatat": (262, 79), "unlinkat": (263, 35),
    "renameat": (264, 38), "linkat": (265, 37), "symlinkat": (266, 36), "readlinkat": (267, 78),
    "faccessat": (269, 48), "faccessat2": (439, 439), "renameat2": (316, 276), "statx": (332, 291),
    "fallocate": (285, 47), "pipe2": (293, 59), "preadv": (295, 69),
    "pwritev": (296, 70), "close_range": (436, 436), "sendfile": (40, 71),
    # waiting
    "poll": (7, None), "ppoll": (271, 73), "select": (23, None), "pselect6": (270, 72),
    "epoll_create1": (291, 20), "epoll_ctl": (233, 21), "epoll_wait": (232, None), "epoll_pwait": (281, 22),
    "eventfd2": (290, 19), "nanosleep": (35, 101), "clock_nanosleep": (230, 115), "pause": (34, None),
    # memory
    "mmap": (9, 222), "mprotect": (10, 226), "munmap": (11, 215), "brk": (12, 214), "mremap": (25, 216),
    "msync": (26, 227), "mincore": (27, 232), "madvise": (28, 233),
    # its own threads, copies and signal handlers
    "rt_sigaction": (13, 134), "rt_sigprocmask": (14, 135), "rt_sigreturn": (15, 139),
    "rt_sigsuspend": (130, 133), "rt_sigpending": (127, 136), "rt_sigtimedwait": (128, 137),
    "sigaltstack": (131, 132), "alarm": (37, None), "getitimer": (36, 102), "setitimer": (38, 103),
    "fork": (57, None), "vfork": (58, None), "wait4": (61, 260), "waitid": (247, 95), "exit": (60, 93),
    "exit_group": (231, 94), "futex": (202, 98), "set_robust_list": (273, 99), "get_robust_list": (274, 100),
    "rseq": (334, 293), "set_tid_address": (218, 96), "restart_syscall": (219, 128),
    "arch_prctl": (158, None), "sched_yield": (24, 124), "sched_getaffinity": (204, 123),
    "sched_getparam": (143, 121), "sched_getscheduler": (145, 120),
    # the socket it was given; it can't make another
    "sendmsg": (46, 211), "recvmsg": (47, 212), "sendto": (44, 206), "recvfrom": (45, 207),
    # who, when, how much
    "getpid": (39, 172), "gettid": (186, 178), "getppid": (110, 173), "getuid": (102, 174),
    "geteuid": (107, 175), "getgid": (104, 176), "getegid": (108, 177), "getgroups": (115, 158),
    "getresuid": (118, 148), "getresgid": (120, 150), "getpgid": (121, 155), "getpgrp": (111, None),
    "getsid": (124, 156), "setsid": (112, 157), "uname": (63, 160), "sysinfo": (99, 179), "times": (100, 153),
    "getrusage": (98, 165), "getrlimit": (97, 163), "getcpu": (309, 168), "gettimeofday": (96, 169),
    "time": (201, None), "clock_gettime": (228, 113), "clock_getres": (229, 114), "getrandom": (318, 278),
}  # fmt: skip
_CLONE3 = (435, 435)  # its flags stand in memory, out of reach here: "no such call", so that the C
# library falls back on clone
_ALL_BITS = 0xFFFFFFFF
# Allowed by one argument (its position), of which these bits are looked at: only with, or not with, these
# values. Opening to read and to cut off at once (O_TRUNC) needs no right to write of an old Landlock.
_CHECKED = {
    "open": ((2, None), 1, 0o1003, "not", (0o1000,)),
    "openat": ((257, 56), 2, 0o1003, "not", (0o1000,)),
    "clone": ((56, 220), 0, 0x7E020080, "only", (0,)),  # no new namespaces
    "prlimit64": ((302, 261), 0, _ALL_BITS, "only", (0,)),  # its own limits
    "fcntl": ((72, 25), 1, _ALL_BITS, "only", (0, 1, 2, 3, 4, 5, 6, 7, 1030)),  # copies, flags, locks
    "ioctl": ((16, 29), 1, _ALL_BITS, "only", (0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451)),  # questions
}
_RET_KILL, _RET_ALLOW, _RET_ERRNO = 0x80000000, 0x7FFF0000, 0x00050000
_LOAD, _AND, _JUMP_IF_EQUAL, _JUMP_IF_AT_LEAST, _RETURN = 0x20, 0x54, 0x15, 0x35, 0x06
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16  # offsets in struct seccomp_data


def _seccomp() -> None:
    audit, column = _ARCHITECTURES[platform.machine()]
    allow, deny = (_RETURN, 0, 0, _RET_ALLOW), (_RETURN, 0, 0, _RET_ERRNO | errno.EPERM)
    program = [
        (_LOAD, 0, 0, _ARCHITECTURE),
        (_JUMP_IF_EQUAL, 1, 0, audit),
        (_RETURN, 0, 0, _RET_KILL),
        (_LOAD, 0, 0, _NUMBER),
        (_JUMP_IF_AT_LEAST, 0, 1, 0x40000000),  # the x32 numbers are other names for the same calls
        deny,
    ]
    for number in (numbers[column] for numbers in _ALLOWED.values()):
        if number is not None:
            program += [(_JUMP_IF_EQUAL, 0, 1, number), allow]
    for numbers, position, bits, rule, values in _CHECKED.values():
        if numbers[column] is None:
            continue
        then, otherwise = (allow, deny) if rule == "only" else (deny, allow)
        check = [(_LOAD, 0, 0, _ARGUMENTS + 8 * position), (_AND, 0, 0, bits)]
        for value in values:
            check += [(_JUMP_IF_EQUAL, 0, 1, value), then]
        check.append(otherwise)
        program += [(_JUMP_IF_EQUAL, 0, len(check), numbers[column]), *check]
    program += [(_JUMP_IF_EQUAL, 0, 1, _CLONE3[column]), (_RETURN, 0, 0, _RET_ERRNO | errno.ENOSYS), deny]
    code = b"".join(struct.pack("<HBBI", *instruction) for instruction in program)
    buffer = ctypes.create_string_buffer(code)
    header = struct.pack("<HxxxxxxQ", len(program), ctypes.addressof(buffer))
    _call("seccomp", _libc.prctl, _PR_SET_SECCOMP, 2, header, 0, 0)
