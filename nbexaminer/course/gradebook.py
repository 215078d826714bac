"""The only writer of the gradebook during a batch: one transaction for each submission.

The rows are those that `nbgrader autograde` makes, since the same code of nbgrader's decides on them;
only that it does not open, read and commit the database anew for each cell.
"""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from nbformat import NotebookNode
from nbgrader.api import (
    BaseCell,
    Comment,
    Grade,
    Gradebook,
    MissingEntry,
    SubmittedAssignment,
    SubmittedNotebook,
)
from nbgrader.preprocessors import AssignLatePenalties, GetGrades, SaveAutoGrades
from sqlalchemy.exc import SAWarning
from sqlalchemy.orm import selectinload, undefer
from traitlets.config import Config

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

    def __init__(self, db_url: str, course_id: str, config: Config) -> None:
        self._gradebook = Gradebook(db_url, course_id)
        self._config = config
        self._cells: dict[str, str] = {}

    def record(
        self,
        assignment: str,
        student: str,
        timestamp: datetime | None,
        notebooks: Mapping[str, NotebookNode],
    ) -> dict[str, tuple[NotebookNode, dict]]:
        """Enter the scores of a submission's executed notebooks, all of them or none.

        Returns what feedback pages are made of: by name, each notebook, in which grades and comments stand
        now, and nbgrader's resources. Raises MissingEntry if the gradebook lacks the assignment.
        """
        with self._transaction():
            gradebook = self._gradebook
            gradebook.update_or_create_student(student)
            when = {} if timestamp is None else {"timestamp": timestamp}
            submission = gradebook.update_or_create_submission(assignment, student, **when)
            for notebook in submission.notebooks:
                if notebook.name not in notebooks:
                    for grade in notebook.grades:
                        grade.auto_score, grade.needs_manual_grade = 0, False
            pages = {}
            for name, nb in notebooks.items():
                place = {"assignment": assignment, "notebook": name, "student": student}
                found = self._gradebook.find_submission_notebook(name, assignment, student)
                entries = _Entries(self._gradebook, found, self._cells)
                self._each_cell(SaveAutoGrades, nb, entries)
                entries.read_again()
                self._late_penalty(submission, found)
                self._each_cell(GetGrades, nb, entries)
                pages[name] = nb, place | _totals(found)
            return pages

    def remove(self, assignment: str, student: str) -> None:
        """Take a submission's scores out again, if there are any."""
        with self._transaction(), contextlib.suppress(MissingEntry):
            self._gradebook.remove_submission(assignment, student)

    def close(self) -> None:
        self._gradebook.close()

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        """Let nbgrader's many commits be one: all that it does here stands, or nothing."""
        session = self._gradebook.db()
        session.commit = lambda: None  # what it has changed goes to the database before its next question
        try:
            with warnings.catch_warnings():  # nbgrader lets SQLAlchemy guess, and it guesses right
                warnings.simplefilter("ignore", SAWarning)
                yield
        except BaseException:
            del session.commit
            session.rollback()
            raise
        del session.commit
        session.commit()

    def _each_cell(self, step: type, nb: NotebookNode, entries: _Entries) -> None:
        """Run a step of nbgrader's on each cell, with what is read already in the gradebook's place."""
        worker = step(config=self._config)
        worker.gradebook = entries
        worker.notebook_id = worker.assignment_id = worker.student_id = None  # entries are of one notebook
        for index, cell in enumerate(nb.cells):
            worker.preprocess_cell(cell, {}, index)

    def _late_penalty(self, submission: SubmittedAssignment, notebook: SubmittedNotebook) -> None:
        """What AssignLatePenalties does, with the gradebook that is open already."""
        step = AssignLatePenalties(config=self._config)
        step.init_plugin()
        notebook.late_submission_penalty = None
        late = submission.total_seconds_late
        if late > 0:
            student = submission.student_id
            penalty = step.plugin_inst.late_submission_penalty(student, notebook.score, late)
            if penalty is not None:
                notebook.late_submission_penalty = step._check_late_penalty(notebook, penalty)


def _totals(notebook: SubmittedNotebook) -> dict[str, float]:
    penalty = notebook.late_submission_penalty or 0
    return {"score": notebook.score - penalty, "max_score": notebook.max_score, "late_penalty": penalty}


class _Entries:
    """A submitted notebook's grades and comments, read at once; nbgrader would ask for each alone."""

    def __init__(self, gradebook: Gradebook, notebook: SubmittedNotebook, cells: dict[str, str]) -> None:
        """cells: the names of cells by their ids in the gradebook; filled up if one is missing."""
        self.db, self._notebook = gradebook.db, notebook
        entries = (*notebook.grades, *notebook.comments)
        if not cells.keys() >= {entry.cell_id for entry in entries}:
            cells.update({cell.id: cell.name for cell in self.db.query(BaseCell)})
        # An answer graded by hand has two cells of one name: one for its grade, one for the comment.
        self._grades = {cells[grade.cell_id]: grade for grade in notebook.grades}
        self._comments = {cells[comment.cell_id]: comment for comment in notebook.comments}

    def read_again(self) -> None:
        """Learn what the database makes of the entries now, all at once: totals are computed there."""
        for kind, more in ((Grade, [undefer(Grade.max_score)]), (Comment, [])):
            query = self.db.query(kind).filter_by(notebook_id=self._notebook.id)
            query.options(*more).populate_existing().all()

    def find_grade(self, cell: str, *place: None) -> Grade:
        """Raises MissingEntry if there is none."""
        return self._found(self._grades, cell)

    def find_comment(self, cell: str, *place: None) -> Comment:
        """Raises MissingEntry if there is none."""
        return self._found(self._comments, cell)

    def _found(self, entries: dict[str, Any], cell: str) -> Any:
        try:
            return entries[cell]
        except KeyError:
            raise MissingEntry(f"no entry for the cell {cell}") from None
