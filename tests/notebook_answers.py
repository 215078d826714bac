"""Answers as text, run as a notebook runs them: the instructor's own, and whatever a test submits."""

from __future__ import annotations

import itertools
import json
import linecache
import math
from collections.abc import Callable
from functools import cache
from types import CodeType

import numpy as np
from assignments import OF, SOURCE, notebook_path

_numbers = itertools.count(1)


@cache
def solution_cells(assignment: str = "cnn-step-by-step") -> dict[str, str]:
    """The text of each solution cell of an instructor's notebook, by its function's name."""
    cells = json.loads(notebook_path(assignment).read_text(encoding="utf-8"))["cells"]
    marked = ((cell["metadata"].get("nbgrader", {}), "".join(cell["source"])) for cell in cells)
    return {marks["grade_id"]: text for marks, text in marked if marks.get("solution")}


def submitted(name: str, *cells: str) -> Callable:
    """Run the instructor's answers of its assignment, then `cells`; return the function called `name`.

    As in a kernel, all share one namespace, and error messages can show the lines of a cell.
    """
    namespace = {"np": np, "math": math, "itertools": itertools}
    for code in (*_instructors(OF[name]), *map(_compiled, cells)):
        exec(code, namespace)
    return namespace[name]


@cache
def _instructors(assignment: str) -> tuple[CodeType, ...]:
    """What a notebook has before any answer of a student's: the modules beside it, and the answers."""
    modules = (path.read_text(encoding="utf-8") for path in sorted((SOURCE / assignment).glob("*.py")))
    return tuple(map(_compiled, (*modules, *solution_cells(assignment).values())))


def _compiled(text: str) -> CodeType:
    path = f"<cell {next(_numbers)}>"
    linecache.cache[path] = (len(text), None, text.splitlines(keepends=True), path)
    return compile(text, path, "exec")
