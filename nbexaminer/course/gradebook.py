"""The only writer of the gradebook during a batch: one transaction for each submission.

The rows are those that `nbgrader autograde` makes, since the same code of nbgrader's decides on them
(grades.py); only that it does not open, read and commit the database anew for each cell.
"""

from __future__ import annotations

import contextlib
import warnings
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from nbgrader.api import (
    BaseCell,
    Comment,
    Grade,
    Gradebook,
    MissingEntry,
    Notebook,
    SubmittedAssignment,
    SubmittedNotebook,
)
from sqlalchemy import or_
from sqlalchemy.exc import SAWarning
from sqlalchemy.orm import Query, Session, selectinload, undefer

from nbexaminer.course.grades import CellKey, ManualGrades, NotebookGrades

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
        self._cells: dict[str, str] = {}

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
        return {
            student: ManualGrades(scores.get(student, {}), comments.get(student, {}), late[student])
            for student in late
        }

    def _entered(self, assignment: str, kind: type, *columns: Any) -> Query:
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
        not decided with. Raises MissingEntry if the gradebook lacks the assignment.
        """
        with self._transaction() as session:
            gradebook = self._gradebook
            gradebook.update_or_create_student(student)
            when = {} if timestamp is None else {"timestamp": timestamp}
            submission = gradebook.update_or_create_submission(assignment, student, **when)
            names = self._cell_names(submission)
            for notebook in submission.notebooks:
                decided = notebooks.get(notebook.name)
                if decided is None:
                    for grade in notebook.grades:
                        grade.auto_score, grade.needs_manual_grade = 0, False
                    continue
                # An answer graded by hand has two cells of one name: one for its grade, one for the comment.
                grades = [(row, decided.find_grade(names[row.cell_id])) for row in notebook.grades]
                comments = [(row, decided.find_comment(names[row.cell_id])) for row in notebook.comments]
                if any(
                    (row.manual_score, row.extra_credit) != (grade.manual_score, grade.extra_credit)
                    for row, grade in grades
                ) or any(row.manual_comment != comment.manual_comment for row, comment in comments):
                    session.rollback()
                    return False
                for row, grade in grades:
                    row.auto_score, row.needs_manual_grade = grade.auto_score, grade.needs_manual_grade
                for row, comment in comments:
                    row.auto_comment = comment.auto_comment
                notebook.late_submission_penalty = decided.late_submission_penalty
        return True

    def _cell_names(self, submission: SubmittedAssignment) -> dict[str, str]:
        """Return the names of cells by their ids in the gradebook."""
        used = {row.cell_id for one in submission.notebooks for row in (*one.grades, *one.comments)}
        if not self._cells.keys() >= used:
            self._cells.update({cell.id: cell.name for cell in self._gradebook.db.query(BaseCell)})
        return self._cells

    def remove(self, assignment: str, student: str) -> None:
        """Take a submission's scores out again, if there are any."""
        with self._transaction(), contextlib.suppress(MissingEntry):
            self._gradebook.remove_submission(assignment, student)

    def close(self) -> None:
        self._gradebook.close()

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[Session]:
        """Let nbgrader's many commits be one: all that it does here stands, or nothing."""
        session = self._gradebook.db()
        session.commit = lambda: None  # what it has changed goes to the database before its next question
        try:
            with warnings.catch_warnings():  # nbgrader lets SQLAlchemy guess, and it guesses right
                warnings.simplefilter("ignore", SAWarning)
                yield session
        except BaseException:
            del session.commit
            session.rollback()
            raise
        del session.commit
        session.commit()


def _seconds_late(when: datetime | None, due: datetime | None, extension: timedelta | None) -> float:
    """Return what nbgrader's SubmittedAssignment.total_seconds_late says."""
    if when is None or due is None:
        return 0.0
    return max(0.0, (when - due - (extension or timedelta())).total_seconds())
