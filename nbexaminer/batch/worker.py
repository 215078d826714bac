"""What a worker process does: run submissions and render pages. It knows no gradebook."""

from __future__ import annotations

import multiprocessing
import os
import signal
import socket
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from nbexaminer.course.grades import GradingTask, NotebookGrades, decide, enter
from nbexaminer.course.plan import GradingPlan
from nbexaminer.engine.cells import instructor_cells
from nbexaminer.engine.engine import Engine
from nbexaminer.engine.intake import submitted_notebooks
from nbexaminer.engine.restore import restore
from nbexaminer.errors import UnusableSubmission
from nbexaminer.isolation.folder import AssignmentFiles
from nbexaminer.isolation.packages import make_importable
from nbexaminer.model import CheckOutcome, Text
from nbexaminer.pages.feedback import FeedbackExporter


@dataclass(frozen=True)
class GradedNotebook:
    """An executed notebook as the text of its file, its grades, and its feedback page."""

    text: str
    grades: NotebookGrades
    page: str


@dataclass(frozen=True)
class Graded:
    """What came of a submission: its notebooks, by name, and the outcomes of their tests, or the problem;
    what had to be repaired in them before; and the files that they have written, by path."""

    notebooks: dict[str, GradedNotebook]
    outcomes: tuple[CheckOutcome, ...] = ()
    problem: Text | None = None
    seconds: float = 0.0
    repairs: tuple[Text, ...] = ()
    written: Mapping[str, bytes] = field(default_factory=dict)


class Worker:
    """One engine and one exporter, warm from one submission to the next."""

    def __init__(self, plan: GradingPlan, source: socket.socket | None = None) -> None:
        """Raises SandboxError if this machine can't shut students' code in."""
        self.plan = plan
        self._engine = Engine(plan.limits, source)
        left_out = (*plan.ignored, *plan.own_files)
        self._files = AssignmentFiles(plan.files, left_out) if plan.files else None
        self._exporter = FeedbackExporter(config=plan.config, source=str(plan.files or ""))  # type: ignore[no-untyped-call]

    def grade(self, task: GradingTask) -> Graded:
        """Run a submission and render its pages. Raises SandboxError; any other trouble is the submission's
        problem."""
        start = time.monotonic()
        try:
            notebooks = submitted_notebooks(task.folder, self.plan.known)
        except UnusableSubmission as error:
            return Graded({}, problem=error.text)
        executed, outcomes, repairs = {}, [], []
        written: dict[str, bytes] = {}
        for name, nb in notebooks.items():
            repairs += restore(nb, self.plan.known[name])
            executed[name], found = self._run(nb, name, self.plan.known[name], task, written)
            outcomes += found
        seconds = time.monotonic() - start
        graded = {name: self._graded(nb, name, task) for name, nb in executed.items()}
        return Graded(graded, tuple(outcomes), None, seconds, tuple(repairs), written)

    def _run(
        self,
        nb: NotebookNode,
        name: str,
        known: Mapping[str, NotebookNode],
        task: GradingTask,
        written: dict[str, bytes],
    ) -> tuple[NotebookNode, list[CheckOutcome]]:
        if self.plan.kernelspecs[name]:
            nb.metadata["kernelspec"] = self.plan.kernelspecs[name]
        place = {"notebook": name, "assignment": self.plan.assignment, "student": task.student}
        resources: dict[str, Any] = {
            "nbgrader": place,
            "metadata": {"name": name, "path": str(task.folder)},
            "unique_key": name,
            "output_files_dir": f"{name}_files",
        }
        nb, resources = self._apply(self.plan.steps_before, nb, resources)
        files = replace(self._files, submitted=task.folder) if self._files else None
        program = self.plan.programs.get(name)
        outcomes = self._engine.grade(nb, instructor_cells(known), files, program, written)
        nb, _ = self._apply(self.plan.steps_after, nb, resources)
        return nb, outcomes

    def _graded(self, nb: NotebookNode, name: str, task: GradingTask) -> GradedNotebook:
        grades = decide(nb, name, self.plan.known[name], task, self.plan.config)
        text = nbformat.writes(nb, indent=None) + "\n"  # a line breaks nowhere else, but it is quick
        totals = enter(nb, grades, self.plan.config)
        resources = {
            "nbgrader": {"notebook": name, "student": task.student, "name": task.name} | totals,
            "metadata": {"name": name, "path": str(task.folder)},
        }
        return GradedNotebook(text, grades, self._exporter.from_notebook_node(nb, resources)[0])

    def _apply(
        self, steps: tuple[type, ...], nb: NotebookNode, resources: dict[str, Any]
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Run steps of nbgrader's or of the course's own, each on what the one before has left."""
        for step in steps:
            nb, resources = step(config=self.plan.config)(nb, resources)  # nothing, if it is not enabled
        return nb, resources

    def close(self) -> None:
        self._engine.close()


# A pool's processes have one worker each.

_worker: Worker


def start(plan: GradingPlan, log: Path | None, source: socket.socket) -> None:
    """Make this process a worker; the initializer of a pool.

    log: where what it says goes; source: where students' processes come from.
    """
    global _worker
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the batch, which then ends its workers
    threading.Thread(target=_end_with_parent, daemon=True).start()
    make_importable(plan.packages)
    if log:
        with log.open("a") as file:
            os.dup2(file.fileno(), 2)
    _worker = Worker(plan, source)


def _end_with_parent() -> None:
    """A batch that is killed can't say goodbye; its workers must not wait for it for ever."""
    if parent := multiprocessing.parent_process():
        parent.join()
    os._exit(1)


def grade(task: GradingTask) -> Graded:
    """Run a submission in this worker."""
    return _worker.grade(task)
