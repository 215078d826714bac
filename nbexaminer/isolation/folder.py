"""The private folder of a submission: what a student's code may write, and what is restored after a test."""

from __future__ import annotations

import contextlib
import fnmatch
import os
import shutil
import stat
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from nbexaminer.errors import CallStopped
from nbexaminer.isolation import processes
from nbexaminer.isolation.file_exchange import copy_files, read
from nbexaminer.isolation.temporary import clear_folder

_MAX_BYTES, _MAX_ENTRIES, _MAX_DEPTH = 64 * 2**20, 5000, 40  # what a submission may add

_MAX_KEPT_BYTES, _MAX_KEPT_FILES = 8 * 2**20, 100  # of what stays of a submission

_UNBOUNDED = 2**62

Snapshot = dict[str, tuple[int, int, int, int]]  # by path: inode, size, times of content and of status


@dataclass(frozen=True)
class AssignmentFiles:
    """The files that an assignment gives to its notebooks.

    folder: the instructor's; ignored: patterns of names that are not for students, as in nbgrader's
    CourseDirectory.ignore (notebooks never are); submitted: the student's own, for what it may add.
    """

    folder: Path
    ignored: tuple[str, ...] = ()
    submitted: Path | None = None

    def copy_to(self, target: Path) -> None:
        """Copy them, with what links of the instructor's lead to."""
        if self.submitted:
            copy_files(self.submitted, target)
        shutil.copytree(self.folder, target, ignore=self._leave_out, dirs_exist_ok=True)

    def _leave_out(self, folder: str, names: list[str]) -> set[str]:
        relative = os.path.relpath(folder, self.folder)
        return {
            name
            for name in names
            for pattern in (*self.ignored, "*.ipynb")
            if fnmatch.fnmatch(name, pattern)
            or fnmatch.fnmatch(os.path.normpath(os.path.join(relative, name)), pattern)
        }


class PrivateFolder:
    """The private folder of a submission, and the state to restore in it after a test."""

    def __init__(self, path: Path, backup: Path, files: AssignmentFiles | None, user: int) -> None:
        """backup: where to keep the state to restore; user: the id of the user that is to own it all."""
        self.path, self._backup, self._files, self.user = path, backup, files, user
        self._fill: Callable[[], None] = self._fill_with_files
        self._state: Snapshot | None = None
        self._original: Snapshot = {}
        self._given = 0, 0  # bytes and entries that the assignment has put there: they don't count
        self._free = self._free_bytes()

    def check(self, pids: Mapping[int, int], file_size: int) -> None:
        """Raises CallStopped if it is too full; files that were deleted and are still open count."""
        self._listing()
        if self._free - self._free_bytes() > _MAX_BYTES and (
            processes.deleted_files(pids, mapped_size=file_size) > _MAX_BYTES
        ):
            raise CallStopped("folder full")

    def save(self) -> None:
        """Make the present state the one to restore. Raises CallStopped if it is too large."""
        state = self._listing()
        if state == self._state:
            return
        clear_folder(self._backup)
        try:
            shutil.copytree(self.path, self._backup, symlinks=True, dirs_exist_ok=True)
        except (OSError, shutil.Error):  # there are files that can't be read
            raise CallStopped("folder full") from None
        self._fill, self._state = self._fill_with_backup, state

    def restore(self, original: bool = False) -> None:
        """Restore what was saved, or the assignment's files, if anything has changed.

        No process of the student's may run now: it could lead us elsewhere by a link.
        """
        if original:
            self._fill, self._state, self._given = self._fill_with_files, None, (0, 0)
        with contextlib.suppress(CallStopped):
            if self._listing() == self._state:
                return
        clear_folder(self.path)
        self._fill()
        if self.user != os.geteuid():
            for path in (self.path, *self.path.rglob("*")):
                os.chown(path, self.user, -1, follow_symlinks=False)
        self.path.chmod(0o700)  # copytree gives it the permissions of its source
        if original:
            self._given = _UNBOUNDED, _UNBOUNDED
            self._original = self._listing()
            self._given = sum(size for _, size, *_ in self._original.values()), len(self._original)
            self._free = self._free_bytes()
        self._state = self._listing()

    def written(self) -> dict[str, bytes]:
        """Return the plain files that the submission has written, by their path in the folder, as far as
        they fit beside its notebooks; none that is hidden or a notebook."""
        found: dict[str, bytes] = {}
        room = _MAX_KEPT_BYTES
        with contextlib.suppress(CallStopped):
            for path, state in sorted(self._listing().items()):
                name = os.path.relpath(path, self.path)
                is_new = state[1:3] != self._original.get(path, ())[1:3]
                if is_new and _is_kept(name) and len(found) < _MAX_KEPT_FILES:
                    content = read(self.path, name, room)
                    if content is not None:
                        found[name] = content
                        room -= len(content)
        return found

    def _fill_with_files(self) -> None:
        if self._files:
            self._files.copy_to(self.path)

    def _fill_with_backup(self) -> None:
        shutil.copytree(self._backup, self.path, dirs_exist_ok=True, symlinks=True)

    def _free_bytes(self) -> int:
        status = os.statvfs(self.path)
        return status.f_bavail * status.f_frsize

    def _listing(self) -> Snapshot:
        """Return what tells whether something was changed. Raises CallStopped if there is too much."""
        found: Snapshot = {}
        bytes_given, entries_given = self._given
        size, waiting = 0, [(str(self.path), 0)]
        while waiting:
            folder, depth = waiting.pop()
            for entry in _entries(folder):
                try:
                    status = entry.stat(follow_symlinks=False)
                except OSError:  # it was deleted meanwhile
                    continue
                found[entry.path] = status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns
                size += status.st_size
                if stat.S_ISDIR(status.st_mode):
                    waiting.append((entry.path, depth + 1))
                too_much = size > _MAX_BYTES + bytes_given or len(found) > _MAX_ENTRIES + entries_given
                if too_much or depth > _MAX_DEPTH:
                    raise CallStopped("folder full")
        return found


def _is_kept(name: str) -> bool:
    parts = name.split(os.sep)
    return (
        name.isprintable()
        and not name.endswith(".ipynb")
        and not any(part.startswith(".") or part == "__pycache__" for part in parts)
    )


def _entries(folder: str) -> Iterator[os.DirEntry[str]]:
    """Raises CallStopped if the folder was made so that it can't be listed."""
    try:
        with os.scandir(folder) as entries:
            yield from entries
    except (FileNotFoundError, NotADirectoryError):  # it was deleted meanwhile
        return
    except OSError:
        raise CallStopped("folder full") from None
