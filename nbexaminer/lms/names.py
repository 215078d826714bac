"""What learning management systems call submissions in their archives, and whose rosters they export.

Sources: canvas-lms `lib/content_zipper.rb`; moodle `mod/assign/classes/downloader.php`. docs/lms.md tells the
formats and the choices.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from nbgrader.plugins import FileNameCollectorPlugin
from traitlets import default

from nbexaminer.lms.rosters import CanvasRoster, MoodleRoster, Roster


@dataclass(frozen=True)
class Origin:
    """What the name of a member says.

    student: the LMS's number of the student, or in a folder the student's name; name: as the LMS writes it.
    file: what the student called it, with folders.
    late: whether the LMS says that it came late; None if it does not say.
    order: grows with each file that is handed in, where the LMS numbers them.
    typed: text typed into the LMS, or a link; no file of the student's.
    """

    student: str
    name: str
    file: str
    late: bool | None = None
    order: int = 0
    typed: bool = False


class CanvasNames(FileNameCollectorPlugin):
    """Names in what Canvas's button "Download Submissions" gives, all in one folder.

    `wangxiaoming_LATE_1234_56789_my work.ipynb`: the sortable name in small letters without spaces and signs,
    perhaps LATE, the number of the user, the number of the file, and the name that the student gave it.
    `wangxiaoming_1234_text.html` (or `_link`) is what was typed. Anonymous: `anon_x7Yz_56789_my work.ipynb`.
    The pattern serves `nbgrader zip_collect --collector=nbexaminer.lms.names.CanvasNames`, too.
    """

    @default("named_regexp")
    def _pattern(self) -> str:
        return (
            r"(?:.*/)?(?:(?P<name>[^/]*?)_)?(?:(?P<late>LATE)_)?(?P<student_id>[0-9]+|anon_[^_/]+)_"
            r"(?:(?P<order>[0-9]+)_(?P<file_id>[^/]+)|(?P<typed>text\.html|link\.html))$"
        )

    def origin(self, path: str) -> Origin | None:
        found = re.match(self.named_regexp, path.rsplit("/", 1)[-1])
        if not found:
            return None
        name = found["name"] or ""
        return Origin(
            found["student_id"],
            "" if name == "LATE" else name,
            found["file_id"] or found["typed"],
            bool(found["late"]) or name == "LATE",
            int(found["order"] or 0),
            bool(found["typed"]),
        )


class MoodleNames(FileNameCollectorPlugin):
    """Names in what Moodle's "Download all submissions" gives, with or without a folder for each student.

    `Wang Xiaoming_1234_assignsubmission_file/my work.ipynb`: the full name, the number of the participant,
    which is in `Participant 1234` of the grading worksheet, and what follows; older editions end the folder
    with `_`, and without folders it is `Wang Xiaoming_1234_assignsubmission_file_my work.ipynb`.
    `..._onlinetext` is what was typed. A full name has no `_`: what a student chooses comes later.
    """

    @default("named_regexp")
    def _pattern(self) -> str:
        return (
            r"(?P<name>[^/_]*)_(?P<student_id>[0-9]+)_assignsubmission_(?P<kind>[a-z]+)"
            r"(?:_?/|_)(?P<file_id>.+)$"
        )

    def origin(self, path: str) -> Origin | None:
        found = re.match(self.named_regexp, path)
        if not found:
            return None
        typed = found["kind"] != "file"
        return Origin(found["student_id"], found["name"], found["file_id"], typed=typed)


class FolderNames:
    """A folder for each student, or a file for each: `STUDENT/.../notebook.ipynb`, `STUDENT.ipynb`."""

    def origin(self, path: str) -> Origin | None:
        student, slash, file = path.partition("/")
        if not slash:
            student = re.sub(r"(\.(ipynb|json|txt|zip))+$", "", student, flags=re.IGNORECASE)
            file = path
        return Origin(student, student, file)


@dataclass(frozen=True)
class Lms:
    """How one LMS names things; rosters are read by `roster`, if it has any.

    own_times: whether the times in an archive are those of the files, and not of the download.
    """

    names: Callable[[], CanvasNames | MoodleNames | FolderNames]
    roster: Callable[[Path], Roster] | None
    own_times: bool = False


LMS = {
    "canvas": Lms(CanvasNames, CanvasRoster),
    "moodle": Lms(MoodleNames, MoodleRoster),
    "folder": Lms(FolderNames, None, own_times=True),
}
