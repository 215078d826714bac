"""Find the assignment's notebooks among the files that a student handed in.

They are known by their cells, whatever they are called and zipped into; the latest of each counts.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import PurePosixPath

from nbexaminer.errors import ArchiveRefused
from nbexaminer.lms import archives
from nbexaminer.lms.archives import Member, printable
from nbexaminer.lms.names import MemberName

STUDENT_MEMBERS, STUDENT_BYTES = 1000, 128 * 2**20  # of one submission, unpacked
STAMP = "timestamp.txt"  # where nbgrader notes when a submission was handed in
NEVER = datetime.fromtimestamp(0, UTC)  # stands for a time that is not known

_GRADE_ID = re.compile(rb'"grade_id"\s*:\s*"([\w-]+)"')
_NUMBERED = re.compile(r"(?:-(\d+)|\s?\((\d+)\))(?=\.|$)")

Rank = tuple[int, datetime, datetime, int]  # number in the LMS, time, time inside a zip, number behind a name


@dataclass(frozen=True)
class File:
    """One file of a submission, in memory; `rank` grows from attempt to attempt."""

    path: str
    data: bytes
    rank: Rank


@dataclass
class Submission:
    """What is to stand in a student's folder, by path, and what is kept aside.

    notes: what there is to know about it; needs_review: whether something was left out or looks wrong.
    """

    files: dict[str, bytes] = field(default_factory=dict)
    aside: list[File] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    needs_review: bool = False


class Attempts:
    """Reads what students handed in of one assignment.

    wanted: the names of its notebooks, each with the grade_ids of its cells; own: names of its other files.
    """

    def __init__(
        self, wanted: Mapping[str, Iterable[str]], own: Iterable[str], encoding: str | None = None
    ) -> None:
        self._wanted = {name: {grade_id.encode() for grade_id in ids} for name, ids in wanted.items()}
        self._own = {name for name in own if name.removesuffix(".ipynb") not in self._wanted}
        self._encoding = encoding

    def read(self, members: list[tuple[MemberName, Member]]) -> Submission:
        """Read a student's files and choose among them; what can't be trusted is named and left out."""
        result = Submission()
        files: list[File] = []
        room = STUDENT_BYTES
        for name, member in members:
            if name.typed:
                result.notes.append(f"{printable(name.file)}: typed text or a link, no file")
                continue
            try:
                read = self._files(name, member, room)
            except ArchiveRefused as error:
                result.notes.append(f"{printable(name.file)} refused: {error}")
                result.needs_review = True
                continue
            room -= sum(len(file.data) for file in read)
            files += read
        if files:
            self._choose(files, result)
        return result

    def _files(self, name: MemberName, member: Member, room: int) -> list[File]:
        """Return a member, or the files in it if it is a zip; raises ArchiveRefused."""
        data = member.read()
        order, when = name.order, member.when or NEVER
        if archives.is_zip(name.file, data):
            return self._inside(data, order, when, room)
        if len(data) > room:
            raise ArchiveRefused(f"the files of one student may take {STUDENT_BYTES // 2**20} MiB")
        return [_file(name.file, data, order, when)]

    def _inside(self, data: bytes, order: int, when: datetime, room: int) -> list[File]:
        """Return the files in a student's zip, without the one folder that all may lie in."""
        with archives.opened_inside(data, STUDENT_MEMBERS, room, self._encoding) as members:
            files = [(member.name, _read_inside(member), member.when or NEVER) for member in members]
        if nested := [path for path, content, _ in files if archives.is_zip(path, content)]:
            raise ArchiveRefused(f"it holds another archive, {printable(nested[0])}")
        tops = {path.partition("/")[0] for path, *_ in files}
        one_folder = len(tops) == 1 and all("/" in path for path, *_ in files)
        start = len(tops.pop()) + 1 if one_folder else 0
        return [_file(path[start:], content, order, when, saved) for path, content, saved in files]

    def _choose(self, files: list[File], result: Submission) -> None:
        """Put the latest of each wanted notebook under its right name; earlier ones go aside, data stays."""
        found: dict[str, list[File]] = defaultdict(list)
        others: list[File] = []
        for file in files:
            name = self._recognised(file)
            (found[name] if name else others).append(file)
        for name, attempts in found.items():
            self._take_latest(f"{name}.ipynb", attempts, result)
        notebooks = [file for file in others if ".ipynb" in file.path.lower()]
        if notebooks and not result.files:
            result.needs_review = True
            result.notes.append("no notebook holds a cell of the assignment")
            alone = f"{next(iter(self._wanted))}.ipynb" if len(notebooks) == len(self._wanted) == 1 else None
            for file in notebooks:
                self._keep(alone or file.path, file, result)
        else:
            for file in notebooks:
                result.aside.append(file)
                result.notes.append(f"{printable(file.path)}: not the assignment's, kept aside")
        for file in sorted(others, key=lambda file: file.rank):
            own = PurePosixPath(file.path).name in self._own  # nbgrader puts those there anyway
            if file not in notebooks and not own:
                self._keep(file.path, file, result)
        if not any(".ipynb" in path.lower() for path in result.files):
            result.needs_review = True
            result.notes.append("no notebook")

    def _take_latest(self, path: str, attempts: list[File], result: Submission) -> None:
        *earlier, latest = sorted(attempts, key=lambda file: (file.rank, file.path == path))
        result.files[path] = latest.data
        if latest.path != path:
            result.notes.append(f"was called {printable(latest.path)}")
        for file in earlier:
            if file.data != latest.data:
                result.aside.append(file)
                result.notes.append(f"{printable(file.path)}: earlier, kept aside")

    def _keep(self, path: str, file: File, result: Submission) -> None:
        """Keep a file in the submission, or aside if it can't be there."""
        if reason := archives.unfit(path):
            result.notes.append(f"{printable(path)} left out: its name {reason}")
            result.needs_review = True
        elif path.startswith(".") or _clashes(path, [*result.files, STAMP]):
            result.aside.append(file)
            result.notes.append(f"{printable(path)}: kept aside")
        else:
            result.files[path] = file.data

    def _recognised(self, file: File) -> str | None:
        """Return which wanted notebook it is, by the ids of its cells, whatever it is called."""
        if file.data.lstrip()[:1] != b"{":
            return None
        ids = set(_GRADE_ID.findall(file.data))
        best = max(self._wanted, key=lambda name: len(self._wanted[name] & ids))
        return best if self._wanted[best] & ids else None


def _read_inside(member: Member) -> bytes:
    try:
        return member.read()
    except ArchiveRefused as error:
        raise ArchiveRefused(f"of {printable(member.name)} in it, {error}") from error


def _file(path: str, data: bytes, order: int, when: datetime, saved: datetime = NEVER) -> File:
    """Make a file of what was read, without the byte order mark that some editors put before a notebook."""
    return File(path, data.removeprefix(b"\xef\xbb\xbf"), (order, when, saved, _number(path)))


def _number(path: str) -> int:
    """Return the number that an LMS or a browser puts behind a name that is there already, else 0."""
    found = _NUMBERED.search(PurePosixPath(path).name)
    return int(found[1] or found[2]) if found and len(found[0]) < 8 else 0


def _clashes(path: str, files: Iterable[str]) -> bool:
    """Return whether a file would be another's folder, or the same where capitals don't count."""
    parts = path.casefold().split("/")
    starts = {"/".join(parts[:count]) for count in range(1, len(parts) + 1)}
    others = {other.casefold() for other in files}
    return bool(starts & others) or any(other.startswith(f"{path.casefold()}/") for other in others)
