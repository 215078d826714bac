"""What makes a student of a sample class different: steps that change a notebook, one after the other.

A step is a function that changes a notebook in place. The answers stand between the markers of a solution
cell, of which each cell has one pair.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

REGION = re.compile(r"(### START CODE HERE ###[^\n]*\n)(.*?)([ ]*### END CODE HERE ###)", re.DOTALL)

Step = Callable[[NotebookNode], None]


# ------------------------------------------------------------------------------------------ cells


def grade_id(cell: NotebookNode) -> str:
    return cell.metadata.get("nbgrader", {}).get("grade_id", "")


def solutions(notebook: NotebookNode) -> Iterator[NotebookNode]:
    return (cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("solution"))


def index(notebook: NotebookNode, name: str) -> int:
    return [grade_id(cell) for cell in notebook.cells].index(name)


def fill(notebook: NotebookNode, name: str, body: str) -> None:
    """Put code between the markers of an exercise."""
    cell = notebook.cells[index(notebook, name)]
    cell.source = REGION.sub(lambda region: region[1] + body + region[3], cell.source)


# ---------------------------------------------------------------- steps that change what is answered


def edit(pattern: str, by: str, *names: str) -> Step:
    """Replace a pattern between the markers, in the named exercises or in all."""

    def step(notebook: NotebookNode) -> None:
        for cell in list(solutions(notebook)):
            if not names or grade_id(cell) in names:
                body, count = re.subn(pattern, by, REGION.search(cell.source)[2], flags=re.MULTILINE)
                if names and not count:
                    raise ValueError(f"{grade_id(cell)} holds no {pattern!r}")
                fill(notebook, grade_id(cell), body)

    return step


def begin_with(line: str, *names: str) -> Step:
    """Put a line first in the named answers, or in all."""
    return edit(r"\A", f"    {line}\n", *names)


def written(path: Path) -> Step:
    """Take over the functions in a file of answers.

    A function's body goes between the markers, less the lines that follow them anyway. Where its
    first line differs, it replaces the cell. The rest of the file is a cell of the student's own.
    """
    text = path.read_text(encoding="utf-8")

    def step(notebook: NotebookNode) -> None:
        own = []
        for code in text.split("\n\n\n"):
            head, _, body = code.rstrip().partition("\n")
            cell = next((cell for cell in solutions(notebook) if f"def {grade_id(cell)}(" in head), None)
            if cell is None:
                own.append(code.rstrip())
            elif cell.source.startswith(head):
                after = REGION.split(cell.source)[-1]
                fill(notebook, grade_id(cell), body.removesuffix(after).rstrip("\n") + "\n")
            else:
                cell.source = code.rstrip()
        first = min(index(notebook, grade_id(cell)) for cell in solutions(notebook))
        notebook.cells.insert(first, new_code_cell("\n\n\n".join(own), id="my-own"))

    return step


def none_everywhere(notebook: NotebookNode) -> None:
    for cell in list(solutions(notebook)):
        results = cell.source.rpartition("return ")[2]
        fill(notebook, grade_id(cell), f"    {results.replace(', ', ' = ')} = None\n")


# -------------------------------------------------------------------- steps that change the notebook


def delete(name: str) -> Step:
    return lambda notebook: notebook.cells.pop(index(notebook, name))


def insert_before(name: str, cell: NotebookNode) -> Step:
    return lambda notebook: notebook.cells.insert(index(notebook, name), deepcopy(cell))


def duplicate(name: str, old: str = "", new: str = "") -> Step:
    """Leave an earlier attempt, a copy with the same grade_id, before a cell."""

    def step(notebook: NotebookNode) -> None:
        original = notebook.cells[index(notebook, name)]
        copy = deepcopy(original) | {"id": f"{original.id}-copy", "source": original.source.replace(old, new)}
        notebook.cells.insert(index(notebook, name), nbformat.from_dict(copy))

    return step


def passing_test(name: str) -> Step:
    """Replace a test by one that always passes, and ask ten times the points for it."""

    def step(notebook: NotebookNode) -> None:
        cell = notebook.cells[index(notebook, name)]
        cell.source = "float(300)"
        cell.metadata.nbgrader.points *= 10

    return step


def sections_reversed(notebook: NotebookNode) -> None:
    """The last exercise first, each with all that follows it up to the next one."""
    starts = [index(notebook, grade_id(cell)) for cell in solutions(notebook)]
    sections = [notebook.cells[start:end] for start, end in zip(starts, [*starts[1:], None], strict=True)]
    notebook.cells[starts[0] :] = [cell for section in reversed(sections) for cell in section]


def another_notebook(notebook: NotebookNode) -> None:
    notebook.cells = [
        new_markdown_cell("# Week 1", id="title"),
        new_code_cell('print("Hello, world")', id="hello"),
    ]


# ----------------------------------------------------------------------------- what befalls the file


def cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:2000])


def not_handed_in(path: Path) -> None:
    path.with_name("note.txt").write_text("I shall hand it in next week.\n")
    path.unlink()
