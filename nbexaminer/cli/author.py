"""nbexaminer lint, mistakes, new, doctor and quickstart: for who writes assignments and sets a course up."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from textwrap import indent

import click

from nbexaminer.cli.options import ASSIGNMENT, chosen, opened, relative
from nbexaminer.course import new_assignment
from nbexaminer.course.exercises import known_mistakes
from nbexaminer.course.lint import Level
from nbexaminer.course.lint import lint as problems_of


@click.command()
@ASSIGNMENT
@click.option("--style", is_flag=True, help="Check this course's house style, too.")
@click.pass_obj
def lint(root: Path, assignment: str | None, style: bool) -> None:
    """Check the instructor's notebooks in source/.

    Errors would break the release or the grading, and make the exit code 1; warnings say what may not work
    as it is meant. With --style everything counts.
    """
    course = opened(root)
    failed = False
    for name in chosen(course, assignment):
        problems = [one for one in problems_of(course, name) if style or one.level > Level.STYLE]
        for problem in problems:
            word = {Level.ERROR: "error: ", Level.WARNING: "warning: "}.get(problem.level, "")
            click.echo(f"{word}{problem.text}")
        failed |= any(style or problem.is_error for problem in problems)
        if not problems:
            click.echo(f"{name}: well-formed.")
    if failed:
        sys.exit(1)


@click.command()
@ASSIGNMENT
@click.pass_obj
def mistakes(root: Path, assignment: str | None) -> None:
    """Try each known mistake of the exercises as an answer, and show what its author is told.

    The exit code is 1 if one of them passes, or is taken for another.
    """
    course = opened(root)
    failed = False
    for assignment_name in chosen(course, assignment):
        for one in known_mistakes(course, assignment_name):
            failed |= not one.is_recognised
            wrong = (
                "" if one.is_recognised else f"  NOT RECOGNISED, taken for: {one.verdict.mistake or 'none'}"
            )
            click.echo(f"{one.exercise}  {one.name}  earns {one.verdict.credit:.0%}{wrong}")
            click.echo(indent(str(one.verdict.text), "    "))
    if failed:
        sys.exit(1)


@click.command()
@click.argument("name")
@click.pass_obj
def new(root: Path, name: str) -> None:
    """Make an assignment to begin with: one exercise with plain asserts, one with `Exercise`.

    It can be released and graded as it is. NAME becomes its folder in source/; the hidden tests of the
    second exercise go into the course's first package of hidden tests, or into `hidden_tests/`.
    """
    course = opened(root)
    made = new_assignment.write(course, name)
    for path in made:
        click.echo(f"Wrote {relative(course, path)}")
    word = shlex.quote(name)
    click.echo(f"Next: nbexaminer lab, or nbexaminer lint {word} and nbexaminer release {word}")


@click.command()
@ASSIGNMENT
@click.pass_obj
def doctor(root: Path, assignment: str | None) -> None:
    """Say what this machine and this course can do: sandbox, versions, limits, and what each test needs."""
    from nbexaminer.course.doctor import checkup

    course = opened(root)
    findings = checkup(course, chosen(course, assignment) if course.assignments() else [])
    for finding in findings:
        click.echo(f"{'✓' if finding.is_fine else '✗'} {finding.text}")
    if not all(finding.is_fine for finding in findings):
        sys.exit(1)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), default=".")
def quickstart(folder: Path) -> None:
    """Let nbexaminer grade an nbgrader course: add what it needs to the nbgrader_config.py in FOLDER.

    Without such a file, one is written. Nothing else is changed; to undo it, delete the lines.
    """
    from nbexaminer.course.quickstart import set_up

    for line in set_up(folder):
        click.echo(line)
