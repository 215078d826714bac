"""nbexaminer release, and what other commands do before they need a released assignment."""

from __future__ import annotations

from pathlib import Path

import click
from sqlalchemy.exc import DatabaseError

from nbexaminer.cli.options import ASSIGNMENT, chosen, opened, shown
from nbexaminer.course import release as releasing
from nbexaminer.course.course import Course
from nbexaminer.course.lint import lint
from nbexaminer.course.results import exercise_points
from nbexaminer.errors import NbexaminerError, StepFailed


@click.command()
@ASSIGNMENT
@click.option("--check/--no-check", default=True, help="Whether to grade your own solution afterwards.")
@click.pass_obj
def release(root: Path, assignment: str | None, check: bool) -> None:
    """Make the students' version in release/, and enter it in the gradebook.

    What would be lost or break is refused first; `nbexaminer lint` says what else is worth a look. Then your
    own solution is graded, to name tests that it does not pass, or passes in one process only.
    """
    course = opened(root)
    for name in chosen(course, assignment):
        release_one(course, name)
        count = len(exercise_points(course, name))
        click.echo(f"Released {name} with {count} exercises into {shown(course, 'release', name)}.")
        if check:
            _check(course, name)


def _check(course: Course, assignment: str) -> None:
    from nbexaminer.course.solution_check import check_solutions

    try:
        lines = check_solutions(course, assignment).lines
    except NbexaminerError as error:  # released it is all the same
        lines = [f"Your own solution was not graded: {error}"]
    for line in lines:
        click.echo(f"  {line}")


def release_one(course: Course, assignment: str) -> None:
    """Release an assignment. Raises ClickException, which says what to do, if it is not possible."""
    if problems := [one.text for one in lint(course, assignment) if one.is_error]:
        raise click.ClickException("\n".join([f"{assignment} is not released:", *problems]))
    try:
        releasing.release(course, assignment)
    except StepFailed as error:
        if isinstance(error.__cause__, DatabaseError):  # nothing is wrong with the assignment
            raise error.__cause__ from error
        advice = ""
        if "submissions associated" in str(error):
            advice = (
                "\nThe gradebook holds grades for the cells as they were. Undo the change, or take it over:"
                f"\n  nbexaminer regrade {assignment} --dry-run  (shows what would change)"
                f"\n  nbexaminer regrade {assignment}"
                "\nwhich grades everybody again and keeps what was given by hand."
            )
        raise click.ClickException(f"nbgrader could not release {assignment}: {error}{advice}") from error


def release_if_changed(course: Course, assignment: str) -> None:
    """Release an assignment if the gradebook has not got its checks as they are in source/."""
    if not releasing.is_current(course, assignment):
        click.echo(
            f"Releasing {assignment} first: the gradebook has not got its checks as they are in source/."
        )
        release_one(course, assignment)
