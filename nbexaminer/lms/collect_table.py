"""What collecting prints, and keeps as a CSV file: who, what, when, and what was left out and why."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from nbexaminer.lms.archives import printable
from nbexaminer.lms.collect import Row
from nbexaminer.pages import tables

_TITLES = ("student", "name", "group", "handed in (UTC)", "late", "the LMS says", "became", "what to know")
_ALWAYS = ("student", "became")
_LARGE_CLASS = 100  # more lines than this are not read on a terminal


def table(rows: list[Row], columns: int | None = None) -> str:
    """Return the rows as lines of text; columns in which nothing stands are left away.

    Of a large class it shows those of whom there is something to know. columns: as in tables.fitted.
    """
    shown = rows if len(rows) <= _LARGE_CLASS else [row for row in rows if row.notes or row.needs_review]
    cells = [_cells(row, 40) for row in shown]
    used = [n for n, title in enumerate(_TITLES) if title in _ALWAYS or any(row[n] for row in cells)]
    lines = (
        tables.fitted([[row[n] for n in used] for row in [list(_TITLES), *cells]], columns) if shown else []
    )
    if len(shown) < len(rows):
        lines.append(f"... and {len(rows) - len(shown)} more, of whom there is nothing to know")
    return "\n".join(lines)


def append_csv(path: Path, rows: list[tuple[str, Row]]) -> None:
    """Append the rows, each with the time of collecting and the name of its archive."""
    now = f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S}"
    lines = [[now, archive, *_cells(row, 1000)] for archive, row in rows]
    tables.write_rows(path, ["collected (UTC)", "archive", *_TITLES], lines, append=True)


def time_zone() -> str:
    """Return the zone in which times without one are read, as it may be printed: `CET (UTC+01:00)`."""
    now = datetime.now().astimezone()
    offset = f"{now:%z}"
    name = now.tzname() or ""
    return f"{name} (UTC{offset[:3]}:{offset[3:5]})" if name != "UTC" else "UTC"


def _cells(row: Row, limit: int) -> list[str]:
    when = f"{row.bound} {row.submitted_at:%Y-%m-%d %H:%M}".strip() if row.submitted_at else ""
    name = row.name if row.name != row.student else ""
    said = (printable(text, limit) for text in (row.student, name, row.group))
    late, notes = "late" if row.late else "", "; ".join(row.notes)
    return [*said, when, late, printable(row.lms_status, limit), row.status, notes]
