"""nbexaminer autograde and report."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import click

from nbexaminer.batch import batch
from nbexaminer.batch.pool import Pool
from nbexaminer.cli import samples
from nbexaminer.cli.options import ASSIGNMENT, NEEDS_A_LOOK, chosen, opened, shown
from nbexaminer.cli.release import release_if_changed
from nbexaminer.cli.show import export_answers, show_class
from nbexaminer.course import queries
from nbexaminer.course.course import Course
from nbexaminer.course.ledger import LedgerEntry
from nbexaminer.course.plan import GradingPlan, run_limits
from nbexaminer.course.results import class_results
from nbexaminer.errors import PoolError
from nbexaminer.isolation.limits import RunLimits
from nbexaminer.messages import printable


@dataclass(frozen=True)
class GradingOptions:
    """How a class is graded, as the command line says; None is what the course's configuration says."""

    jobs: int
    time_limit: float | None = None
    memory_limit: int | None = None
    sandbox: str | None = None
    scheduler: str | None = None
    table: bool = False


_OPTIONS = (
    click.option(
        "--jobs",
        type=click.IntRange(1),
        default=os.cpu_count(),
        show_default="one a core",
        help="How many submissions run at once.",
    ),
    click.option(
        "--time-limit", type=click.FloatRange(0.1), help="Seconds for one cell or one call of a test."
    ),
    click.option("--memory-limit", type=click.IntRange(16), help="MiB that a student's processes may take."),
    click.option(
        "--sandbox",
        type=click.Choice(["kernel", "none"]),
        help="Who shuts students' code in: the kernel, or nobody.",
    ),
    click.option("--scheduler", metavar="ADDRESS", help="Run on a Dask cluster (docs/scaling.md), not here."),
    click.option(
        "--table", is_flag=True, help="Show the whole table, however many columns and lines it has."
    ),
)


def grading_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add to a command the options of GradingOptions."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


@click.command()
@ASSIGNMENT
@click.option("--student", "students", multiple=True, help="Grade this student only; may be repeated.")
@click.option("--force", is_flag=True, help="Grade also what is graded already and has not changed since.")
@grading_options
@click.pass_obj
def autograde(
    root: Path, /, assignment: str | None, students: tuple[str, ...], force: bool, **options: object
) -> None:
    """Grade all submissions in submitted/, write feedback/ and show the table.

    If nobody has submitted anything yet, the sample classes from examples/ are graded instead.

    The limits are those of nbgrader_config.py (IsolatedExecute) unless said otherwise here.

    The exit code is 0 if all could be graded, 3 if some submission needs a look, else 1 or 2.
    """
    course = opened(root)
    names = chosen(course, assignment)
    may_fill, needs_a_look, graded = samples.may_be_filled(course), False, 0
    if unknown := sorted(set(students) - {one for name in names for one in course.students(name)}):
        raise click.UsageError(f"no submission of {', '.join(names)} from {', '.join(unknown)}")
    for name in names:
        release_if_changed(course, name)
        if not course.students(name) and may_fill and (count := samples.fill(course, name)):
            click.echo(
                f"Nobody has submitted yet: filled submitted/ with the sample class, {count} students."
            )
        wanted = [one for one in course.students(name) if one in students or not students]
        if not wanted:
            if not students:
                click.echo(
                    f"Nobody has submitted {name} yet: nbexaminer collect ARCHIVE, or put notebooks into "
                    f"{_where(course, name)}",
                    err=True,
                )
            continue
        graded += 1
        if len(names) > 1:
            click.secho(f"\n{name}", bold=True)
        needs_a_look |= grade_one(course, name, wanted, force, GradingOptions(**options))  # type: ignore[arg-type]
    if strays := course.strays():
        click.echo("\nNot graded, since not in submitted/STUDENT/ASSIGNMENT/:")
        click.echo("\n".join(f"  {printable(path)}" for path in strays))
    if not graded:
        sys.exit(1)
    if needs_a_look or strays:
        sys.exit(NEEDS_A_LOOK)


def grade_one(
    course: Course, assignment: str, students: list[str], force: bool, options: GradingOptions
) -> bool:
    """Grade an assignment's submissions and show what came of them; return whether some need a look."""
    limits = _limits(run_limits(course), options)
    progress = _progress(len(students))
    cluster = _cluster(options.scheduler) if options.scheduler else None
    try:
        batch.grade(course, assignment, students, limits, options.jobs, force, progress, cluster)
    except PoolError as error:
        advice = "What was graded until now is done; run it again to go on."
        raise click.ClickException(f"{error}.\n{advice}") from error
    results = show_class(course, assignment, options.table)
    broken = {result.student for result in results if result.problem}
    if broken - samples.broken_on_purpose(course, assignment):
        return True
    if broken:
        click.echo("\nWho has no score here belongs to the sample class, and is broken on purpose.")
    return False


@click.command("report")
@ASSIGNMENT
@click.option("--table", is_flag=True, help="Show the whole table, however many columns and lines it has.")
@click.option(
    "--answers",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="FOLDER",
    help="Write each student's answers as a Python file into FOLDER, for JPlag or Dolos.",
)
@click.pass_obj
def report_command(root: Path, assignment: str | None, table: bool, answers: Path | None) -> None:
    """Show the class: write the page and the CSV files in report/ anew, and show the table.

    The page shows the distribution, each exercise, the mistakes by frequency, who needs a look, who has
    not handed in, and answers that are suspiciously alike. Nothing is graded.
    """
    course = opened(root)
    names = chosen(course, assignment)
    graded = [name for name in names if queries.released_cells(course, name) and class_results(course, name)]
    if not graded:
        said = f" {names[0]}" if len(names) == 1 else ""
        raise click.ClickException(f"nothing of {', '.join(names)} is graded yet: nbexaminer autograde{said}")
    for name in graded:
        show_class(course, name, table)
        if answers:
            export_answers(course, name, answers / name if len(graded) > 1 else answers)


def _where(course: Course, assignment: str) -> str:
    return shown(course, "submitted", assignment, "STUDENT")


def _limits(limits: RunLimits, options: GradingOptions) -> RunLimits:
    if options.time_limit is not None:
        limits = replace(limits, call_seconds=options.time_limit)
    if options.memory_limit is not None:
        limits = replace(limits, process=replace(limits.process, memory=options.memory_limit * 2**20))
    if options.sandbox is not None:
        limits = replace(limits, sandbox=options.sandbox == "kernel")
    if not limits.sandbox:
        click.secho(
            "Warning: no sandbox. Students' code can read, change and send whatever you can.",
            fg="red",
            err=True,
        )
    return limits


def _cluster(address: str) -> Callable[[GradingPlan], Pool]:
    try:
        from nbexaminer.batch.dask_pool import DaskPool
    except ModuleNotFoundError as error:
        raise click.ClickException(
            f"--scheduler needs Dask: pip install 'nbexaminer[dask]' ({error})"
        ) from error
    return lambda plan: DaskPool(address, plan)


def _progress(count: int) -> Callable[[LedgerEntry, bool], None]:
    """Return what tells of each submission on standard error: how far, how fast, how long yet."""
    done = fresh = 0
    start = time.monotonic()

    def tell(entry: LedgerEntry, is_fresh: bool) -> None:
        nonlocal done, fresh
        done, fresh = done + 1, fresh + is_fresh
        pace = "unchanged"
        if is_fresh:
            seconds = (time.monotonic() - start) / fresh
            left = round(seconds * (count - done))
            pace = f"{60 / seconds:.0f} a minute, {left // 60}:{left % 60:02} left"
        outcome = "needs a look" if entry.problem else "graded"
        which = f"[{done:{len(str(count))}}/{count}] {printable(entry.student)}"
        click.echo(f"{which}: {outcome}  ({pace})", err=True)

    return tell
