"""How a submission is run: its time, its memory, and what its processes start with."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass, field, replace


@dataclass(frozen=True)
class ProcessLimits:
    """What the processes of one submission may use.

    memory: bytes beyond what a process starts with, of each and of all together; cpu: seconds of processor
    time of one process; file_size: bytes of one file; processes: threads of all processes together.
    """

    memory: int = 1024 * 2**20
    cpu: int = 120
    file_size: int = 32 * 2**20
    processes: int = 64


@dataclass(frozen=True)
class RunLimits:
    """How a submission is run.

    call_seconds: for one cell or one call of a student's function; once one has run into this limit, a
    twentieth of it, or a fortieth to a hundredth in processor time;
    submission_seconds: for the whole submission;
    sandbox: whether students' code is sandboxed (without, it can do what the caller can);
    hidden_packages: packages that students' code can't read, wherever they are installed;
    preload: modules that are imported before students' code runs;
    together: grade_ids of tests that run in the student's process, where they can be read and fooled.
    """

    call_seconds: float = 10.0
    submission_seconds: float = 120.0
    sandbox: bool = True
    process: ProcessLimits = field(default_factory=ProcessLimits)
    hidden_packages: tuple[str, ...] = ()
    preload: tuple[str, ...] = ()
    together: tuple[str, ...] = ()

    @property
    def hang_timeout(self) -> float:
        """Seconds after which a worker that grades a submission hangs for sure."""
        return 2 * self.submission_seconds + 60

    @property
    def kernel_limits(self) -> ProcessLimits:
        """The process limits to give to the kernel: its processor time must not run out before ours does."""
        processors = os.cpu_count() or 1
        cpu = math.ceil(max(self.call_seconds, self.submission_seconds)) * processors + 1
        return replace(self.process, cpu=max(self.process.cpu, cpu))
