"""Files that notebooks have written while they were graded, beside the notebooks in autograded/."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from pathlib import Path

# What nbgrader's exchange has put there: a notebook can't set its time of submission.
OF_THE_EXCHANGE = ("timestamp.txt", "submission_secret.txt")


def add_written(folder: Path, written: Mapping[str, bytes]) -> None:
    """Write files into a folder; what is there already stays, and what finds no place is left out."""
    for name, content in written.items():
        path = folder / name
        if not path.exists() and name not in OF_THE_EXCHANGE:
            with contextlib.suppress(OSError):
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
