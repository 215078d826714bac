"""A pool of worker processes on this machine; dask_pool.py has one of the same form on many machines."""

from __future__ import annotations

import time
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Protocol

from nbexaminer.batch import worker
from nbexaminer.batch.worker import Graded
from nbexaminer.course.grades import GradingTask
from nbexaminer.course.plan import GradingPlan
from nbexaminer.isolation import sandbox
from nbexaminer.isolation.fork_server import fork_server

_LONG = 1.6  # seconds, from when the pool is warm; an honest submission takes a quarter of it
_WARM = 2  # results of each worker's, the first of which takes longer: it imports, draws, simulates mistakes


class Pool(Protocol):
    """Runs submissions and renders their pages, several at once, in the order in which they came."""

    @property
    def broken(self) -> tuple[type[BaseException], ...]:
        """What a future raises if the process that worked on it ended; another one takes its place."""

    def size(self) -> int:
        """Return how many run at once; it may change."""

    def grade(self, task: GradingTask) -> Future[Graded]:
        """Run a submission and render its pages."""

    def kill_stuck(self) -> None:
        """Nothing came back for longer than anything may take. Raises PoolError if nothing ever will."""

    def close(self) -> None:
        """End what still runs."""


class LocalPool:
    """Processes of this machine."""

    broken: tuple[type[BaseException], ...] = (BrokenProcessPool,)

    def __init__(self, plan: GradingPlan, jobs: int, log: Path | None) -> None:
        """log: as in worker.start. Raises SandboxError if students' code can't be shut in."""
        if plan.limits.sandbox:
            sandbox.require()
        self._jobs, self._start = jobs, (plan, log)
        self._began: dict[Future[Graded], float | None] = {}  # None: not yet, for all we know
        self._results = 0
        self._workers = jobs
        self._executor = self._new()

    def size(self) -> int:
        """One more for each that takes long: it mostly waits for a time limit, and gives way to others."""
        began = {future: when for future, when in self._began.items() if not future.done()}
        self._results += len(self._began) - len(began)
        self._began = began
        if self._results < _WARM * self._jobs:
            return self._jobs
        now = time.monotonic()
        first = list(began)[: self._workers]  # the others wait for one
        began |= {future: now for future in first if began[future] is None}
        long = sum(now - (began[future] or now) > _LONG for future in first)
        return self._jobs + min(long, 2 * self._jobs)

    def grade(self, task: GradingTask) -> Future[Graded]:
        self._workers = max(self.size(), self._workers)
        self._executor._max_workers = self._workers  # type: ignore[attr-defined]
        try:
            future = self._executor.submit(worker.grade, task)
        except BrokenProcessPool:
            self._executor.shutdown(cancel_futures=True)
            self._executor = self._new()
            future = self._executor.submit(worker.grade, task)
        self._began[future] = None
        return future

    def kill_stuck(self) -> None:
        for process in list((self._executor._processes or {}).values()):
            process.kill()

    def close(self) -> None:
        self.kill_stuck()
        self._executor.shutdown(cancel_futures=True)

    def _new(self) -> ProcessPoolExecutor:
        server = fork_server()
        self._workers = self._jobs
        return ProcessPoolExecutor(self._jobs, server.workers, worker.start, (*self._start, server.students))
