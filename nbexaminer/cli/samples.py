"""The course's sample classes, for trying it out: examples/README.md."""

from __future__ import annotations

import csv
import importlib
from pathlib import Path

from nbexaminer.course.course import Course
from nbexaminer.isolation.packages import make_importable


def fill(course: Course, assignment: str) -> int:
    """Write an assignment's sample class into submitted/; return how many students it has, 0 if there is
    none."""
    if not (_folder(course, assignment) / "students.py").exists():
        return 0
    make_importable(course.root)
    sample_class = importlib.import_module("examples.sample_class")  # part of the course, not of us
    return len(sample_class.write(course.root, assignment))


def may_be_filled(course: Course) -> bool:
    """Whether there are no students but those of sample classes: real ones are never mixed with them."""
    students = {student for name in course.assignments() for student in course.students(name)}
    return students <= {name for assignment in course.assignments() for name in _totals(course, assignment)}


def broken_on_purpose(course: Course, assignment: str) -> set[str]:
    """Return who is not meant to be gradable, if the students are the sample class."""
    totals, students = _totals(course, assignment), set(course.students(assignment))
    return {name for name in students if not totals[name]} if totals.keys() >= students else set()


def _folder(course: Course, assignment: str) -> Path:
    return course.root / "examples" / assignment.replace("-", "_")


def _totals(course: Course, assignment: str) -> dict[str, str]:
    path = _folder(course, assignment) / "scores.csv"
    if not path.exists():
        return {}
    with path.open(newline="", encoding="utf-8-sig") as file:
        return {row["student"]: row["total"] for row in csv.DictReader(file)}
