"""The folders that collecting writes: submitted/, and collected/ for what is replaced, older or aside.

Nothing is overwritten: what has to go from submitted/ is moved to collected/ASSIGNMENT/STUDENT/TIME/.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from nbexaminer.lms import archives
from nbexaminer.lms.archives import printable
from nbexaminer.lms.attempts import NEVER, STAMP, Submission


@dataclass
class Stored:
    """What became of a submission: "new", "newer", "unchanged" or "older"; and what to know about it."""

    status: str
    notes: list[str] = field(default_factory=list)


class Store:
    """Writes submissions of one assignment; `dry_run` only says what would become of them."""

    def __init__(self, root: Path, assignment: str, dry_run: bool = False) -> None:
        self._root, self._aside, self._dry_run = root, root / "collected" / assignment, dry_run

    def put(
        self,
        student: str,
        folder: Path,
        submission: Submission,
        changed: datetime,
        submitted_at: datetime | None,
        exact: bool,
    ) -> Stored:
        """Bring a submission into a student's folder in submitted/, if it is newer than what is there.

        changed: the time of its newest file, NEVER if unknown; submitted_at: what nbgrader is to count
        lateness from; exact: whether that is surely the time. Raises OSError.
        """
        aside = self._aside / student
        there = _contents(folder)
        if there == submission.files:
            stored = Stored("unchanged")
        elif there is not None and changed < _changed(folder) and changed != NEVER:
            stored = Stored("older")
        else:
            stored = Stored("new" if there is None else "newer")
            if submitted_at is None:
                stored.notes.append("when it was handed in is not known")
        if not self._dry_run:
            for file in submission.aside:
                _keep(aside, {file.path: file.data}, file.rank[1])
            self._write(stored, folder, aside, submission, changed, submitted_at, exact)
        return stored

    def _write(
        self,
        stored: Stored,
        folder: Path,
        aside: Path,
        submission: Submission,
        changed: datetime,
        submitted_at: datetime | None,
        exact: bool,
    ) -> None:
        if stored.status == "unchanged":
            if exact and submitted_at and _read_stamp(folder) != _stamp(submitted_at):
                (folder / STAMP).write_text(_stamp(submitted_at), encoding="utf-8")
                stored.notes.append("its time was put right")
        elif stored.status == "older":
            kept = _keep(aside, submission.files, changed)
            stored.notes.append(f"what is in submitted/ is newer and stays; this is in {self._shown(kept)}")
        else:
            if stored.status == "newer":
                kept = _free(aside / _as_name(_changed(folder)))
                kept.parent.mkdir(parents=True, exist_ok=True)
                shutil.move(folder, kept)
                stored.notes.append(f"what was in submitted/ is in {self._shown(kept)}")
            _write_folder(folder, submission.files, changed, submitted_at)

    def _shown(self, path: Path) -> str:
        return f"{path.relative_to(self._root)}/"


def _contents(folder: Path, stamp: bool = False) -> dict[str, bytes] | None:
    """Return what stands in a folder, less nbgrader's time unless asked for; None if there is no folder."""
    if not folder.is_dir():
        return None
    paths = [path for path in folder.rglob("*") if path.is_file() and ".ipynb_checkpoints" not in path.parts]
    files = {str(path.relative_to(folder)): path.read_bytes() for path in paths}
    return {name: data for name, data in files.items() if stamp or name != STAMP}


def _changed(folder: Path) -> datetime:
    """Return when the newest file in a folder was changed; its time in the archive, if it came from one."""
    paths = [path for path in folder.rglob("*") if path.is_file() and path.name != STAMP]
    return datetime.fromtimestamp(max((int(path.stat().st_mtime) for path in paths), default=0), UTC)


def _keep(aside: Path, files: Mapping[str, bytes], when: datetime) -> Path:
    """Write files into a folder of their own in collected/, unless the same are there already."""
    files = {_safe(path): data for path, data in files.items()}
    for folder in sorted(aside.glob("*")):
        if files in (_contents(folder), _contents(folder, stamp=True)):
            return folder
    folder = _free(aside / _as_name(when))
    _write_folder(folder, files, when, None)
    return folder


def _safe(path: str) -> str:
    """Return a path, or where its name can't be a file's, one with its ending."""
    if not archives.unfit(path):
        return path
    ending = PurePosixPath(path).suffix
    return f"file{ending}" if ending.isascii() and ending[1:].isalnum() and len(ending) < 12 else "file"


def _write_folder(
    folder: Path, files: Mapping[str, bytes], changed: datetime, submitted_at: datetime | None
) -> None:
    """Write a folder, which is there whole or not at all."""
    new = folder.with_name(f".{folder.name}.new")
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(parents=True)
    for name, data in files.items():
        path = new / name
        if not path.resolve().is_relative_to(new.resolve()):  # names were checked; this is the second wall
            raise ValueError(f"{printable(name)} leads out of {folder}")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        if changed != NEVER:
            os.utime(path, (changed.timestamp(), changed.timestamp()))
    if submitted_at:
        (new / STAMP).write_text(_stamp(submitted_at), encoding="utf-8")
    new.rename(folder)


def _free(folder: Path) -> Path:
    """Return this folder, or one with a number where it is taken."""
    number, free = 1, folder
    while free.exists():
        number += 1
        free = folder.with_name(f"{folder.name}-{number}")
    return free


def _as_name(when: datetime) -> str:
    return "no-time" if when == NEVER else f"{when:%Y-%m-%d_%H.%M.%S}"


def _read_stamp(folder: Path) -> str:
    path = folder / STAMP
    return path.read_text(encoding="utf-8") if path.exists() else ""


def _stamp(when: datetime) -> str:
    return f"{when:%Y-%m-%d %H:%M:%S} UTC"
