"""A copy of the gradebook, before its cells change."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

from nbgrader.api import Base, Gradebook
from sqlalchemy import create_engine, insert, select


def backup(gradebook: Gradebook, root: Path) -> Path:
    """Copy the gradebook into a file of SQLite beside it, or in the root if it is another database."""
    time = datetime.now(UTC).strftime("%Y-%m-%dT%H-%M-%S.%fZ")
    url, is_sqlite = gradebook.engine.url, gradebook.engine.dialect.name == "sqlite"
    path = Path(url.database if is_sqlite else root / "gradebook.db")
    path, new = (path.with_name(f"{path.name}.{time}.{end}") for end in ("backup", "new"))
    new.unlink(missing_ok=True)
    if is_sqlite:
        with (
            contextlib.closing(sqlite3.connect(url.database)) as source,
            contextlib.closing(sqlite3.connect(new)) as copy,
        ):
            source.backup(copy)
    else:
        copy_rows(gradebook, new)
    os.replace(new, path)
    return path


def copy_rows(gradebook: Gradebook, path: Path) -> None:
    """Copy what nbgrader keeps in any database into a new file of SQLite."""
    engine = create_engine(f"sqlite:///{path}")
    Base.metadata.create_all(engine)
    with engine.begin() as copy:
        for table in Base.metadata.sorted_tables:
            if rows := [dict(row) for row in gradebook.db.execute(select(table)).mappings()]:
                copy.execute(insert(table), rows)
    engine.dispose()
