"""Files between the examiner's working folder and a student's private one: what tests read that students'
code wrote, and what students' code reads that tests wrote.

The private folder is a stranger's. Nothing in it is opened through a link: every folder and every file is
opened relative to its parent, and only what is then a plain file of one name is read.
"""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

_MAX_BYTES, _MAX_FILES, _MAX_DEPTH = 64 * 2**20, 1000, 10  # of what is looked at in either folder
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_WRITE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC

Listing = dict[str, tuple[int, int]]  # by path below the folder: size and time of the last change


class FileExchange:
    """Keeps two folders alike, but for the files of the assignment, which are the instructor's there."""

    def __init__(self, working: Path, private: Path, user: int) -> None:
        """working: the examiner's folder, as it is now with the assignment's files; user: who is to own what
        is written into the private one."""
        self._working, self._private, self._user = working, private, user
        self._assignment = set(listing(working))
        self._seen: tuple[Listing, Listing] = listing(working), listing(private)

    def from_student(self) -> None:
        """Bring into the working folder what has changed in the private one."""
        self._bring(self._private, self._working, 1, os.geteuid())

    def to_student(self) -> None:
        """Bring into the private folder what has changed in the working one."""
        self._bring(self._working, self._private, 0, self._user)

    def paths_there(self, values: Iterable[Any]) -> tuple[Any, ...]:
        """Return values with paths into the working folder as paths into the private one, which is given the
        folders that they need."""
        return tuple(self._path(value, self._working, self._private) for value in values)

    def path_here(self, value: Any) -> Any:
        """Return a value, or if it is a path into the private folder, one into the working folder."""
        return self._path(value, self._private, self._working)

    def _path(self, value: Any, source: Path, target: Path) -> Any:
        if not isinstance(value, (str, Path)) or not str(value).startswith(f"{source}{os.sep}"):
            return value
        name = os.path.relpath(value, source)
        if target == self._private and os.pardir not in name.split(os.sep):
            inside = os.path.join(name, "") if os.path.isdir(value) else name
            with contextlib.suppress(OSError), _parent(target, inside, self._user):
                pass
        return type(value)(os.path.join(target, name))

    def look(self) -> None:
        """Take the private folder as it is now, restored to an earlier state, as alike."""
        self._seen = self._seen[0], listing(self._private)

    def _bring(self, source: Path, target: Path, side: int, owner: int) -> None:
        now, before = listing(source), self._seen[side]
        for name in before.keys() - now.keys() - self._assignment:
            _remove(target, name)
        for name, state in now.items():
            if before.get(name) != state and name not in self._assignment:
                _copy(source, target, name, owner)
        self._seen = listing(self._working), listing(self._private)


def listing(folder: Path) -> Listing:
    """Return the plain files below a folder, no notebooks among them; so many as are allowed."""
    found: Listing = {}
    size = 0
    for top, folders, names, descriptor in os.fwalk(folder, follow_symlinks=False):
        place = os.path.relpath(top, folder)
        if place.count(os.sep) >= _MAX_DEPTH:
            folders.clear()
        folders[:] = sorted(name for name in folders if name not in ("__pycache__", ".ipynb_checkpoints"))
        for name in sorted(names):
            with contextlib.suppress(OSError):
                status = os.stat(name, dir_fd=descriptor, follow_symlinks=False)
                size += status.st_size
                if not stat.S_ISREG(status.st_mode) or status.st_nlink != 1 or name.endswith(".ipynb"):
                    continue
                if size > _MAX_BYTES or len(found) >= _MAX_FILES:
                    return found
                path = name if place == "." else os.path.join(place, name)
                found[path] = status.st_size, status.st_mtime_ns
    return found


def copy_files(source: Path, target: Path) -> None:
    """Copy the plain files below a folder; what can't be read is left out."""
    for name in listing(source):
        _copy(source, target, name, os.geteuid())


def read(folder: Path, name: str, most: int = _MAX_BYTES) -> bytes | None:
    """Return the content of a plain file below a folder; None if it is none, or larger than so many bytes."""
    with contextlib.suppress(OSError), _parent(folder, name) as (parent, last):
        descriptor = os.open(last, _READ, dir_fd=parent)
        with open(descriptor, "rb") as file:
            status = os.fstat(descriptor)
            if stat.S_ISREG(status.st_mode) and status.st_nlink == 1 and status.st_size <= most:
                return file.read(most)
    return None


def _copy(source: Path, target: Path, name: str, owner: int) -> None:
    """Copy a file, if it is one, in place of what is there."""
    content = read(source, name)
    if content is None:
        return
    with contextlib.suppress(OSError):
        _remove(target, name)
        with _parent(target, name, owner) as (folder, last):
            descriptor = os.open(last, _WRITE, 0o600, dir_fd=folder)
            with open(descriptor, "wb") as file:
                file.write(content)
                if owner != os.geteuid():
                    os.fchown(descriptor, owner, -1)


def _remove(folder: Path, name: str) -> None:
    with contextlib.suppress(OSError), _parent(folder, name) as (parent, last):
        os.unlink(last, dir_fd=parent)


@contextlib.contextmanager
def _parent(folder: Path, name: str, owner: int | None = None) -> Iterator[tuple[int, str]]:
    """Open the folder that a file is in, following no link; owner: of the folders to make on the way.

    Raises OSError.
    """
    *places, last = name.split(os.sep)
    descriptor = os.open(folder, _FOLDER)
    try:
        for place in places:
            if owner is not None:
                with contextlib.suppress(FileExistsError):
                    os.mkdir(place, 0o700, dir_fd=descriptor)
                    if owner != os.geteuid():
                        os.chown(place, owner, -1, dir_fd=descriptor, follow_symlinks=False)
            inner = os.open(place, _FOLDER, dir_fd=descriptor)
            os.close(descriptor)
            descriptor = inner
        yield descriptor, last
    finally:
        os.close(descriptor)
