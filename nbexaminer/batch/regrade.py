"""Change an assignment after submissions came in: its cells in the gradebook, then everybody's scores.

Each step may be cut short and is then done again by the next start: what stood before is written down
first, the cells change in one transaction, a batch goes on where it was, and only when the summary is
written is the note of what stood before removed.
"""

from __future__ import annotations

import contextlib
import csv
import json
import os
import sqlite3
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from nbgrader.api import (
    Base,
    Gradebook,
)
from sqlalchemy import create_engine, insert, select

from nbexaminer.course import notebook_cells, queries
from nbexaminer.course.course import Course
from nbexaminer.course.gradebook import submissions
from nbexaminer.course.ledger import Ledger
from nbexaminer.course.notebook_cells import Change, ManualGrade
from nbexaminer.course.release import cells_in_source
from nbexaminer.model import Reason, Verdict
from nbexaminer.pages import report

_LATE = "late penalty"
_REMOVED = ("student", "notebook", "cell", "manual_score", "extra_credit", "manual_comment")
_CHANGED = (
    *("student", "total_before", "total_now", "exercise", "score_before", "score_now"),
    *("points_before", "points_now", "given_by_hand", "reason_before", "reason_now"),
    *("told_before", "told_now", "why"),
)


@dataclass(frozen=True)
class Entry:
    """A student's score for one cell: the one that counts, the test's and the one given by hand.

    waits: whether somebody must look at it; reason: as in Verdict; said: the first line that was told.
    """

    score: float
    points: float = 0.0
    auto: float | None = None
    manual: float | None = None
    waits: bool = False
    reason: str = ""
    said: str = ""


@dataclass(frozen=True)
class Standing:
    """A student's total, less what is off for being late, or the problem; entries: by NOTEBOOK/CELL."""

    total: float | None
    problem: str = ""
    entries: dict[str, Entry] = field(default_factory=dict)


@dataclass(frozen=True)
class Row:
    """What became of a student's score for an exercise; before, now: None if there is none."""

    student: str
    totals: tuple[float | None, float | None]
    exercise: str
    before: Entry | None
    now: Entry | None
    why: str

    @property
    def stays(self) -> bool:
        """Whether it is listed only because a score given by hand stands over an equal one of the test."""
        return not _differ(self.before, self.now) and self.exercise != ""


class Regrade:
    """The change from the cells as the gradebook has them to those in source/."""

    def __init__(self, course: Course, assignment: str, renamed: Mapping[str, str]) -> None:
        """renamed: new names of cells by the old ones, beyond those that have kept their text.

        Raises StepFailed if source/ can't be released, RegradeRefused if answers would be lost.
        """
        self.course, self.assignment = course, assignment
        self._note = course.record_file(assignment, "regrade.json")
        noted = json.loads(self._note.read_bytes()) if self._note.exists() else None
        self.goes_on = noted is not None
        self._noted: dict[str, Any] = noted or {"renamed": [], "before": None}
        old, self._new = queries.cells(course, assignment), cells_in_source(course, assignment)
        done = {before: now for _, before, now in self._noted["renamed"]}
        said = {
            before: now
            for before, now in renamed.items()
            if done.get(before) != now or any(before in sheet for sheet in old.values())
        }
        self._renamed = notebook_cells.renames(old, self._new, said)
        self.changes: list[Change] = notebook_cells.compare(old, self._new, self._renamed)
        with course.gradebook(assignment) as gradebook:
            self.leaving = notebook_cells.leaving(gradebook, assignment, self._new, self._renamed)

    @property
    def removed(self) -> Path:
        """The file that keeps what was given by hand for cells that are gone."""
        return self.course.record_file(self.assignment, "removed.csv")

    @property
    def summary(self) -> Path:
        return self.course.report_file(f"{self.assignment}-regraded", "csv")

    def enter(self) -> Path | None:
        """Change the gradebook's cells; return where it is as it was before, or None if nothing changes."""
        with self.course.gradebook(self.assignment) as gradebook:
            if not self.goes_on:
                standing = self._standing(gradebook)
                self._noted["before"] = {student: asdict(one) for student, one in standing.items()}
            self._noted["renamed"] += [(*place, now) for place, now in self._renamed.items()]
            _replace(self._note, json.dumps(self._noted, ensure_ascii=False))
            if not self.changes:
                return None
            path = backup(gradebook, self.course.root)
            notebook_cells.change(gradebook, self.assignment, self._new, self._renamed, self._keep)
            return path

    def finish(self) -> list[Row]:
        """Compare scores with those before, and write the summary, unless nothing changed; return it."""
        with self.course.gradebook(self.assignment) as gradebook:
            now = self._standing(gradebook)
        before = {student: _restored(one) for student, one in self._noted["before"].items()}
        rows = [
            row
            for student in sorted(before.keys() | now.keys())
            for row in self._rows(student, before.get(student), now.get(student))
        ]
        if self.changes or self.goes_on or not all(row.stays for row in rows):
            new = self.summary.with_suffix(".new")
            report.write_rows(new, list(_CHANGED), (_cells(row) for row in rows))
            os.replace(new, self.summary)
        self._note.unlink()
        return rows

    def not_graded(self) -> list[str]:
        """Return who is in the gradebook with scores, and has nothing in submitted/ that could be graded."""
        with self.course.gradebook(self.assignment) as gradebook:
            submissions = gradebook.find_assignment(self.assignment).submissions
            known = {submission.student_id for submission in submissions}
        return sorted(known - {*self.course.students(self.assignment)})

    def label(self, place: str) -> str:
        """Name a cell as students do, with the notebook where there are several."""
        notebook, _, cell = place.rpartition("/")
        name = cell.removeprefix("test_")
        return f"{notebook}: {name}" if notebook and len(self._new) > 1 else name

    def _keep(self, given: list[ManualGrade]) -> None:
        """Write down what was given by hand for cells that go, below what is in the file already."""
        rows = [
            [one.student, *one.place, one.manual_score, one.extra_credit, one.manual_comment or ""]
            for one in given
        ]
        if rows:
            known = []
            if self.removed.exists():
                with self.removed.open(newline="", encoding="utf-8-sig") as file:
                    for *place, score, extra, comment in [*csv.reader(file)][1:]:
                        numbers = (float(number) if number else None for number in (score, extra))
                        known.append([*place, *numbers, comment])
            new = self.removed.with_suffix(".new")
            report.write_rows(new, list(_REMOVED), known + [row for row in rows if row not in known])
            os.replace(new, self.removed)

    def _standing(self, gradebook: Gradebook) -> dict[str, Standing]:
        notes = Ledger(self.course.report_file(self.assignment, "jsonl")).read()
        standing = {}
        for submission in submissions(gradebook, self.assignment):
            student = submission.student_id
            done = notes.get(student)
            entries = {
                f"{notebook.name}/{grade.name}": Entry(
                    grade.score,
                    grade.max_score,
                    grade.auto_score,
                    grade.manual_score,
                    grade.needs_manual_grade,
                    *_reason_and_headline(done.verdicts.get(grade.name) if done else None),
                )
                for notebook in submission.notebooks
                for grade in notebook.grades
            }
            penalty = submission.late_submission_penalty or 0.0
            entries[f"/{_LATE}"] = Entry(0.0 - penalty, reason="late" if penalty else "")
            total = max(0.0, sum(entry.score for entry in entries.values()))
            standing[student] = Standing(total, entries=entries)
        for student, done in notes.items():
            if done.problem:
                standing[student] = Standing(None, problem=done.problem.en)
        return standing

    def _rows(self, student: str, before: Standing | None, now: Standing | None) -> list[Row]:
        totals = (before.total if before else None, now.total if now else None)
        problems = [one.problem if one else "" for one in (before, now)]
        if now is None or now.problem or before is None or before.problem:
            if before and now and problems[0] == problems[1]:
                return []
            why = problems[1] or (problems[0] and "could not be graded before") or "graded for the first time"
            return [Row(student, totals, "", None, None, why)]
        old = {self._new_place(place): entry for place, entry in before.entries.items()}
        order = [f"{notebook}/{cell.name}" for notebook, sheet in self._new.items() for cell in sheet.cells]
        there = old.keys() | now.entries.keys()
        return [
            Row(student, totals, self.label(place), was, is_, _why(was, is_))
            for place in [*(place for place in order if place in there), *sorted(there - {*order})]
            if _differ(was := old.get(place), is_ := now.entries.get(place))
            or (is_ and is_.manual is not None)
        ]

    def _new_place(self, place: str) -> str:
        for notebook, before, now in self._noted["renamed"]:
            if place == f"{notebook}/{before}":
                place = f"{notebook}/{now}"
        return place


def backup(gradebook: Gradebook, root: Path) -> Path:
    """Copy the gradebook into a file of SQLite beside it, or in the root if it is another database."""
    time = datetime.now(UTC).strftime("%Y-%m-%dT%H-%M-%S.%fZ")
    url, is_sqlite = gradebook.engine.url, gradebook.engine.dialect.name == "sqlite"
    path = Path(url.database if is_sqlite else root / "gradebook.db")
    path, new = (path.with_name(f"{path.name}.{time}.{end}") for end in ("backup", "new"))
    new.unlink(missing_ok=True)
    if is_sqlite:
        with (
            contextlib.closing(sqlite3.connect(url.database)) as source,
            contextlib.closing(sqlite3.connect(new)) as copy,
        ):
            source.backup(copy)
    else:
        copy_rows(gradebook, new)
    os.replace(new, path)
    return path


def copy_rows(gradebook: Gradebook, path: Path) -> None:
    """Copy what nbgrader keeps in any database into a new file of SQLite."""
    engine = create_engine(f"sqlite:///{path}")
    Base.metadata.create_all(engine)
    with engine.begin() as copy:
        for table in Base.metadata.sorted_tables:
            if rows := [dict(row) for row in gradebook.db.execute(select(table)).mappings()]:
                copy.execute(insert(table), rows)
    engine.dispose()


def changes_table(regrade: Regrade) -> str:
    """Return the changes of the cells, and whom they concern, as lines of text."""
    several = len({change.place[0] for change in regrade.changes}) > 1
    rows = [
        [": ".join(change.place) if several else change.place[1], change.what, change.more]
        for change in regrade.changes
    ]
    return "\n".join(f"  {line}" for line in report.aligned(rows)) if rows else ""


def table(rows: list[Row]) -> str:
    """Return whose score changed, from what to what and why, as lines of text; "" if nobody's did."""
    lines, last = [["student", "total", "exercise", "score", "why"]], None
    for row in rows:
        if not row.stays:
            first = row.student != last
            totals = " → ".join(map(_number, row.totals)) if row.totals[0] != row.totals[1] else ""
            totals = totals or _number(row.totals[1])
            scores = " → ".join(_number(_score(entry)) for entry in (row.before, row.now))
            scores = scores if row.exercise else ""
            why = row.why if len(row.why) <= 100 else f"{row.why[:99]}…"
            lines.append([row.student if first else "", totals if first else "", row.exercise, scores, why])
            last = row.student
    return "\n".join(report.aligned(lines)) if len(lines) > 1 else ""


def _differ(before: Entry | None, now: Entry | None) -> bool:
    """Return whether two entries differ in what counts, or would without the score given by hand."""
    was, is_ = before or Entry(0.0), now or Entry(0.0)
    waiting = [entry.waits and entry.manual is None for entry in (was, is_)]
    passed = [entry.reason == "passed" for entry in (was, is_)]
    optional = not was.points and not is_.points and before and now
    return (
        was.score != is_.score
        or (was.auto or 0.0) != (is_.auto or 0.0)
        or waiting[0] != waiting[1]
        or bool(optional and passed[0] != passed[1])
    )


def _why(before: Entry | None, now: Entry | None) -> str:
    if now is None:
        return "removed"
    parts = []
    if now.manual is not None:
        autos = [entry.auto for entry in (before, now) if entry and entry.auto is not None]
        test = f" (its test: {' → '.join(dict.fromkeys(map(_number, autos)))})" if autos else ""
        parts.append(f"what was given by hand stays{test}")
    elif now.waits:
        parts.append("waits to be graded by hand")
    if before is None:
        parts.append("new")
    elif before.points != now.points:
        parts.append(f"worth {before.points:g} → {now.points:g}")
    said = ": ".join(filter(None, (now.reason, now.said)))
    if before and (before.reason, before.said) != (now.reason, now.said):
        said = f"{before.reason or '–'} → {said or '–'}"
    return "; ".join(filter(None, [*parts, said]))


def _reason_and_headline(verdict: Verdict | None) -> tuple[str, str]:
    if verdict is None or (verdict.reason == Reason.PASSED and not verdict.mistake):
        return (verdict.reason if verdict else ""), ""
    return verdict.reason, verdict.headline.en


def _restored(noted: dict[str, Any]) -> Standing:
    entries = {place: Entry(**entry) for place, entry in noted.pop("entries").items()}
    return Standing(**noted, entries=entries)


def _cells(row: Row) -> list[object]:
    before, now = row.before or Entry(0.0), row.now or Entry(0.0)
    scores = [_score(entry) if entry else "" for entry in (row.before, row.now)]
    points = [entry.points if entry else "" for entry in (row.before, row.now)]
    told = [before.reason, now.reason, before.said, now.said, row.why]
    return [row.student, *row.totals, row.exercise, *scores, *points, now.manual, *told]


def _score(entry: Entry | None) -> float | str | None:
    """Return what counts, or "?" if nothing does yet."""
    return "?" if entry and entry.waits and entry.manual is None else entry and entry.score


def _number(value: float | str | None) -> str:
    return "–" if value is None else value if isinstance(value, str) else f"{value:g}"


def _replace(path: Path, text: str) -> None:
    new = path.with_suffix(".new")
    new.write_text(text, encoding="utf-8")
    os.replace(new, path)
