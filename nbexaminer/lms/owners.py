"""Whose the files in an LMS's archive are: one student's, or those of all in a group."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from nbexaminer.errors import ArchiveRefused
from nbexaminer.lms.archives import Member, printable
from nbexaminer.lms.names import NAMES, MemberName, recognise
from nbexaminer.lms.rosters import Ambiguous, Person, Roster


@dataclass(frozen=True)
class Owner:
    """A student whom files belong to.

    student: the id in the course; person: the row in the roster, if there is one.
    group: the name of the group that handed in together, as the LMS writes it.
    problem: why this student can't be given anything, if so.
    """

    student: str
    person: Person | None = None
    group: str = ""
    problem: str = ""


@dataclass
class Sorted:
    """An archive's members: by the owner's number, and those that can be nobody's, as (owner, reason)."""

    by_owner: dict[str, list[tuple[MemberName, Member]]] = field(default_factory=dict)
    unassigned: list[tuple[str, str]] = field(default_factory=list)


class OwnerUnknown(Exception):
    """Nobody can tell surely whose files they are; the message says why."""


class Owners:
    """Tells whose a file is by its name, and where there is a roster, by that too."""

    def __init__(self, lms: str, roster: Roster | None = None) -> None:
        self._lms, self._roster = lms, roster
        self._names = NAMES[lms]()

    def sort(self, members: list[Member]) -> Sorted:
        """Return whose files they are by the LMS's numbers."""
        result, by_owner = Sorted(), defaultdict(list)
        for member in _unwrapped(members, self._lms == "folder"):
            name = self._parse(member.name)
            if not _is_text(member.name):
                reason = "its name is garbled, as by Debian's unzip; give the zip file itself"
                result.unassigned.append(("", f"{printable(member.name)}: {reason}"))
            elif name is None:
                reason = "its name is not as the LMS makes them; it is nobody's"
                result.unassigned.append(("", f"{printable(member.name)}: {reason}"))
            else:
                by_owner[name.owner].append((name, member))
        for owner, files in by_owner.items():
            names = {name.person for name, _ in files}
            if len(names) > 1:
                listed = ", ".join(printable(name) or "(no name)" for name in sorted(names))
                reason = f"files of {listed} bear the same number; --roster can tell whose they are"
                result.unassigned.append((owner, reason))
            else:
                result.by_owner[owner] = files
        return result

    def owners(self, name: MemberName) -> list[Owner]:
        """Return whose a file is: one student's, or that of each member of a group; raises OwnerUnknown.

        The name decides beside the number: with Moodle the number of a group may be a participant's, too.
        """
        if self._roster is None:
            if name.unnumbered:
                raise OwnerUnknown("a group's, as this archive is one of groups: --roster tells who is in it")
            return [Owner(name.owner)]
        if members := self._members(name):
            return [self._owner(person, name.person) for person in members]
        person = None if name.unnumbered else self._roster.person(name.owner)
        if person is None and not name.unnumbered:
            return [Owner(name.owner)]
        if person is None or (name.person and not self._roster.name_matches(person, name.person)):
            groups = "; who is in a group, --groups tells" if self._lms == "canvas" else " and no such group"
            raise OwnerUnknown(
                f"the archive calls this number {printable(name.person)}, the roster does not{groups}; "
                "if a name was changed, export the roster anew"
            )
        return [self._owner(person)]

    def _members(self, name: MemberName) -> list[Person]:
        """Return who is in the group that a name is of; nobody, if it is of no group."""
        assert self._roster
        try:
            return self._roster.members(name.person, name.owner) if name.person else []
        except Ambiguous:
            raise OwnerUnknown(
                f"more than one group in the roster may be called {printable(name.person)}"
            ) from None

    def _owner(self, person: Person, group: str = "") -> Owner:
        assert self._roster
        clash = self._roster.clash(person)
        problem = f"{clash}: set that right in the LMS, and export the roster anew" if clash else ""
        return Owner(self._roster.student(person), person, group, problem)

    def _parse(self, path: str) -> MemberName | None:
        """Return what a name says; with Canvas, a student's own name may look like a number (`ada_1_2`)."""
        found = self._names.parse(path)
        if not found or self._lms != "canvas" or not self._roster or self._is_known(found):
            return found
        base = path.rsplit("/", 1)[-1]
        for place in re.finditer("_", base):
            name = base[: place.start()]
            later = self._names.parse(f"x{base[place.start() :]}")
            if later and self._is_known(later, name):
                return MemberName(later.owner, name, later.file, later.late, later.order, later.typed)
        return found

    def _is_known(self, found: MemberName, name: str | None = None) -> bool:
        assert self._roster
        person = self._roster.person(found.owner)
        name = (found.person if name is None else name).removesuffix("_LATE")
        return person is not None and self._roster.name_matches(person, name)


def archive_source(members: list[Member], told: str = "auto", roster: Roster | None = None) -> str:
    """Return which LMS an archive is from; raises ArchiveRefused if that is not what was told."""
    found = recognise(member.name for member in members)
    if told != "auto" and found not in (told, "folder"):
        raise ArchiveRefused(
            f"it is not as {told.capitalize()} gives it, but as {found.capitalize()} does: "
            f"say --from {found}, or leave --from out"
            if told != "folder"
            else f"its names are as {found.capitalize()} makes them: say --from {found}, or leave --from out"
        )
    source = found if told == "auto" else told
    if roster and roster.lms != source:
        what = "a folder for each student" if source == "folder" else f"{source.capitalize()}'s"
        raise ArchiveRefused(f"it is {what}, and the roster {roster.lms.capitalize()}'s")
    return source


def _is_text(name: str) -> bool:
    """Return whether the bytes of a name on the disk were UTF-8."""
    return not any("\ud800" <= char <= "\udfff" for char in name)


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
        wrapped = not re.search(r"_\d+_|_assignsubmission_", f"{split[0][0]}_")
    if not wrapped:
        return members
    start = len(split[0][0]) + 1
    return [Member(member.name[start:], member.when, member.read) for member in members]
