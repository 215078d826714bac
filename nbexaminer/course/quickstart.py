"""Let nbexaminer grade an nbgrader course: one line in its nbgrader_config.py."""

from __future__ import annotations

from pathlib import Path

_ADDED = """\
# nbexaminer grades: students' code in a sandbox, apart from the tests. To undo it, delete these lines.
import nbexaminer

nbexaminer.configure(get_config())  # noqa: F821 (nbgrader provides it)
"""


def set_up(folder: Path) -> list[str]:
    """Add to a course's configuration what nbexaminer needs; return what was done, and what comes next."""
    path = folder / "nbgrader_config.py"
    if path.exists():
        text = path.read_text(encoding="utf-8")
        if "nbexaminer.configure" in text:
            return [f"{path} is set up already."]
        done = f"Added to {path}:\n\n{_ADDED}"
        path.write_text(f"{text.rstrip()}\n\n{_ADDED}", encoding="utf-8")
    else:
        folder.mkdir(parents=True, exist_ok=True)
        done = f"Wrote {path}."
        path.write_text(
            f'"""How this course differs from nbgrader\'s defaults."""\n\n{_ADDED}', encoding="utf-8"
        )
    return [done, "Next: nbexaminer doctor, and nbexaminer new NAME for an assignment to begin with."]
