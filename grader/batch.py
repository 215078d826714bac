"""Grade every submission of an assignment, one by one: one that is broken never stops the others."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import nbformat
from nbclient.exceptions import DeadKernelError
from nbgrader.api import MissingEntry
from nbgrader.utils import has_failed

from grader import intake
from grader.course import Course, GradingFailed
from grader.model import Text
from grader.steps import grade_id


@dataclass(frozen=True)
class Mark:
    """What one exercise earned; no score yet if somebody must grade it by hand.

    passed: whether its check ended without an error, which is all there is to say of 0 points.
    """

    score: float | None
    points: float
    passed: bool


@dataclass(frozen=True)
class Result:
    """What became of a submission: its marks, by exercise, or the problem why it has none."""

    student: str
    marks: dict[str, Mark] = field(default_factory=dict)
    total: float | None = None
    problem: Text | None = None


def grade(
    course: Course,
    assignment: str,
    students: list[str],
    force: bool = False,
    tell: Callable[[Result, bool], Any] = lambda result, fresh: None,
) -> list[Result]:
    """Grade these students' submissions, write their feedback and return their results.

    A submission that is known, and that has not changed since, nor the assignment, is passed over
    unless `force`. `tell` is called with each result, and whether it is a fresh one.
    """
    notebooks = course.notebooks(assignment)
    results = []
    for student in students:
        folder = course.folder("submitted", assignment, student)
        state = _fingerprint(folder, notebooks)
        known = None if force else _known(course, assignment, student, state)
        if known is None:
            with course.quietly(assignment):
                problem = intake.problem(folder, notebooks)
            problem = problem or _graded(course, assignment, student)
            _remember(course, assignment, student, state, problem)
        results.append(known or _known(course, assignment, student, state))
        tell(results[-1], known is None)
    return results


def standing(course: Course, assignment: str) -> list[Result]:
    """Return what is known of all submissions that were graded once, graded now or earlier."""
    results = (_known(course, assignment, student) for student in course.students(assignment))
    return [result for result in results if result]


def exercises(course: Course, assignment: str) -> dict[str, float]:
    """Return the points of each graded cell, in the order of the source."""
    with course.quietly(assignment), course.gradebook() as gradebook:
        notebooks = gradebook.find_assignment(assignment).notebooks
        return {
            _label(cell.name, notebook.name, len(notebooks)): cell.max_score
            for notebook in notebooks
            for cell in (*notebook.grade_cells, *notebook.task_cells)
        }


def _graded(course: Course, assignment: str, student: str) -> Text | None:
    """Grade one submission; return the problem, if there was one."""
    try:
        course.autograde(assignment, student)
        course.feedback(assignment, student)
    except GradingFailed as error:
        if isinstance(error.__cause__, DeadKernelError):
            return Text(
                "It ends its own Python process (by an exit, a crash or too much memory).",
                "它使自己的 Python 进程终止了(退出、崩溃或内存不足)。",
            )
        reason = str(error).splitlines()[0][:200]
        where = course.report(assignment, "log").relative_to(course.root)
        return Text(f"Grading it failed: {reason} (more in {where})", f"评分失败,详见 {where}")
    return None


def _fingerprint(folder: Path, notebooks: dict) -> str:
    """Return a hash of a submission's files and of the cells it is graded with."""
    digest = hashlib.sha256(json.dumps(notebooks, sort_keys=True).encode())
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            digest.update(os.fsencode(path.relative_to(folder)))
            with contextlib.suppress(OSError):
                digest.update(path.read_bytes())
    return digest.hexdigest()


def _memory(course: Course, assignment: str) -> dict[str, dict]:
    path = course.report(assignment, "json")
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def _remember(course: Course, assignment: str, student: str, state: str, problem: Text | None) -> None:
    memory = _memory(course, assignment)
    memory[student] = {"state": state, "problem": asdict(problem) if problem else None}
    path = course.report(assignment, "json")
    text = json.dumps(memory, indent=1, sort_keys=True, ensure_ascii=False)
    path.with_suffix(".new").write_text(text, encoding="utf-8")
    path.with_suffix(".new").replace(path)  # never half a file


def _known(course: Course, assignment: str, student: str, state: str | None = None) -> Result | None:
    """Return a student's result if there is one (of a submission in this state)."""
    memory = _memory(course, assignment).get(student)
    if memory is None or state not in (None, memory["state"]):
        return None
    if memory["problem"]:
        return Result(student, problem=Text(**memory["problem"]))
    if not all(course.folder(step, assignment, student).exists() for step in ("autograded", "feedback")):
        return None
    with course.quietly(assignment), course.gradebook() as gradebook:
        try:
            submission = gradebook.find_submission(assignment, student)
            marks = {}
            for notebook in submission.notebooks:
                path = course.folder("autograded", assignment, student) / f"{notebook.name}.ipynb"
                cells = nbformat.read(path, as_version=4).cells if path.exists() else []
                passed = {grade_id(cell) for cell in cells if not has_failed(cell)}
                for grade in notebook.grades:
                    label = _label(grade.name, notebook.name, len(submission.notebooks))
                    score = None if grade.needs_manual_grade else grade.score
                    marks[label] = Mark(score, grade.max_score, grade.name in passed)
        except MissingEntry:
            return None
        total = max(0.0, submission.score - (submission.late_submission_penalty or 0))
        return Result(student, marks, total)


def _label(cell: str, notebook: str, count: int) -> str:
    """Name an exercise as its students do, with the notebook where there are several."""
    name = cell.removeprefix("test_")
    return f"{notebook}: {name}" if count > 1 else name
