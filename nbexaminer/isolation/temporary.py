"""Temporary folders: made with their owner's process id in the name, and removed even if it was killed."""

from __future__ import annotations

import contextlib
import itertools
import os
import secrets
import tempfile
from pathlib import Path


def temporary_folder(purpose: str) -> Path:
    """Make a folder that only this user can enter."""
    return Path(tempfile.mkdtemp(prefix=f"nbexaminer-{os.getpid()}-{purpose}-"))


def remove_folder(folder: Path) -> None:
    """Remove a folder with all that is in it, whatever a student's code made of it."""
    clear_folder(folder)
    folder.rmdir()


def remove_leftovers() -> None:
    """Remove the folders of processes that were killed before they could."""
    for path in Path(tempfile.gettempdir()).glob("nbexaminer-*-*-*"):
        owner = path.name.split("-")[1]
        if owner.isdigit() and not Path("/proc", owner).exists():
            with contextlib.suppress(OSError):  # it is another user's, or another process removes it now
                remove_folder(path)


def clear_folder(folder: Path) -> None:
    """Delete all that is in a folder.

    However deep its folders are, no path gets long: what is in a folder is moved up before it is removed.
    """
    prefix, numbers = secrets.token_hex(8), itertools.count()
    while entries := list(os.scandir(folder)):
        for entry in entries:
            if not entry.is_dir(follow_symlinks=False):
                os.unlink(entry.path)
                continue
            os.chmod(entry.path, 0o700)
            for inner in list(os.scandir(entry.path)):
                if inner.is_dir(follow_symlinks=False):
                    os.chmod(inner.path, 0o700)
                os.rename(inner.path, folder / f"{prefix}-{next(numbers)}")
            os.rmdir(entry.path)
