"""The assignments of the course, found in source/, and the exercises of all of them."""

from __future__ import annotations

import importlib
from pathlib import Path
from types import ModuleType

SOURCE = Path(__file__).parents[1] / "source"
ASSIGNMENTS = sorted(path.name for path in SOURCE.iterdir() if path.is_dir())


def notebook_path(assignment: str) -> Path:
    return SOURCE / assignment / f"{assignment}.ipynb"


def hidden_tests(assignment: str) -> ModuleType:
    return importlib.import_module(f"reference.{assignment.replace('-', '_')}.hidden_tests")


# No two assignments have an exercise of the same name.
OF = {
    exercise.name: assignment for assignment in ASSIGNMENTS for exercise in hidden_tests(assignment).EXERCISES
}
EXERCISES = {
    exercise.name: exercise for assignment in ASSIGNMENTS for exercise in hidden_tests(assignment).EXERCISES
}
