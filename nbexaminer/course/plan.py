"""All that a worker needs to know of an assignment, as plain data, so that it can travel to a process
anywhere."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader.converters import Autograde, GenerateFeedback
from nbgrader.preprocessors import (
    AssignLatePenalties,
    CheckCellMetadata,
    ClearOutput,
    DeduplicateIds,
    Execute,
    OverwriteCells,
    OverwriteKernelspec,
    SaveAutoGrades,
)
from traitlets.config import Config

from nbexaminer.course.course import Course
from nbexaminer.course.preprocessors import IsolatedExecute, RestoreCells, require_python
from nbexaminer.engine.cells import instructor_cells
from nbexaminer.engine.program import Program, preloadable, program_of
from nbexaminer.engine.restore import known_cells
from nbexaminer.isolation.limits import RunLimits

# What a worker does itself (nbexaminer.batch.worker), or the writer (nbexaminer.course.gradebook).
_DONE_BEFORE = (
    ClearOutput,
    RestoreCells,
    DeduplicateIds,
    OverwriteKernelspec,
    OverwriteCells,
    CheckCellMetadata,
)
_DONE_AFTER = (IsolatedExecute, Execute, SaveAutoGrades, AssignLatePenalties, CheckCellMetadata)


@dataclass(frozen=True)
class GradingPlan:
    """How to grade an assignment.

    assignment: its name; known: by notebook, the instructor's cells by grade_id; programs: by notebook, what
    is known of its names; kernelspecs: by notebook, as nbgrader sets them; files: the assignment's folder
    with its data; packages: the folder that the packages of hidden tests are imported from; steps:
    nbgrader's own preprocessors for before and after the run (classes that need no gradebook); config: the
    course's, for these and for the pages; own_files: those in `files` that students hand in themselves;
    ignored: patterns of names that are for nobody.
    """

    assignment: str
    known: Mapping[str, Mapping[str, NotebookNode]]
    kernelspecs: Mapping[str, dict[str, Any] | None]
    files: Path | None
    packages: Path
    limits: RunLimits
    steps_before: tuple[type, ...]
    steps_after: tuple[type, ...]
    config: Config
    programs: Mapping[str, Program] = field(default_factory=dict)
    own_files: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()


def run_limits(course: Course) -> RunLimits:
    """Return the limits that the course's configuration sets."""
    return IsolatedExecute(config=course.config).limits


def grading_plan(course: Course, assignment: str, limits: RunLimits) -> GradingPlan:
    """Return what workers need to grade an assignment.

    Raises MissingEntry if it was not released, CourseError if it is not written in Python.
    """
    directory = course.directory()
    app = Autograde(coursedir=directory, config=course.config)
    before = [step for step in app.sanitize_preprocessors if step not in _DONE_BEFORE]
    after = [step for step in app.autograde_preprocessors if step not in _DONE_AFTER]
    folder = course.folder("source", assignment)
    files = folder if folder.is_dir() else None
    with course.gradebook(assignment) as gradebook:
        notebooks = gradebook.find_assignment(assignment).notebooks
        known = {notebook.name: known_cells(notebook) for notebook in notebooks}
        kernelspecs = {nb.name: json.loads(nb.kernelspec or "null") for nb in notebooks}
        for name, spec in kernelspecs.items():
            require_python(name, spec)
        programs = {
            name: program_of(instructor_cells(cells), folder / f"{name}.ipynb")
            for name, cells in known.items()
        }
        preload = preloadable(programs.values(), files, limits.hidden_packages)
        return GradingPlan(
            assignment=assignment,
            known=known,
            programs=programs,
            kernelspecs=kernelspecs,
            files=files,
            packages=course.root,
            limits=replace(limits, preload=(*limits.preload, *preload)),
            steps_before=tuple(before),
            steps_after=tuple(after),
            config=GenerateFeedback(coursedir=directory, config=course.config.copy()).config,
            own_files=tuple(app.exclude_overwriting.get(assignment, ())),
            ignored=tuple(directory.ignore),
        )
