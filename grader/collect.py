"""Take what an LMS gives into submitted/: each student's latest notebook, under its right name.

nbgrader's zip_collect unpacks an archive by the names in it and lets the last file win; here nothing is
written but what was recognised by its content, nothing is overwritten, and all that is left out is named.
"""

from __future__ import annotations

import csv
import os
import re
import shutil
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path, PurePosixPath

from grader import archives, report
from grader.archives import Member, Refused, shown
from grader.course import Course
from grader.lms import LMS, Origin, Person, Roster
from grader.owners import Owners

STUDENT_MEMBERS, STUDENT_BYTES = 1000, 128 * 2**20  # of one submission, unpacked

_GRADE_ID = re.compile(rb'"grade_id"\s*:\s*"([\w-]+)"')
_NUMBERED = re.compile(r"(?:-(\d+)|\s?\((\d+)\))(?=\.|$)")
_NEVER = datetime.fromtimestamp(0, UTC)
_STAMP = "timestamp.txt"


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


@dataclass(frozen=True)
class File:
    """One file of a submission, in memory; `rank` grows from attempt to attempt."""

    path: str
    data: bytes
    rank: tuple


@dataclass
class Submission:
    """What is to stand in a student's folder, and what is kept aside; paths and contents."""

    files: dict[str, bytes] = field(default_factory=dict)
    earlier: list[File] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    looks_bad: bool = False


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
        self._wanted = {name: set(map(str.encode, ids)) for name, ids in course.notebooks(assignment).items()}
        self._own = _names_in(course.folder("source", assignment)) - {
            f"{name}.ipynb" for name in self._wanted
        }
        self._due = self._due_date()

    def collect(self, path: Path) -> list[Row]:
        """Take in one archive; raises Refused if it is not to be trusted, and has then changed nothing."""
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
        submission = self._submission(handed)
        row.notes += submission.notes
        row.looks_bad |= submission.looks_bad
        if not submission.files:
            return row
        changed = max((member.when or _NEVER for _, member in handed), default=_NEVER)
        row.handed_in, row.late, certain = self._when(origin, person, changed)
        row.at_latest = not (certain or self._lms.own_times)
        folder = self._course.folder("submitted", self._assignment, student)
        self._store(row, folder, submission, changed, certain)
        return row

    def _submission(self, handed: list[tuple[Origin, Member]]) -> Submission:
        """Read a student's files and choose among them; what is not to be trusted is named and left out."""
        result = Submission()
        files: list[File] = []
        room = STUDENT_BYTES
        for origin, member in handed:
            if origin.typed:
                result.notes.append(f"{shown(origin.file)}: typed text or a link, no file")
                continue
            try:
                read = self._files(origin, member, room)
            except Refused as error:
                result.notes.append(f"{shown(origin.file)} refused: {error}")
                result.looks_bad = True
                continue
            room -= sum(len(file.data) for file in read)
            files += read
        if files:
            self._choose(files, result)
        return result

    def _files(self, origin: Origin, member: Member, room: int) -> list[File]:
        """Return a member, or the files in it if it is a zip; raises Refused, also if there is no room."""
        data = member.read()
        rank = (origin.order, member.when or _NEVER)
        if archives.is_zip(data):
            return self._inside(data, rank, room)
        if len(data) > room:
            raise Refused(f"the files of one student may take {STUDENT_BYTES // 2**20} MiB")
        return [_file(origin.file, data, (*rank, _NEVER))]

    def _inside(self, data: bytes, rank: tuple, room: int) -> list[File]:
        """Return the files in a student's zip, without the one folder that all may lie in."""
        with archives.opened_inside(data, STUDENT_MEMBERS, room, self._encoding) as members:
            files = {member.name: (member.read(), member.when) for member in members}
        if nested := [path for path, (content, _) in files.items() if archives.is_zip(content)]:
            raise Refused(f"it holds another archive, {shown(nested[0])}")
        tops = {path.partition("/")[0] for path in files}
        start = len(next(iter(tops))) + 1 if len(tops) == 1 and all("/" in path for path in files) else 0
        return [
            _file(path[start:], content, (*rank, when or _NEVER)) for path, (content, when) in files.items()
        ]

    def _choose(self, files: list[File], result: Submission) -> None:
        """Put the latest of each wanted notebook under its right name; earlier ones go aside, data stays."""
        found: dict[str, list[File]] = defaultdict(list)
        others = []
        for file in files:
            name = self._recognised(file)
            (found[name] if name else others).append(file)
        for name in self._wanted:
            right = f"{name}.ipynb"
            *earlier, latest = sorted(found[name], key=lambda file: (file.rank, file.path == right)) or [None]
            if latest is None:
                continue
            result.files[right] = latest.data
            if latest.path != right:
                result.notes.append(f"was called {shown(latest.path)}")
            for file in earlier:
                if file.data != latest.data:
                    result.earlier.append(file)
                    result.notes.append(f"{shown(file.path)}: earlier, kept aside")
        notebooks = [file for file in others if ".ipynb" in file.path.lower()]
        if notebooks and not result.files:
            result.looks_bad = True
            if len(notebooks) == len(self._wanted) == 1:
                result.files[f"{next(iter(self._wanted))}.ipynb"] = notebooks[0].data
                result.notes.append(f"{shown(notebooks[0].path)} holds no cell of the assignment")
            else:
                result.files |= {_ending_right(file.path): file.data for file in notebooks}
                result.notes.append("no notebook holds cells of the assignment")
        else:
            for file in notebooks:
                result.earlier.append(file)
                result.notes.append(f"{shown(file.path)}: not the assignment's, kept aside")
        for file in sorted(others, key=lambda file: file.rank):
            if file not in notebooks:
                self._keep_data(file, result)
        if not any(path.endswith(".ipynb") for path in result.files):
            result.looks_bad = True
            result.notes.append("no notebook")

    def _keep_data(self, file: File, result: Submission) -> None:
        """Keep a file that is no notebook, unless the assignment has it, which nbgrader puts there anyway."""
        name = PurePosixPath(file.path).name
        if name in self._own:
            return
        if file.path.startswith(".") or file.path == _STAMP or _clashes(file.path, result.files):
            result.earlier.append(file)
            result.notes.append(f"{shown(file.path)}: kept aside")
        else:
            result.files[file.path] = file.data

    def _recognised(self, file: File) -> str | None:
        """Return which wanted notebook it is, by the ids of its cells, whatever it is called."""
        if file.data.lstrip()[:1] != b"{":
            return None
        ids = set(_GRADE_ID.findall(file.data))
        best = max(self._wanted, key=lambda name: len(self._wanted[name] & ids))
        return best if self._wanted[best] & ids else None

    # ------------------------------------------------------------------------------------------ times

    def _when(
        self, origin: Origin, person: Person | None, changed: datetime
    ) -> tuple[datetime | None, bool, bool]:
        """Return when it was handed in, if that is known, whether it is late, and whether the time is exact.

        The LMSs' archives bear the time of the download, so that it can only have been earlier. What the
        LMS says of lateness decides on which side of the due date the time is.
        """
        exact = person.handed_in if person else None
        when = exact or (None if changed == _NEVER else changed)
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
        with self._course.quietly(self._assignment), self._course.gradebook() as gradebook:
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
            stamp = folder / _STAMP
            if (
                certain
                and row.handed_in
                and (not stamp.exists() or stamp.read_text() != _stamp(row.handed_in))
            ):
                stamp.write_text(_stamp(row.handed_in), encoding="utf-8")
                row.notes.append("its time was put right")
            return
        elif changed < _changed(folder) and changed != _NEVER:
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
        with self._course.quietly(self._assignment), self._course.gradebook() as gradebook:
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


def _file(path: str, data: bytes, rank: tuple) -> File:
    """Make a file of what was read, without the byte order mark that some editors put before a notebook."""
    return File(path, data.removeprefix(b"\xef\xbb\xbf"), (*rank, _number(path)))


def _ending_right(path: str) -> str:
    """Let a notebook's name end as one, so that grading names it."""
    return path if path.endswith(".ipynb") else f"{path}.ipynb"


def _number(path: str) -> int:
    """Return the number that an LMS or a browser puts behind a name that is there already, else 0."""
    found = _NUMBERED.search(PurePosixPath(path).name)
    return int(found[1] or found[2]) if found and len(found[0]) < 8 else 0


def _clashes(path: str, files: Mapping[str, bytes]) -> bool:
    """Return whether a file would be another's folder, or the same where capitals don't count."""
    parts = path.casefold().split("/")
    starts = {"/".join(parts[:count]) for count in range(1, len(parts) + 1)}
    others = {other.casefold() for other in files}
    return bool(starts & others) or any(other.startswith(f"{path.casefold()}/") for other in others)


def _contents(folder: Path) -> dict[str, bytes] | None:
    """Return what stands in a folder, less nbgrader's time; None if there is no folder."""
    if not folder.is_dir():
        return None
    paths = [path for path in folder.rglob("*") if path.is_file() and ".ipynb_checkpoints" not in path.parts]
    files = {str(path.relative_to(folder)): path.read_bytes() for path in paths}
    files.pop(_STAMP, None)
    return files


def _changed(folder: Path) -> datetime:
    """Return when the newest file in a folder was changed; its time in the archive, if it came from one."""
    paths = [path for path in folder.rglob("*") if path.is_file() and path.name != _STAMP]
    return datetime.fromtimestamp(max((int(path.stat().st_mtime) for path in paths), default=0), UTC)


def _keep_aside(aside: Path, files: Mapping[str, bytes], when: datetime) -> Path:
    """Write files into a folder of their own in collected/, unless the same are there already."""
    for folder in sorted(aside.glob("*")):
        if _contents(folder) == dict(files):
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
        if changed != _NEVER:
            os.utime(path, (changed.timestamp(), changed.timestamp()))
    if handed_in:
        (new / _STAMP).write_text(_stamp(handed_in), encoding="utf-8")
    new.rename(folder)


def _free(folder: Path) -> Path:
    """Return this folder, or one with a number where it is taken."""
    number, free = 1, folder
    while free.exists():
        number += 1
        free = folder.with_name(f"{folder.name}-{number}")
    return free


def _as_name(when: datetime) -> str:
    return "no-time" if when == _NEVER else f"{when:%Y-%m-%d_%H.%M.%S}"


def _stamp(when: datetime) -> str:
    return f"{when:%Y-%m-%d %H:%M:%S} UTC"
