"""The sample class, graded as `make grade` does it: every score and every message as examples/ says."""

import csv
import html
import re
import shutil
from pathlib import Path

from click.testing import CliRunner

from grader.cli import main

EXAMPLES = Path(__file__).parent.parent / "examples"
ASSIGNMENT = "cnn-step-by-step"


def rows(path):
    with path.open(newline="", encoding="utf-8-sig") as file:
        return {row["student"]: row for row in csv.DictReader(file)}


def test_every_student_gets_what_is_written(course):
    """One test, so that the class is graded once, whatever worker it falls to."""
    shutil.copytree(EXAMPLES, course.root / "examples")
    done = CliRunner().invoke(main, ["--course", str(course.root), "autograde"])
    assert done.exit_code == 0, done.output
    assert "filled submitted/ with the sample class" in done.output

    written, graded = rows(EXAMPLES / "scores.csv"), rows(course.report(ASSIGNMENT, "csv"))
    assert scores(graded) == scores(written)
    silent = {
        name: row["feedback"] for name, row in written.items() if row["feedback"] not in page(course, name)
    }
    assert silent == {}
    ungradable = {name: row["problem"] for name, row in written.items() if not row["total"]}
    assert len(ungradable) == 4
    for name, problem in ungradable.items():
        assert problem in graded[name]["problem"]
        assert f"  {name}: {graded[name]['problem']}" in done.output
        assert page(course, name) == ""


def scores(table):
    """The marks of each student, without what is said about them."""
    said = {"max", "problem", "feedback", "why"}
    return {name: {key: mark for key, mark in row.items() if key not in said} for name, row in table.items()}


def page(course, student):
    """The text of a student's feedback page, or none."""
    path = course.folder("feedback", ASSIGNMENT, student) / f"{ASSIGNMENT}.html"
    return html.unescape(re.sub("<[^>]*>", "", path.read_text(encoding="utf-8"))) if path.exists() else ""
