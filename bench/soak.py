"""A batch that is killed ten times on its way through a large class, its memory watched on the last leg."""

from __future__ import annotations

import contextlib
import random
import statistics
import subprocess
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import psutil

KILLS = 10
_EACH_SECONDS = 0.2


def soak(start: Callable[[], subprocess.Popen], notes: Path, count: int) -> float:
    """Kill the batch at random moments of the first half, then let it go to its end.

    start: starts it, or goes on with it; notes: gets a line for each submission that is done.
    Returns how much more memory the batch holds in the end than when it was a tenth of the last leg old (all
    its processes, proportional set size).
    """
    moments = sorted(random.Random(1).randrange(count // 2) for _ in range(KILLS))
    for moment in moments:
        batch = start()
        while batch.poll() is None and _lines(notes) < moment:
            time.sleep(_EACH_SECONDS)
        batch.kill()
        batch.wait()
    batch, held = start(), []
    while batch.poll() is None:
        held.append((_lines(notes), _held_by_all(batch)))
        time.sleep(_EACH_SECONDS)
    if batch.returncode:
        raise SystemExit(f"the batch ended with {batch.returncode}")
    leg = count - held[0][0]
    tenths = [
        statistics.median(mib for done, mib in held if first <= (done - held[0][0]) / leg < first + 0.1)
        for first in (0.1, 0.8)
    ]
    return tenths[1] / tenths[0]


def _lines(notes: Path) -> int:
    return notes.read_bytes().count(b"\n") if notes.exists() else 0


def _held_by_all(batch: subprocess.Popen) -> float:
    process = psutil.Process(batch.pid)
    return held_by([process, *process.children(recursive=True)])


def held_by(processes: Iterable[psutil.Process]) -> float:
    """Return MiB, proportional set size; what ends meanwhile counts for nothing."""
    held = 0.0
    for process in processes:
        with contextlib.suppress(psutil.Error):
            held += process.memory_full_info().pss / 2**20
    return held
