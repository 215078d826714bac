"""The grades of a submitted notebook, decided without a gradebook: nbgrader's own steps work on records that
stand in for its rows. So a worker anywhere can do it, and the writer only enters what came out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from nbformat import NotebookNode
from nbgrader.api import MissingEntry
from nbgrader.preprocessors import AssignLatePenalties, GetGrades, NbGraderPreprocessor, SaveAutoGrades
from nbgrader.utils import is_grade, is_solution, is_task
from traitlets.config import Config

from nbexaminer.course.notebook_cells import CellKey

_Entry = TypeVar("_Entry")


@dataclass(frozen=True)
class ManualGrades:
    """What people have entered for a submission.

    scores: the manual score and the extra credit of a cell, where there is one; comments: the manual ones;
    seconds_late: after the due date, any extension included.
    """

    scores: Mapping[CellKey, tuple[float | None, float | None]] = field(default_factory=dict)
    comments: Mapping[CellKey, str] = field(default_factory=dict)
    seconds_late: float = 0.0


@dataclass(frozen=True)
class GradingTask:
    """A submission to grade: whose, the folder that it lies in, and what people have entered for it.

    student: the id; name: as the gradebook knows it, "" if it does not.
    """

    student: str
    folder: Path
    manual: ManualGrades = ManualGrades()
    name: str = ""


@dataclass
class CellGrade:
    """A grade, with the attributes of nbgrader.api.Grade."""

    max_score: float
    manual_score: float | None = None
    extra_credit: float | None = None
    auto_score: float | None = None
    needs_manual_grade: bool = True

    @property
    def score(self) -> float:
        """The score that counts: a manual one before the automatic one."""
        counts = self.auto_score if self.manual_score is None else self.manual_score
        return 0.0 if counts is None else counts + (self.extra_credit or 0.0)


@dataclass
class CellComment:
    """A comment, with the attributes of nbgrader.api.Comment."""

    manual_comment: str | None = None
    auto_comment: str | None = None

    @property
    def comment(self) -> str | None:
        return self.auto_comment if self.manual_comment is None else self.manual_comment


@dataclass
class NotebookGrades:
    """The grades and comments of a notebook, by its cells' names; stands in for nbgrader's gradebook."""

    grades: dict[str, CellGrade]
    comments: dict[str, CellComment]
    late_submission_penalty: float | None = None

    @property
    def score(self) -> float:
        """The sum of what counts, before any penalty."""
        return sum(grade.score for grade in self.grades.values())

    @property
    def max_score(self) -> float:
        return sum(grade.max_score for grade in self.grades.values())

    def find_grade(self, cell: str, *place: object) -> CellGrade:
        """Raises MissingEntry if there is none."""
        return _found(self.grades, cell)

    def find_comment(self, cell: str, *place: object) -> CellComment:
        """Raises MissingEntry if there is none."""
        return _found(self.comments, cell)

    @property
    def db(self) -> NotebookGrades:
        return self

    def commit(self) -> None:
        """There is nothing to write yet."""


def decide(
    nb: NotebookNode, name: str, known: Mapping[str, NotebookNode], task: GradingTask, config: Config
) -> NotebookGrades:
    """Return the grades of an executed notebook, as SaveAutoGrades and AssignLatePenalties decide on them.

    name: of the notebook; known: the instructor's cells, by grade_id.
    """
    scores, comments = task.manual.scores, task.manual.comments
    grades = NotebookGrades(
        {
            cell: CellGrade(float(model.metadata.nbgrader.points), *scores.get((name, cell), ()))
            for cell, model in known.items()
            if is_grade(model) or is_task(model)
        },
        {
            cell: CellComment(comments.get((name, cell)))
            for cell, model in known.items()
            if is_solution(model) or is_task(model)
        },
    )
    _each_cell(SaveAutoGrades(config=config), nb, grades)
    if task.manual.seconds_late > 0:
        step = AssignLatePenalties(config=config)
        step.init_plugin()
        late = task.manual.seconds_late
        penalty = step.plugin_inst.late_submission_penalty(task.student, grades.score, late)
        if penalty is not None:
            grades.late_submission_penalty = step._check_late_penalty(grades, penalty)
    return grades


def enter(nb: NotebookNode, grades: NotebookGrades, config: Config) -> dict[str, float]:
    """Put grades and comments into a notebook's metadata, as GetGrades does; return the page's totals."""
    _each_cell(GetGrades(config=config), nb, grades)
    penalty = grades.late_submission_penalty or 0.0
    return {"score": grades.score - penalty, "max_score": grades.max_score, "late_penalty": penalty}


def _each_cell(step: NbGraderPreprocessor, nb: NotebookNode, grades: NotebookGrades) -> None:
    step.gradebook = grades
    step.notebook_id = step.assignment_id = step.student_id = None  # the grades are of one notebook
    for index, cell in enumerate(nb.cells):
        step.preprocess_cell(cell, {}, index)


def _found(entries: Mapping[str, _Entry], cell: str) -> _Entry:
    try:
        return entries[cell]
    except KeyError:
        raise MissingEntry(f"no entry for the cell {cell}") from None
