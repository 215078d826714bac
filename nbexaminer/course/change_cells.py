"""Take over a new version of an assignment's cells in the gradebook, after submissions came in.

nbgrader refuses to add or remove cells then ("Cannot add or remove cells"), since grades hang on them. Here
the new version is entered whole beside the old one, the grades and comments are hung on the new cells, and
then the old ones go: all in one transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from nbgrader.api import (
    Assignment,
    BaseCell,
    Comment,
    Grade,
    Gradebook,
    Notebook,
    SourceCell,
    SubmittedAssignment,
    SubmittedNotebook,
)
from sqlalchemy import delete, or_, select, update

from nbexaminer.course.notebook_cells import TABLES, AssignmentCells, CellKey, NotebookCells

_GRADED, _COMMENTED = {"grade", "task"}, {"solution", "task"}  # which roles have a grade, which a comment


@dataclass(frozen=True)
class ManualGrade:
    """What a person gave a student for a cell."""

    student: str
    key: CellKey
    manual_score: float | None = None
    extra_credit: float | None = None
    manual_comment: str | None = None


def leaving(
    gradebook: Gradebook, assignment: str, new: AssignmentCells, renamed: Mapping[CellKey, str]
) -> list[ManualGrade]:
    """Return what was given by hand for cells that have no grade or no comment in the new version."""
    notebooks = {notebook.name: notebook for notebook in gradebook.find_assignment(assignment).notebooks}
    return _manual_grades(gradebook, _leaving(notebooks, new, renamed))


def change(
    gradebook: Gradebook,
    assignment: str,
    new: AssignmentCells,
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
        keep(_manual_grades(gradebook, gone := _leaving(old, new, renamed)))
        for entry in (Grade, Comment):
            session.execute(delete(entry).where(entry.cell_id.in_([cell.id for _, cell in gone])))
        for name, cells in new.items():
            _hand_over(session, old.get(name), _enter(session, master, name, cells), renamed)
        for notebook in old.values():
            _remove(session, notebook)
        session.commit()
    except BaseException:
        session.rollback()
        raise


def _holders(cells: Iterable[BaseCell]) -> dict[tuple[Any, str], BaseCell]:
    """Return what grades and comments hang on: by the kind of entry and the name, a cell."""
    holders: dict[tuple[Any, str], BaseCell] = {}
    for cell in cells:
        role = next(role for role, table in TABLES.items() if isinstance(cell, table))
        for entry, roles in ((Grade, _GRADED), (Comment, _COMMENTED)):
            if role in roles:
                holders[entry, cell.name] = cell
    return holders


def _leaving(
    notebooks: Mapping[str, Notebook], new: AssignmentCells, renamed: Mapping[CellKey, str]
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


def _manual_grades(gradebook: Gradebook, cells: list[tuple[CellKey, BaseCell]]) -> list[ManualGrade]:
    found: dict[tuple[str, CellKey], dict[str, Any]] = {}
    for key, cell in cells:
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
                given = found.setdefault((student, key), {})
                given.update(zip((column.key for column in columns), values, strict=True))
    return [ManualGrade(student, key, **given) for (student, key), given in sorted(found.items())]


def _enter(session: Any, master: Assignment, name: str, cells: NotebookCells) -> Notebook:
    """Enter a notebook and its cells in nbgrader's order, one by one: it gives them back as they came."""
    notebook = Notebook(name=name, kernelspec=cells.kernelspec, assignment=master)
    session.add(notebook)
    for role, table in TABLES.items():
        for cell in cells.cells:
            if role in cell.roles:
                graded = {"max_score": cell.points, "cell_type": cell.cell_type} if role in _GRADED else {}
                session.add(table(name=cell.name, notebook=notebook, **graded))
                session.flush()
    for cell in cells.cells:
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
    for table in (*(kind.__table__ for kind in TABLES.values()), BaseCell.__table__):
        session.execute(delete(table).where(table.c.id.in_(ids)))
    for table, key in ((SubmittedNotebook, "notebook_id"), (SourceCell, "notebook_id"), (Notebook, "id")):
        table = table.__table__
        session.execute(delete(table).where(table.c[key] == notebook.id))
