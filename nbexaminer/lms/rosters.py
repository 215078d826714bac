"""The CSV files that LMSs export: who takes the course, and a column for the grades.

Canvas's gradebook is read here, Moodle's grading worksheet in nbexaminer.lms.worksheet.
Sources: canvas-lms `lib/gradebook_exporter.rb`, `lib/gradebook_importer.rb`. More: docs/lms.md.
"""

from __future__ import annotations

import contextlib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from nbexaminer.errors import SpreadsheetError
from nbexaminer.lms.spreadsheet import Spreadsheet


@dataclass(frozen=True)
class Person:
    """A student's row in a roster.

    row: its number in the file; ids: what the student may be called in the gradebook, the surest first.
    status: what the LMS says of the submission, in its own words; submitted, draft, late: what that means,
    None where it does not say. submitted_at: in UTC. groups: the cells that may hold the group's name.
    """

    row: int
    ids: tuple[str, ...]
    name: str
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    status: str = ""
    submitted: bool | None = None
    draft: bool = False
    late: bool | None = None
    submitted_at: datetime | None = None
    groups: tuple[str, ...] = ()


class Roster:
    """A CSV file that the LMS exported: who takes the course, and a column for the grades."""

    lms = ""
    people: list[Person]

    def __init__(self, path: Path) -> None:
        """Raises SpreadsheetError."""
        self.sheet = Spreadsheet(path)
        self.titles = [cell.strip() for cell in self.sheet.rows[0]]

    @property
    def has_groups(self) -> bool:
        """Whether it may be of an assignment that groups hand in."""
        return False

    def student(self, person: Person) -> str:
        """Return what a student is called in the course."""
        raise NotImplementedError

    def name_matches(self, person: Person, name: str) -> bool:
        """Return whether a name in an archive may be this person's."""
        raise NotImplementedError

    def members(self, name: str, number: str) -> list[Person]:
        """Return who is in a group, by the name and number that an archive has of it; raises Ambiguous."""
        raise NotImplementedError

    def grade_column(self, assignment: str, title: str) -> int:
        """Return the number of an assignment's column; `title` is its title, if told.

        Raises SpreadsheetError.
        """
        raise NotImplementedError

    def maximum(self, column: int) -> float | None:
        """Return how many points the LMS gives at most, if it says so."""
        raise NotImplementedError

    def locked(self, person: Person, column: int) -> str | None:
        """Return why a cell must stay as it is, or None."""
        raise NotImplementedError

    def is_student(self, person: Person) -> bool:
        """Return whether a row is of a real student."""
        return True

    def person(self, number: str) -> Person | None:
        """Return who bears this number of the LMS's."""
        return self._by_number.get(number)

    def clash(self, person: Person) -> str | None:
        """Return why nobody can tell from a student's id who it is, or None."""
        others = [other.name or other.ids[0] for other in self._by_student[self.student(person)]]
        return f"{' and '.join(others)} have one ID, {self.student(person)}" if len(others) > 1 else None

    def cell(self, row: int, *titles: str) -> str:
        """Return the cell in the first of these columns that there is, or nothing."""
        column = next((self.titles.index(title) for title in titles if title in self.titles), None)
        return "" if column is None else self.cell_at(row, column)

    def cell_at(self, row: int, column: int) -> str:
        """Return a cell without blanks around it; rows may be cut short."""
        line = self.sheet.rows[row]
        return line[column].strip() if column < len(line) else ""

    def _index(self) -> None:
        """Index the people, once they are read; raises SpreadsheetError if one has two rows."""
        if not self.people:
            raise SpreadsheetError(f"{self.sheet.path} has no students")
        numbers = [person.ids[0] for person in self.people]
        if twice := {number for number in numbers if numbers.count(number) > 1}:
            raise SpreadsheetError(f"{self.sheet.path} has more than one row of {', '.join(sorted(twice))}")
        self._by_number = dict(zip(numbers, self.people, strict=True))
        self._by_student: dict[str, list[Person]] = defaultdict(list)
        for person in self.people:
            self._by_student[self.student(person)].append(person)


class Ambiguous(Exception):
    """More than one group has the name that is asked for."""


class CanvasRoster(Roster):
    """Canvas's gradebook: a column an assignment, a row `Points Possible`, a row a student.

    A student's id in the course is the user's number, column `ID`, which is in the names of the archive, too.
    Who is in which group stands in a file of its own, which Canvas gives under People, Groups.
    """

    lms = "canvas"

    def __init__(self, path: Path, groups: Path | None = None) -> None:
        """Raises SpreadsheetError."""
        super().__init__(path)
        _require(path, self.titles, ("ID", "Section"))
        self.people = [self._person(row) for row in range(1, len(self.sheet.rows)) if self.cell(row, "ID")]
        self._index()
        self._groups = _canvas_groups(groups) if groups else {}

    def student(self, person: Person) -> str:
        return person.ids[0]

    def name_matches(self, person: Person, name: str) -> bool:
        return _plain(name) == _plain(
            self.cell(person.row, "Student") or f"{person.last_name}{person.first_name}"
        )

    def members(self, name: str, number: str) -> list[Person]:
        groups = [
            numbers
            for (_, group), numbers in self._groups.items()
            if _plain(group) == _plain(name) and number in numbers
        ]
        if len(groups) > 1:
            raise Ambiguous
        return [person for number in (groups[0] if groups else ()) if (person := self.person(number))]

    def grade_column(self, assignment: str, title: str) -> int:
        first = self.titles.index("Section") + 1
        titles = {number: text for number, text in enumerate(self.titles) if number >= first and text}
        if title:
            found = [n for n, text in titles.items() if title in (text, _without_number(text))]
        else:
            found = [n for n, text in titles.items() if _plain(_without_number(text)) == _plain(assignment)]
        found = [number for number in found if "read only" not in self._possible(number)]
        return only_column(found, title or assignment, self.sheet.path, list(titles.values()))

    def maximum(self, column: int) -> float | None:
        return number_in(self._possible(column))

    def locked(self, person: Person, column: int) -> str | None:
        reasons = {"EX": "is excused in Canvas", "N/A": "has not been given this assignment in Canvas"}
        return reasons.get(self.cell_at(person.row, column).upper())

    def is_student(self, person: Person) -> bool:
        return self.cell(person.row, "Student") != "Student, Test"  # whom Canvas makes up, and exports too

    def _possible(self, column: int) -> str:
        rows = (row for row in self.sheet.rows if row[0].strip().startswith("Points Possible"))
        row: list[str] = next(rows, [])
        return row[column].strip() if column < len(row) else ""

    def _person(self, row: int) -> Person:
        last, _, first = self.cell(row, "Student").partition(",")
        ids = (self.cell(row, name) for name in ("ID", "SIS Login ID", "SIS User ID"))
        last, first = self.cell(row, "LastName") or last.strip(), self.cell(row, "FirstName") or first.strip()
        return Person(row, tuple(ids), f"{first} {last}".strip(), first, last)


def only_column(found: list[int], name: str, path: Path, titles: list[str]) -> int:
    """Return the one column that was found; raises SpreadsheetError if it is none or several."""
    if len(found) != 1:
        how_many = "no column" if not found else "more than one column"
        raise SpreadsheetError(
            f"{path} has {how_many} for {name} that can be filled; name it (--column). "
            f"Its columns are: {', '.join(title for title in titles if title)}"
        )
    return found[0]


def number_in(text: str) -> float | None:
    """Return the number that a cell holds, with a point or a comma in it."""
    with contextlib.suppress(ValueError):
        return float(text.replace(",", "."))
    return None


def _canvas_groups(path: Path) -> dict[tuple[str, str], list[str]]:
    """Return the numbers of the members of each group, by the group's number and name."""
    sheet = Spreadsheet(path)
    titles = [cell.strip() for cell in sheet.rows[0]]
    _require(path, titles, ("canvas_user_id", "group_name"))
    groups: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in sheet.rows[1:]:
        cells = dict(zip(titles, map(str.strip, row), strict=False))
        if (name := cells.get("group_name")) and (number := cells.get("canvas_user_id")):
            groups[cells.get("canvas_group_id", ""), name].append(number)
    return groups


def _require(path: Path, titles: list[str], wanted: Sequence[str]) -> None:
    if missing := [title for title in wanted if title not in titles]:
        raise SpreadsheetError(
            f"{path} has no column {' or '.join(missing)}; its columns are: {', '.join(titles)}"
        )


def _plain(text: str) -> str:
    """Return a title or a name as Canvas's archives write it: word characters only, and small."""
    return re.sub(r"[\W_]", "", unicodedata.normalize("NFC", text)).lower()


def _without_number(title: str) -> str:
    return re.sub(r"\s*\(\d+\)$", "", title)
