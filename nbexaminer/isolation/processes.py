"""Find, measure and end the processes that stem from one process, as /proc shows them (Linux)."""

from __future__ import annotations

import contextlib
import ctypes
import os
import select
import signal
import stat
from collections.abc import Collection, Iterable
from pathlib import Path

_PR_SET_CHILD_SUBREAPER = 36
_LOW_PRIORITY = 10  # niceness
_KILL_WAIT = 1000  # milliseconds
_STATE, _USER_TIME, _SYSTEM_TIME = 0, 11, 12  # fields of /proc/PID/stat, counted after the name


def adopt_orphans() -> None:
    """Let processes whose parent has ended become the caller's children, so that none gets lost."""
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def descendants(root: int) -> dict[int, int]:
    """Return the number of live threads of each running process that stems from a process."""
    return _scan(root)[0]


def end_descendants(root: int, keep: Collection[int] = ()) -> None:
    """Kill all that stem from a process, but for those to keep; returns when they are gone.

    Several are stopped before they are killed: a stopped process can't fork, however fast it was. Those to
    keep are left stopped.
    """
    stopped: set[int] = set()
    expected = None
    while True:
        running, ended = _scan(root)
        others = running.keys() - set(keep)
        new = (running.keys() if len(others) > 1 else running.keys() - others) - stopped
        for pid in new:
            pause(pid)
        stopped |= new
        if others and not new & others:
            _kill(others)
            expected = ended | others
        elif not others and expected is not None and ended <= expected and (keep or not ended):
            return  # else one ended during the scan, and its child may have moved past it
        else:
            expected = ended


def _kill(pids: Collection[int]) -> None:
    """Kill processes and wait until they have ended, but not for ever."""
    for pid in pids:
        _send(pid, signal.SIGKILL)
    for pid in pids:
        with contextlib.suppress(OSError):  # it has ended already
            descriptor = os.pidfd_open(pid)
            poller = select.poll()
            poller.register(descriptor, select.POLLIN)
            poller.poll(_KILL_WAIT)
            os.close(descriptor)


def has_ended(descriptor: int) -> bool:
    """Return whether the process of a pidfd has ended."""
    poller = select.poll()
    poller.register(descriptor, select.POLLIN)
    return bool(poller.poll(0))


def kill(descriptor: int) -> None:
    """Kill the process of a pidfd."""
    with contextlib.suppress(ProcessLookupError):
        signal.pidfd_send_signal(descriptor, signal.SIGKILL)


def resume(pid: int) -> None:
    _send(pid, signal.SIGCONT)


def pause(pid: int) -> None:
    _send(pid, signal.SIGSTOP)


def lower_priority(pid: int) -> None:
    """Let a process run only while no other wants to."""
    with contextlib.suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, pid, _LOW_PRIORITY)
        with open(f"/proc/{pid}/autogroup", "w") as group:  # the kernel divides time among sessions first
            group.write(str(_LOW_PRIORITY))


def processor_seconds(pid: int) -> float:
    """Return the processor time that a process has taken, or 0 if it has ended."""
    fields = _stat(f"/proc/{pid}/stat")
    if not fields:
        return 0.0
    return (int(fields[_USER_TIME]) + int(fields[_SYSTEM_TIME])) / os.sysconf("SC_CLK_TCK")


def resident_memory(pid: int) -> int:
    """Return the bytes of memory that a process holds, shared ones included, or 0 if it has ended."""
    try:
        with open(f"/proc/{pid}/statm") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


def proportional_memory(pid: int) -> int:
    """Return the same with each shared page divided among those that share it; this takes longer."""
    with contextlib.suppress(OSError), open(f"/proc/{pid}/smaps_rollup") as file:
        for line in file:
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0


def deleted_files(pids: Iterable[int], mapped_size: int) -> int:
    """Return the bytes of files that have no name any more and exist because processes hold them.

    mapped_size: what to count for a file that is only mapped into memory; its size can't be seen.
    """
    sizes: dict[int, int] = {}
    for pid in pids:
        with contextlib.suppress(OSError):
            for line in Path(f"/proc/{pid}/maps").read_text(errors="replace").splitlines():
                device, inode = line.split(maxsplit=5)[3:5]
                if line.endswith(" (deleted)") and device != "00:01":  # that is shared memory, no file
                    sizes[int(inode)] = mapped_size
            for entry in os.scandir(f"/proc/{pid}/fd"):
                status = entry.stat()
                if stat.S_ISREG(status.st_mode) and not status.st_nlink:
                    sizes[status.st_ino] = status.st_size
    return sum(sizes.values())


def _scan(root: int) -> tuple[dict[int, int], set[int]]:
    """Return the running descendants with their number of threads, and those that have ended."""
    running: dict[int, int] = {}
    ended, waiting = set(), [root]
    while waiting:
        pid = waiting.pop()
        threads = 0
        with contextlib.suppress(OSError):  # it has ended meanwhile
            for task in os.listdir(f"/proc/{pid}/task"):
                fields = _stat(f"/proc/{pid}/task/{task}/stat")
                threads += bool(fields) and fields[_STATE] not in "ZX"  # the first may end before others
                with open(f"/proc/{pid}/task/{task}/children") as file:
                    waiting += [int(child) for child in file.read().split()]
        if pid == root:
            continue
        if threads:
            running[pid] = threads
        else:
            ended.add(pid)
    return running, ended


def _stat(path: str) -> list[str]:
    """Return the fields of a stat file of /proc after the name, or none if the process has ended."""
    try:
        with open(path) as file:
            return file.read().rpartition(")")[2].split()
    except OSError:
        return []


def _send(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)
