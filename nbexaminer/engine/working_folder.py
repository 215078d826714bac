"""The folder in which locked cells run: a copy of the assignment's, so that nothing changes the
instructor's."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from nbexaminer.isolation.folder import AssignmentFiles
from nbexaminer.isolation.temporary import clear_folder, remove_folder, temporary_folder

_State = dict[str, tuple[int, int, int]]


class WorkingFolder:
    """One folder for one submission after the other; filled again only if something has changed."""

    def __init__(self) -> None:
        self.path = temporary_folder("examiner")
        self._filled: tuple[Path | None, _State, _State] | None = None

    def prepare(self, files: AssignmentFiles | None) -> Path:
        """Return the folder with the assignment's files in it, but for its notebooks, and no others."""
        folder = files.folder if files else None
        source = _state(folder) if folder else {}
        if self._filled != (folder, source, _state(self.path)):
            clear_folder(self.path)
            if folder:
                AssignmentFiles(folder).copy_to(self.path)
                self.path.chmod(0o700)
            self._filled = folder, source, _state(self.path)
        return self.path

    def close(self) -> None:
        remove_folder(self.path)


@contextlib.contextmanager
def temporary_files_in(folder: Path | None) -> Iterator[None]:
    """Let `tempfile` make its files in a folder: what a test makes there, students' code is to find."""
    before = tempfile.tempdir
    tempfile.tempdir = str(folder) if folder else before
    try:
        yield
    finally:
        tempfile.tempdir = before


def _state(folder: Path) -> _State:
    """Return what tells whether something in a folder has changed."""
    found: _State = {}
    waiting = [str(folder)]
    while waiting:
        with os.scandir(waiting.pop()) as entries:
            for entry in entries:
                status = entry.stat(follow_symlinks=False)
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(entry.path)
                    found[entry.path] = status.st_ino, 0, 0
                else:
                    found[entry.path] = status.st_ino, status.st_size, status.st_mtime_ns
    return found
