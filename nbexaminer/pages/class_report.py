"""The class at a glance, as a page for the instructor."""

from __future__ import annotations

import functools
import statistics
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, PackageLoader

from nbexaminer.course.results import Person, SubmissionResult
from nbexaminer.pages import class_statistics
from nbexaminer.pages.inline import content_policy, text_of
from nbexaminer.pages.similar_work import Comparison
from nbexaminer.pages.tables import cell


def write_html(
    path: Path,
    assignment: str,
    notebooks: list[str],
    exercises: dict[str, float],
    results: list[SubmissionResult],
    absent: Sequence[str] = (),
    comparison: Comparison | None = None,
    people: Mapping[str, Person] = {},
    folder: Callable[[str, str], str] | None = None,
) -> None:
    """Write the page: one file, in need of no other; it links to the feedback pages.

    absent: who has not handed in; people: the students' names and addresses, as far as they are known.
    folder: returns a student's folder of a step, from that of the page; by default where nbgrader has it.
    """
    place = folder or (lambda step, student: f"../{step}/{student}/{assignment}")
    environment = Environment(
        loader=PackageLoader("nbexaminer.pages", "."), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    page = environment.get_template("class_report.html.jinja")
    style, script = text_of("class_report.css"), text_of("class_report.js")
    shown = _statistics(exercises, results) | {
        "assignment": assignment,
        "notebooks": notebooks,
        "exercises": exercises,
        "results": results,
        "absent": absent,
        "comparison": comparison,
        "groups": class_statistics.groups(comparison.pairs if comparison else ()),
        "people": people,
        "address": functools.cache(lambda step, student: quote(place(step, student))),
        "addresses": lambda students: ", ".join(
            people[student].email for student in students if student in people and people[student].email
        ),
        "tables": [path.with_suffix(suffix).name for suffix in (".csv", ".mistakes.csv", ".alike.csv")],
        "style": style,
        "script": script,
        "policy": content_policy(style, script),
    }
    path.write_text(page.render(shown, cell=cell), encoding="utf-8", errors="replace")


def _statistics(exercises: dict[str, float], results: list[SubmissionResult]) -> dict[str, Any]:
    """Return what the page counts, by the names that its template has for it."""
    tags = {result.student: class_statistics.tags(exercises, result) for result in results}
    limit = sum(exercises.values())
    graded = [result for result in results if not result.problem]
    scores = [result.total for result in graded if result.total is not None]
    return {
        "limit": limit,
        "graded": graded,
        "outcomes": class_statistics.outcomes(exercises, graded),
        "together": class_statistics.together(graded),
        "kinds": class_statistics.OUTCOMES,
        "mistakes": class_statistics.mistakes(exercises, graded),
        "flags": class_statistics.review_flags(results),
        "flag_kinds": class_statistics.REVIEW_FLAGS,
        "tags": sorted({tag for found in tags.values() for tag in found}, key=_order_of_tags(exercises)),
        "tags_of": lambda result: tags[result.student],
        "middle": statistics.median(scores) if scores else 0,
        "totals": class_statistics.totals(scores, limit) if limit else [],
        "times": class_statistics.times([result.seconds for result in graded]),
        "slowest": sorted(graded, key=lambda result: -result.seconds)[:5],
    }


def _order_of_tags(exercises: Mapping[str, float]) -> Callable[[str], tuple[int, str]]:
    """What concerns a submission as a whole comes first, then the exercises in their order."""
    names = list(exercises)

    def order(tag: str) -> tuple[int, str]:
        name = tag.rpartition(" ")[2]
        return (names.index(name) + 1 if name in names else 0), tag

    return order
