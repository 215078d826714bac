"""What the command line shows of a class: the table, or a summary where it would not fit."""

from __future__ import annotations

import os
from pathlib import Path
from statistics import median

import click

from nbexaminer.cli.options import relative, shown, terminal_columns
from nbexaminer.course import queries
from nbexaminer.course.course import Course
from nbexaminer.course.results import Person, SubmissionResult, class_results, exercise_points, people
from nbexaminer.pages import class_report, class_statistics, similar_work, tables
from nbexaminer.pages.answer_files import write_answer_files

_LARGE_CLASS = 100  # more lines than this are not read on a terminal
_BAR = 40  # columns of the longest bar
_LISTED = 20  # students that the summary names


def show_class(course: Course, assignment: str, whole_table: bool = False) -> list[SubmissionResult]:
    """Write the report of an assignment and show it in short; return what became of each submission."""
    results = class_results(course, assignment)
    exercises = exercise_points(course, assignment)
    absent = queries.absent(course, assignment)
    known = people(course, assignment)
    html_file = _write_report(course, assignment, exercises, results, absent, known)
    table = tables.score_table(exercises, results, known)
    if whole_table or _fits(table, results):
        click.echo(f"\n{table}")
        problems = tables.problems(results, known)
    else:
        click.echo(f"\n{_summary(exercises, results, absent, known)}")
        problems = _shortened(tables.problems(results, known))
    if problems:
        click.echo(f"\nNeed a look, and have no score:\n{problems}")
    click.echo(
        f"\nfeedback    {shown(course, 'feedback', assignment, '*')}"
        f"\nautograded  {shown(course, 'autograded', assignment, '*')}"
        f"\nreport      {html_file}, .csv, .mistakes.csv and .alike.csv"
    )
    return results


def export_answers(course: Course, assignment: str, folder: Path) -> None:
    """Write the answers of an assignment as Python files. Raises ClickException if some are there already."""
    try:
        count = write_answer_files(folder, assignment, *queries.answers(course, assignment))
    except FileExistsError as error:
        raise click.ClickException(f"{error.filename} is there already: name a new folder.") from error
    click.echo(
        f"answers     {folder}/students/*/{assignment}.py of {count}, what they were given in release/"
    )


def _write_report(
    course: Course,
    assignment: str,
    exercises: dict[str, float],
    results: list[SubmissionResult],
    absent: list[str],
    known: dict[str, Person],
) -> str:
    html_file = course.report_file(assignment, "html")
    comparison = similar_work.compare(*queries.answers(course, assignment))
    notebooks = list(queries.released_cells(course, assignment))
    tables.write_csv(course.report_file(assignment, "csv"), exercises, results, known)
    tables.write_mistakes_csv(course.report_file(assignment, "mistakes.csv"), exercises, results, known)
    tables.write_alike_csv(course.report_file(assignment, "alike.csv"), comparison, known)

    def folder(step: str, student: str) -> str:
        return os.path.relpath(course.folder(step, assignment, student), html_file.parent)

    class_report.write_html(
        html_file, assignment, notebooks, exercises, results, absent, comparison, known, folder
    )
    return str(relative(course, html_file))


def _fits(table: str, results: list[SubmissionResult]) -> bool:
    """Whether a table can be read here."""
    columns = terminal_columns()
    widest = max(map(tables.width, table.splitlines()))
    return len(results) <= _LARGE_CLASS and (columns is None or widest <= columns)


def _summary(
    exercises: dict[str, float], results: list[SubmissionResult], absent: list[str], known: dict[str, Person]
) -> str:
    """Return how many got how much, and who is missing."""
    limit = sum(exercises.values())
    totals = [result.total for result in results if result.total is not None]
    lines = [f"{len(totals)} of {len(results)} graded; the whole table is in the report, or with --table"]
    if totals and limit:
        lines += ["", f"points    students    half have {median(totals):g} of {limit:g} or more"]
        bars = class_statistics.totals(totals, limit)
        most = max(bar.count for bar in bars)
        for bar in bars:
            length = round(_BAR * bar.count / most)
            lines.append(f"{bar.label:>6}    {bar.count:>8}    {'█' * length}".rstrip())
    if absent:
        named = tables.aligned([[one, known.get(one, Person()).name] for one in absent])
        lines += ["", f"{len(absent)} of the roster have not handed in:", _shortened("\n".join(named), "  ")]
    return "\n".join(lines)


def _shortened(text: str, indent: str = "") -> str:
    lines = [f"{indent}{line}" for line in text.splitlines()]
    more = len(lines) - _LISTED
    return "\n".join(lines[:_LISTED] + ([f"  ... and {more} more, in the report"] if more > 0 else []))
