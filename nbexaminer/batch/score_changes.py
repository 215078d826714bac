"""Whose score changed by a regrade, from what to what, and why."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from nbexaminer.course.notebook_cells import CellKey, NotebookCells
from nbexaminer.course.scores import CellScore, StudentScores
from nbexaminer.pages import tables

_COLUMNS = (
    *("student", "total_before", "total_now", "exercise", "score_before", "score_now"),
    *("points_before", "points_now", "given_by_hand", "reason_before", "reason_now"),
    *("told_before", "told_now", "why"),
)


@dataclass(frozen=True)
class ScoreChange:
    """What became of a student's score for an exercise; before, now: None if there is none."""

    student: str
    totals: tuple[float | None, float | None]
    exercise: str
    before: CellScore | None
    now: CellScore | None
    why: str

    @property
    def stays(self) -> bool:
        """Whether it is listed only because a score given by hand stands over an equal one of the test."""
        return not _differ(self.before, self.now) and self.exercise != ""


def changes(
    before: Mapping[str, StudentScores],
    now: Mapping[str, StudentScores],
    cells: Mapping[str, NotebookCells],
    renamed: Mapping[CellKey, str],
) -> list[ScoreChange]:
    """Return what differs, by student, in the order of the cells as they are now; renamed: new names of
    cells."""
    return [
        change
        for student in sorted(before.keys() | now.keys())
        for change in _of_student(student, before.get(student), now.get(student), cells, renamed)
    ]


def write_csv(path: Path, rows: Iterable[ScoreChange]) -> None:
    """Write a line for each change; the file is there whole or as it was."""
    new = path.with_suffix(".new")
    tables.write_rows(new, list(_COLUMNS), (_cells(row) for row in rows))
    os.replace(new, path)


def _of_student(
    student: str,
    before: StudentScores | None,
    now: StudentScores | None,
    cells: Mapping[str, NotebookCells],
    renamed: Mapping[CellKey, str],
) -> list[ScoreChange]:
    totals = (before.total if before else None, now.total if now else None)
    problems = [one.problem if one else "" for one in (before, now)]
    if now is None or now.problem or before is None or before.problem:
        if before and now and problems[0] == problems[1]:
            return []
        why = problems[1] or (problems[0] and "could not be graded before") or "graded for the first time"
        return [ScoreChange(student, totals, "", None, None, why)]
    old = {_new_key(key, renamed): score for key, score in before.cells.items()}
    order = [f"{notebook}/{cell.name}" for notebook, its in cells.items() for cell in its.cells]
    there = old.keys() | now.cells.keys()
    return [
        ScoreChange(student, totals, _label(key, len(cells)), was, is_, _why(was, is_))
        for key in [*(key for key in order if key in there), *sorted(there - {*order})]
        if _differ(was := old.get(key), is_ := now.cells.get(key)) or (is_ and is_.manual is not None)
    ]


def _new_key(key: str, renamed: Mapping[CellKey, str]) -> str:
    notebook, _, cell = key.rpartition("/")
    return f"{notebook}/{renamed.get((notebook, cell), cell)}"


def _label(key: str, notebooks: int) -> str:
    """Name a cell as students do, with the notebook where there are several."""
    notebook, _, cell = key.rpartition("/")
    name = cell.removeprefix("test_")
    return f"{notebook}: {name}" if notebook and notebooks > 1 else name


def _differ(before: CellScore | None, now: CellScore | None) -> bool:
    """Return whether two entries differ in what counts, or would without the score given by hand."""
    was, is_ = before or CellScore(0.0), now or CellScore(0.0)
    waiting = [entry.waits and entry.manual is None for entry in (was, is_)]
    passed = [entry.reason == "passed" for entry in (was, is_)]
    optional = not was.points and not is_.points and before and now
    return (
        was.score != is_.score
        or (was.auto or 0.0) != (is_.auto or 0.0)
        or waiting[0] != waiting[1]
        or bool(optional and passed[0] != passed[1])
    )


def _why(before: CellScore | None, now: CellScore | None) -> str:
    if now is None:
        return "removed"
    parts = []
    if now.manual is not None:
        autos = [entry.auto for entry in (before, now) if entry and entry.auto is not None]
        test = f" (its test: {' → '.join(dict.fromkeys(map(number, autos)))})" if autos else ""
        parts.append(f"what was given by hand stays{test}")
    elif now.waits:
        parts.append("waits to be graded by hand")
    if before is None:
        parts.append("new")
    elif before.points != now.points:
        parts.append(f"worth {before.points:g} → {now.points:g}")
    said = ": ".join(filter(None, (now.reason, now.message)))
    if before and (before.reason, before.message) != (now.reason, now.message):
        said = f"{before.reason or '–'} → {said or '–'}"
    return "; ".join(filter(None, [*parts, said]))


def _cells(row: ScoreChange) -> list[object]:
    before, now = row.before or CellScore(0.0), row.now or CellScore(0.0)
    scores = [shown_score(entry) if entry else "" for entry in (row.before, row.now)]
    points = [entry.points if entry else "" for entry in (row.before, row.now)]
    told = [before.reason, now.reason, before.message, now.message, row.why]
    return [row.student, *row.totals, row.exercise, *scores, *points, now.manual, *told]


def shown_score(entry: CellScore | None) -> float | str | None:
    """Return what counts, or "?" if nothing does yet."""
    if entry is None:
        return None
    return "?" if entry.waits and entry.manual is None else entry.score


def number(value: float | str | None) -> str:
    return "–" if value is None else value if isinstance(value, str) else f"{value:g}"
