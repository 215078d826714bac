"""The class at a glance: a table on the terminal, a CSV file and a page."""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path

from jinja2 import Environment, PackageLoader

from grader.batch import Mark, Result


def cell(mark: Mark | None) -> str:
    """Return a mark in a word: its score, or for 0 points whether the check passed."""
    if mark is None:
        return "–"
    if not mark.points:
        return "✓" if mark.passed else "✗"
    return "?" if mark.score is None else f"{mark.score:g}"


def table(exercises: dict[str, float], results: list[Result]) -> str:
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
    widths = [max(map(width, column)) for column in zip(*rows, strict=True)]
    sides = left or [True] * len(widths)
    return ["  ".join(map(_padded, row, widths, sides)).rstrip() for row in rows]


def problems(results: Iterable[Result]) -> str:
    """Return a line a student who needs a look, with the reason."""
    return "\n".join(f"  {result.student}: {result.problem.en}" for result in results if result.problem)


def write_csv(path: Path, exercises: dict[str, float], results: list[Result]) -> None:
    with path.open("w", newline="", encoding="utf-8-sig") as file:  # so that spreadsheets see UTF-8
        writer = csv.writer(file)
        writer.writerow(["student", *exercises, "total", "max", "problem"])
        writer.writerows([*row, f"{sum(exercises.values()):g}", ""] for row in _body(exercises, results))
        blank = [""] * (len(exercises) + 2)
        writer.writerows([r.student, *blank, r.problem.en] for r in results if r.problem)


def write_html(
    path: Path, assignment: str, notebooks: list[str], exercises: dict[str, float], results: list[Result]
) -> None:
    """Write the page: one file, in need of no other; it links to the feedback pages."""
    environment = Environment(loader=PackageLoader("grader", "."), autoescape=True, trim_blocks=True)
    page = environment.get_template("report.html.jinja")
    seen = {"assignment": assignment, "notebooks": notebooks, "exercises": exercises, "results": results}
    path.write_text(page.render(seen, cell=cell), encoding="utf-8")


def _body(exercises: dict[str, float], results: list[Result]) -> list[list[str]]:
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
