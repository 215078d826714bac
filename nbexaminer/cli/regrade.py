"""nbexaminer regrade."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import click

from nbexaminer.batch.regrade import RegradePlan, plan_regrade, removed_grades_file
from nbexaminer.batch.regrade import regrade as regrade_assignment
from nbexaminer.batch.score_changes import ScoreChange, number, shown_score
from nbexaminer.cli.grade import GradingOptions, grade_one, grading_options
from nbexaminer.cli.options import ASSIGNMENT, NEEDS_A_LOOK, chosen, opened, relative
from nbexaminer.cli.release import release_one
from nbexaminer.course import queries
from nbexaminer.course.course import Course
from nbexaminer.course.notebook_cells import Change
from nbexaminer.errors import RegradeRefused, StepFailed
from nbexaminer.pages import tables


@click.command()
@ASSIGNMENT
@grading_options
@click.option("--dry-run", is_flag=True, help="Only show how the cells would change, and whom it concerns.")
@click.option(
    "--renamed",
    multiple=True,
    metavar="OLD=NEW",
    help="A cell's new grade_id, if its text changed too; may be repeated.",
)
@click.pass_obj
def regrade(
    root: Path, /, assignment: str | None, dry_run: bool, renamed: tuple[str, ...], **options: object
) -> None:
    """Take over changed cells and tests after submissions came in, and grade everybody again.

    Use it when a test was wrong, or cells or points change: nbgrader itself refuses that. Scores and
    comments given by hand, extra credit and times stay. The gradebook is copied first; what was given by
    hand for a cell that is gone is kept in records/. At the end a table shows whose score changed, and why.

    If it is stopped, start it again. The exit code is 3 if some submission needs a look.
    """
    course = opened(root)
    names = chosen(course, assignment)
    released = [name for name in names if queries.released_cells(course, name)]
    if not released:
        raise click.ClickException(f"{names[0]} was not released yet: nbexaminer release {names[0]}")
    pairs = dict(pair.partition("=")[::2] for pair in renamed)
    needs_a_look = False
    for name in released:
        try:
            plan = plan_regrade(course, name, pairs)
        except (StepFailed, RegradeRefused) as error:
            raise click.ClickException(f"{name} can't be taken over: {error}") from error
        _show_plan(course, plan)
        if dry_run:
            click.echo("Nothing was changed yet.")
        else:
            needs_a_look |= _regrade(course, plan, GradingOptions(**options))  # type: ignore[arg-type]
    if needs_a_look:
        sys.exit(NEEDS_A_LOOK)


def _show_plan(course: Course, plan: RegradePlan) -> None:
    if plan.resumed:
        click.echo("Going on with the regrading that was stopped; scores are compared with those before it.")
    if plan.changes:
        click.echo(f"Changes of the cells of {plan.assignment}:\n\n{_changed_cells(plan.changes)}\n")
    else:
        click.echo(f"The gradebook has the cells of {plan.assignment} as they are in source/.")
    if plan.leaving:
        names = ", ".join(dict.fromkeys(f"{one.student} ({one.key[1]})" for one in plan.leaving))
        click.echo(f"Given by hand for a cell that goes: {names}")
        click.echo(f"kept in     {relative(course, removed_grades_file(course, plan.assignment))}")


def _regrade(course: Course, plan: RegradePlan, options: GradingOptions) -> bool:
    """Regrade an assignment and show what changed; return whether some submissions need a look."""
    needs_a_look = False
    students = course.students(plan.assignment)

    def grade() -> None:
        nonlocal needs_a_look
        release_one(course, plan.assignment)
        if students:
            needs_a_look = grade_one(course, plan.assignment, students, False, options)

    summary = regrade_assignment(course, plan, grade)
    if summary.backup:
        click.echo(f"\nbackup      {relative(course, summary.backup)}")
    count = len({row.student for row in summary.scores if row.totals[0] != row.totals[1]})
    click.echo(f"\nTotals that changed: {count} of {len(students)}\n")
    if lines := _changed_scores(summary.scores):
        click.echo(f"{lines}\n")
    by_hand = Counter(
        row.exercise for row in summary.scores if row.now and row.now.manual is not None and row.now.waits
    )
    if by_hand:
        listed = ", ".join(f"{exercise} ({by_hand[exercise]})" for exercise in sorted(by_hand))
        click.echo(f"Given by hand, stays, and waits in the formgrader to be confirmed: {listed}")
    if summary.not_graded:
        absent = ", ".join(summary.not_graded)
        click.echo(f"Not graded again, since submitted/ has nothing of them: {absent}")
        needs_a_look = True
    if summary.file:
        click.echo(f"summary     {relative(course, summary.file)}")
    return needs_a_look


def _changed_cells(changes: list[Change]) -> str:
    """Return the changes of the cells, and whom they concern, as lines of text."""
    several = len({change.key[0] for change in changes}) > 1
    rows = [
        [": ".join(change.key) if several else change.key[1], change.what, change.more] for change in changes
    ]
    return "\n".join(f"  {line}" for line in tables.aligned(rows)) if rows else ""


def _changed_scores(rows: list[ScoreChange]) -> str:
    """Return whose score changed, from what to what and why, as lines of text; "" if nobody's did."""
    lines, last = [["student", "total", "exercise", "score", "why"]], None
    for row in rows:
        if not row.stays:
            first = row.student != last
            totals = " → ".join(map(number, row.totals)) if row.totals[0] != row.totals[1] else ""
            totals = totals or number(row.totals[1])
            scores = " → ".join(number(shown_score(entry)) for entry in (row.before, row.now))
            scores = scores if row.exercise else ""
            why = row.why if len(row.why) <= 100 else f"{row.why[:99]}…"
            lines.append([row.student if first else "", totals if first else "", row.exercise, scores, why])
            last = row.student
    return "\n".join(tables.aligned(lines)) if len(lines) > 1 else ""
