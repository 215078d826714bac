"""The class at a glance: a table on the terminal, and CSV files."""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from nbexaminer.course.results import ExerciseResult, Person, SubmissionResult
from nbexaminer.messages import printable
from nbexaminer.pages import class_statistics
from nbexaminer.pages.similar_work import Comparison

_NAME = 40  # characters of a name that a terminal shows


def cell(mark: ExerciseResult | None) -> str:
    """Return a mark in a word: its score, or for 0 points whether the check passed."""
    if mark is None:
        return "–"
    if not mark.points:
        return "✓" if mark.passed else "✗"
    return "?" if mark.score is None else f"{mark.score:g}"


def score_table(
    exercises: dict[str, float], results: list[SubmissionResult], people: Mapping[str, Person] = {}
) -> str:
    """Return the graded ones as lines of text: a column an exercise, its name set from top to bottom."""
    named = _are_named(results, people)
    heads = [["student"], *([["name"]] if named else []), *(name.split("_") for name in exercises), ["total"]]
    height = max(map(len, heads))
    limits = [
        *([""] * (2 if named else 1)),
        *(f"/{points:g}" if points else "opt." for points in exercises.values()),
    ]
    rows: list[Sequence[str]] = [
        *zip(*([""] * (height - len(head)) + head for head in heads), strict=True),
        [*limits, f"/{sum(exercises.values()):g}"],
        *([*map(_short, row[:2]), *row[2:]] if named else row for row in _body(exercises, results, people)),
    ]
    lines = aligned(rows, [True] * (2 if named else 1) + [False] * (len(exercises) + 1))
    lines.insert(height + 1, "─" * max(map(width, lines)))
    if names := class_statistics.together(results):
        lines += ["", f"Ran together with students' code, which can read and fool it: {', '.join(names)}"]
    return "\n".join(lines)


def _short(text: str) -> str:
    """Return a name as it fits into a table on a terminal."""
    return text if len(text) <= _NAME else f"{text[: _NAME - 1]}…"


def aligned(rows: Iterable[Sequence[str]], left: Sequence[bool] | None = None) -> list[str]:
    """Return rows as lines with columns below each other; `left` says which are set flush left, or all."""
    rows = [[*map(printable, row)] for row in rows]
    widths = [max(map(width, column)) for column in zip(*rows, strict=True)]
    sides = left or [True] * len(widths)
    return ["  ".join(map(_padded, row, widths, sides)).rstrip() for row in rows]


def fitted(rows: Sequence[Sequence[str]], columns: int | None) -> list[str]:
    """Return rows below their head as lines; where these are wider than so many columns, as a block each.

    columns: None where there is room for any width.
    """
    head, *body = lines = aligned(rows)
    widest = max(map(width, lines))
    if columns is None or widest <= columns:
        return [head, "─" * widest, *body]
    titles, *others = rows
    longest = max(map(width, titles))
    blocks = []
    for first, *cells in others:
        parts = zip(titles[1:], cells, strict=True)
        blocks += ["", printable(first)]
        blocks += [f"  {_padded(title, longest, True)}  {printable(cell)}" for title, cell in parts if cell]
    return blocks[1:]


def problems(results: Iterable[SubmissionResult], people: Mapping[str, Person] = {}) -> str:
    """Return a line a student who needs a look, with the reason."""
    found = (
        (" ".join(filter(None, (result.student, _name_of(result.student, people)))), result.problem.en)
        for result in results
        if result.problem
    )
    return "\n".join(f"  {printable(student)}: {printable(problem)}" for student, problem in found)


def write_csv(
    path: Path,
    exercises: dict[str, float],
    results: list[SubmissionResult],
    people: Mapping[str, Person] = {},
) -> None:
    """Write a line a student: the marks, or the problem; their names too, if any is known."""
    limit, blank = f"{sum(exercises.values()):g}", [""] * (len(exercises) + 2)
    named = _are_named(results, people)
    write_rows(
        path,
        ["student", *(["name"] if named else []), *exercises, "total", "max", "problem"],
        [[*row, limit, ""] for row in _body(exercises, results, people)]
        + [[*_who(r, people, named), *blank, r.problem.en] for r in results if r.problem],
    )


def write_mistakes_csv(
    path: Path,
    exercises: dict[str, float],
    results: list[SubmissionResult],
    people: Mapping[str, Person] = {},
) -> None:
    """Write a line a mistake, exercise and student, the most frequent mistakes first."""
    write_rows(
        path,
        ["mistake", "students", "message", "message_zh", "exercise", "student", "name", "told"],
        (
            [*head, exercise, student, _name_of(student, people), told]
            for one in class_statistics.mistakes(exercises, results)
            for head in [(one.name, len(one.students), one.text.en, one.text.zh)]
            for exercise, student, told in one.made
        ),
    )


def write_alike_csv(path: Path, comparison: Comparison, people: Mapping[str, Person] = {}) -> None:
    """Write a line a pair of students whose answers are alike, the most surprising first."""
    who = ["student", "name", "other", "other_name"]
    write_rows(
        path,
        ["exercise", *who, "rare_pieces_shared", "of", "have_such_a_piece", "answers", "usual"],
        (
            [
                p.exercise,
                *(text for student in p.students for text in (student, _name_of(student, people))),
                *(p.shared, p.of, f"{p.holders:.1f}", p.answers, f"{p.usual:g}"),
            ]
            for p in comparison.pairs
        ),
    )


def write_rows(path: Path, head: list[str], rows: Iterable[Sequence[object]], append: bool = False) -> None:
    """Write a CSV file that spreadsheets can open, or append to it."""
    mode, encoding = ("a" if append else "w"), "utf-8-sig"  # spreadsheets ask for the mark
    with path.open(mode, newline="", encoding=encoding, errors="replace") as file:
        writer = csv.writer(file)
        if file.tell() == 0:
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


def _body(
    exercises: dict[str, float], results: list[SubmissionResult], people: Mapping[str, Person]
) -> list[list[str]]:
    named = _are_named(results, people)
    return [
        [
            *_who(result, people, named),
            *(cell(result.marks.get(name)) for name in exercises),
            f"{result.total:g}",
        ]
        for result in results
        if not result.problem
    ]


def _are_named(results: list[SubmissionResult], people: Mapping[str, Person]) -> bool:
    """Return whether any name is known, so that there is a column for them."""
    return any(result.student in people and people[result.student].name for result in results)


def _who(result: SubmissionResult, people: Mapping[str, Person], named: bool) -> list[str]:
    return [result.student, _name_of(result.student, people)] if named else [result.student]


def _name_of(student: str, people: Mapping[str, Person]) -> str:
    return people.get(student, Person()).name


def width(text: str) -> int:
    """Return the columns that a text takes on a terminal: two for a Chinese character, none for an accent."""
    chars = (char for char in text if unicodedata.category(char) not in ("Mn", "Me", "Cf"))
    return sum(1 + (unicodedata.east_asian_width(char) in "WF") for char in chars)


def _padded(text: str, columns: int, left: bool) -> str:
    space = " " * (columns - width(text))
    return text + space if left else space + text
