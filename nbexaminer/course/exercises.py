"""The `Exercise`s behind an assignment's tests, and what each of their known mistakes is told."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator
from dataclasses import dataclass

import nbformat

from nbexaminer.checks import Exercise
from nbexaminer.course.course import Course
from nbexaminer.course.source_cells import is_test
from nbexaminer.engine.cell_names import python_text
from nbexaminer.isolation.packages import make_importable
from nbexaminer.model import Verdict


@dataclass(frozen=True)
class KnownMistake:
    """A known mistake of an exercise, its verdict, and the mistake that it is taken for if not itself."""

    exercise: str
    name: str
    verdict: Verdict

    @property
    def is_recognised(self) -> bool:
        return self.verdict.mistake == self.name


def known_mistakes(course: Course, assignment: str) -> Iterator[KnownMistake]:
    """Yield each known mistake of an assignment, tried as an answer.

    Raises what the hidden tests raise when they are imported.
    """
    for exercise, points in _exercises(course, assignment):
        for mistake in exercise.mistakes:
            yield KnownMistake(exercise.name, mistake.name, exercise.verdict(mistake.variant, points))


def _exercises(course: Course, assignment: str) -> Iterator[tuple[Exercise, float]]:
    """Yield what the test cells of an assignment import and is an Exercise, with the cell's points."""
    make_importable(course.root)
    seen: set[int] = set()
    for path in sorted(course.folder("source", assignment).glob("*.ipynb")):
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type == "code" and is_test(cell):
                for exercise in _used(python_text(cell.source)):
                    if id(exercise) not in seen:
                        seen.add(id(exercise))
                        yield exercise, float(cell.metadata.nbgrader.get("points", 0))


def _used(text: str) -> Iterator[Exercise]:
    """Yield the Exercises that a cell names, imported themselves or as attributes of a module."""
    tree = ast.parse(text)
    there: dict[str, object] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                there[alias.asname or alias.name] = _imported(node.module, alias.name)
        elif isinstance(node, ast.Import):
            for alias in node.names:
                there[alias.asname or alias.name] = importlib.import_module(alias.name)
    for node in ast.walk(tree):
        value = None
        if isinstance(node, ast.Name):
            value = there.get(node.id)
        elif isinstance(node, ast.Attribute):  # a.b.exercise
            value = getattr(there.get(ast.unparse(node.value)), node.attr, None)
        if isinstance(value, Exercise):
            yield value


def _imported(module: str, name: str) -> object:
    there = importlib.import_module(module)
    return getattr(there, name) if hasattr(there, name) else importlib.import_module(f"{module}.{name}")
