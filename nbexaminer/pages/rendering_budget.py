"""What one page may cost, whatever a student puts into it: processor time and characters."""

from __future__ import annotations

import contextlib
import signal
import threading
import time
from collections.abc import Iterator
from types import FrameType

PAGE_SECONDS, PIECE_SECONDS = 3.0, 1.0  # of processor time; an honest page takes some hundredths
PAGE_CHARACTERS = 8_000_000


class TooCostly(Exception):
    """Rendering something has used up what there was for it."""


class RenderingBudget:
    """What is left for a page.

    Some Markdown takes time that grows with the square of its length, or worse. It is counted as processor
    time, so that a busy machine changes no page.
    """

    def __init__(self) -> None:
        self._seconds = PAGE_SECONDS
        self._characters = PAGE_CHARACTERS

    def take(self, characters: int) -> bool:
        """Return whether there is room for so many characters more, and count them if there is."""
        if characters > self._characters:
            return False
        self._characters -= characters
        return True

    @contextlib.contextmanager
    def timed(self) -> Iterator[None]:
        """Raise TooCostly in what takes too long; outside of the main thread, before it only."""
        if self._seconds <= 0:
            raise TooCostly
        limit = min(self._seconds, PIECE_SECONDS)
        began = time.process_time()
        try:
            with _alarm(limit):
                yield
        finally:
            self._seconds -= time.process_time() - began


@contextlib.contextmanager
def _alarm(seconds: float) -> Iterator[None]:
    if not hasattr(signal, "ITIMER_PROF") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def expire(signum: int, frame: FrameType | None) -> None:
        raise TooCostly

    previous = signal.signal(signal.SIGPROF, expire)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, previous)
