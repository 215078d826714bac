"""Pack the feedback pages so that the LMS gives each to the right student."""

from __future__ import annotations

import os
import re
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

from nbexaminer.course.course import Course
from nbexaminer.errors import ArchiveRefused
from nbexaminer.lms import archives
from nbexaminer.lms.archives import printable
from nbexaminer.lms.names import MemberName
from nbexaminer.lms.owners import Owner, Owners, OwnerUnknown, archive_source
from nbexaminer.lms.rosters import Roster


@dataclass
class Packed:
    """Whose pages are in the zip file, who is in the archive and got none, and whose page found no place.

    lms: which LMS the zip file is for; without: by reason.
    """

    path: Path
    lms: str
    packed: list[str] = field(default_factory=list)
    without: dict[str, list[str]] = field(default_factory=dict)
    lost: list[str] = field(default_factory=list)


def package_feedback(
    course: Course,
    assignment: str,
    archive: Path,
    lms: str,
    roster: Roster | None,
    encoding: str | None = None,
) -> Packed:
    """Write report/ASSIGNMENT-feedback.zip, with pages named after the submissions in the LMS's archive.

    Raises ArchiveRefused if the archive is not to be trusted.
    """
    with archives.opened(archive, encoding) as members:
        source = archive_source(members, lms, roster)
        if source == "moodle" and roster is None:
            raise ArchiveRefused(
                "Moodle gives feedback by the number alone, and a group's may be that of a student, too: "
                "give the grading worksheet (--roster)"
            )
        owners = Owners(source, roster)
        submissions = [
            _latest([name for name, _ in files]) for files in owners.sort(members).by_owner.values()
        ]
    result = Packed(course.report_file(f"{assignment}-feedback", "zip"), source)
    result.path.parent.mkdir(exist_ok=True)
    new = result.path.with_suffix(".new")
    with zipfile.ZipFile(new, "w", zipfile.ZIP_DEFLATED) as pages:
        for name in sorted(submissions, key=lambda name: name.owner):
            _pack(course, assignment, name, owners, source, pages, result)
    os.replace(new, result.path)
    there = course.students(assignment, "feedback")
    result.lost = [one for one in there if one not in result.packed and _pages_in(course, assignment, one)]
    return result


def _pack(
    course: Course,
    assignment: str,
    name: MemberName,
    owners: Owners,
    source: str,
    pages: zipfile.ZipFile,
    result: Packed,
) -> None:
    """Pack the pages of whom a submission is of."""
    try:
        students = owners.owners(name)
    except OwnerUnknown as error:
        result.without.setdefault(str(error), []).append(printable(name.person or name.owner))
        return
    representative = True  # Canvas takes one page for a group, and shows it to all its members
    for owner in students:
        student, found = ("", []) if owner.problem else _pages(course, assignment, owner)
        if not found or name.typed:
            reason = owner.problem or ("only typed text was handed in" if name.typed else "no page")
            result.without.setdefault(reason, []).append(printable(owner.student))
            continue
        result.packed.append(student)
        if source == "moodle" or representative:
            for page in found:
                pages.write(page, f"{_prefix(source, name, owner)}_{page.name}")
        representative = False


def _latest(names: list[MemberName]) -> MemberName:
    """Return the file that feedback is given to: the latest one, rather than typed text."""
    return max(names, key=lambda name: (not name.typed, name.order))


def _pages(course: Course, assignment: str, owner: Owner) -> tuple[str, list[Path]]:
    """Return what a student is called here, and the pages there are.

    Who was collected without a roster is called by the LMS's number.
    """
    ids = dict.fromkeys((owner.student, owner.person.ids[0] if owner.person and not owner.group else ""))
    found = ((student, _pages_in(course, assignment, student)) for student in ids if student)
    return next(((student, pages) for student, pages in found if pages), (owner.student, []))


def _pages_in(course: Course, assignment: str, student: str) -> list[Path]:
    return sorted(course.folder("feedback", assignment, student).glob("*.html"))


def _prefix(source: str, name: MemberName, owner: Owner) -> str:
    """Return how a file's name must begin, so that the LMS finds student and submission by it."""
    if source == "moodle":
        number, person = name.owner, name.person
        if owner.group and owner.person:
            number, person = owner.person.ids[0], _without_signs(owner.person.name)
        return f"{person}_{number}_assignsubmission_file"
    called = re.sub(r"[\W_]", "", name.person)  # Canvas takes the first two numbers between `_`
    called = f"user{called}" if called.isdigit() else called
    parts = (called, "LATE" if name.late else "", name.owner, str(name.order))
    return "_".join(part for part in parts if part)


def _without_signs(name: str) -> str:
    """Return a name as Moodle writes it in its archives; it reads the number alone, so a part will do."""
    return re.sub(r"[\x00-\x1f&<>\"`|':\\/]", "", name.replace("_", " ")).strip(". ")[:60] or "student"
