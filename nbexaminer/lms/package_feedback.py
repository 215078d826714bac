"""Pack the feedback pages so that the LMS gives each to the right student."""

from __future__ import annotations

import os
import re
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

from nbexaminer.course.course import Course
from nbexaminer.lms import archives
from nbexaminer.lms.archives import shown
from nbexaminer.lms.names import Origin
from nbexaminer.lms.owners import Owners
from nbexaminer.lms.rosters import Roster


@dataclass
class Returned:
    """Whose pages are in the zip file, who is in the archive and has none, and whose found no place."""

    path: Path
    given: list[str] = field(default_factory=list)
    without: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)


def give_back(
    course: Course,
    assignment: str,
    archive: Path,
    lms: str,
    roster: Roster | None,
    encoding: str | None = None,
) -> Returned:
    """Write report/ASSIGNMENT-feedback.zip, with pages named after the submissions in the LMS's archive.

    Raises ArchiveRefused if the archive is not to be trusted.
    """
    owners = Owners(lms, roster)
    result = Returned(course.report_file(f"{assignment}-feedback", "zip"))
    with archives.opened(archive, encoding) as members:
        handed, _ = owners.sort(members)
        latest = {
            number: max((o for o, _ in files), key=lambda o: o.order) for number, files in handed.items()
        }
    result.path.parent.mkdir(exist_ok=True)
    new = result.path.with_suffix(".new")
    with zipfile.ZipFile(new, "w", zipfile.ZIP_DEFLATED) as pages:
        for number, origin in sorted(latest.items()):
            student = owners.student(number)
            found = sorted(course.folder("feedback", assignment, student).glob("*.html"))
            if origin.typed or not found or owners.doubt(origin):
                result.without.append(shown(student))
                continue
            result.given.append(student)
            for page in found:
                pages.write(page, f"{_start(lms, origin)}_{page.name}")
    os.replace(new, result.path)
    everybody = course.folder("feedback", assignment, "*").parent.parent
    there = {path.parent.parent.name for path in everybody.glob(f"*/{assignment}/*.html")}
    result.lost = sorted(there - set(result.given))
    return result


def _start(lms: str, origin: Origin) -> str:
    """Return how a file's name must begin, so that the LMS finds student and submission by it."""
    name = re.sub(r"[\W_]", "", origin.name)  # Canvas takes the first two numbers between `_`
    name = f"user{name}" if name.isdigit() else name
    if lms == "moodle":
        return f"{origin.name}_{origin.student}_assignsubmission_file"
    parts = (name, "LATE" if origin.late else "", origin.student, str(origin.order))
    return "_".join(part for part in parts if part)
