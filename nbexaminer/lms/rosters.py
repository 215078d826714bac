"""The CSV files that LMSs export: who takes the course, and columns for grades.

Sources: canvas-lms `lib/gradebook_exporter.rb` and `lib/gradebook_importer.rb`; moodle
`mod/assign/gradingtable.php` and `mod/assign/feedback/offline/importgradeslib.php`. More: docs/lms.md.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from nbexaminer.errors import SpreadsheetError
from nbexaminer.lms.spreadsheet import Spreadsheet


@dataclass(frozen=True)
class Person:
    """A student's row in a roster.

    ids: what the student may be called in the gradebook, the surest first.
    handed_in: when, if the roster says so; late likewise.
    """

    row: int
    ids: tuple[str, ...]
    name: str
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    handed_in: datetime | None = None
    late: bool | None = None


class Roster:
    """A CSV file that the LMS exported: who takes the course, and a column for the grades."""

    people: list[Person]

    def __init__(self, path: Path, wanted: Sequence[str]) -> None:
        self.sheet = Spreadsheet(path)
        self.head = [cell.strip() for cell in self.sheet.rows[0]]
        if missing := [name for name in wanted if name not in self.head]:
            raise SpreadsheetError(
                f"{path} has no column {' or '.join(missing)}; its columns are: {', '.join(self.head)}"
            )

    def cell(self, row: int, *names: str) -> str:
        """Return the cell in the first of these columns that there is, or nothing."""
        for name in names:
            if name in self.head:
                line, column = self.sheet.rows[row], self.head.index(name)
                return line[column].strip() if column < len(line) else ""
        return ""

    def person(self, key: str) -> Person | None:
        """Return who bears this number of the LMS's."""
        return next((person for person in self.people if person.ids[0] == key), None)

    def student(self, person: Person) -> str:
        """Return what a student is called in the course."""
        raise NotImplementedError

    def agrees(self, person: Person, name: str) -> bool:
        """Return whether a name in an archive may be this person's."""
        return True

    def column(self, assignment: str, named: str) -> int:
        """Return the number of an assignment's column; `named` is its title, if told. Raises SpreadsheetError."""
        raise NotImplementedError

    def points(self, column: int) -> float | None:
        """Return how many points the LMS gives at most, if it says so."""
        raise NotImplementedError

    def closed(self, person: Person, column: int) -> str | None:
        """Return why a cell must stay as it is, or None."""
        raise NotImplementedError

    def is_student(self, person: Person) -> bool:
        return True

    def _check(self) -> None:
        """Raises SpreadsheetError if it has nobody, or somebody twice."""
        if not self.people:
            raise SpreadsheetError(f"{self.sheet.path} has no students")
        keys = [person.ids[0] for person in self.people] + [
            name for person in self.people if (name := self.student(person)) != person.ids[0]
        ]
        if twice := {key for key in keys if keys.count(key) > 1}:
            raise SpreadsheetError(f"{self.sheet.path} has more than one row of {', '.join(sorted(twice))}")


class CanvasRoster(Roster):
    """Canvas's gradebook: a column an assignment, a row `Points Possible`, a row a student.

    A student's id in the course is the user's number, column `ID`, which is in the names of the archive, too.
    """

    def __init__(self, path: Path) -> None:
        """Raises SpreadsheetError."""
        super().__init__(path, ("ID", "Section"))
        self.people = [self._person(row) for row in range(1, len(self.sheet.rows)) if self.cell(row, "ID")]
        self._check()

    def student(self, person: Person) -> str:
        return person.ids[0]

    def agrees(self, person: Person, name: str) -> bool:
        return _plain(name) == _plain(
            self.cell(person.row, "Student") or f"{person.last_name}{person.first_name}"
        )

    def column(self, assignment: str, named: str) -> int:
        first = self.head.index("Section") + 1
        titles = {number: title for number, title in enumerate(self.head) if number >= first and title}
        if named:
            found = [n for n, title in titles.items() if named in (title, _without_number(title))]
        else:
            found = [n for n, title in titles.items() if _plain(_without_number(title)) == _plain(assignment)]
        found = [number for number in found if "read only" not in self._possible(number)]
        return _only(found, named or assignment, self.sheet.path, list(titles.values()))

    def points(self, column: int) -> float | None:
        return _number(self._possible(column))

    def closed(self, person: Person, column: int) -> str | None:
        line = self.sheet.rows[person.row]
        now = line[column].strip() if column < len(line) else ""
        reasons = {"EX": "is excused in Canvas", "N/A": "has not been given this assignment in Canvas"}
        return reasons.get(now.upper())

    def is_student(self, person: Person) -> bool:
        return self.cell(person.row, "Student") != "Student, Test"  # whom Canvas makes up, and exports too

    def _possible(self, column: int) -> str:
        rows = (row for row in self.sheet.rows if row[0].strip().startswith("Points Possible"))
        row = next(rows, [])
        return row[column].strip() if column < len(row) else ""

    def _person(self, row: int) -> Person:
        last, _, first = self.cell(row, "Student").partition(",")
        ids = (self.cell(row, name) for name in ("ID", "SIS Login ID", "SIS User ID"))
        last, first = self.cell(row, "LastName") or last.strip(), self.cell(row, "FirstName") or first.strip()
        return Person(row, tuple(ids), f"{first} {last}".strip(), first, last)


class MoodleRoster(Roster):
    """Moodle's offline grading worksheet: a row a participant, with the time of the submission.

    Names in archives agree, since students can't forge numbers there, and order and spelling may differ.
    A participant has another number in each assignment, so a student's id in the course is the ID number or
    the e-mail address where the worksheet shows one.
    """

    def __init__(self, path: Path) -> None:
        """Raises SpreadsheetError."""
        super().__init__(path, ())
        rows = range(1, len(self.sheet.rows))
        self.people = [person for person in map(self._person, rows) if person]
        self._check()

    def student(self, person: Person) -> str:
        return next(name for name in (person.ids[1], person.ids[2], person.ids[0]) if name)

    def column(self, assignment: str, named: str) -> int:
        found = [number for number, title in enumerate(self.head) if title == (named or "Grade")]
        return _only(found, named or "Grade", self.sheet.path, self.head)

    def points(self, column: int) -> float | None:
        return _number(self.cell(self.people[0].row, "Maximum grade", "Maximum Grade"))

    def closed(self, person: Person, column: int) -> str | None:
        no = self.cell(person.row, "Grade can be changed").lower() == "no"
        return "has a grade that can't be changed in Moodle" if no else None

    def _person(self, row: int) -> Person | None:
        number = re.search(r"(\d+)$", self.sheet.rows[row][0].strip())  # the head is in the user's language
        if not number:
            return None
        ids = (
            number[1],
            self.cell(row, "ID number"),
            self.cell(row, "Email address"),
            self.cell(row, "Username"),
        )
        first, last = self.cell(row, "First name"), self.cell(row, "Last name", "Surname")
        name = self.cell(row, "Full name") or f"{first} {last}".strip()
        if not (first or last):
            first, _, last = name.rpartition(" ")
        return Person(
            row,
            ids,
            name,
            first,
            last,
            ids[2],
            _moodle_time(self.cell(row, "Last modified (submission)")),
            _moodle_late(self.cell(row, "Status").lower()),
        )


def _moodle_time(text: str) -> datetime | None:
    """Return a time as Moodle writes it in English, in this machine's zone; None if it can't be read."""
    for form in ("%A, %d %B %Y, %I:%M %p", "%A, %d %B %Y, %H:%M", "%A, %B %d, %Y, %I:%M %p"):
        with contextlib.suppress(ValueError):
            return datetime.strptime(text, form).astimezone(UTC)
    return None


def _moodle_late(status: str) -> bool | None:
    """Return what a status in English says of lateness: `Submitted for grading - 2 days late`."""
    return True if "late" in status else False if "submitted" in status else None


def _plain(text: str) -> str:
    """Return a title or a name as Canvas's archives write it: word characters only, and small."""
    return re.sub(r"[\W_]", "", text).lower()


def _without_number(title: str) -> str:
    return re.sub(r"\s*\(\d+\)$", "", title)


def _number(text: str) -> float | None:
    with contextlib.suppress(ValueError):
        return float(text.replace(",", "."))
    return None


def _only(found: list[int], name: str, path: Path, titles: list[str]) -> int:
    if len(found) != 1:
        how_many = "no column" if not found else "more than one column"
        raise SpreadsheetError(
            f"{path} has {how_many} for {name} that can be filled; name it (--column). "
            f"Its columns are: {', '.join(title for title in titles if title)}"
        )
    return found[0]
