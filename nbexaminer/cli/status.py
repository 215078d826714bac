"""nbexaminer status: how far each assignment is, and what to do next."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from nbexaminer.cli.options import ASSIGNMENT, chosen, opened, terminal_columns
from nbexaminer.course import queries
from nbexaminer.course.course import Course
from nbexaminer.course.ledger import Ledger
from nbexaminer.course.release import is_current
from nbexaminer.pages import tables


@click.command()
@ASSIGNMENT
@click.pass_obj
def status(root: Path, assignment: str | None) -> None:
    """Show of each assignment: released, collected, graded, returned; and the next command."""
    course = opened(root)
    rows = [["assignment", "released", "submitted", "graded", "need a look", "feedback", "next"]]
    rows += [_row(course, name) for name in chosen(course, assignment)]
    click.echo("\n".join(tables.fitted(rows, terminal_columns())))


def _row(course: Course, assignment: str) -> list[str]:
    known = queries.released_cells(course, assignment)
    current = bool(known) and is_current(course, assignment)
    there = course.folder("release", assignment).is_dir()
    released = ("yes" if current else "changed since") if known and there else "no"
    students = course.students(assignment)
    entries = Ledger(course.report_file(assignment, "jsonl")).read()
    done = [entries[student] for student in students if student in entries]
    problems = sum(entry.problem is not None for entry in done)
    graded = len(done) - problems
    pages = sum(any(course.folder("feedback", assignment, student).glob("*.html")) for student in students)
    returned = sorted(course.root.glob(f"report/{assignment}-feedback.zip"))
    feedback = f"{pages}, packed" if pages and returned else str(pages)
    counts = [str(len(students)), str(graded), str(problems), feedback]
    return [
        assignment,
        released,
        *counts,
        _next(shlex.quote(assignment), released, len(students), len(done), returned),
    ]


def _next(assignment: str, released: str, submitted: int, done: int, returned: list[Path]) -> str:
    if released == "no":
        return f"nbexaminer release {assignment}"
    if released == "changed since":
        return f"nbexaminer {'regrade' if done else 'release'} {assignment}"
    if not submitted:
        return f"nbexaminer collect ARCHIVE --assignment {assignment}"
    if done < submitted:
        return f"nbexaminer autograde {assignment}"
    if not returned:
        return f"nbexaminer export {assignment} --to LMS"
    return ""
