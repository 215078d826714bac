"""Bounds what the examiner's own process takes while it works on what a student's code made."""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import threading
from collections.abc import Iterator

from nbexaminer.errors import CallStopped

_AGAIN = 0.5  # seconds of processor time until a limit that was ignored is enforced again


@contextlib.contextmanager
def bounded(memory: int, seconds: float) -> Iterator[None]:
    """Let this process take so many bytes more than it has, and so many seconds of processor time.

    Raises CallStopped in what takes longer, again and again if that is caught; a lack of memory is a
    MemoryError, as everywhere. Time is bounded in the main thread only, where signals arrive.
    """

    def expire(signum: int, frame: object) -> None:
        raise CallStopped("timed out")

    before = resource.getrlimit(resource.RLIMIT_AS)
    with open("/proc/self/statm") as file:
        limit = int(file.read().split()[0]) * os.sysconf("SC_PAGE_SIZE") + memory
    soft = min((limit, *(bound for bound in before if bound != resource.RLIM_INFINITY)))
    timed = threading.current_thread() is threading.main_thread()
    handler = signal.getsignal(signal.SIGPROF)
    try:
        resource.setrlimit(resource.RLIMIT_AS, (soft, before[1]))
        if timed:
            signal.signal(signal.SIGPROF, expire)
            signal.setitimer(signal.ITIMER_PROF, max(seconds, 0.001), _AGAIN)
        yield
    finally:
        while True:
            try:
                if timed:
                    signal.setitimer(signal.ITIMER_PROF, 0)
                    signal.signal(signal.SIGPROF, handler)
                resource.setrlimit(resource.RLIMIT_AS, before)
                break
            except CallStopped:  # it came just now; what it was to end has ended
                continue
