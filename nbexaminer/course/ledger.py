"""What is done: a file with one line for each time that a submission was graded, and what went into it.

A submission whose input hash is that of its last entry has not changed since, nor has anything that it was
graded with.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nbexaminer.course.plan import GradingPlan
from nbexaminer.isolation import packages
from nbexaminer.model import Text, Verdict


@dataclass(frozen=True)
class LedgerEntry:
    """What is noted of a submission once it is done: a hash of all that went in, and what came out.

    verdicts: by the grade_id of the test; repairs: as in SubmissionResult.
    """

    student: str
    input_hash: str
    problem: Text | None = None
    verdicts: dict[str, Verdict] = field(default_factory=dict)
    seconds: float = 0.0
    repairs: tuple[Text, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "student": self.student,
            "input_hash": self.input_hash,
            "problem": self.problem and [self.problem.en, self.problem.zh],
            "verdicts": {name: verdict.to_json() for name, verdict in self.verdicts.items()},
            "seconds": self.seconds,
            "repairs": [[text.en, text.zh] for text in self.repairs],
        }

    @classmethod
    def from_json(cls, plain: dict[str, Any]) -> LedgerEntry:
        """Raises KeyError, TypeError or ValueError if it was not made by to_json."""
        return cls(
            plain["student"],
            plain["input_hash"],
            plain["problem"] and Text(*plain["problem"]),
            {name: Verdict.from_json(verdict) for name, verdict in plain["verdicts"].items()},
            plain["seconds"],
            tuple(Text(*text) for text in plain["repairs"]),
        )


class Ledger:
    """One line of JSON for each time that a submission was done; the last one of a student's counts."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> dict[str, LedgerEntry]:
        """Return the last entry of each student."""
        entries = {}
        if self._path.exists():
            for line in self._path.read_text(encoding="utf-8").split("\n"):
                # The last line may be cut short, or all be in the form of an older version.
                with contextlib.suppress(KeyError, TypeError, ValueError):
                    entry = LedgerEntry.from_json(json.loads(line))
                    entries[entry.student] = entry
        return entries

    def add(self, entry: LedgerEntry) -> None:
        """Note that a submission is done."""
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(entry.to_json(), ensure_ascii=False) + "\n")


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
