"""The class at a glance: a table on the terminal, CSV files and a page."""

from __future__ import annotations

import csv
import statistics
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader

from nbexaminer.course.results import ExerciseResult, SubmissionResult
from nbexaminer.messages import printable
from nbexaminer.pages import overview
from nbexaminer.pages.similarity import Comparison


def cell(mark: ExerciseResult | None) -> str:
    """Return a mark in a word: its score, or for 0 points whether the check passed."""
    if mark is None:
        return "–"
    if not mark.points:
        return "✓" if mark.passed else "✗"
    return "?" if mark.score is None else f"{mark.score:g}"


def table(exercises: dict[str, float], results: list[SubmissionResult]) -> str:
    """Return the graded ones as lines of text: a column an exercise, its name set from top to bottom."""
    heads = [["student"], *(name.split("_") for name in exercises), ["total"]]
    height = max(map(len, heads))
    limits = ["", *(f"/{points:g}" if points else "opt." for points in exercises.values())]
    rows = [
        *zip(*([""] * (height - len(head)) + head for head in heads), strict=True),
        [*limits, f"/{sum(exercises.values()):g}"],
        *_body(exercises, results),
    ]
    lines = aligned(rows, [True] + [False] * len(exercises) + [False])
    lines.insert(height + 1, "─" * max(map(width, lines)))
    return "\n".join(lines)


def aligned(rows: list[list[str]], left: Sequence[bool] | None = None) -> list[str]:
    """Return rows as lines with columns below each other; `left` says which are set flush left, or all."""
    rows = [[*map(printable, row)] for row in rows]
    widths = [max(map(width, column)) for column in zip(*rows, strict=True)]
    sides = left or [True] * len(widths)
    return ["  ".join(map(_padded, row, widths, sides)).rstrip() for row in rows]


def problems(results: Iterable[SubmissionResult]) -> str:
    """Return a line a student who needs a look, with the reason."""
    told = ((result.student, result.problem.en) for result in results if result.problem)
    return "\n".join(f"  {printable(student)}: {printable(problem)}" for student, problem in told)


def write_csv(path: Path, exercises: dict[str, float], results: list[SubmissionResult]) -> None:
    """Write a line a student: the marks, or the problem."""
    limit, blank = f"{sum(exercises.values()):g}", [""] * (len(exercises) + 2)
    write_rows(
        path,
        ["student", *exercises, "total", "max", "problem"],
        [[*row, limit, ""] for row in _body(exercises, results)]
        + [[r.student, *blank, r.problem.en] for r in results if r.problem],
    )


def write_mistakes_csv(path: Path, exercises: dict[str, float], results: list[SubmissionResult]) -> None:
    """Write a line a mistake, exercise and student, the most frequent mistakes first."""
    write_rows(
        path,
        ["mistake", "students", "message", "message_zh", "exercise", "student", "told"],
        (
            [one.name, len(one.students), one.text.en, one.text.zh, *made]
            for one in overview.mistakes(exercises, results)
            for made in one.made
        ),
    )


def write_alike_csv(path: Path, comparison: Comparison) -> None:
    """Write a line a pair of students whose answers are alike, the most surprising first."""
    write_rows(
        path,
        ["exercise", "student", "other", "rare_pieces_shared", "of", "have_such_a_piece", "answers", "usual"],
        (
            [p.exercise, *p.students, p.shared, p.of, f"{p.holders:.1f}", p.answers, f"{p.usual:g}"]
            for p in comparison.pairs
        ),
    )


def write_html(
    path: Path,
    assignment: str,
    notebooks: list[str],
    exercises: dict[str, float],
    results: list[SubmissionResult],
    absent: Sequence[str] = (),
    comparison: Comparison | None = None,
) -> None:
    """Write the page: one file, in need of no other; it links to the feedback pages.

    absent: who has not handed in.
    """
    environment = Environment(
        loader=PackageLoader("nbexaminer.pages", "."), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    page = environment.get_template("report.html.jinja")
    limit = sum(exercises.values())
    graded = [result for result in results if not result.problem]
    seen: dict[str, Any] = {
        "assignment": assignment,
        "notebooks": notebooks,
        "exercises": exercises,
        "limit": limit,
        "graded": graded,
        "results": results,
        "absent": absent,
        "comparison": comparison,
        "groups": overview.groups(comparison.pairs if comparison else ()),
        "outcomes": overview.outcomes(exercises, graded),
        "kinds": overview.OUTCOMES,
        "mistakes": overview.mistakes(exercises, graded),
        "looks": overview.looks(results),
        "look_kinds": overview.LOOKS,
        "middle": statistics.median(result.total for result in graded) if graded else 0,
        "totals": overview.totals([result.total for result in graded], limit) if limit else [],
        "times": overview.times([result.seconds for result in graded]),
        "slowest": sorted(graded, key=lambda result: -result.seconds)[:5],
    }
    path.write_text(page.render(seen, cell=cell), encoding="utf-8", errors="replace")


def write_rows(path: Path, head: list[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a CSV file that spreadsheets can open."""
    with path.open(
        "w", newline="", encoding="utf-8-sig", errors="replace"
    ) as file:  # so that spreadsheets see UTF-8
        writer = csv.writer(file)
        writer.writerow(head)
        writer.writerows([_harmless(value) for value in row] for row in rows)


def _harmless(value: object) -> object:
    """Keep a text that students may have a hand in from being a spreadsheet's formula.

    Blanks and signs without width before it do not help it, nor does a full-width sign.
    """
    if not isinstance(value, str):
        return value
    visible = (char for char in value if unicodedata.category(char)[0] not in "CZ")
    first = unicodedata.normalize("NFKC", next(visible, ""))
    return f"'{value}" if first in ("=", "+", "-", "@") else value


def _body(exercises: dict[str, float], results: list[SubmissionResult]) -> list[list[str]]:
    return [
        [result.student, *(cell(result.marks.get(name)) for name in exercises), f"{result.total:g}"]
        for result in results
        if not result.problem
    ]


def width(text: str) -> int:
    """Return the columns that a text takes on a terminal: two for a Chinese character, none for an accent."""
    chars = (char for char in text if unicodedata.category(char) not in ("Mn", "Me", "Cf"))
    return sum(1 + (unicodedata.east_asian_width(char) in "WF") for char in chars)


def _padded(text: str, columns: int, left: bool) -> str:
    space = " " * (columns - width(text))
    return text + space if left else space + text
