"""The time of a submission: what is left of it, and how long one cell or call may take."""

from __future__ import annotations

import time

from nbexaminer.errors import CallStopped
from nbexaminer.isolation.limits import RunLimits

_AFTER_HANG = 20  # the part of a call's time that is left to who has hung
_FORK_SECONDS = 2.5
_PROCESSOR_AFTER_HANG, _LEAST_PROCESSOR = 40, 100  # the same for processor time: 1/40, 1/80, 1/100


class TimeBudget:
    """Counts from when it is made; all times in seconds."""

    def __init__(self, limits: RunLimits) -> None:
        self._call_seconds = limits.call_seconds
        self._deadline = time.monotonic() + limits.submission_seconds
        self._hung: set[str] = set()

    @property
    def remaining(self) -> float:
        """What is left for the submission; 0 if nothing is."""
        return max(0.0, self._deadline - time.monotonic())

    @property
    def call_limit(self) -> float:
        """How long the next cell or call may take: less if something has hung before."""
        return min(self._call_seconds / (_AFTER_HANG if self._hung else 1), self.remaining)

    @property
    def first_call_limit(self) -> float:
        """The same for what is not suspected to hang."""
        return min(self._call_seconds, self.remaining)

    @property
    def fork_limit(self) -> float:
        """How long a fork may take. It runs code of ours, but where a student's has run before; a busy
        machine needs more than is left to who has hung."""
        return min(_FORK_SECONDS, self.remaining)

    @property
    def processor_limit(self) -> float | None:
        """How much processor time the next call may take, which a busy machine does not shorten; None if
        nothing has hung so far. The more has hung, the less."""
        if not self._hung:
            return None
        return self._call_seconds / min(_PROCESSOR_AFTER_HANG * len(self._hung), _LEAST_PROCESSOR)

    def has_hung(self, name: str) -> bool:
        """Return whether a function of that name has run into its limit."""
        return name in self._hung

    def record(self, error: BaseException, name: str = "") -> None:
        """Record how a cell (or the function `name`) ended; only what timed out matters."""
        if isinstance(error, CallStopped) and error.reason == "timed out":
            self._hung.add(name)
