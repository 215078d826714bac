"""The cells of an assignment as the gradebook keeps them, and how two versions of them differ."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field

from nbgrader.api import (
    Gradebook,
    GradeCell,
    MissingEntry,
    Notebook,
    SolutionCell,
    TaskCell,
)

from nbexaminer.errors import RegradeRefused

TABLES = {"grade": GradeCell, "solution": SolutionCell, "task": TaskCell}
_BY_HAND = {frozenset(("grade", "solution")), frozenset(("task",))}


@dataclass(frozen=True)
class Cell:
    """A cell as the gradebook keeps it; roles: "grade", "solution", "task", or none."""

    name: str
    roles: frozenset[str]
    points: float | None
    cell_type: str
    locked: bool
    source: str
    checksum: str | None = field(compare=False)


@dataclass(frozen=True)
class NotebookCells:
    """The cells of one notebook, in order."""

    kernelspec: str | None
    cells: tuple[Cell, ...]

    def __contains__(self, name: str) -> bool:
        return any(cell.name == name for cell in self.cells)


AssignmentCells = Mapping[str, NotebookCells]  # by the notebook's name
CellKey = tuple[str, str]  # a notebook's name and a cell's


@dataclass(frozen=True)
class Change:
    """One difference between two versions: of which cell, what ("added", "points", ...), and more to say."""

    key: CellKey
    what: str
    more: str = ""


def read(gradebook: Gradebook, assignment: str) -> dict[str, NotebookCells]:
    """Return the version of an assignment's cells that a gradebook has; {} if it was never released."""
    try:
        notebooks = gradebook.find_assignment(assignment).notebooks
    except MissingEntry:
        return {}
    return {notebook.name: _cells_of(notebook) for notebook in notebooks}


def renames(old: AssignmentCells, new: AssignmentCells, said: Mapping[str, str]) -> dict[CellKey, str]:
    """Return the new names of cells that were only renamed: those that are said to be, and those that alone
    have the same text and roles as before.

    Raises RegradeRefused if there are no such cells, or if students' answers bear the old name.
    """
    found: dict[CellKey, str] = {}
    for notebook in old.keys() & new.keys():
        gone = {cell.name: cell for cell in old[notebook].cells if cell.name not in new[notebook]}
        come = {cell.name: cell for cell in new[notebook].cells if cell.name not in old[notebook]}
        pairs = {before: now for before, now in said.items() if before in gone and now in come}
        for before in gone.keys() - pairs.keys():
            alike = [name for name in come if _text(come[name]) == _text(gone[before])]
            rivals = [name for name in gone if _text(gone[name]) == _text(gone[before])]
            if len(alike) == len(rivals) == 1 and alike[0] not in pairs.values():
                pairs[before] = alike[0]
        for before, now in pairs.items():
            if gone[before].roles in _BY_HAND or come[now].roles in _BY_HAND:
                raise RegradeRefused(
                    f"{notebook}.ipynb, {now}: the answers handed in are known as {before}, and would get no"
                    f" score. Give the cell the grade_id {before} again; its title and text may change."
                )
            found[notebook, before] = now
    for before, now in said.items():
        done = any(now in cells and before not in cells for cells in old.values())
        if not done and now not in [name for (_, was), name in found.items() if was == before]:
            raise RegradeRefused(
                f"{before} can't be renamed {now}: the gradebook must have the one, and source/ the other."
            )
    return found


def compare(old: AssignmentCells, new: AssignmentCells, renamed: Mapping[CellKey, str]) -> list[Change]:
    """Return what differs, by notebook, in the order of the new cells."""
    changes = []
    for notebook in [*new, *(name for name in old if name not in new)]:
        before = _cells_by_new_name(old, notebook, renamed)
        now = {cell.name: cell for cell in new[notebook].cells} if notebook in new else {}
        was = {name: name_before for (where, name_before), name in renamed.items() if where == notebook}
        found = []
        for name, cell in now.items():
            if name in was:
                more = (
                    "; in submissions it stays a cell of the student's own"
                    if "solution" in cell.roles
                    else ""
                )
                found.append(Change((notebook, name), "renamed", f"was {was[name]}{more}"))
            if name not in before:
                found.append(Change((notebook, name), "added", _worth(cell)))
            else:
                found += _differences((notebook, name), before[name], cell)
        gone = [cell for name, cell in before.items() if name not in now]
        found += [Change((notebook, cell.name), "removed", _worth(cell)) for cell in gone]
        if [name for name in before if name in now] != [name for name in now if name in before]:
            found.append(Change((notebook, ""), "order", "the cells are in another order"))
        kernels = [version[notebook].kernelspec for version in (old, new) if notebook in version]
        if not found and kernels[0] != kernels[-1]:
            found.append(Change((notebook, ""), "kernel"))
        changes += found
    return changes


# ------------------------------------------------------------------------------------- two versions


def _cells_of(notebook: Notebook) -> NotebookCells:
    graded = (*notebook.grade_cells, *notebook.task_cells)
    points = {cell.name: cell.max_score for cell in graded}
    kinds = {"grade": notebook.grade_cells, "solution": notebook.solution_cells, "task": notebook.task_cells}
    roles = {role: {cell.name for cell in cells} for role, cells in kinds.items()}
    return NotebookCells(
        notebook.kernelspec,
        tuple(
            Cell(
                cell.name,
                frozenset(role for role, names in roles.items() if cell.name in names),
                points.get(cell.name),
                cell.cell_type,
                cell.locked,
                cell.source,
                cell.checksum,
            )
            for cell in notebook.source_cells
        ),
    )


def _text(cell: Cell) -> tuple[object, ...]:
    return cell.source, cell.cell_type, cell.roles, cell.locked


def _cells_by_new_name(
    version: AssignmentCells, notebook: str, renamed: Mapping[CellKey, str]
) -> dict[str, Cell]:
    cells = version[notebook].cells if notebook in version else ()
    return {renamed.get((notebook, cell.name), cell.name): cell for cell in cells}


def _worth(cell: Cell) -> str:
    return "" if cell.points is None else f"{cell.points:g} points"


def _differences(key: CellKey, old: Cell, new: Cell) -> list[Change]:
    found = []
    if old.roles != new.roles or old.locked != new.locked or old.cell_type != new.cell_type:
        found.append(Change(key, "role", f"{_role(old)} → {_role(new)}"))
    if old.points != new.points and None not in (old.points, new.points):
        found.append(Change(key, "points", f"{old.points:g} → {new.points:g}"))
    if old.source != new.source:
        lines = [*difflib.ndiff(old.source.splitlines(), new.source.splitlines())]
        more, less = (sum(line.startswith(sign) for line in lines) for sign in "+-")
        found.append(Change(key, "test" if new.roles == {"grade"} else "text", f"+{more} −{less} lines"))
    return found


def _role(cell: Cell) -> str:
    kind = "answer graded by hand" if cell.roles in _BY_HAND else "test" if "grade" in cell.roles else ""
    kind = kind or ("answer" if "solution" in cell.roles else "locked" if cell.locked else "free")
    return f"{kind} ({cell.cell_type})"
