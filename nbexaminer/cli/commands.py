"""The command line: what `nbexaminer --help` shows."""

from __future__ import annotations

import codecs
import csv
import importlib
import os
import shutil
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import click
from nbgrader.plugins import CsvExportPlugin

from nbexaminer.batch import batch
from nbexaminer.batch.pool import Pool
from nbexaminer.course import queries
from nbexaminer.course.course import Course
from nbexaminer.course.ledger import LedgerEntry
from nbexaminer.course.plan import GradingPlan, run_limits
from nbexaminer.course.release import is_current
from nbexaminer.course.release import release as release_assignment
from nbexaminer.course.results import SubmissionResult, class_results, exercise_points
from nbexaminer.errors import (
    ArchiveRefused,
    ExportRefused,
    PoolError,
    SandboxError,
    SpreadsheetError,
    StepFailed,
)
from nbexaminer.isolation.limits import RunLimits
from nbexaminer.isolation.packages import make_importable
from nbexaminer.lms.rosters import Roster
from nbexaminer.pages import report, similarity

NEEDS_A_LOOK = 3

# Read by JupyterLab beside the user's own configuration: it would ask at its first start whether it may
# fetch news, and look for updates.
LAB_CONFIG = Path(__file__).parents[1] / "pages" / "jupyter"

ASSIGNMENT = click.argument("assignment", required=False)
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--course",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=".",
    help="The course folder; by default the current one.",
)
@click.version_option(package_name="nbexaminer")
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
    count = len(exercise_points(course, assignment))
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
@click.option("--scheduler", metavar="ADDRESS", help="Run on a Dask cluster (docs/scaling.md), not here.")
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
    scheduler: str | None,
) -> None:
    """Grade all submissions in submitted/, write feedback/ and show the table.

    If nobody has submitted yet, the sample class from examples/ is graded instead.

    The limits are those of nbgrader_config.py (IsolatedExecute) unless said otherwise here.

    The exit code is 0 if all could be graded, 3 if some submission needs a look, else 1 or 2.
    """
    course = Course(root)
    assignment = _chosen(course, assignment)
    if not is_current(course, assignment):
        click.echo(
            f"Releasing {assignment} first: the gradebook has not got its checks as they are in source/."
        )
        _release(course, assignment)
    if not course.students(assignment):
        _fill(course, assignment)
    students = course.students(assignment)
    if unknown := sorted(set(chosen) - set(students)):
        raise click.UsageError(f"no submission of {assignment} from {', '.join(unknown)}")
    rules = _rules(run_limits(course), time_limit, memory_limit, sandbox)
    progress = _progress(len(chosen or students))
    cluster = _cluster(scheduler) if scheduler else None
    try:
        batch.grade(course, assignment, list(chosen) or students, rules, jobs, force, progress, cluster)
    except SandboxError as error:
        raise click.ClickException(str(error)) from error
    except PoolError as error:
        advice = "What was graded until now is done; run it again to go on."
        raise click.ClickException(f"{error}.\n{advice}") from error
    results = class_results(course, assignment)
    _show(course, assignment, results)
    strays = course.strays()
    if strays:
        click.echo("\nNot graded, since not in submitted/STUDENT/ASSIGNMENT/:")
        click.echo("\n".join(f"  {path}" for path in strays))
    broken = {result.student for result in results if result.problem}
    if strays or broken - _broken_on_purpose(course, assignment, students):
        sys.exit(NEEDS_A_LOOK)
    if broken:
        click.echo("\nWho has no score here belongs to the sample class, and is broken on purpose.")


@main.command(params=[option for option in autograde.params if option.name not in ("chosen", "force")])
@click.option("--dry-run", is_flag=True, help="Only show how the cells would change, and whom it concerns.")
@click.option(
    "--renamed",
    multiple=True,
    metavar="OLD=NEW",
    help="A cell's new grade_id, if its text changed too; may be repeated.",
)
@click.pass_context
def regrade(
    context: click.Context, assignment: str | None, dry_run: bool, renamed: tuple[str, ...], **limits: Any
) -> None:
    """Take over changed cells and tests after submissions came in, and grade everybody again.

    Use it when a test was wrong, or cells or points change: nbgrader itself refuses that. Scores and
    comments given by hand, extra credit and times stay. The gradebook is copied first; what was given by
    hand for a cell that is gone is kept in report/. At the end a table shows whose score changed, and why.

    If it is stopped, start it again. The exit code is 3 if some submission needs a look.
    """
    from nbexaminer.batch.regrade import Regrade, changes_table, table
    from nbexaminer.errors import RegradeRefused

    course = Course(context.obj)
    assignment = _chosen(course, assignment)
    if not queries.released_cells(course, assignment):
        raise click.ClickException(f"{assignment} was not released yet: nbexaminer release {assignment}")
    pairs = dict(pair.partition("=")[::2] for pair in renamed)
    try:
        change = Regrade(course, assignment, pairs)
    except (StepFailed, RegradeRefused) as error:
        raise click.ClickException(f"{assignment} can't be taken over: {error}") from error
    if change.goes_on:
        click.echo("Going on with the regrading that was stopped; scores are compared with those before it.")
    if change.changes:
        click.echo(f"Changes of the cells of {assignment}:\n\n{changes_table(change)}\n")
    else:
        click.echo(f"The gradebook has the cells of {assignment} as they are in source/.")
    if change.leaving:
        names = ", ".join(dict.fromkeys(f"{one.student} ({one.place[1]})" for one in change.leaving))
        click.echo(f"Given by hand for a cell that goes: {names}")
        click.echo(f"kept in     {change.removed.relative_to(course.root)}")
    if dry_run:
        click.echo("Nothing was changed yet.")
        return
    if backup := change.enter():
        click.echo(f"backup      {_relative(course, backup)}")
    _release(course, assignment)
    code = 0
    if course.students(assignment):
        try:
            context.invoke(autograde, assignment=assignment, chosen=(), force=False, **limits)
        except SystemExit as end:
            code = end.code
    rows = change.finish()
    count = len({row.student for row in rows if row.totals[0] != row.totals[1]})
    click.echo(f"\nTotals that changed: {count} of {len(course.students(assignment))}\n")
    if lines := table(rows):
        click.echo(f"{lines}\n")
    by_hand = Counter(
        row.exercise for row in rows if row.now and row.now.manual is not None and row.now.waits
    )
    if by_hand:
        listed = ", ".join(f"{exercise} ({by_hand[exercise]})" for exercise in sorted(by_hand))
        click.echo(f"Given by hand, stays, and waits in the formgrader to be confirmed: {listed}")
    if absent := change.not_graded():
        click.echo(f"Not graded again, since submitted/ has nothing of them: {', '.join(absent)}")
        code = NEEDS_A_LOOK
    if change.summary.exists():
        click.echo(f"summary     {change.summary.relative_to(course.root)}")
    sys.exit(code)


@main.command()
@click.argument("archives", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option(
    "--from",
    "source",
    type=click.Choice(["auto", "canvas", "moodle", "folder"]),
    default="auto",
    show_default="what the names in the archive say",
    help="Where the archives are from.",
)
@click.option("--assignment", help="Which one, if source/ has several.")
@click.option("--roster", type=FILE, help="The CSV file that the LMS exported.")
@click.option("--groups", type=FILE, help="The CSV file of Canvas's groups, if groups handed in.")
@click.option("--drafts", is_flag=True, help="Take also what is not submitted yet by Moodle's worksheet.")
@click.option("--dry-run", is_flag=True, help="Only show what would become of whom.")
@click.option("--encoding", help="Of names in zip files that are not UTF-8, for example gbk.")
@click.pass_obj
def collect(
    root: Path,
    archives: tuple[Path, ...],
    source: str,
    assignment: str | None,
    roster: Path | None,
    groups: Path | None,
    drafts: bool,
    dry_run: bool,
    encoding: str | None,
) -> None:
    """Take ARCHIVES that an LMS gave into submitted/, and show what became of whom.

    An archive is the zip file, or the folder that it was unpacked into: Canvas's "Download Submissions",
    Moodle's "Download all submissions", or a folder with one for each student. Nothing is overwritten:
    what is replaced, older or not the assignment's goes into collected/.

    The exit code is 0 if all was taken in, 3 if something was left out or needs a look.
    """
    from nbexaminer.lms.collect import Collector
    from nbexaminer.lms.collect_table import table, time_zone, write_csv

    course = Course(root)
    assignment = _chosen(course, assignment)
    if not queries.released_cells(course, assignment):
        _release(course, assignment)
    if roster and source == "folder":
        raise click.UsageError("--roster is of an LMS; with --from folder there is none")
    people = _roster(source, roster, groups)
    collector = Collector(course, assignment, source, people, _known_encoding(encoding), drafts, dry_run)
    all_rows, refused = [], []
    for path in archives:
        try:
            rows = collector.collect(path)
        except ArchiveRefused as error:
            refused.append(f"{path} refused, nothing of it was taken in: {error}")
            continue
        all_rows += [(path.name, row) for row in rows]
        click.echo(f"{path.name}\n\n{table(rows)}\n" if rows else f"{path.name}: it is empty.\n")
    counts = Counter(row.status for _, row in all_rows)
    click.echo(", ".join(f"{count} {what}" for what, count in counts.items()) or "Nothing was taken in")
    click.echo(f"times       read in this machine's zone, {time_zone()}; TZ sets another")
    if dry_run:
        click.echo("Nothing was changed yet.")
    else:
        csv_file = course.report_file(f"{assignment}-collected", "csv")
        write_csv(csv_file, all_rows)
        click.echo(f"submitted   {_shown(course, 'submitted', assignment, '*')}")
        click.echo(f"report      {csv_file.relative_to(course.root)}")
    for line in refused:
        click.echo(line, err=True)
    if refused or any(row.needs_review for _, row in all_rows):
        sys.exit(NEEDS_A_LOOK)


@main.command()
@ASSIGNMENT
@click.option("--to", "lms", type=click.Choice(["canvas", "moodle", "csv"]), required=True)
@click.option("--roster", type=FILE, help="The CSV file that the LMS exported.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="By default in report/.")
@click.option("--column", default="", help="The title of the column to fill, if it is not the assignment's.")
@click.option("--scale", is_flag=True, help="Scale scores to the points that the LMS gives at most.")
@click.pass_obj
def export(
    root: Path,
    assignment: str | None,
    lms: str,
    roster: Path | None,
    out: Path | None,
    column: str,
    scale: bool,
) -> None:
    """Write the grades as a CSV file that the LMS takes, filled into the one that it exported.

    With --to csv it is nbgrader's own table. The exit code is 3 if a score found no row in the roster.
    """
    from nbexaminer.lms.export import CanvasExporter, MoodleExporter

    course = Course(root)
    assignment = _chosen(course, assignment)
    out = out or course.report_file(f"{assignment}-{'grades' if lms == 'csv' else lms}", "csv")
    with course.gradebook(assignment) as gradebook:
        if lms == "csv":
            CsvExportPlugin(to=str(out), assignment=[assignment]).export(gradebook)
            outcome = None
        else:
            kind = {"canvas": CanvasExporter, "moodle": MoodleExporter}[lms]
            given = {"roster": str(roster or ""), "column": column, "scale": scale, "root": str(course.root)}
            try:
                outcome = kind(to=str(out), assignment=[assignment], **given).fill(gradebook)
            except ExportRefused as error:
                raise click.ClickException(str(error)) from error
    if outcome is None:
        click.echo(f"Wrote {_relative(course, out)}")
        return
    click.echo(f"Filled {len(outcome.filled)} cells of the column {outcome.column}: {_relative(course, out)}")
    for line in outcome.lines():
        click.echo(line)
    if outcome.refused:
        sys.exit(NEEDS_A_LOOK)


@main.command("return")
@click.argument("archive", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--to",
    "lms",
    type=click.Choice(["auto", "canvas", "moodle"]),
    default="auto",
    show_default="what the names in the archive say",
    help="Where the archive is from.",
)
@click.option("--assignment", help="Which one, if source/ has several.")
@click.option("--roster", type=FILE, help="As given to collect; Moodle needs it.")
@click.option("--groups", type=FILE, help="As given to collect.")
@click.option("--encoding", help="As given to collect.")
@click.pass_obj
def return_feedback(
    root: Path,
    archive: Path,
    lms: str,
    assignment: str | None,
    roster: Path | None,
    groups: Path | None,
    encoding: str | None,
) -> None:
    """Pack the feedback pages into a zip file that the LMS gives to its students.

    ARCHIVE is what the LMS gave: each page is named as the submission there. Moodle must have the grades
    first: feedback makes them newer there, and an older worksheet is skipped. The exit code is 3 if there
    are pages of somebody who is not in it.
    """
    from nbexaminer.lms.package_feedback import package_feedback

    course = Course(root)
    assignment = _chosen(course, assignment)
    people = _roster(lms, roster, groups)
    try:
        result = package_feedback(course, assignment, archive, lms, people, _known_encoding(encoding))
    except ArchiveRefused as error:
        raise click.ClickException(f"{archive} refused: {error}") from error
    where = result.path.relative_to(course.root)
    click.echo(f"Packed the feedback of {len(result.packed)} students: {where}")
    if result.lms == "moodle":
        click.echo("Upload the grades first: Moodle skips a worksheet that is older than the feedback.")
    for reason, names in result.without.items():
        click.echo(f"No feedback, {reason}: {', '.join(names)}")
    if result.lost:
        click.echo(f"NOT PACKED, not in the archive: {', '.join(result.lost)}")
        sys.exit(NEEDS_A_LOOK)


@main.command(context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar="[ASSIGNMENT] [JUPYTER OPTIONS]...")
@click.pass_obj
def lab(root: Path, arguments: tuple[str, ...]) -> None:
    """Open an assignment in JupyterLab, as students get it.

    It is copied from release/ into work/, unless it is there already. JupyterLab then neither
    fetches news nor looks for updates. Options go to `jupyter lab`, for example --no-browser.
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
    options = [f"--ServerApp.root_dir={course.root}"]
    if os.geteuid() == 0:
        click.echo("Started by root, so JupyterLab and all code in notebooks run as root.")
        options.append("--allow-root")
    command = [sys.executable, "-m", "jupyterlab", str(notebook), *options]
    paths = os.pathsep.join(filter(None, (os.environ.get("JUPYTER_CONFIG_PATH"), str(LAB_CONFIG))))
    os.execve(sys.executable, command + list(arguments[named:]), os.environ | {"JUPYTER_CONFIG_PATH": paths})


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
    results = class_results(course, assignment)
    if not results:
        raise click.ClickException(
            f"nothing of {assignment} is graded yet: nbexaminer autograde {assignment}"
        )
    _show(course, assignment, results)


@main.command()
@ASSIGNMENT
@click.pass_obj
def lint(root: Path, assignment: str | None) -> None:
    """Check the form of the instructor's notebook in source/; of all of them if none is named."""
    from nbexaminer.course.lint import lint as problems_of

    course = Course(root)
    names = course.assignments() if assignment is None else [_chosen(course, assignment)]
    found = {name: problems_of(course.root, name) for name in names}
    for name, problems in found.items():
        click.echo("\n".join(problems) or f"{name}: well-formed.")
    if not found:
        raise click.UsageError("source/ holds no assignment.")
    if any(found.values()):
        sys.exit(1)


def _chosen(course: Course, assignment: str | None) -> str:
    names = course.assignments()
    if assignment is None and len(names) == 1:
        return names[0]
    if assignment not in names:
        asked = "say which assignment" if assignment is None else f"there is no assignment {assignment}"
        raise click.UsageError(f"{asked}; source/ has: {', '.join(names) or 'none'}")
    return assignment


def _roster(lms: str, path: Path | None, groups: Path | None = None) -> Roster | None:
    from nbexaminer.lms.read_roster import read_roster

    try:
        return read_roster(path, lms, groups) if path else None
    except SpreadsheetError as error:
        raise click.ClickException(str(error)) from error


def _known_encoding(name: str | None) -> str | None:
    try:
        return name and codecs.lookup(name).name
    except LookupError as error:
        raise click.UsageError(f"there is no encoding {name}") from error


def _release(course: Course, assignment: str) -> None:
    try:
        release_assignment(course, assignment)
    except StepFailed as error:
        advice = ""
        if "submissions associated" in str(error):
            advice = (
                "\nThe gradebook holds grades for the cells as they were. Undo the change, or take it over:"
                f"\n  nbexaminer regrade {assignment} --dry-run  (shows what would change)"
                f"\n  nbexaminer regrade {assignment}"
                "\nwhich grades everybody again and keeps what was given by hand."
            )
        raise click.ClickException(f"nbgrader could not release {assignment}: {error}{advice}") from error


def _fill(course: Course, assignment: str) -> None:
    if not (_sample_folder(course, assignment) / "students.py").exists():
        where = _shown(course, "submitted", assignment, "STUDENT")
        raise click.ClickException(f"nobody has submitted {assignment} yet: put notebooks into {where}")
    make_importable(course.root)
    sample_class = importlib.import_module("examples.sample_class")  # part of the course, not of us
    count = len(sample_class.write(course.root, assignment))
    click.echo(f"Nobody has submitted yet: filled submitted/ with the sample class, {count} students.")


def _sample_folder(course: Course, assignment: str) -> Path:
    return course.root / "examples" / assignment.replace("-", "_")


def _broken_on_purpose(course: Course, assignment: str, students: list[str]) -> set[str]:
    """Return who is not meant to be gradable if these are the sample class: they have no total there."""
    path = _sample_folder(course, assignment) / "scores.csv"
    if not path.exists():
        return set()
    with path.open(newline="", encoding="utf-8-sig") as file:
        totals = {row["student"]: row["total"] for row in csv.DictReader(file)}
    return {name for name in students if not totals[name]} if totals.keys() >= set(students) else set()


def _rules(rules: RunLimits, seconds: float | None, memory: int | None, walls: str | None) -> RunLimits:
    if seconds is not None:
        rules = replace(rules, call_seconds=seconds)
    if memory is not None:
        rules = replace(rules, process=replace(rules.process, memory=memory * 2**20))
    if walls is not None:
        rules = replace(rules, sandbox=walls == "kernel")
    if not rules.sandbox:
        click.secho(
            "Warning: no sandbox. Students' code can read, change and send whatever you can.",
            fg="red",
            err=True,
        )
    return rules


def _cluster(address: str) -> Callable[[GradingPlan], Pool]:
    try:
        from nbexaminer.batch.dask_pool import DaskPool
    except ModuleNotFoundError as error:
        raise click.ClickException(f"--scheduler needs Dask: pip install '.[dask]' ({error})") from error
    return partial(DaskPool, address)


def _progress(count: int) -> Callable[[LedgerEntry, bool], None]:
    """Return what tells of each submission on standard error: how far, how fast, how long yet."""
    done = fresh = 0
    start = time.monotonic()

    def tell(one: LedgerEntry, is_fresh: bool) -> None:
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


def _show(course: Course, assignment: str, results: list[SubmissionResult]) -> None:
    exercises = exercise_points(course, assignment)
    html_file = course.report_file(assignment, "html")
    comparison = similarity.compare(*queries.answers(course, assignment))
    notebooks, absent = list(queries.released_cells(course, assignment)), queries.absent(course, assignment)
    report.write_csv(course.report_file(assignment, "csv"), exercises, results)
    report.write_mistakes_csv(course.report_file(assignment, "mistakes.csv"), exercises, results)
    report.write_alike_csv(course.report_file(assignment, "alike.csv"), comparison)
    report.write_html(html_file, assignment, notebooks, exercises, results, absent, comparison)
    click.echo(f"\n{report.table(exercises, results)}")
    if problems := report.problems(results):
        click.echo(f"\nNeed a look, and have no score:\n{problems}")
    click.echo(
        f"\nfeedback    {_shown(course, 'feedback', assignment, '*')}"
        f"\nautograded  {_shown(course, 'autograded', assignment, '*')}"
        f"\nreport      {html_file.relative_to(course.root)}, .csv, .mistakes.csv and .alike.csv"
    )


def _relative(course: Course, path: Path) -> Path:
    return path.relative_to(course.root) if path.is_relative_to(course.root) else path


def _shown(course: Course, step: str, assignment: str, student: str = ".") -> str:
    return f"{course.folder(step, assignment, student).relative_to(course.root)}/"
