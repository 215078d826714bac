"""Take what an LMS gives into submitted/: each student's latest notebook, under its right name.

nbgrader's zip_collect unpacks an archive by the names in it and lets the last file win; here nothing is
written but what was recognised by its content, nothing is overwritten, and all that is left out is named.
"""

from __future__ import annotations

import csv
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from nbexaminer.course import queries
from nbexaminer.course.course import Course
from nbexaminer.lms import archives
from nbexaminer.lms.archives import Member, shown
from nbexaminer.lms.attempts import NEVER, STAMP, Attempts, Submission
from nbexaminer.lms.names import LMS, Origin
from nbexaminer.lms.owners import Owners
from nbexaminer.lms.rosters import Person, Roster
from nbexaminer.pages import report


@dataclass
class Row:
    """What became of one student's submission, or of a file that is nobody's.

    handed_in: in UTC, None if that can't be known; at_latest: whether it may have been earlier.
    what: "new", "newer", "unchanged", "older" or "left out".
    """

    student: str
    name: str = ""
    handed_in: datetime | None = None
    at_latest: bool = False
    late: bool = False
    what: str = "left out"
    notes: list[str] = field(default_factory=list)
    looks_bad: bool = False

    @property
    def needs_a_look(self) -> bool:
        return self.looks_bad or self.what == "left out"


class Collector:
    """Takes in archives of one assignment."""

    def __init__(
        self,
        course: Course,
        assignment: str,
        lms: str,
        roster: Roster | None = None,
        encoding: str | None = None,
    ) -> None:
        self._course, self._assignment, self._lms = course, assignment, LMS[lms]
        self._roster, self._encoding = roster, encoding
        self._owners = Owners(lms, roster)
        own = _names_in(course.folder("source", assignment))
        self._attempts = Attempts(queries.released_cells(course, assignment), own, encoding)
        self._due = self._due_date()

    def collect(self, path: Path) -> list[Row]:
        """Take in one archive; raises ArchiveRefused if it is not to be trusted, and has then changed nothing."""
        with archives.opened(path, self._encoding) as members:
            handed, nobodys = self._owners.sort(members)
            rows = [Row(shown(student), notes=[reason]) for student, reason in nobodys]
            rows += [self._take(student, files) for student, files in sorted(handed.items())]
        self._enter_names(rows)
        return sorted(rows, key=lambda row: (row.student == "", row.name.casefold(), row.student))

    # ------------------------------------------------------------------------------- one student's files

    def _take(self, number: str, handed: list[tuple[Origin, Member]]) -> Row:
        origin = handed[0][0]
        person, student = self._owners.person(number), self._owners.student(number)
        row = Row(shown(student), shown(person.name if person else origin.name))
        if self._roster and not person:
            row.notes.append("not in the roster")
            row.looks_bad = True
        if doubt := self._owners.doubt(origin):
            row.notes.append(doubt)
            return row
        if reason := _unfit(student):
            row.notes.append(f"can't be the name of a folder: it {reason}")
            return row
        submission = self._attempts.read(handed)
        row.notes += submission.notes
        row.looks_bad |= submission.looks_bad
        if not submission.files:
            return row
        changed = max((member.when or NEVER for _, member in handed), default=NEVER)
        row.handed_in, row.late, certain = self._when(origin, person, changed)
        row.at_latest = not (certain or self._lms.own_times)
        folder = self._course.folder("submitted", self._assignment, student)
        try:
            self._store(row, folder, submission, changed, certain)
        except OSError as error:
            row.what, row.looks_bad = "left out", True
            row.notes.append(f"can't be written: {error.strerror}")
        return row

    # ------------------------------------------------------------------------------------------ times

    def _when(
        self, origin: Origin, person: Person | None, changed: datetime
    ) -> tuple[datetime | None, bool, bool]:
        """Return when it was handed in, if that is known, whether it is late, and whether the time is exact.

        The LMSs' archives bear the time of the download, so that it can only have been earlier. What the
        LMS says of lateness decides on which side of the due date the time is.
        """
        exact = person.handed_in if person else None
        when = exact or (None if changed == NEVER else changed)
        late = person.late if person and person.late is not None else origin.late
        if self._due and when:
            if late is None and when > self._due and not (exact or self._lms.own_times):
                when = None
            elif late is None:
                late = when > self._due
            else:
                when = max(when, self._due + timedelta(seconds=1)) if late else min(when, self._due)
        return when, bool(late), bool(exact)

    def _due_date(self) -> datetime | None:
        with self._course.gradebook(self._assignment) as gradebook:
            due = gradebook.find_assignment(self._assignment).duedate
        return due.replace(tzinfo=UTC) if due else None

    # ----------------------------------------------------------------------------------- on the disk

    def _store(
        self, row: Row, folder: Path, submission: Submission, changed: datetime, certain: bool
    ) -> None:
        """Bring a submission into submitted/; what was there, or is older, is kept in collected/."""
        aside = self._course.root / "collected" / self._assignment / folder.parent.name
        for file in submission.earlier:
            _keep_aside(aside, {file.path: file.data}, file.rank[1])
        there = _contents(folder)
        if there is None:
            row.what = "new"
        elif there == submission.files:
            row.what = "unchanged"
            stamp = folder / STAMP
            if (
                certain
                and row.handed_in
                and (not stamp.exists() or stamp.read_text() != _stamp(row.handed_in))
            ):
                stamp.write_text(_stamp(row.handed_in), encoding="utf-8")
                row.notes.append("its time was put right")
            return
        elif changed < _changed(folder) and changed != NEVER:
            row.what = "older"
            kept = _keep_aside(aside, submission.files, changed)
            row.notes.append(f"what is in submitted/ is newer and stays; this is in {self._shown(kept)}")
            return
        else:
            row.what = "newer"
            kept = _free(aside / _as_name(_changed(folder)))
            kept.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(folder, kept)
            row.notes.append(f"what was in submitted/ is in {self._shown(kept)}")
        if row.handed_in is None:
            row.notes.append("when it was handed in is not known")
        _write(folder, submission.files, changed, row.handed_in)

    def _shown(self, path: Path) -> str:
        return f"{path.relative_to(self._course.root)}/"

    def _enter_names(self, rows: list[Row]) -> None:
        """Enter in the gradebook what the roster says of those who handed in."""
        if not self._roster:
            return
        people = {self._roster.student(person): person for person in self._roster.people}
        with self._course.gradebook(self._assignment) as gradebook:
            for row in rows:
                if row.what != "left out" and (person := people.get(row.student)):
                    known = {
                        "first_name": person.first_name,
                        "last_name": person.last_name,
                        "email": person.email,
                    }
                    known = {name: text[:128] for name, text in known.items() if text}
                    gradebook.update_or_create_student(row.student, lms_user_id=person.ids[0], **known)


# ------------------------------------------------------------------------------------------- reports


def table(rows: list[Row]) -> str:
    """Return who, what, when, and what was left out and why, as lines of text."""
    cells = [
        [
            row.student,
            row.name if row.name != row.student else "",
            _when_shown(row),
            "late" if row.late else "",
            row.what,
            "; ".join(row.notes),
        ]
        for row in rows
    ]
    heads = ["student", "name", "handed in (UTC)", "late", "became", "what to know"]
    used = [number for number in range(len(heads)) if any(row[number] for row in cells) or number in (0, 4)]
    lines = report.aligned([[row[number] for number in used] for row in [heads, *cells]])
    return "\n".join([lines[0], "─" * max(map(report.width, lines)), *lines[1:]])


def write_csv(path: Path, rows: list[tuple[str, Row]]) -> None:
    """Write the table, each row with its archive; no cell begins as a formula does."""
    path.parent.mkdir(exist_ok=True)
    with path.open("w", newline="", encoding="utf-8-sig") as file:
        writer = csv.writer(file)
        writer.writerow(["archive", "student", "name", "handed in (UTC)", "late", "became", "what to know"])
        for archive, row in rows:
            late = "late" if row.late else ""
            cells = [row.student, row.name, _when_shown(row), late, row.what, "; ".join(row.notes)]
            writer.writerow(
                ["'" + cell if cell[:1] in "=+-@\t" and cell else cell for cell in [archive, *cells]]
            )


# ------------------------------------------------------------------------------------------- helpers


def _when_shown(row: Row) -> str:
    return f"{'≤ ' * row.at_latest}{row.handed_in:%Y-%m-%d %H:%M}" if row.handed_in else ""


def _names_in(folder: Path) -> set[str]:
    return {path.name for path in folder.rglob("*") if path.is_file()}


def _unfit(student: str) -> str | None:
    """Return why something can't be a student's id, which is a folder's name and a key of the gradebook."""
    if "/" in student or student.startswith((".", "-")) or student != student.strip():
        return "begins or ends with what folders should not"
    if len(student) > 128:
        return "is too long"
    return archives.unsafe(student)


def _contents(folder: Path, stamp: bool = False) -> dict[str, bytes] | None:
    """Return what stands in a folder, less nbgrader's time unless asked for; None if there is no folder."""
    if not folder.is_dir():
        return None
    paths = [path for path in folder.rglob("*") if path.is_file() and ".ipynb_checkpoints" not in path.parts]
    files = {str(path.relative_to(folder)): path.read_bytes() for path in paths}
    return {name: data for name, data in files.items() if stamp or name != STAMP}


def _changed(folder: Path) -> datetime:
    """Return when the newest file in a folder was changed; its time in the archive, if it came from one."""
    paths = [path for path in folder.rglob("*") if path.is_file() and path.name != STAMP]
    return datetime.fromtimestamp(max((int(path.stat().st_mtime) for path in paths), default=0), UTC)


def _keep_aside(aside: Path, files: Mapping[str, bytes], when: datetime) -> Path:
    """Write files into a folder of their own in collected/, unless the same are there already."""
    for folder in sorted(aside.glob("*")):
        if dict(files) in (_contents(folder), _contents(folder, stamp=True)):
            return folder
    folder = _free(aside / _as_name(when))
    _write(folder, files, when, None)
    return folder


def _write(folder: Path, files: Mapping[str, bytes], changed: datetime, handed_in: datetime | None) -> None:
    """Write a folder, which is there whole or not at all."""
    new = folder.with_name(f".{folder.name}.new")
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(parents=True)
    for name, data in files.items():
        path = new / name
        if not path.resolve().is_relative_to(new.resolve()):
            raise ValueError(
                f"{shown(name)} leads out of {folder}"
            )  # names were checked; this is the second wall
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        if changed != NEVER:
            os.utime(path, (changed.timestamp(), changed.timestamp()))
    if handed_in:
        (new / STAMP).write_text(_stamp(handed_in), encoding="utf-8")
    new.rename(folder)


def _free(folder: Path) -> Path:
    """Return this folder, or one with a number where it is taken."""
    number, free = 1, folder
    while free.exists():
        number += 1
        free = folder.with_name(f"{folder.name}-{number}")
    return free


def _as_name(when: datetime) -> str:
    return "no-time" if when == NEVER else f"{when:%Y-%m-%d_%H.%M.%S}"


def _stamp(when: datetime) -> str:
    return f"{when:%Y-%m-%d %H:%M:%S} UTC"
