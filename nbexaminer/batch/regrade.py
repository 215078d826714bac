"""Change an assignment after submissions came in: its cells in the gradebook, then everybody's scores.

Each step may be cut short and is then done again by the next start: what stood before is written down
first, the cells change in one transaction, a batch goes on where it was, and only when the summary is
written is the note of what stood before removed.
"""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from nbexaminer.batch import score_changes
from nbexaminer.batch.score_changes import ScoreChange
from nbexaminer.course import change_cells, notebook_cells, queries
from nbexaminer.course.backup import backup
from nbexaminer.course.change_cells import ManualGrade
from nbexaminer.course.course import Course
from nbexaminer.course.notebook_cells import CellKey, Change, NotebookCells
from nbexaminer.course.release import cells_in_source
from nbexaminer.course.scores import StudentScores, class_scores
from nbexaminer.pages import tables

_REMOVED = ("student", "notebook", "cell", "manual_score", "extra_credit", "manual_comment")


@dataclass(frozen=True)
class RegradePlan:
    """How the cells in source/ differ from those that the gradebook has.

    cells: as they are in source/; renamed: their new names, by the old ones; leaving: what was given by hand
    for cells that go; resumed: what an earlier regrade, which was stopped, had noted.
    """

    assignment: str
    cells: dict[str, NotebookCells]
    renamed: dict[CellKey, str]
    changes: list[Change]
    leaving: list[ManualGrade]
    resumed: _Journal | None


@dataclass
class RegradeSummary:
    """What a regrade did.

    scores: what changed; backup: the gradebook as it was, None if no cell changed; not_graded: who has
    scores, and nothing in submitted/ that could be graded again; file: all that changed, None if nothing did.
    """

    scores: list[ScoreChange]
    backup: Path | None
    not_graded: list[str]
    file: Path | None


@dataclass
class _Journal:
    """What must be known if a regrade is stopped: the scores before it, and the cells renamed so far."""

    before: dict[str, StudentScores]
    renamed: dict[CellKey, str] = field(default_factory=dict)

    def write(self, path: Path) -> None:
        plain = {
            "before": {student: scores.to_json() for student, scores in self.before.items()},
            "renamed": [[*key, now] for key, now in self.renamed.items()],
        }
        new = path.with_suffix(".new")
        new.write_text(json.dumps(plain), encoding="utf-8")
        os.replace(new, path)

    @classmethod
    def read(cls, path: Path) -> _Journal | None:
        if not path.exists():
            return None
        plain: dict[str, Any] = json.loads(path.read_bytes())
        before = {student: StudentScores.from_json(scores) for student, scores in plain["before"].items()}
        return cls(before, {(notebook, was): now for notebook, was, now in plain["renamed"]})


def plan_regrade(course: Course, assignment: str, renamed: Mapping[str, str]) -> RegradePlan:
    """Return what a regrade would change. Nothing is changed yet.

    renamed: new names of cells by the old ones, beyond those that have kept their text.
    Raises StepFailed if source/ can't be released, RegradeRefused if answers would be lost.
    """
    journal = _Journal.read(_journal_file(course, assignment))
    old, new = queries.cells(course, assignment), cells_in_source(course, assignment)
    done = {was: now for (_, was), now in journal.renamed.items()} if journal else {}
    named = {
        was: now
        for was, now in renamed.items()
        if done.get(was) != now or any(was in cells for cells in old.values())
    }
    found = notebook_cells.renames(old, new, named)
    changes = notebook_cells.compare(old, new, found)
    with course.gradebook(assignment) as gradebook:
        leaving = change_cells.leaving(gradebook, assignment, new, found)
    return RegradePlan(assignment, new, found, changes, leaving, journal)


def regrade(course: Course, plan: RegradePlan, grade: Callable[[], None]) -> RegradeSummary:
    """Change the gradebook's cells, let all be graded again, and compare their scores with those before.

    grade: releases the assignment and grades all submissions.
    """
    assignment = plan.assignment
    journal_file, file = _journal_file(course, assignment), changed_scores_file(course, assignment)
    journal = plan.resumed or _Journal(class_scores(course, assignment))
    journal.renamed = _chained(journal.renamed, plan.renamed)
    journal.write(journal_file)
    saved = None
    if plan.changes:
        keep = partial(_keep, removed_grades_file(course, assignment))
        with course.gradebook(assignment) as gradebook:
            saved = backup(gradebook, course.root)
            change_cells.change(gradebook, assignment, plan.cells, plan.renamed, keep)
    grade()
    now = class_scores(course, assignment)
    scores = score_changes.changes(journal.before, now, plan.cells, journal.renamed)
    if plan.changes or plan.resumed or not all(row.stays for row in scores):
        score_changes.write_csv(file, scores)
    journal_file.unlink()
    absent = sorted(queries.with_submissions(course, assignment) - {*course.students(assignment)})
    return RegradeSummary(scores, saved, absent, file if file.exists() else None)


def removed_grades_file(course: Course, assignment: str) -> Path:
    """Return the file that keeps what was given by hand for cells that are gone."""
    return course.record_file(assignment, "removed.csv")


def changed_scores_file(course: Course, assignment: str) -> Path:
    """Return the file that says whose score the last regrade changed."""
    return course.report_file(f"{assignment}-regraded", "csv")


def _journal_file(course: Course, assignment: str) -> Path:
    return course.record_file(assignment, "regrade.json")


def _chained(before: Mapping[CellKey, str], now: Mapping[CellKey, str]) -> dict[CellKey, str]:
    """Return the new names of cells after two rounds of renaming."""
    chained = {(notebook, was): now.get((notebook, name), name) for (notebook, was), name in before.items()}
    middle = {(notebook, name) for (notebook, _), name in before.items()}
    return chained | {key: name for key, name in now.items() if key not in middle}


def _keep(path: Path, given: list[ManualGrade]) -> None:
    """Write down what was given by hand for cells that go, below what is in the file already."""
    rows = [
        [one.student, *one.key, one.manual_score, one.extra_credit, one.manual_comment or ""] for one in given
    ]
    if rows:
        known = []
        if path.exists():
            with path.open(newline="", encoding="utf-8-sig") as file:
                for *place, score, extra, comment in [*csv.reader(file)][1:]:
                    numbers = (float(number) if number else None for number in (score, extra))
                    known.append([*place, *numbers, comment])
        new = path.with_suffix(".new")
        tables.write_rows(new, list(_REMOVED), known + [row for row in rows if row not in known])
        os.replace(new, path)
