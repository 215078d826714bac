"""What the gradebook knows of an assignment's cells, and how it takes over a new version of them.

nbgrader refuses to add or remove cells once there are submissions ("Cannot add or remove cells"), since
grades hang on them. Here the new version is entered whole beside the old one, the grades and comments are
hung on the new cells, and then the old ones go: all in one transaction.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from nbgrader.api import (
    Assignment,
    BaseCell,
    Comment,
    Grade,
    Gradebook,
    GradeCell,
    MissingEntry,
    Notebook,
    SolutionCell,
    SourceCell,
    SubmittedAssignment,
    SubmittedNotebook,
    TaskCell,
)
from sqlalchemy import delete, or_, select, update

from nbexaminer.errors import RegradeRefused

_TABLES = {"grade": GradeCell, "solution": SolutionCell, "task": TaskCell}
_GRADED, _COMMENTED = {"grade", "task"}, {"solution", "task"}  # which roles have a grade, which a comment
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


Definition = Mapping[str, NotebookCells]  # by the notebook's name
CellKey = tuple[str, str]  # a notebook's name and a cell's


@dataclass(frozen=True)
class Change:
    """One difference between two versions: where, what ("added", "points", ...), and more to say of it."""

    place: CellKey
    what: str
    more: str = ""


@dataclass(frozen=True)
class ManualGrade:
    """What a person gave a student for a cell."""

    student: str
    place: CellKey
    manual_score: float | None = None
    extra_credit: float | None = None
    manual_comment: str | None = None


def read(gradebook: Gradebook, assignment: str) -> dict[str, NotebookCells]:
    """Return the version of an assignment's cells that a gradebook has; {} if it was never released."""
    try:
        notebooks = gradebook.find_assignment(assignment).notebooks
    except MissingEntry:
        return {}
    return {notebook.name: _sheet(notebook) for notebook in notebooks}


def renames(old: Definition, new: Definition, said: Mapping[str, str]) -> dict[CellKey, str]:
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
        done = any(now in sheet and before not in sheet for sheet in old.values())
        if not done and now not in [name for (_, was), name in found.items() if was == before]:
            raise RegradeRefused(
                f"{before} can't be renamed {now}: the gradebook must have the one, and source/ the other."
            )
    return found


def compare(old: Definition, new: Definition, renamed: Mapping[CellKey, str]) -> list[Change]:
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


def leaving(
    gradebook: Gradebook, assignment: str, new: Definition, renamed: Mapping[CellKey, str]
) -> list[ManualGrade]:
    """Return what was given by hand for cells that have no grade or no comment in the new version."""
    notebooks = {notebook.name: notebook for notebook in gradebook.find_assignment(assignment).notebooks}
    return _given_by_hand(gradebook, _leaving(notebooks, new, renamed))


def change(
    gradebook: Gradebook,
    assignment: str,
    new: Definition,
    renamed: Mapping[CellKey, str],
    keep: Callable[[list[ManualGrade]], Any],
) -> None:
    """Take over the new version, in one transaction.

    Submissions, their times, penalties, flags, grades and comments stay, but for those of cells that are
    gone; `keep` is called with what was given for them by hand before that is final. New cells get empty
    grades and comments, as in a new submission.
    """
    session = gradebook.db
    try:
        master = gradebook.find_assignment(assignment)
        old = {notebook.name: notebook for notebook in master.notebooks}
        for notebook in old.values():
            notebook.name = notebook.id  # both versions are there for a while, and names are unique
        session.flush()  # from now on nobody else can write
        keep(_given_by_hand(gradebook, gone := _leaving(old, new, renamed)))
        for entry in (Grade, Comment):
            session.execute(delete(entry).where(entry.cell_id.in_([cell.id for _, cell in gone])))
        for name, sheet in new.items():
            _hand_over(session, old.get(name), _enter(session, master, name, sheet), renamed)
        for notebook in old.values():
            _remove(session, notebook)
        session.commit()
    except BaseException:
        session.rollback()
        raise


# ------------------------------------------------------------------------------------- two versions


def _sheet(notebook: Notebook) -> NotebookCells:
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


def _cells_by_new_name(version: Definition, notebook: str, renamed: Mapping[CellKey, str]) -> dict[str, Cell]:
    cells = version[notebook].cells if notebook in version else ()
    return {renamed.get((notebook, cell.name), cell.name): cell for cell in cells}


def _worth(cell: Cell) -> str:
    return "" if cell.points is None else f"{cell.points:g} points"


def _differences(place: CellKey, old: Cell, new: Cell) -> list[Change]:
    found = []
    if old.roles != new.roles or old.locked != new.locked or old.cell_type != new.cell_type:
        found.append(Change(place, "role", f"{_role(old)} → {_role(new)}"))
    if old.points != new.points and None not in (old.points, new.points):
        found.append(Change(place, "points", f"{old.points:g} → {new.points:g}"))
    if old.source != new.source:
        lines = [*difflib.ndiff(old.source.splitlines(), new.source.splitlines())]
        more, less = (sum(line.startswith(sign) for line in lines) for sign in "+-")
        found.append(Change(place, "test" if new.roles == {"grade"} else "text", f"+{more} −{less} lines"))
    return found


def _role(cell: Cell) -> str:
    kind = "answer graded by hand" if cell.roles in _BY_HAND else "test" if "grade" in cell.roles else ""
    kind = kind or ("answer" if "solution" in cell.roles else "locked" if cell.locked else "free")
    return f"{kind} ({cell.cell_type})"


# ---------------------------------------------------------------------------------------- gradebook


def _holders(cells: Iterable[BaseCell]) -> dict[tuple[Any, str], BaseCell]:
    """Return what grades and comments hang on: by the kind of entry and the name, a cell."""
    holders: dict[tuple[Any, str], BaseCell] = {}
    for cell in cells:
        role = next(role for role, table in _TABLES.items() if isinstance(cell, table))
        for entry, roles in ((Grade, _GRADED), (Comment, _COMMENTED)):
            if role in roles:
                holders[entry, cell.name] = cell
    return holders


def _leaving(
    notebooks: Mapping[str, Notebook], new: Definition, renamed: Mapping[CellKey, str]
) -> list[tuple[CellKey, BaseCell]]:
    """Return the cells whose grades, or whose comments, have no place in the new version."""
    found = []
    for notebook, master in notebooks.items():
        roles = {cell.name: cell.roles for cell in new[notebook].cells} if notebook in new else {}
        for (entry, name), cell in _holders(master._base_cells).items():
            wanted = _GRADED if entry is Grade else _COMMENTED
            if not wanted & roles.get(renamed.get((notebook, name), name), set()):
                found.append(((notebook, name), cell))
    return found


def _given_by_hand(gradebook: Gradebook, cells: list[tuple[CellKey, BaseCell]]) -> list[ManualGrade]:
    found: dict[tuple[str, CellKey], dict[str, Any]] = {}
    for place, cell in cells:
        for entry, columns in (
            (Grade, (Grade.manual_score, Grade.extra_credit)),
            (Comment, (Comment.manual_comment,)),
        ):
            query = (
                select(SubmittedAssignment.student_id, *columns)
                .select_from(entry)
                .join(SubmittedNotebook, entry.notebook_id == SubmittedNotebook.id)
                .join(SubmittedAssignment, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
                .where(entry.cell_id == cell.id, or_(*(column.is_not(None) for column in columns)))
            )
            for student, *values in gradebook.db.execute(query):
                given = found.setdefault((student, place), {})
                given.update(zip((column.key for column in columns), values, strict=True))
    return [ManualGrade(student, place, **given) for (student, place), given in sorted(found.items())]


def _enter(session: Any, master: Assignment, name: str, sheet: NotebookCells) -> Notebook:
    """Enter a notebook and its cells in nbgrader's order, one by one: it gives them back as they came."""
    notebook = Notebook(name=name, kernelspec=sheet.kernelspec, assignment=master)
    session.add(notebook)
    for role, table in _TABLES.items():
        for cell in sheet.cells:
            if role in cell.roles:
                graded = {"max_score": cell.points, "cell_type": cell.cell_type} if role in _GRADED else {}
                session.add(table(name=cell.name, notebook=notebook, **graded))
                session.flush()
    for cell in sheet.cells:
        kept = {key: getattr(cell, key) for key in ("name", "cell_type", "locked", "source", "checksum")}
        session.add(SourceCell(notebook=notebook, **kept))
        session.flush()
    return notebook


def _hand_over(session: Any, old: Notebook | None, new: Notebook, renamed: Mapping[CellKey, str]) -> None:
    """Hang on a notebook what hung on the old one, and empty entries on the cells that are new."""
    cells = _holders(new._base_cells)
    empty = dict(cells)
    if old:
        for (entry, was), cell in _holders(old._base_cells).items():
            key = entry, renamed.get((new.name, was), was)
            if key in cells:
                values: dict[str, Any] = {"cell_id": empty.pop(key).id}
                if entry is Comment and key[1] != was:
                    values["auto_comment"] = None  # no submission has an answer of the new name
                session.execute(update(entry).where(entry.cell_id == cell.id).values(**values))
        mine = update(SubmittedNotebook).where(SubmittedNotebook.notebook_id == old.id)
        session.execute(mine.values(notebook_id=new.id))
    else:
        for submission in new.assignment.submissions:
            session.add(SubmittedNotebook(notebook_id=new.id, assignment_id=submission.id))
        session.flush()
    query = select(SubmittedNotebook.id).where(SubmittedNotebook.notebook_id == new.id)
    for submitted in session.scalars(query).all():
        session.add_all(entry(cell_id=cell.id, notebook_id=submitted) for (entry, _), cell in empty.items())
    session.flush()


def _remove(session: Any, notebook: Notebook) -> None:
    """Take an old notebook out, on which no grade hangs any more."""
    cells = select(BaseCell.id).where(BaseCell.notebook_id == notebook.id)
    ids = session.scalars(cells).all()
    for table in (*(kind.__table__ for kind in _TABLES.values()), BaseCell.__table__):
        session.execute(delete(table).where(table.c.id.in_(ids)))
    for table, key in ((SubmittedNotebook, "notebook_id"), (SourceCell, "notebook_id"), (Notebook, "id")):
        table = table.__table__
        session.execute(delete(table).where(table.c[key] == notebook.id))
