"""Make the sample class of an assignment: one notebook a student into submitted/, made from the released one.

An assignment's class is examples/<its name, with _ for ->/students.py, which defines STUDENTS. A student
starts with the answers of the source notebook; a few steps (examples/steps.py) then change what makes this
student different. scores.csv beside it says what each must get.

    python -m examples.sample_class [ASSIGNMENT]...      fills submitted/ of this course; by default for all
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path

import nbformat

from examples.steps import REGION, Step, fill, grade_id, solutions

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Student:
    """What one student hands in.

    name: a label that says what is particular about the work.
    steps: changes to the notebook, in order.
    answered: the exercises that are answered at all, as in the source; None for all.
    spoil: what happens to the notebook's file in the end.
    """

    name: str
    steps: tuple[Step, ...] = ()
    answered: tuple[str, ...] | None = None
    spoil: Callable[[Path], object] | None = None


def folder(assignment: str) -> Path:
    """Return where an assignment's sample class is, if it has one."""
    return HERE / assignment.replace("-", "_")


def students(assignment: str) -> tuple[Student, ...]:
    """Return an assignment's sample class; () if it has none."""
    if not (folder(assignment) / "students.py").exists():
        return ()
    found: tuple[Student, ...] = importlib.import_module(
        f"examples.{folder(assignment).name}.students"
    ).STUDENTS
    return found


def write(course: Path, assignment: str) -> list[str]:
    """Write the class into the course's submitted/ folder; return the students' names.

    The assignment must be in source/ and release/.
    """
    file = f"{assignment}.ipynb"
    release = nbformat.read(course / "release" / assignment / file, as_version=4)
    source = nbformat.read(course / "source" / assignment / file, as_version=4)
    answers = {
        grade_id(cell): found[2] for cell in solutions(source) if (found := REGION.search(cell.source))
    }
    for student in students(assignment):
        notebook = deepcopy(release)
        for name in answers if student.answered is None else student.answered:
            fill(notebook, name, answers[name])
        for step in student.steps:
            step(notebook)
        path = course / "submitted" / student.name / assignment / file
        path.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(notebook, path)
        if student.spoil:
            student.spoil(path)
    return [student.name for student in students(assignment)]


if __name__ == "__main__":
    course = HERE.parent
    for assignment in sys.argv[1:] or sorted(path.name for path in (course / "source").iterdir()):
        print(f"Wrote {len(write(course, assignment))} students' work on {assignment}.")
