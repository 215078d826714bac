"""The sandbox of a student's process, built by the Linux kernel, with nothing to install.

Landlock: which files can be read and written. Seccomp: which calls to the kernel exist at all; there
are no sockets, no signals to others, no programs to start, no looking into other processes.
Rlimits: memory, processor time, file size, number of processes. As root also: an unprivileged user.

A process that has entered it can't leave it, and every child inherits it.
"""

from __future__ import annotations

import os
import platform
import resource
import struct
from collections.abc import Iterable
from pathlib import Path

from nbexaminer.errors import SandboxError
from nbexaminer.isolation import landlock, seccomp
from nbexaminer.isolation.kernel import kernel_call, libc
from nbexaminer.isolation.limits import ProcessLimits


def missing() -> list[str]:
    """Return what this machine lacks for the sandbox, in words; nothing if it can be built."""
    lacks = []
    if platform.system() != "Linux":
        return [f"Linux (this is {platform.system()})"]
    if platform.machine() not in seccomp.ARCHITECTURES:
        lacks.append(f"a known processor ({', '.join(seccomp.ARCHITECTURES)}; this is {platform.machine()})")
    if landlock.version() < 1:
        lacks.append("Landlock (Linux 5.13 or newer, with `landlock` in the kernel's `lsm=` list)")
    if libc.prctl(_PR_GET_SECCOMP, 0, 0, 0, 0) < 0:
        lacks.append("seccomp (a kernel with CONFIG_SECCOMP_FILTER)")
    if not os.path.exists(f"/proc/self/task/{os.getpid()}/children"):
        lacks.append("the list of a process's children in /proc (CONFIG_PROC_CHILDREN)")
    return lacks


def require() -> None:
    """Raises SandboxError, which says what to do, if the sandbox can't be built on this machine."""
    if lacks := missing():
        raise SandboxError(
            f"Students' code can't be sandboxed on this machine; it lacks: {'; '.join(lacks)}. "
            "Use another machine, or `--sandbox none` if you trust every submission."
        )


def enter(readable: Iterable[Path], writable: Path, limits: ProcessLimits, user: int) -> None:
    """Sandbox the calling process, for good: call it in a fresh fork with one thread.

    readable: files and folders it may still read; writable: the one folder that it may change;
    user: whom root becomes. Raises SandboxError if a part of it can't be built; nothing of the
    student's may run then.
    """
    readable = [path for path in map(Path, readable) if path.exists()]
    try:
        _set_limits(limits, user)
        ruleset = landlock.ruleset(readable, writable)
        if os.geteuid() == 0:
            _drop_root(user, keep_reading=not all(map(_open_to_all, readable)))
        kernel_call("no_new_privs", libc.prctl, _PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        landlock.restrict(ruleset)
        seccomp.restrict()
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

_PR_GET_SECCOMP, _PR_SET_NO_NEW_PRIVS, _PR_SET_KEEPCAPS = 21, 38, 8
_CAP_DAC_READ_SEARCH = 2
_FIRST_USER = 2_000_000_000  # far from all users, those of containers too


def _set_limits(limits: ProcessLimits, user: int) -> None:
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
        kernel_call("keep capabilities", libc.prctl, _PR_SET_KEEPCAPS, 1, 0, 0, 0)
    os.setresuid(user, user, user)
    if keep_reading:
        header = struct.pack("<Ii", 0x20080522, 0)
        bits = 1 << _CAP_DAC_READ_SEARCH
        kernel_call("capset", libc.capset, header, struct.pack("<6I", bits, bits, 0, 0, 0, 0))
