"""Find and end the processes that stem from one process, as /proc shows them (Linux)."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import time
from collections.abc import Container

_PR_SET_CHILD_SUBREAPER = 36


def adopt_orphans() -> None:
    """Let processes whose parent has ended become the caller's children, so that none gets lost."""
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def descendants(root: int) -> list[int]:
    """Return the running processes that stem from a process, zombies left out."""
    found, waiting = [], [root]
    while waiting:
        parent = waiting.pop()
        with contextlib.suppress(OSError):  # it has ended meanwhile
            for task in os.listdir(f"/proc/{parent}/task"):
                with open(f"/proc/{parent}/task/{task}/children") as file:
                    children = [int(pid) for pid in file.read().split()]
                waiting += children
                found += [pid for pid in children if _state(pid) not in "ZX"]
    return found


def end_descendants(root: int, keep: Container[int] = ()) -> None:
    """Kill all that stem from a process, but for those to keep; returns when they are gone.

    They are stopped before they are killed: what is stopped can't fork, however fast it was.
    """
    stopped: set[int] = set()
    while True:
        running = {pid for pid in descendants(root) if pid not in keep}
        if not running:
            return
        new = running - stopped
        for pid in new:
            _send(pid, signal.SIGSTOP)
        stopped |= new
        if not new:
            for pid in running:
                _send(pid, signal.SIGKILL)
            stopped.clear()
            time.sleep(0.0005)


def memory(pid: int) -> int:
    """Return the bytes of memory that a process holds now, or 0 if it has ended."""
    try:
        with open(f"/proc/{pid}/statm") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


def _send(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


def _state(pid: int) -> str:
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0]
    except OSError:
        return "X"
