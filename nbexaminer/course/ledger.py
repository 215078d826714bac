"""What is done: a file with one line for each time that a submission was graded, and what went into it.

A submission whose input hash is that of its last entry has not changed since, nor has anything that it was
graded with.
"""

from __future__ import annotations

import contextlib
import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

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
            for line in self._path.read_bytes().split(b"\n"):
                # One may be cut short, or all be in the form of an older version.
                with contextlib.suppress(KeyError, TypeError, ValueError):
                    entry = LedgerEntry.from_json(json.loads(line))
                    entries[entry.student] = entry
        return entries

    def add(self, entry: LedgerEntry) -> None:
        """Note that a submission is done."""
        line = json.dumps(entry.to_json()).encode() + b"\n"  # in ASCII: it has no other ends of lines
        with self._path.open("a+b") as file:
            if file.tell() and (file.seek(-1, os.SEEK_END), file.read(1))[1] != b"\n":
                line = b"\n" + line  # the one before was cut short
            file.write(line)
