"""Watches the processes of a submission while one of them is waited for."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Set

from nbexaminer.errors import CallStopped
from nbexaminer.isolation import processes
from nbexaminer.isolation.folder import PrivateFolder
from nbexaminer.isolation.limits import ProcessLimits

_LOW_PRIORITY_AFTER = 0.25  # seconds of processor time; honest calls take a tenth of a second together


class Monitor:
    """Bounds number, memory, processor time and files of all that stems from a template process.

    waiting: the processes that only wait to be forked; they keep their priority.
    """

    def __init__(self, template: int, folder: PrivateFolder, limits: ProcessLimits) -> None:
        self._template, self._folder, self._limits = template, folder, limits
        self._template_memory = processes.resident_memory(template)
        self._processor_deadline: float | None = None
        self.waiting: Set[int] = frozenset()

    @contextlib.contextmanager
    def limited_processor_time(self, pid: int, seconds: float | None) -> Iterator[None]:
        """Bound what a process may take of the processor meanwhile; None: by the kernel's limit only."""
        before = self._processor_deadline  # of the call that this one is made from, if it is
        self._processor_deadline = None if seconds is None else processes.processor_seconds(pid) + seconds
        try:
            yield
        finally:
            self._processor_deadline = before

    def check(self, speaker: int) -> None:
        """Raises CallStopped if the process that is waited for has ended or has taken its time, or if all
        of them are too many, too large, or fill their folder."""
        running = processes.descendants(self._template)
        if sum(running.values()) >= self._limits.processes:
            raise CallStopped("too many processes")
        if speaker not in running:
            raise CallStopped("died")
        if sum(max(0, processes.resident_memory(pid) - self._template_memory) for pid in running) > (
            self._limits.memory
        ):
            held = sum(map(processes.proportional_memory, running)) - self._template_memory
            if held > self._limits.memory:
                raise CallStopped("out of memory")
        self._folder.check(running, self._limits.file_size)
        for pid in running.keys() - self.waiting:
            taken = processes.processor_seconds(pid)
            if taken > _LOW_PRIORITY_AFTER:
                processes.lower_priority(pid)
            if pid == speaker and self._processor_deadline is not None and taken > self._processor_deadline:
                raise CallStopped("timed out")
