"""What learning management systems call the files in their archives, and which LMS an archive is from.

Sources: canvas-lms `lib/content_zipper.rb`; moodle `mod/assign/classes/downloader.php`. docs/lms.md tells the
formats and the choices.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from nbgrader.plugins import FileNameCollectorPlugin
from traitlets import default


@dataclass(frozen=True)
class MemberName:
    """What the name of a member says.

    owner: the LMS's number of the student or group, or what stands in its place.
    person: the name of the student or group, as the LMS writes it.
    file: what the student called it, with folders.
    late: whether the LMS says that it came late; None if it does not say.
    order: grows with each file that is handed in, where the LMS numbers them.
    typed: text typed into the LMS, or a link; no file of the student's.
    unnumbered: a group's, of which Moodle tells no number.
    """

    owner: str
    person: str
    file: str
    late: bool | None = None
    order: int = 0
    typed: bool = False
    unnumbered: bool = False


class CanvasNames(FileNameCollectorPlugin):
    """Names in what Canvas's button "Download Submissions" gives, all in one folder.

    `wangxiaoming_LATE_1234_56789_my work.ipynb`: the sortable name in small letters without spaces and signs,
    perhaps LATE, the number of the user, the number of the file, and the name that the student gave it.
    `wangxiaoming_1234_text.html` (or `_link`) is what was typed. Anonymous: `anon_x7Yz_56789_my work.ipynb`.
    Of a group there is one submission, with the group's name and the number of one member.
    The pattern serves `nbgrader zip_collect --collector=nbexaminer.lms.names.CanvasNames`, too.
    """

    @default("named_regexp")
    def _pattern(self) -> str:
        return (
            r"(?:.*/)?(?:(?P<name>[^/]*?)_)?(?:(?P<late>LATE)_)?(?P<student_id>[0-9]+|anon_[^_/]+)_"
            r"(?:(?P<order>[0-9]+)_(?P<file_id>[^/]+)|(?P<typed>text\.html|link\.html))$"
        )

    def parse(self, path: str) -> MemberName | None:
        """Return what a member's name says, or None if Canvas makes no such names."""
        found = re.match(self.named_regexp, path.rsplit("/", 1)[-1], re.DOTALL)
        if not found:
            return None
        name = found["name"] or ""
        return MemberName(
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
    Of a group there is one submission: `Group 2_7_...` with the number of the group, which may be that of
    some participant too; `Default group_...` holds who is in no group, and has no number.
    """

    @default("named_regexp")
    def _pattern(self) -> str:
        return (
            r"(?P<name>[^/_]*)(?:_(?P<student_id>[0-9]+))?_assignsubmission_(?P<kind>[a-z]+)"
            r"(?:_?/|_)(?P<file_id>.+)$"
        )

    def parse(self, path: str) -> MemberName | None:
        """Return what a member's name says, or None if Moodle makes no such names."""
        found = re.match(self.named_regexp, path, re.DOTALL)
        if not found:
            return None
        number, typed = found["student_id"], found["kind"] != "file"
        return MemberName(
            number or found["name"], found["name"], found["file_id"], typed=typed, unnumbered=number is None
        )


class FolderNames:
    """A folder for each student, or a file for each: `STUDENT/.../notebook.ipynb`, `STUDENT.ipynb`."""

    def parse(self, path: str) -> MemberName | None:
        """Return what a path says; never None."""
        student, slash, file = path.partition("/")
        if not slash:
            student = re.sub(r"(\.(ipynb|json|txt|zip))+$", "", student, flags=re.IGNORECASE)
            file = path
        return MemberName(student, student, file)


NameParser = CanvasNames | MoodleNames | FolderNames

NAMES: dict[str, Callable[[], NameParser]] = {
    "canvas": CanvasNames,
    "moodle": MoodleNames,
    "folder": FolderNames,
}


def recognise(paths: Iterable[str]) -> str:
    """Return which LMS an archive is from by the names in it: "canvas", "moodle", or else "folder"."""
    paths = list(paths)
    if 2 * sum(MoodleNames().parse(_last_part(path)) is not None for path in paths) > len(paths):
        return "moodle"
    one_folder = len({path.rpartition("/")[0] for path in paths}) == 1
    if one_folder and 2 * sum(CanvasNames().parse(path) is not None for path in paths) > len(paths):
        return "canvas"
    return "folder"


def _last_part(path: str) -> str:
    """Return a path from the first part on that is as Moodle makes them; more folders may lie around it."""
    found = re.search(r"[^/]*_assignsubmission_.*", path, re.DOTALL)
    return found[0] if found else path
