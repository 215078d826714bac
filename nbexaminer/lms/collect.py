"""Collect what an LMS gives into submitted/: each student's latest notebook, under its right name.

nbgrader's zip_collect unpacks an archive by the names in it and lets the last file win; here nothing is
written but what was recognised by its content, nothing is overwritten, and all that is left out is named.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from nbexaminer.course import queries
from nbexaminer.course.course import Course
from nbexaminer.lms import archives
from nbexaminer.lms.archives import Member
from nbexaminer.lms.attempts import NEVER, Attempts, Submission
from nbexaminer.lms.names import MemberName
from nbexaminer.lms.owners import Owner, Owners, OwnerUnknown, archive_source
from nbexaminer.lms.rosters import Person, Roster
from nbexaminer.lms.store import Store

# What the time of a file says of when it was handed in. Canvas writes that of the download (canvas-lms issue
# 2219); Moodle that of saving the file, which may lie before handing in; a folder of one's own is believed.
_BOUNDS = {"canvas": "≤", "moodle": "≥", "folder": ""}


@dataclass
class Row:
    """What became of one student's submission, or of a file that is nobody's.

    submitted_at: in UTC, None if that can't be known; bound: "≤" or "≥" if it is only a bound.
    lms_status: what the LMS says of it, in its words; group: who handed in together.
    status: "new", "newer", "unchanged", "older" or "left out".
    """

    student: str
    name: str = ""
    group: str = ""
    submitted_at: datetime | None = None
    bound: str = ""
    late: bool = False
    lms_status: str = ""
    status: str = "left out"
    notes: list[str] = field(default_factory=list)
    doubtful: bool = False

    @property
    def needs_review(self) -> bool:
        return self.doubtful or self.status == "left out"


class Collector:
    """Collects archives of one assignment.

    source: "canvas", "moodle", "folder", or "auto" to tell by the names in the archive.
    drafts: whether to take what the LMS says was not submitted yet; dry_run: only say what would happen.
    """

    def __init__(
        self,
        course: Course,
        assignment: str,
        source: str = "auto",
        roster: Roster | None = None,
        encoding: str | None = None,
        drafts: bool = False,
        dry_run: bool = False,
    ) -> None:
        self._course, self._assignment, self._source = course, assignment, source
        self._roster, self._encoding = roster, encoding
        self._drafts, self._dry_run = drafts, dry_run
        own = {path.name for path in course.folder("source", assignment).rglob("*") if path.is_file()}
        self._attempts = Attempts(queries.released_cells(course, assignment), own, encoding)
        self._store = Store(course.root, assignment, dry_run)
        self._due = self._due_date()

    def collect(self, path: Path) -> list[Row]:
        """Take in one archive; raises ArchiveRefused, and has then changed nothing."""
        with archives.opened(path, self._encoding) as members:
            source = archive_source(members, self._source, self._roster)
            owners = Owners(source, self._roster)
            found = owners.sort(members)
            rows = [Row(owner, notes=[reason]) for owner, reason in found.unassigned]
            for _, files in sorted(found.by_owner.items()):
                rows += self._take(owners, files, _BOUNDS[source])
        self._enter_names(rows, source)
        self._note_groups(rows)
        return sorted(rows, key=lambda row: (row.student == "", row.name.casefold(), row.student))

    # ------------------------------------------------------------------------------- one submission

    def _take(self, owners: Owners, files: list[tuple[MemberName, Member]], bound: str) -> list[Row]:
        """Take in the files of one student or group; return a row for each student."""
        name = files[0][0]
        try:
            students = owners.owners(name)
        except OwnerUnknown as error:
            return [Row(name.owner, name.person, notes=[str(error)])]
        submission = self._attempts.read(files)
        return [self._give(owner, name, files, submission, bound) for owner in students]

    def _give(
        self,
        owner: Owner,
        name: MemberName,
        files: list[tuple[MemberName, Member]],
        submission: Submission,
        bound: str,
    ) -> Row:
        """Put a submission into a student's folder."""
        person = owner.person
        row = Row(owner.student, person.name if person else name.person)
        row.group, row.lms_status = owner.group, person.status if person else ""
        if self._roster and not person:
            row.notes.append("not in the roster")
            row.doubtful = True
        if reason := self._refusal(owner):
            row.notes.append(reason)
            return row
        row.notes += submission.notes
        row.doubtful |= submission.needs_review
        if not submission.files:
            return row
        saved = max((member.when or NEVER for name, member in files if not name.typed), default=NEVER)
        exact = person.submitted_at if person else None
        row.bound = "" if exact else bound
        row.submitted_at, row.late = self._when(exact, saved, bound, _said_late(person, name))
        folder = self._course.folder("submitted", self._assignment, owner.student)
        try:
            stored = self._store.put(
                owner.student, folder, submission, saved, row.submitted_at, exact is not None
            )
        except OSError as error:
            row.doubtful = True
            row.notes.append(f"can't be written: {error.strerror}")
            return row
        row.status = stored.status
        row.notes += stored.notes
        return row

    def _refusal(self, owner: Owner) -> str:
        """Return why nothing is taken in for a student, or nothing."""
        if owner.problem:
            return owner.problem
        if reason := _unfit(owner.student):
            return f"can't be the name of a folder: it {reason}"
        if owner.person and owner.person.draft and not self._drafts:
            return "a draft, not submitted yet: --drafts takes it"
        return ""

    # ------------------------------------------------------------------------------------------ times

    def _when(
        self, exact: datetime | None, saved: datetime, bound: str, late: bool | None
    ) -> tuple[datetime | None, bool]:
        """Return when it was handed in, if that is known, and whether it is late.

        late: what the LMS says; it decides on which side of the due date the time is, since the LMS may have
        given more time. Where it says nothing, a bound on the wrong side of the due date tells nothing.
        """
        when = exact or (None if saved == NEVER else saved)
        if not self._due or when is None:
            return when, bool(late)
        if late is None and not exact:
            past = when > self._due
            if (bound == "≤" and past) or (bound == "≥" and not past):
                return None, False
        if late is None:
            return when, when > self._due
        return (max(when, self._due + timedelta(seconds=1)) if late else min(when, self._due)), late

    def _due_date(self) -> datetime | None:
        with self._course.gradebook(self._assignment) as gradebook:
            due: datetime | None = gradebook.find_assignment(self._assignment).duedate
        return due.replace(tzinfo=UTC) if due else None

    # ---------------------------------------------------------------------------------------- gradebook

    def _enter_names(self, rows: Iterable[Row], source: str) -> None:
        """Enter students in the gradebook: all of the roster, or else those who handed in, by their names.

        Who is in a roster and handed in nothing is entered, too, so that the report names the absent; but not
        by a participant's number of Moodle's, which is another student's in the next assignment.
        """
        if self._dry_run:
            return
        taken = {row.student: row for row in rows if row.status != "left out"}
        known: dict[str, dict[str, str]] = {}
        if self._roster is None:
            if source == "moodle":  # Canvas's archives have names without blanks, a folder none but the id
                known = {student: _names(row.name) for student, row in taken.items() if row.name}
        else:
            for person in self._roster.people:
                student = self._roster.student(person)
                lasting = self._roster.lms == "canvas" or student != person.ids[0]
                entered = student in taken or (lasting and not _unfit(student))
                if entered and self._roster.is_student(person) and not self._roster.clash(person):
                    known[student] = {
                        "first_name": person.first_name,
                        "last_name": person.last_name,
                        "email": person.email,
                        "lms_user_id": person.ids[0] if self._roster.lms == "canvas" else "",
                    }
        with self._course.gradebook(self._assignment) as gradebook:
            for student, values in known.items():
                texts = {key: text[:128] for key, text in values.items() if text}
                gradebook.update_or_create_student(student, **texts)

    def _note_groups(self, rows: Iterable[Row]) -> None:
        """Note who handed in with whom, so that nobody thinks that they copied."""
        together = {row.student: row.group for row in rows if row.group and row.status != "left out"}
        if together and not self._dry_run:
            known = queries.groups(self._course, self._assignment) | together
            path = self._course.record_file(self._assignment, "groups.json")
            path.write_text(json.dumps(known, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _said_late(person: Person | None, name: MemberName) -> bool | None:
    """Return whether the LMS says that a submission is late; None if it does not say."""
    return person.late if person and person.late is not None else name.late


def _names(name: str) -> dict[str, str]:
    first, _, last = name.rpartition(" ")
    return {"first_name": first, "last_name": last}


def _unfit(student: str) -> str | None:
    """Return why something can't be a student's id, which is a folder's name and a key of the gradebook."""
    if "/" in student or student.startswith((".", "-")) or student != student.strip():
        return "begins or ends with what folders should not"
    if len(student) > 128:
        return "is too long"
    return archives.unfit(student)
