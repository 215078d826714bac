"""The only writer of the gradebook during a batch: one transaction for each submission.

The rows are those that `nbgrader autograde` makes, since the same code of nbgrader's decides on them
(grades.py); only that they are read and written in bulk, where nbgrader asks for each cell and commits.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from nbgrader.api import (
    BaseCell,
    Comment,
    Grade,
    Gradebook,
    Notebook,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
    new_uuid,
)
from nbgrader.utils import parse_utc
from sqlalchemy import Connection, Row, Table, bindparam, event, insert, or_, select, update
from sqlalchemy.orm import selectinload, undefer

from nbexaminer.course.grades import CellComment, CellGrade, ManualGrades, NotebookGrades
from nbexaminer.course.notebook_cells import CellKey

_STUDENT: Table = Student.__table__
_SUBMISSION: Table = SubmittedAssignment.__table__
_NOTEBOOK: Table = SubmittedNotebook.__table__
_GRADE: Table = Grade.__table__
_COMMENT: Table = Comment.__table__

_AT_ONCE = 500  # submissions in memory


def submissions(gradebook: Gradebook, assignment: str) -> Iterator[SubmittedAssignment]:
    """Yield all that was handed in for an assignment, with its scores, which nbgrader would ask for one by
    one."""
    grades = selectinload(SubmittedNotebook.grades)
    notebooks = selectinload(SubmittedAssignment.notebooks)
    yield from (
        gradebook.db.query(SubmittedAssignment)
        .filter_by(assignment=gradebook.find_assignment(assignment))
        .options(
            undefer(SubmittedAssignment.score),
            undefer(SubmittedAssignment.late_submission_penalty),
            notebooks.options(
                selectinload(SubmittedNotebook.notebook),
                grades.options(undefer(Grade.max_score), selectinload(Grade.cell)),
            ),
        )
        .yield_per(_AT_ONCE)
    )


class GradebookWriter:
    """An open gradebook, as long as a batch lasts."""

    def __init__(self, db_url: str, course_id: str) -> None:
        self._gradebook = Gradebook(db_url, course_id)
        if self._gradebook.engine.dialect.name == "sqlite":
            event.listen(self._gradebook.engine, "connect", _keep_journal)
        self._cells: dict[str, _Cells] = {}

    def manual_grades(self, assignment: str, timestamps: Mapping[str, datetime]) -> dict[str, ManualGrades]:
        """Return what people have entered for an assignment, by student, read at once.

        timestamps: when submissions came in that are to be graded now, by student.
        """
        due = self._gradebook.find_assignment(assignment).duedate
        scores: dict[str, dict[CellKey, tuple[float | None, float | None]]] = defaultdict(dict)
        comments: dict[str, dict[CellKey, str]] = defaultdict(dict)
        given = (Grade.manual_score, Grade.extra_credit)
        for student, *key, score, extra in self._entered(assignment, Grade, *given):
            scores[student][tuple(key)] = score, extra
        for student, *key, comment in self._entered(assignment, Comment, Comment.manual_comment):
            comments[student][tuple(key)] = comment
        late = {student: _seconds_late(when, due, None) for student, when in timestamps.items()}
        for submission in self._gradebook.db.query(SubmittedAssignment).filter_by(
            assignment=self._gradebook.find_assignment(assignment)
        ):
            when = timestamps.get(submission.student_id) or submission.timestamp
            late[submission.student_id] = _seconds_late(when, due, submission.extension)
        self._gradebook.db.rollback()  # what was read may change, and is to be read anew the next time
        return {
            student: ManualGrades(scores.get(student, {}), comments.get(student, {}), late[student])
            for student in late
        }

    def _entered(self, assignment: str, kind: Any, *columns: Any) -> Any:
        """Return a query for what people entered: student, notebook, cell and these columns."""
        return (
            self._gradebook.db.query(SubmittedAssignment.student_id, Notebook.name, BaseCell.name, *columns)
            .select_from(kind)
            .join(SubmittedNotebook, kind.notebook_id == SubmittedNotebook.id)
            .join(SubmittedAssignment, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
            .join(Notebook, SubmittedNotebook.notebook_id == Notebook.id)
            .join(BaseCell, kind.cell_id == BaseCell.id)
            .filter(SubmittedAssignment.assignment == self._gradebook.find_assignment(assignment))
            .filter(or_(*(column.is_not(None) for column in columns)))
        )

    def record(
        self,
        assignment: str,
        student: str,
        timestamp: datetime | None,
        notebooks: Mapping[str, NotebookGrades],
    ) -> bool:
        """Enter the grades of a submission's executed notebooks, all of them or none.

        Returns False, with nothing entered, if people have entered something since that these grades were
        not decided with. Raises MissingEntry if the gradebook lacks the assignment, or a notebook a cell.
        """
        if assignment not in self._cells:
            self._cells[assignment] = _Cells.of(self._gradebook, assignment)
        cells = self._cells[assignment]
        with self._gradebook.engine.begin() as connection:
            rows = _Rows(connection, cells, student, timestamp)
            for notebook_id, name in cells.notebooks.items():
                if not rows.fill(notebook_id, notebooks.get(name)):
                    connection.rollback()
                    return False
            rows.write()
        return True

    def close(self) -> None:
        self._gradebook.close()


def _keep_journal(connection: Any, record: object) -> None:
    """Let SQLite empty its journal after a transaction, not delete it: as safe, and a third less waiting for
    the disk (https://sqlite.org/pragma.html#pragma_journal_mode)."""
    connection.execute("PRAGMA journal_mode = TRUNCATE")


@dataclass(frozen=True)
class _Cells:
    """What an assignment's submissions are made of in the gradebook, by ids.

    notebooks: names; grades, comments: by notebook, the cells that have one, with their names.
    """

    assignment_id: str
    notebooks: dict[str, str]
    grades: dict[str, dict[str, str]]
    comments: dict[str, dict[str, str]]

    @classmethod
    def of(cls, gradebook: Gradebook, assignment: str) -> _Cells:
        master = gradebook.find_assignment(assignment)
        graded, commented = {}, {}
        for notebook in master.notebooks:
            tasks = {cell.id: cell.name for cell in notebook.task_cells}
            graded[notebook.id] = {cell.id: cell.name for cell in notebook.grade_cells} | tasks
            commented[notebook.id] = {cell.id: cell.name for cell in notebook.solution_cells} | tasks
        cells = cls(master.id, {one.id: one.name for one in master.notebooks}, graded, commented)
        gradebook.db.rollback()  # the session holds nothing that another connection waits for
        return cells


class _Rows:
    """The rows of one submission, those that are there and those that nbgrader would make, in bulk."""

    def __init__(
        self, connection: Connection, cells: _Cells, student: str, timestamp: datetime | None
    ) -> None:
        self._connection, self._cells = connection, cells
        self._new: dict[Table, list[dict[str, Any]]] = defaultdict(list)
        self._changed: dict[Table, list[dict[str, Any]]] = defaultdict(list)
        where = (_SUBMISSION.c.assignment_id == cells.assignment_id, _SUBMISSION.c.student_id == student)
        submission = connection.scalar(select(_SUBMISSION.c.id).where(*where))
        self._notebooks: dict[str, str] = {}
        self._grades: dict[tuple[str, str], Row[Any]] = {}
        self._comments: dict[tuple[str, str], Row[Any]] = {}
        if submission is None:
            self._submission = self._begin(student, timestamp)
            return
        self._submission = submission
        if timestamp is not None:
            values = {"timestamp": parse_utc(timestamp)}
            connection.execute(update(_SUBMISSION).where(_SUBMISSION.c.id == submission).values(values))
        self._read()

    def _begin(self, student: str, timestamp: datetime | None) -> str:
        if self._connection.scalar(select(_STUDENT.c.id).where(_STUDENT.c.id == student)) is None:
            self._new[_STUDENT].append({"id": student})
        submission: str = new_uuid()
        self._new[_SUBMISSION].append(
            {
                "id": submission,
                "assignment_id": self._cells.assignment_id,
                "student_id": student,
                "timestamp": parse_utc(timestamp) if timestamp else None,
            }
        )
        return submission

    def _read(self) -> None:
        of_submission = _NOTEBOOK.c.assignment_id == self._submission
        found = self._connection.execute(select(_NOTEBOOK.c.notebook_id, _NOTEBOOK.c.id).where(of_submission))
        self._notebooks = {row.notebook_id: row.id for row in found}
        for table, rows, given in (
            (_GRADE, self._grades, (_GRADE.c.manual_score, _GRADE.c.extra_credit)),
            (_COMMENT, self._comments, (_COMMENT.c.manual_comment,)),
        ):
            query = select(table.c.notebook_id, table.c.cell_id, table.c.id, *given)
            for row in self._connection.execute(
                query.where(table.c.notebook_id.in_(self._notebooks.values()))
            ):
                rows[row.notebook_id, row.cell_id] = row

    def fill(self, notebook_id: str, decided: NotebookGrades | None) -> bool:
        """Note what is to be written of a notebook; decided: None if it was not handed in.

        Returns False if people have entered something that it was not decided with.
        """
        is_new = notebook_id not in self._notebooks
        submitted = self._notebooks.setdefault(notebook_id, new_uuid())
        penalty = decided.late_submission_penalty if decided else None
        if is_new:
            self._new[_NOTEBOOK].append(
                {
                    "id": submitted,
                    "assignment_id": self._submission,
                    "notebook_id": notebook_id,
                    "late_submission_penalty": penalty,
                }
            )
        elif decided:
            self._changed[_NOTEBOOK].append({"row": submitted, "late_submission_penalty": penalty})
        for cell_id, name in self._cells.grades[notebook_id].items():
            grade = decided.find_grade(name) if decided else CellGrade(0.0, None, None, 0, False)
            row = self._grades.get((submitted, cell_id))
            given = (grade.manual_score, grade.extra_credit)
            if decided and row is not None and (row.manual_score, row.extra_credit) != given:
                return False
            values = {"auto_score": grade.auto_score, "needs_manual_grade": grade.needs_manual_grade}
            self._put(_GRADE, submitted, cell_id, row, values)
        for cell_id, name in self._cells.comments[notebook_id].items():
            comment = decided.find_comment(name) if decided else CellComment()
            row = self._comments.get((submitted, cell_id))
            if decided and row is not None and row.manual_comment != comment.manual_comment:
                return False
            if decided or row is None:
                self._put(_COMMENT, submitted, cell_id, row, {"auto_comment": comment.auto_comment})
        return True

    def _put(
        self, table: Table, submitted: str, cell_id: str, row: Row[Any] | None, values: dict[str, Any]
    ) -> None:
        if row is None:
            self._new[table].append({"cell_id": cell_id, "notebook_id": submitted} | values)
        else:
            self._changed[table].append({"row": row.id} | values)

    def write(self) -> None:
        """Write all, a statement for each table."""
        for table, rows in self._new.items():
            self._connection.execute(insert(table), rows)
        for table, rows in self._changed.items():
            columns: dict[str, Any] = {name: bindparam(name) for name in rows[0] if name != "row"}
            statement = update(table).where(table.c.id == bindparam("row")).values(columns)
            self._connection.execute(statement, rows)


def _seconds_late(when: datetime | None, due: datetime | None, extension: timedelta | None) -> float:
    """Return what nbgrader's SubmittedAssignment.total_seconds_late says."""
    if when is None or due is None:
        return 0.0
    return max(0.0, (when - due - (extension or timedelta())).total_seconds())
