"""All that a worker needs to know of an assignment, as plain data, so that it can travel to a process
anywhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from nbformat import NotebookNode
from traitlets.config import Config

from nbexaminer.isolation.supervisor import Rules


@dataclass(frozen=True)
class GradingPlan:
    """How to grade an assignment.

    known: by notebook, the instructor's cells by grade_id; kernelspecs: by notebook, as nbgrader sets
    them; files: the assignment's folder with its data; packages: the folder that the packages of hidden
    tests are imported from; steps: nbgrader's own preprocessors for before and after the run (classes that
    need no gradebook); config: the course's, for these and for the pages.
    """

    known: Mapping[str, Mapping[str, NotebookNode]]
    kernelspecs: Mapping[str, dict | None]
    files: Path | None
    packages: Path
    rules: Rules
    steps_before: tuple[type, ...]
    steps_after: tuple[type, ...]
    config: Config
