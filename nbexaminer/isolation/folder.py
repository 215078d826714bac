"""The private folder of a submission: what a student's code may write, and what is brought back after it."""

from __future__ import annotations

import contextlib
import itertools
import os
import secrets
import shutil
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path

from nbexaminer.errors import CallStopped
from nbexaminer.isolation import processes

_FOLDER_BYTES, _FOLDER_ENTRIES, _FOLDER_DEPTH = 64 * 2**20, 5000, 40  # what the private folder may hold


class Folder:
    """The private folder of a submission, and what to bring back to it after a test."""

    def __init__(self, path: Path, saved: Path, files: Path | None, user: int) -> None:
        self.path, self._saved, self._files, self._user = path, saved, files, user
        self._source: Path | None = files
        self._state: dict[str, tuple] | None = None
        self._free = self._disk()

    def check(self, pids: Mapping[int, int], file_size: int) -> None:
        """Raises CallStopped if it is too full; files that were deleted and are still open count."""
        self._listing()
        if self._free - self._disk() > _FOLDER_BYTES and (
            processes.deleted_files(pids, mapped_size=file_size) > _FOLDER_BYTES
        ):
            raise CallStopped("died")

    def save(self) -> None:
        """Remember what is in it now. Raises CallStopped if that is too much."""
        state = self._listing()
        if state == self._state:
            return
        clear(self._saved)
        try:
            shutil.copytree(self.path, self._saved, symlinks=True, dirs_exist_ok=True)
        except (OSError, shutil.Error):  # files that we can't read
            raise CallStopped("died") from None
        self._source, self._state = self._saved, state

    def restore(self, original: bool = False) -> None:
        """Bring back what was remembered, or what the assignment gives, if anything has changed.

        No process of the student's may run now: it could lead us elsewhere by a link.
        """
        if original:
            self._source, self._state = self._files, None
        with contextlib.suppress(CallStopped):
            if self._listing() == self._state:
                return
        clear(self.path)
        if self._source:
            ignored = shutil.ignore_patterns("*.ipynb") if self._source == self._files else None
            shutil.copytree(
                self._source,
                self.path,
                ignore=ignored,
                dirs_exist_ok=True,
                symlinks=self._source == self._saved,
            )
        if self._user != os.geteuid():
            for path in (self.path, *self.path.rglob("*")):
                os.chown(path, self._user, -1, follow_symlinks=False)
        self.path.chmod(0o700)  # copytree gives it the permissions of its source
        self._state = self._listing()

    def _disk(self) -> int:
        status = os.statvfs(self.path)
        return status.f_bavail * status.f_frsize

    def _listing(self) -> dict[str, tuple]:
        """Return what tells that something was changed. Raises CallStopped if there is too much."""
        found: dict[str, tuple] = {}
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
                if size > _FOLDER_BYTES or len(found) > _FOLDER_ENTRIES or depth > _FOLDER_DEPTH:
                    raise CallStopped("died")
        return found


def _entries(folder: str) -> Iterator[os.DirEntry]:
    """Raises CallStopped if the folder was made so that we can't look into it."""
    try:
        with os.scandir(folder) as entries:
            yield from entries
    except (FileNotFoundError, NotADirectoryError):  # it was deleted meanwhile
        return
    except OSError:
        raise CallStopped("died") from None


def clear(folder: Path) -> None:
    """Delete all that is in a folder, however deep: what is in its folders is moved up first."""
    mark, numbers = secrets.token_hex(8), itertools.count()
    while entries := list(os.scandir(folder)):
        for entry in entries:
            if not entry.is_dir(follow_symlinks=False):
                os.unlink(entry.path)
                continue
            os.chmod(entry.path, 0o700)
            for inner in list(os.scandir(entry.path)):
                if inner.is_dir(follow_symlinks=False):
                    os.chmod(inner.path, 0o700)
                os.rename(inner.path, folder / f"{mark}-{next(numbers)}")
            os.rmdir(entry.path)
