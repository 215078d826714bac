"""What is done: a file with one line for each time that a submission was graded, and what went into it.

A submission whose input hash is that of its last entry has not changed since, nor has anything that it was
graded with.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from nbexaminer.course.plan import GradingPlan
from nbexaminer.isolation import packages
from nbexaminer.model import Text


@dataclass(frozen=True)
class LedgerEntry:
    """What is noted of a submission once it is done: a hash of all that went in, and what came out.

    reasons, mistakes, said: of each test, as in ExerciseResult; mended: as in SubmissionResult.
    """

    student: str
    input_hash: str
    problem: Text | None
    reasons: dict[str, str]
    seconds: float
    mistakes: dict[str, str] = field(default_factory=dict)
    said: dict[str, str] = field(default_factory=dict)
    mended: tuple[Text, ...] = ()


class Ledger:
    """One line of JSON for each time that a submission was done; the last one of a student's counts."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> dict[str, LedgerEntry]:
        """Return the last entry of each student."""
        entries = {}
        if self._path.exists():
            for line in self._path.read_text(encoding="utf-8").split("\n"):
                with contextlib.suppress(ValueError, TypeError):  # the last line may be cut short
                    fields = json.loads(line)
                    fields["problem"] = Text(**fields["problem"]) if fields["problem"] else None
                    fields["mended"] = tuple(Text(**text) for text in fields.get("mended", ()))
                    entries[fields["student"]] = LedgerEntry(**fields)
        return entries

    def add(self, entry: LedgerEntry) -> None:
        """Note that a submission is done."""
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(entry), ensure_ascii=False) + "\n")


def course_hash(plan: GradingPlan) -> bytes:
    """Return a hash of all that submissions are graded with: cells, data, hidden tests, limits."""
    digest = hashlib.sha256(repr(plan.rules).encode())
    for name, cells in plan.known.items():
        for cell in cells.values():
            digest.update(f"{name}\0{cell.source}\0{json.dumps(cell.metadata, sort_keys=True)}\0".encode())
    if plan.files:
        _add_files(digest, plan.files)
    for package in plan.rules.hidden_packages:
        for name, path in packages.files(package, plan.packages):
            digest.update(os.fsencode(name) + b"\0" + path.read_bytes())
    return digest.digest()


def input_hash(folder: Path, course_hash: bytes) -> str:
    """Return a hash of all that decides what becomes of the submission in a folder."""
    digest = hashlib.sha256(course_hash)
    _add_files(digest, folder)
    return digest.hexdigest()


def _add_files(digest: Any, folder: Path) -> None:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            digest.update(os.fsencode(path.relative_to(folder)) + b"\0")
            with contextlib.suppress(OSError):
                digest.update(path.read_bytes())
