"""Check the form of an assignment's source notebooks, at three levels.

An error would break the release or the grading, or lose something that the release takes out; a warning
says what may not work as it is meant; house style (house_style.py) is what this course asks beyond that.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

from nbformat import NotebookNode, reader, validator

from nbexaminer.course import house_style
from nbexaminer.course.course import Course
from nbexaminer.course.preprocessors import solution_markers
from nbexaminer.course.source_cells import is_answer, is_solution, is_test
from nbexaminer.course.wire_problems import wire_problems
from nbexaminer.engine.cells import grade_id

HIDDEN_START, HIDDEN_END = "BEGIN HIDDEN TESTS", "END HIDDEN TESTS"

_POINTS = re.compile(r"\bpoints=([\d.]+)")


class Level(IntEnum):
    """How much a problem matters."""

    STYLE = 0
    WARNING = 1
    ERROR = 2


@dataclass(frozen=True)
class Problem:
    """What is wrong, where, and what to do about it."""

    level: Level
    text: str

    @property
    def is_error(self) -> bool:
        return self.level == Level.ERROR


def lint(course: Course, assignment: str) -> list[Problem]:
    """Return the problems of an assignment's source notebooks, in their order."""
    folder = course.folder("source", assignment)
    paths = sorted(folder.glob("*.ipynb"))
    if not paths:
        where = folder.relative_to(course.root) if folder.is_relative_to(course.root) else folder
        return [Problem(Level.ERROR, f"{where}: it holds no notebook; put one there.")]
    markers = solution_markers(course.config)
    return [
        Problem(level, f"{path.relative_to(course.root)}{text}")
        for path in paths
        for level, text in _problems(path, markers)
    ]


def _problems(path: Path, markers: list[tuple[str, str]]) -> Iterator[tuple[Level, str]]:
    try:
        notebook = reader.reads(path.read_text(encoding="utf-8"))
        invalid = list(validator.iter_validate(json.loads(path.read_text(encoding="utf-8"))))
        kinds = [cell.cell_type for cell in notebook.cells]
    except Exception as error:  # whatever a broken file makes the reader raise
        yield Level.ERROR, f": it is no notebook ({error}); restore it."
        return
    yield from ((Level.STYLE, text) for text in house_style.notebook_problems(notebook))
    for one in invalid:
        where = "/".join(map(str, one.relative_path)) or "it"
        yield Level.WARNING, f": {where} is not valid ({one.message[:200]}); repair it."
    if invalid:
        return
    for name, count in Counter(filter(None, map(grade_id, notebook.cells))).items():
        if count > 1:
            yield Level.ERROR, f": {count} cells have the grade_id {name!r}; give each its own."
    for index, kind in enumerate(kinds):
        cell = notebook.cells[index]
        where = f", cell {index} ({grade_id(cell) or cell.get('id', kind)})"
        for level, text in _cell_problems(notebook, index, markers):
            yield level, f"{where}: {text}"
        for text in house_style.cell_problems(notebook, index, path.parent):
            yield Level.STYLE, f"{where}: {text}"


def _cell_problems(
    notebook: NotebookNode, index: int, markers: list[tuple[str, str]]
) -> Iterator[tuple[Level, str]]:
    cell = notebook.cells[index]
    if is_answer(cell):
        yield from _answer(cell, markers)
    if is_test(cell):
        yield from _test(cell)
        if cell.cell_type == "code":
            yield from ((Level.WARNING, text) for text in _through_the_wire(cell, notebook.cells[:index]))


def _answer(cell: NotebookNode, markers: list[tuple[str, str]]) -> Iterator[tuple[Level, str]]:
    """The release replaces what is between the markers; without any, the whole cell."""
    solution: list[str] = []
    open_until, count = "", 0
    for line in cell.source.splitlines():
        begins = next((end for begin, end in markers if begin in line), "")
        ends = next((end for _, end in markers if end in line), "")
        if (begins and open_until) or (ends and ends != open_until):
            yield Level.ERROR, _no_partner(line, markers)
            return
        if open_until and not ends:
            solution.append(line)
        open_until, count = ("", count) if ends else (begins or open_until, count + bool(begins))
    if open_until:
        yield Level.ERROR, _no_partner(open_until, markers)
    elif is_solution(cell) and cell.cell_type == "code":
        if not count:
            begin, end = markers[0]
            text = f"put {begin!r} and {end!r} around the solution; else the release replaces the whole cell."
            yield Level.STYLE, text
        elif not any(re.match(r"\s*[^\s#]", line) for line in solution):
            yield Level.WARNING, "write the solution between its markers; there is none."


def _no_partner(line: str, markers: list[tuple[str, str]]) -> str:
    wanted = " or ".join(f"{begin!r} ... {end!r}" for begin, end in markers)
    return f"give the solution marker {line.strip()!r} its partner: {wanted}."


def _test(cell: NotebookNode) -> Iterator[tuple[Level, str]]:
    found = re.findall(f"{HIDDEN_START}|{HIDDEN_END}", cell.source)
    if found != [HIDDEN_START, HIDDEN_END] * (len(found) // 2):
        yield Level.ERROR, f"give each line '### {HIDDEN_START}' one line '### {HIDDEN_END}' below it."
        return
    promised = cell.metadata.nbgrader.get("points")
    given = [float(points) for points in _POINTS.findall("\n".join(_between(cell, HIDDEN_START, HIDDEN_END)))]
    if given and given != [promised]:
        text = f"let its hidden test give points={promised}, as its metadata say; it gives {given}."
        yield Level.ERROR, text


def _through_the_wire(cell: NotebookNode, earlier: list[NotebookNode]) -> Iterator[str]:
    texts = [other.source for other in earlier if other.cell_type == "code"]
    for line, problem in wire_problems(cell.source, texts):
        yield f"line {line}: {problem}"


def _between(cell: NotebookNode, start: str, end: str) -> list[str]:
    inside: str = cell.source.partition(start)[2].partition(end)[0]
    return inside.splitlines()[1:]
