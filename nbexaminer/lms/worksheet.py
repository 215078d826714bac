"""Moodle's offline grading worksheet, in whatever language the teacher uses Moodle.

Its columns stand in one order, of which some may be missing (moodle `mod/assign/gradingtable.php`):

    Identifier, Full name, [ID number, Email address, ...], Status, [Group], [Marker], Grade,
    Maximum grade or Scale, [Marking workflow state], Grade can be changed, [Last modified (submission)], ...

Titles are translated, and so are `Yes`, `Draft (not submitted)` and `2 days late`. What is needed is known by
its place and its form; of words, only the title of the status and yes and no. What can't be told is refused.
"""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

from nbexaminer.errors import SpreadsheetError
from nbexaminer.lms.archives import unfit
from nbexaminer.lms.dates import parse_date
from nbexaminer.lms.rosters import Ambiguous, Person, Roster, number_in, only_column

# Moodle's translations (get_string('status', 'assign'), 'yes' and 'no'), in small letters.
_WORDS = {
    "status": """
        status statut estado stato stav stare stanje estat egoera état állapot tila staða būsena būklė statuss
        olek durum статус состояние стан состојба състояние κατάσταση الحالة حالة סטטוס מצב وضعیت 状态 狀態
        状況 状態 ステータス 상태 สถานะ स्थिति სტატუსი կարգավիճակ күй төлөв
    """,
    "yes": """
        yes ja oui sí si sim sì tak да так はい 예 네 是 是的 evet نعم ano áno jo kyllä igen da ναι כן bai có
        ya ใช่ بله بلی jah jā taip já हाँ हां დიახ այո иә тийм bəli
    """,
    "no": """
        no nein non não nee nie нет ні いいえ 아니오 아니요 否 不 hayır لا ne nej ei nem nu όχι לא ez không
        tidak ไม่ ไม่ใช่ خیر نه не nē nei नहीं არა ոչ жоқ үгүй xeyr
    """,
}
_STATUS = {*_WORDS["status"].split(), "trạng thái"}
_YES, _NO = set(_WORDS["yes"].split()), set(_WORDS["no"].split())
# A column of the identity is the ID number's if its title speaks of an ID, or else of a number.
_ID = re.compile(r"\bid\b|^id|identi|ідентиф|идентиф|индивид|学号|學號|학번|ナンバー", re.IGNORECASE)
_NUMBER = re.compile(
    r"num[mb]?er|n[uú]m[eéè]r|numara|nomor|номер|ном[еі]р|αριθμ|číslo|broj|szám|zenbaki|号|號|番号|번호|رقم|شماره"
    r"|מספר|số|เลข",
    re.IGNORECASE,
)
_TELEPHONE = re.compile(r"tel|phon|fon|电话|電話|手机|전화|мобил|тел|هاتف|puhelin|điện", re.IGNORECASE)
_DATE = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_ENGLISH_DATE = re.compile(r"(Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, ")

IGNORE_MODIFIED = (
    "Allow updating records that have been modified more recently in Moodle than in the spreadsheet"
)


class MoodleRoster(Roster):
    """Moodle's grading worksheet: a row a participant, with status and time of the submission.

    A participant has another number in each assignment, so a student's id in the course is the ID number or
    the e-mail address where the worksheet shows one.
    """

    lms = "moodle"

    def __init__(self, path: Path) -> None:
        """Raises SpreadsheetError if it is none, or in a language that is not understood."""
        super().__init__(path)
        self._rows = [
            row for row in range(1, len(self.sheet.rows)) if re.search(r"\d$", self.cell_at(row, 0))
        ]
        if len(self.sheet.rows) < 2:
            raise SpreadsheetError(f"{path} has no students")
        if not self._rows:
            raise SpreadsheetError(
                f"{path} is no grading worksheet of Moodle's: no row begins with a participant's number. "
                "It comes from the assignment (Submissions, Actions, Download grading worksheet), not from "
                "the gradebook. "
                f"Its columns are: {', '.join(self.titles)}"
            )
        self._status = self._find_status()
        self._changeable = self._find_changeable()
        self._maximum = self._find_maximum()
        self._identity = range(1, self._status)
        self._email = next((column for column in self._identity if self._holds_addresses(column)), None)
        self._id_number = self._find_id_number()
        self.people = [self._person(row) for row in self._rows]
        self._index()

    @property
    def has_groups(self) -> bool:
        """Whether it has columns between status and grade: the group, or the marker, or both."""
        return bool(self._group_columns())

    def unreadable_to_moodle(self) -> list[str]:
        """Return whose grades Moodle skips at the import: it reads when they were changed in English alone.

        Source: moodle `mod/assign/feedback/offline/importgradeslib.php`, which calls PHP's strtotime.
        """
        columns = range(self._changeable + 2, len(self.titles))
        dated = [c for c in columns if all(cell == "-" or _DATE.search(cell) for cell in self._cells(c))]
        return [
            person.name or person.ids[0]
            for person in self.people
            for cell in [self.cell_at(person.row, dated[0]) if dated else "-"]
            if cell != "-" and not _ENGLISH_DATE.match(cell)
        ]

    def student(self, person: Person) -> str:
        return next(text for text in (*map(_as_id, person.ids[1:3]), person.ids[0]) if text)

    def name_matches(self, person: Person, name: str) -> bool:
        """The order of the first and the last name differs from language to language.

        With anonymous marking all are called by the identifier, in the archive without its number; editions
        before 4.0 put the group that was chosen before the name.
        """
        own, said = _plain(person.name), _plain(name)
        identifier = _plain(self.cell_at(person.row, 0))
        is_anonymous = said in (identifier, re.sub(r"\d+$", "", identifier))
        return is_anonymous or not own or sorted(own) == sorted(said) or said.endswith(f"-{own}")

    def members(self, name: str, number: str) -> list[Person]:
        people = [p for p in self.people if _plain(name) in map(_plain, p.groups)]
        names = {group for person in people for group in person.groups if _plain(group) == _plain(name)}
        if len(names) > 1:
            raise Ambiguous
        return people

    def grade_column(self, assignment: str, title: str) -> int:
        """Return the number of the column before the maximum; raises SpreadsheetError."""
        if self._maximum is None:
            raise SpreadsheetError(
                f"{self.sheet.path}: this assignment has a scale or no grade in Moodle, which scores can't "
                "fill. Set its grade to points in Moodle, and download the worksheet anew"
            )
        if title:
            found = [number for number, text in enumerate(self.titles) if text == title]
            return only_column(found, title, self.sheet.path, self.titles)
        return self._maximum - 1

    def maximum(self, column: int) -> float | None:
        return None if self._maximum is None else number_in(self.cell_at(self._rows[0], self._maximum))

    def locked(self, person: Person, column: int) -> str | None:
        no = self.cell_at(person.row, self._changeable).casefold() in _NO
        return "has a grade that can't be changed in Moodle" if no else None

    # ---------------------------------------------------------------------------------- which column is what

    def _cells(self, column: int) -> list[str]:
        return [self.cell_at(row, column) for row in self._rows]

    def _find_status(self) -> int:
        found = [number for number, title in enumerate(self.titles) if title.casefold() in _STATUS]
        if not found:
            raise self._not_understood("the status of the submissions")
        return found[0]

    def _find_changeable(self) -> int:
        """Return the first column behind the status that says yes or no, and nothing else."""
        for column in range(self._status + 1, len(self.titles)):
            cells = {cell.casefold() for cell in self._cells(column)}
            if cells <= _YES | _NO and len(cells & _YES) < 2 and len(cells & _NO) < 2:
                return column
        raise self._not_understood("whether a grade can be changed")

    def _find_maximum(self) -> int | None:
        """Return the column that holds the same number above 0 everywhere; a workflow's may follow it."""
        for column in (self._changeable - 1, self._changeable - 2):
            cells = {number_in(cell) for cell in self._cells(column)}
            if column > self._status + 1 and len(cells) == 1 and (cells.pop() or 0) > 0:
                return column
        return None

    def _find_id_number(self) -> int | None:
        titles = {
            column: self.titles[column]
            for column in self._identity
            if column != self._email and not _TELEPHONE.search(self.titles[column])
        }
        for pattern in (_ID, _NUMBER):
            found = [column for column, title in titles.items() if pattern.search(title)]
            if len(found) == 1:
                return found[0]
        return None

    def _holds_addresses(self, column: int) -> bool:
        cells = [cell for cell in self._cells(column) if cell]
        return bool(cells) and all(re.fullmatch(r"[^@\s]+@[^@\s]+", cell) for cell in cells)

    def _group_columns(self) -> range:
        """Return the columns that may hold the group; with a scale one cannot tell where the grade begins."""
        end = self._changeable - 2 if self._maximum is None else self._maximum - 1
        return range(self._status + 1, end)

    def _not_understood(self, what: str) -> SpreadsheetError:
        return SpreadsheetError(
            f"{self.sheet.path} is no grading worksheet of Moodle's, or in a language that is not known: "
            f"no column tells {what}. Switch Moodle to English and download it anew. "
            f"Its columns are: {', '.join(self.titles)}"
        )

    # ------------------------------------------------------------------------------------------ its people

    def _person(self, row: int) -> Person:
        number = re.search(r"\d+$", self.cell_at(row, 0))
        assert number, "such rows were chosen"
        name = self.cell_at(row, 1) if self._status > 1 else self.cell_at(row, 0)
        first, _, last = name.rpartition(" ")
        email = self.cell_at(row, self._email) if self._email is not None else ""
        id_number = self.cell_at(row, self._id_number) if self._id_number is not None else ""
        time = self.cell_at(row, self._changeable + 1)
        submitted = None if not time else time != "-"
        parts = [part.strip() for part in self.cell_at(row, self._status).split(" - ")]
        parts = [part for part in parts if part.strip("- ")]
        draft = bool(submitted and parts and re.search(r"[(（].*[)）]", parts[0]))
        return Person(
            row,
            (number[0], id_number, email, _as_id(id_number)),
            name,
            first,
            last,
            email,
            status=" - ".join(parts),
            submitted=submitted and not draft,
            draft=draft,
            late=any(map(_is_duration, parts[1:])) if submitted else None,
            submitted_at=parse_date(time) if submitted else None,
            groups=tuple(text for column in self._group_columns() if (text := self.cell_at(row, column))),
        )


def _is_duration(part: str) -> bool:
    """Return whether a part of a status holds a number, and no date: it tells how late a submission is.

    The others that may stand behind the first hold words (locked, graded) or a date (an extension).
    """
    return bool(re.search(r"\d", part)) and not _DATE.search(part)


def _as_id(text: str) -> str:
    """Return an ID number as it may be the name of a folder: `F17/1234` as `F17-1234`."""
    text = re.sub(r"[/\\:\s]+", "-", text).strip("-.")
    return "" if unfit(text) else text


def _plain(text: str) -> str:
    """Return a name as it can be compared with that in an archive, out of which Moodle takes some signs."""
    text = unicodedata.normalize("NFC", text)
    return re.sub(r"[\x00-\x1f&<>\"`|':\\/_.\s]", "", text).casefold()
