"""What a worker process does: run submissions and render pages. It knows no gradebook."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import socket
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from nbexaminer.course.plan import GradingPlan
from nbexaminer.engine import intake
from nbexaminer.engine.engine import Engine, instructor_cells
from nbexaminer.engine.restore import restore
from nbexaminer.isolation.folder import AssignmentFiles
from nbexaminer.isolation.packages import make_importable
from nbexaminer.model import CheckOutcome, Text
from nbexaminer.pages.feedback import FeedbackExporter


@dataclass(frozen=True)
class Graded:
    """What came of a submission: its executed notebooks and their outcomes, or the problem; and what had
    to be repaired in them before."""

    notebooks: dict[str, NotebookNode]
    outcomes: tuple[CheckOutcome, ...] = ()
    problem: Text | None = None
    seconds: float = 0.0
    repairs: tuple[Text, ...] = ()


class Worker:
    """One engine and one exporter, warm from one submission to the next."""

    def __init__(self, plan: GradingPlan, source: socket.socket | None = None) -> None:
        """Raises SandboxError if this machine can't shut students' code in."""
        self.plan = plan
        self._engine = Engine(plan.rules, source)
        self._files = AssignmentFiles(plan.files) if plan.files else None
        self._exporter = FeedbackExporter(config=plan.config, source=str(plan.files or ""))

    def grade(self, folder: Path) -> Graded:
        """Run a submission. Raises SandboxError; any other trouble is the submission's problem."""
        start = time.monotonic()
        if problem := intake.problem(folder, self.plan.known):
            return Graded({}, problem=problem)
        notebooks, outcomes, repairs = {}, [], []
        for name, known in self.plan.known.items():
            path = folder / f"{name}.ipynb"
            if path.is_file():
                nb = nbformat.read(path, as_version=4)
                repairs += restore(nb, known)
                outcomes += self._run(nb, name, known)
                notebooks[name] = nb
        return Graded(notebooks, tuple(outcomes), None, time.monotonic() - start, tuple(repairs))

    def _run(self, nb: NotebookNode, name: str, known: Mapping[str, NotebookNode]) -> list[CheckOutcome]:
        if self.plan.kernelspecs[name]:
            nb.metadata["kernelspec"] = self.plan.kernelspecs[name]
        self._apply(self.plan.steps_before, nb)
        outcomes = self._engine.grade(nb, instructor_cells(known), self._files)
        self._apply(self.plan.steps_after, nb)
        return outcomes

    def page(self, nb: NotebookNode, place: dict[str, Any], folder: Path) -> str:
        """Render the feedback page of a graded notebook that lies in a folder with its pictures."""
        resources = {"nbgrader": place, "metadata": {"name": place["notebook"], "path": str(folder)}}
        return self._exporter.from_notebook_node(nb, resources)[0]

    def _apply(self, steps: tuple[type, ...], nb: NotebookNode) -> None:
        for step in steps:
            step(config=self.plan.config)(nb, {})  # does nothing if the step is not enabled

    def close(self) -> None:
        self._engine.close()


# A pool's processes have one worker each.

_worker: Worker


def start(plan: GradingPlan, log: Path | None, source: socket.socket) -> None:
    """Make this process a worker; the initializer of a pool.

    log: where what it says goes; source: where students' processes come from.
    """
    global _worker
    threading.Thread(target=_end_with_parent, daemon=True).start()
    make_importable(plan.packages)
    if log:
        with log.open("a") as file:
            os.dup2(file.fileno(), 2)
    _worker = Worker(plan, source)


def _end_with_parent() -> None:
    """A batch that is killed can't say goodbye; its workers must not wait for it for ever."""
    multiprocessing.parent_process().join()
    os._exit(1)


def grade(folder: Path) -> Graded:
    """Run a submission in this worker."""
    return _worker.grade(folder)


def pages(notebooks: dict[str, tuple[NotebookNode, dict[str, Any]]], folder: Path) -> dict[str, str]:
    """Render the pages of a submission, by notebook."""
    return {name: _worker.page(nb, place, folder) for name, (nb, place) in notebooks.items()}


# The same with what is large as pickled bytes, for those on the way who need not look into it.


def grade_pickled(folder: Path) -> bytes:
    return pickle.dumps(grade(folder))


def pages_pickled(notebooks: bytes, folder: Path) -> dict[str, str]:
    return pages(pickle.loads(notebooks), folder)
