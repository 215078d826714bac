"""Whose the files in an LMS's archive are."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

from nbexaminer.lms.archives import Member, shown
from nbexaminer.lms.names import LMS, Origin
from nbexaminer.lms.rosters import CanvasRoster, Person, Roster


class Owners:
    """Tells whose a file is by its name, and where there is a roster, by that too."""

    def __init__(self, lms: str, roster: Roster | None = None) -> None:
        self._lms, self._roster = LMS[lms], roster
        self._names = self._lms.names()

    def sort(
        self, members: list[Member]
    ) -> tuple[dict[str, list[tuple[Origin, Member]]], list[tuple[str, str]]]:
        """Return each student's files, by the LMS's number, and what can be nobody's, with the reason."""
        handed, nobodys = defaultdict(list), []
        for member in _unwrapped(members, self._lms.own_times):
            origin = self._origin(member.name)
            if origin is None:
                reason = "its name is not as the LMS makes them; it is nobody's"
                nobodys.append(("", f"{shown(member.name)}: {reason}"))
            else:
                handed[origin.student].append((origin, member))
        for student, files in list(handed.items()):
            names = {origin.name for origin, _ in files}
            if len(names) > 1:
                listed = ", ".join(shown(name) or "(no name)" for name in sorted(names))
                reason = f"files of {listed} bear the same number; --roster can tell whose they are"
                nobodys.append((student, reason))
                del handed[student]
        return handed, nobodys

    def person(self, number: str) -> Person | None:
        return self._roster.person(number) if self._roster else None

    def student(self, number: str) -> str:
        """Return what a student is called in the course."""
        person = self.person(number)
        return self._roster.student(person) if person else number

    def doubt(self, origin: Origin) -> str | None:
        """Return why a file may be somebody else's than its number says, or None."""
        if not self.person(origin.student) or not origin.name or self._is_known(origin):
            return None
        return (
            f"the archive calls this number {shown(origin.name)}, the roster does not; "
            "if the name was changed, export the roster anew"
        )

    def _origin(self, path: str) -> Origin | None:
        """Return what a name says; with Canvas, a student's own name may look like a number (`ada_1_2`)."""
        origin = self._names.origin(path)
        if not (origin and isinstance(self._roster, CanvasRoster)) or self._is_known(origin):
            return origin
        base = path.rsplit("/", 1)[-1]
        for place in re.finditer("_", base):
            name = base[: place.start()]
            later = self._names.origin(f"x{base[place.start() :]}")
            if later and self._is_known(later, name):
                return Origin(later.student, name, later.file, later.late, later.order, later.typed)
        return origin

    def _is_known(self, origin: Origin, name: str | None = None) -> bool:
        person = self._roster.person(origin.student)
        name = (origin.name if name is None else name).removesuffix("_LATE")
        return person is not None and self._roster.agrees(person, name)


def _unwrapped(members: Iterable[Member], by_folder: bool) -> list[Member]:
    """Take off the one folder that all may lie in, as when an unpacked archive was packed again."""
    members = list(members)
    split = [member.name.split("/") for member in members]
    tops = {parts[0] for parts in split}
    if len(tops) != 1 or any(len(parts) < 2 for parts in split):
        return members
    if by_folder:
        notebooks = [parts for parts in split if re.search(r"\.(ipynb|zip)\b", parts[-1])]
        wrapped = len({parts[1] for parts in notebooks}) > 1
    else:
        wrapped = not re.search(r"_\d+_", f"{split[0][0]}_")
    if not wrapped:
        return members
    start = len(split[0][0]) + 1
    return [Member(member.name[start:], member.when, member.read) for member in members]
