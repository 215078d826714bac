"""nbexaminer collect, export and return: from an LMS and back."""

from __future__ import annotations

import codecs
import sys
from collections import Counter
from pathlib import Path

import click
from nbgrader.plugins import CsvExportPlugin

from nbexaminer.cli.options import (
    ASSIGNMENT,
    FILE,
    NEEDS_A_LOOK,
    chosen,
    chosen_one,
    opened,
    relative,
    shown,
    terminal_columns,
)
from nbexaminer.cli.release import release_one
from nbexaminer.course import queries
from nbexaminer.course.course import Course
from nbexaminer.errors import ArchiveRefused, ExportRefused, SpreadsheetError
from nbexaminer.lms.rosters import Roster


@click.command()
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
    from nbexaminer.lms.collect_table import append_csv, table, time_zone

    course = opened(root)
    assignment = chosen_one(course, assignment)
    if not queries.released_cells(course, assignment):
        release_one(course, assignment)
    people = _roster(source, roster, groups)
    collector = Collector(course, assignment, source, people, _known_encoding(encoding), drafts, dry_run)
    all_rows, refused = [], []
    for path in archives:
        try:
            rows = collector.collect(path)
            all_rows += [(path.name, row) for row in rows]
            lines = table(rows, terminal_columns()) if rows else "It is empty."
            click.echo(f"{path.name}\n\n{lines}\n")
        except ArchiveRefused as error:
            refused.append(f"{path} refused, nothing of it was taken in: {error}")
    counts = Counter(row.status for _, row in all_rows)
    click.echo(", ".join(f"{count} {what}" for what, count in counts.items()) or "Nothing was taken in")
    click.echo(f"times       read in this machine's zone, {time_zone()}; TZ sets another")
    if dry_run:
        click.echo("Nothing was changed yet.")
    else:
        append_csv(csv_file := course.record_file(assignment, "collected.csv"), all_rows)
        click.echo(f"submitted   {shown(course, 'submitted', assignment, '*')}")
        click.echo(f"record      {relative(course, csv_file)}")
    for line in refused:
        click.echo(line, err=True)
    if refused or any(row.needs_review for _, row in all_rows):
        sys.exit(NEEDS_A_LOOK)


@click.command()
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

    course = opened(root)
    names = chosen(course, assignment)
    if lms == "csv":
        _export_table(course, names, out)
        return
    name = chosen_one(course, assignment)
    out = out or course.report_file(f"{name}-{lms}", "csv")
    out.parent.mkdir(parents=True, exist_ok=True)
    kind = {"canvas": CanvasExporter, "moodle": MoodleExporter}[lms]
    given = {"roster": str(roster or ""), "column": column, "scale": scale, "root": str(course.root)}
    with course.gradebook(name) as gradebook:
        try:
            outcome = kind(to=str(out), assignment=[name], **given).fill(gradebook)
        except ExportRefused as error:
            raise click.ClickException(str(error)) from error
    click.echo(f"Filled {len(outcome.filled)} cells of the column {outcome.column}: {relative(course, out)}")
    for line in outcome.lines():
        click.echo(line)
    if outcome.refused:
        sys.exit(NEEDS_A_LOOK)


def _export_table(course: Course, names: list[str], out: Path | None) -> None:
    """Write nbgrader's own table of the grades in some assignments."""
    out = out or course.report_file(f"{names[0]}-grades" if len(names) == 1 else "grades", "csv")
    out.parent.mkdir(parents=True, exist_ok=True)
    with course.gradebook(names[0]) as gradebook:
        CsvExportPlugin(to=str(out), assignment=names).export(gradebook)
    click.echo(f"Wrote {relative(course, out)}")


@click.command("return")
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

    course = opened(root)
    assignment = chosen_one(course, assignment)
    people = _roster(lms, roster, groups)
    try:
        result = package_feedback(course, assignment, archive, lms, people, _known_encoding(encoding))
    except ArchiveRefused as error:
        raise click.ClickException(f"{archive} refused: {error}") from error
    where = relative(course, result.path)
    click.echo(f"Packed the feedback of {len(result.packed)} students: {where}")
    if result.lms == "moodle":
        click.echo("Upload the grades first: Moodle skips a worksheet that is older than the feedback.")
    for reason, names in result.without.items():
        click.echo(f"No feedback, {reason}: {', '.join(names)}")
    if result.lost:
        click.echo(f"NOT PACKED, not in the archive: {', '.join(result.lost)}")
        sys.exit(NEEDS_A_LOOK)


def _roster(lms: str, path: Path | None, groups: Path | None = None) -> Roster | None:
    from nbexaminer.lms.read_roster import read_roster

    if path and lms == "folder":
        raise click.UsageError("--roster is of an LMS; with --from folder there is none")
    try:
        return read_roster(path, lms, groups) if path else None
    except SpreadsheetError as error:
        raise click.ClickException(str(error)) from error


def _known_encoding(name: str | None) -> str | None:
    try:
        return name and codecs.lookup(name).name
    except LookupError as error:
        raise click.UsageError(f"there is no encoding {name}") from error
