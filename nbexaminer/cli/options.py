"""What several commands have in common: which course, which assignments, how paths are shown."""

from __future__ import annotations

import difflib
import os
import shutil
import sys
from pathlib import Path

import click

from nbexaminer.course.course import Course
from nbexaminer.errors import NbexaminerError

NEEDS_A_LOOK = 3  # exit code: all was done that could be, and something is to be looked at

ASSIGNMENT = click.argument("assignment", required=False)
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


def opened(root: Path) -> Course:
    """Return the course in a folder. Raises ClickException if its configuration can't be read."""
    try:
        return Course(root)
    except NbexaminerError:
        raise
    except (Exception, SystemExit) as error:  # the configuration may raise anything
        where = root / "nbgrader_config.py"
        said = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
        raise click.ClickException(f"{where} can't be used: {said}") from error


def chosen(course: Course, assignment: str | None) -> list[str]:
    """Return the assignment that was named, or all of the course. Raises UsageError if there is none."""
    names = course.assignments()
    if assignment is None:
        if not names:
            source = shown(course, "source", ".")
            raise click.ClickException(f"there is no assignment in {source} yet: nbexaminer new NAME")
        return names
    name = _name(assignment)
    if name not in names:
        near = difflib.get_close_matches(name, names, 1)
        hint = f"Did you mean {near[0]}? " if near else ""
        raise click.UsageError(
            f"there is no assignment {assignment}. {hint}source/ has: {', '.join(names) or 'none'}"
        )
    return [name]


def chosen_one(course: Course, assignment: str | None) -> str:
    """Return the assignment that was named, or the course's only one. Raises UsageError otherwise."""
    names = chosen(course, assignment)
    if len(names) > 1:
        raise click.UsageError(f"say which assignment; source/ has: {', '.join(names)}")
    return names[0]


def _name(assignment: str) -> str:
    """Return the name in what people type for it: `lab-1/`, `source/lab-1`, `source/lab-1/lab-1.ipynb`."""
    parts = Path(assignment).parts
    if parts and parts[-1].endswith(".ipynb"):
        parts = parts[:-1] or (Path(assignment).stem,)
    return parts[-1] if parts else assignment


def relative(course: Course, path: Path) -> Path:
    """Return a path as it is shown: below the course folder, if it is there."""
    return path.relative_to(course.root) if path.is_relative_to(course.root) else path


def terminal_columns() -> int | None:
    """Return how wide the terminal is; None for a file or a pipe, which has room for any width."""
    if sys.stdout.isatty() or os.environ.get("COLUMNS"):
        return shutil.get_terminal_size().columns
    return None


def shown(course: Course, step: str, assignment: str, student: str = ".") -> str:
    """Return an assignment's folder as it is shown."""
    return f"{relative(course, course.folder(step, assignment, student))}/"
