"""The command line: what `grader --help` shows."""

from __future__ import annotations

import csv
import importlib
import os
import shutil
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import click

from grader import batch, report, similarity
from grader.batch import Done, Result
from grader.course import Course, GradingFailed
from grader.sandbox import SandboxError
from grader.supervisor import Rules

NEEDS_A_LOOK = 3

ASSIGNMENT = click.argument("assignment", required=False)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--course",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=".",
    help="The course folder; by default the current one.",
)
@click.version_option(package_name="grader")
@click.pass_context
def main(context: click.Context, course: Path) -> None:
    """Release, grade and try out the assignments of a course built on nbgrader.

    ASSIGNMENT is the name of a folder in source/. It may be left out if there is only one.
    """
    if not (course / "nbgrader_config.py").exists():
        raise click.ClickException(f"{course.resolve()} is no course folder: it has no nbgrader_config.py.")
    context.obj = course


@main.command()
@ASSIGNMENT
@click.pass_obj
def release(root: Path, assignment: str | None) -> None:
    """Make the students' version in release/, and enter it in the gradebook."""
    course = Course(root)
    assignment = _chosen(course, assignment)
    _release(course, assignment)
    count = len(batch.exercises(course, assignment))
    click.echo(f"Released {assignment} with {count} exercises into {_shown(course, 'release', assignment)}.")


@main.command()
@ASSIGNMENT
@click.option("--student", "chosen", multiple=True, help="Grade this student only; may be repeated.")
@click.option(
    "--jobs",
    type=click.IntRange(1),
    default=os.cpu_count(),
    show_default="one a core",
    help="How many submissions run at once.",
)
@click.option("--force", is_flag=True, help="Grade also what is graded already and has not changed since.")
@click.option("--time-limit", type=click.FloatRange(0.1), help="Seconds for one cell or one call of a test.")
@click.option("--memory-limit", type=click.IntRange(16), help="MiB that a student's processes may take.")
@click.option(
    "--sandbox",
    type=click.Choice(["kernel", "none"]),
    help="Who shuts students' code in: the kernel, or nobody.",
)
@click.pass_obj
def autograde(
    root: Path,
    assignment: str | None,
    chosen: tuple[str, ...],
    jobs: int,
    force: bool,
    time_limit: float | None,
    memory_limit: int | None,
    sandbox: str | None,
) -> None:
    """Grade all submissions in submitted/, write feedback/ and show the table.

    If nobody has submitted yet, the sample class from examples/ is graded instead.

    The limits are those of nbgrader_config.py (ExecuteApart) unless said otherwise here.

    The exit code is 0 if all could be graded, 3 if some submission needs a look, else 1 or 2.
    """
    course = Course(root)
    assignment = _chosen(course, assignment)
    if not course.is_current(assignment):
        click.echo(
            f"Releasing {assignment} first: the gradebook has not got its checks as they are in source/."
        )
        _release(course, assignment)
    if not course.students(assignment):
        _fill(course, assignment)
    students = course.students(assignment)
    if unknown := sorted(set(chosen) - set(students)):
        raise click.UsageError(f"no submission of {assignment} from {', '.join(unknown)}")
    rules = _rules(course.rules(), time_limit, memory_limit, sandbox)
    progress = _progress(len(chosen or students))
    try:
        batch.grade(course, assignment, list(chosen) or students, rules, jobs, force, progress)
    except SandboxError as error:
        raise click.ClickException(str(error)) from error
    results = batch.standing(course, assignment)
    _show(course, assignment, results)
    strays = course.strays()
    if strays:
        click.echo("\nNot graded, since not in submitted/STUDENT/ASSIGNMENT/:")
        click.echo("\n".join(f"  {path}" for path in strays))
    broken = {result.student for result in results if result.problem}
    if strays or broken - _broken_on_purpose(course, students):
        sys.exit(NEEDS_A_LOOK)
    if broken:
        click.echo("\nWho has no score here belongs to the sample class, and is broken on purpose.")


@main.command(context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar="[ASSIGNMENT] [JUPYTER OPTIONS]...")
@click.pass_obj
def lab(root: Path, arguments: tuple[str, ...]) -> None:
    """Open an assignment in JupyterLab, as students get it.

    It is copied from release/ into work/, unless it is there already. Options go to `jupyter lab`,
    for example --no-browser.
    """
    course = Course(root)
    named = int(bool(arguments) and not arguments[0].startswith("-"))
    assignment = _chosen(course, arguments[0] if named else None)
    released, work = course.folder("release", assignment), course.root / "work" / assignment
    if not released.exists():
        _release(course, assignment)
    if work.exists():
        click.echo(f"Going on in {work.relative_to(course.root)}/.")
    else:
        shutil.copytree(released, work)
        click.echo(f"Copied {assignment} into {work.relative_to(course.root)}/.")
    notebook = min(work.glob("*.ipynb"))
    os.chdir(course.root)  # and it is the root, so that the formgrader finds the course's configuration
    command = [sys.executable, "-m", "jupyterlab", str(notebook), f"--ServerApp.root_dir={course.root}"]
    os.execv(sys.executable, command + list(arguments[named:]))


@main.command("report")
@ASSIGNMENT
@click.pass_obj
def report_command(root: Path, assignment: str | None) -> None:
    """Show the class: write the page and the CSV files in report/ anew, and show the table.

    The page shows the distribution, each exercise, the mistakes by frequency, who needs a look, who has
    not handed in, and answers that are suspiciously alike. Nothing is graded.
    """
    course = Course(root)
    assignment = _chosen(course, assignment)
    results = batch.standing(course, assignment)
    if not results:
        raise click.ClickException(f"nothing of {assignment} is graded yet: grader autograde {assignment}")
    _show(course, assignment, results)


@main.command()
@ASSIGNMENT
@click.pass_obj
def lint(root: Path, assignment: str | None) -> None:
    """Check the form of the instructor's notebook in source/."""
    from grader.lint import lint as problems_of

    course = Course(root)
    assignment = _chosen(course, assignment)
    problems = problems_of(course.root, assignment)
    for problem in problems:
        click.echo(problem)
    if problems:
        sys.exit(1)
    click.echo(f"{assignment}: well-formed.")


def _chosen(course: Course, assignment: str | None) -> str:
    names = course.assignments()
    if assignment is None and len(names) == 1:
        return names[0]
    if assignment not in names:
        asked = "say which assignment" if assignment is None else f"there is no assignment {assignment}"
        raise click.UsageError(f"{asked}; source/ has: {', '.join(names) or 'none'}")
    return assignment


def _release(course: Course, assignment: str) -> None:
    try:
        course.release(assignment)
    except GradingFailed as error:
        advice = ""
        if "submissions associated" in str(error):
            advice = (
                "\nThe gradebook holds grades for the cells as they were. Undo the change, or start anew with"
                "\n  nbgrader export  (keeps the grades so far in grades.csv)"
                f"\n  nbgrader db assignment remove {assignment} --force"
                "\nand then release and grade again."
            )
        raise click.ClickException(f"nbgrader could not release {assignment}: {error}{advice}") from error


def _fill(course: Course, assignment: str) -> None:
    if not (course.root / "examples" / "sample_class.py").exists():
        where = _shown(course, "submitted", assignment, "STUDENT")
        raise click.ClickException(f"nobody has submitted {assignment} yet: put notebooks into {where}")
    sample_class = importlib.import_module("examples.sample_class")  # part of the course, not of us
    count = len(sample_class.write(course.root, assignment))
    click.echo(f"Nobody has submitted yet: filled submitted/ with the sample class, {count} students.")


def _broken_on_purpose(course: Course, students: list[str]) -> set[str]:
    """Return who is not meant to be gradable if these are the sample class: they have no total there."""
    path = course.root / "examples" / "scores.csv"
    if not path.exists():
        return set()
    with path.open(newline="", encoding="utf-8-sig") as file:
        totals = {row["student"]: row["total"] for row in csv.DictReader(file)}
    return {name for name in students if not totals[name]} if totals.keys() >= set(students) else set()


def _rules(rules: Rules, seconds: float | None, memory: int | None, walls: str | None) -> Rules:
    if seconds is not None:
        rules = replace(rules, call_seconds=seconds)
    if memory is not None:
        rules = replace(rules, limits=replace(rules.limits, memory=memory * 2**20))
    if walls is not None:
        rules = replace(rules, sandbox=walls == "kernel")
    if not rules.sandbox:
        click.secho(
            "Warning: no sandbox. Students' code can read, change and send whatever you can.",
            fg="red",
            err=True,
        )
    return rules


def _progress(count: int) -> Callable[[Done, bool], None]:
    """Return what tells of each submission on standard error: how far, how fast, how long yet."""
    done = fresh = 0
    start = time.monotonic()

    def tell(one: Done, is_fresh: bool) -> None:
        nonlocal done, fresh
        done, fresh = done + 1, fresh + is_fresh
        pace = "unchanged"
        if is_fresh:
            seconds = (time.monotonic() - start) / fresh
            left = round(seconds * (count - done))
            pace = f"{60 / seconds:.0f} a minute, {left // 60}:{left % 60:02} left"
        said = "needs a look" if one.problem else "graded"
        click.echo(f"[{done:{len(str(count))}}/{count}] {one.student}: {said}  ({pace})", err=True)

    return tell


def _show(course: Course, assignment: str, results: list[Result]) -> None:
    exercises = batch.exercises(course, assignment)
    html_file = course.report(assignment, "html")
    comparison = similarity.compare(*course.answers(assignment))
    notebooks, absent = list(course.notebooks(assignment)), course.absent(assignment)
    report.write_csv(course.report(assignment, "csv"), exercises, results)
    report.write_mistakes_csv(course.report(assignment, "mistakes.csv"), exercises, results)
    report.write_alike_csv(course.report(assignment, "alike.csv"), comparison)
    report.write_html(html_file, assignment, notebooks, exercises, results, absent, comparison)
    click.echo(f"\n{report.table(exercises, results)}")
    if problems := report.problems(results):
        click.echo(f"\nNeed a look, and have no score:\n{problems}")
    click.echo(
        f"\nfeedback    {_shown(course, 'feedback', assignment, '*')}"
        f"\nautograded  {_shown(course, 'autograded', assignment, '*')}"
        f"\nreport      {html_file.relative_to(course.root)}, .csv, .mistakes.csv and .alike.csv"
    )


def _shown(course: Course, step: str, assignment: str, student: str = ".") -> str:
    return f"{course.folder(step, assignment, student).relative_to(course.root)}/"
