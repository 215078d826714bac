"""The sample classes, graded as `make grade` does it: every score and every message as examples/ says."""

import csv
import html
import importlib
import re
import shutil
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from examples import sample_class
from nbexaminer.cli.commands import main

HERE = Path(__file__).parent.parent
ASSIGNMENTS = sorted(path.parent.name for path in (HERE / "examples").glob("*/students.py"))
STEP_BY_STEP = "cnn-step-by-step"


def rows_of(path):
    with path.open(newline="", encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


def rows(path):
    return {row["student"]: row for row in rows_of(path)}


@pytest.mark.parametrize("assignment", [name.replace("_", "-") for name in ASSIGNMENTS])
def test_every_student_gets_what_is_written(course, assignment):
    """One test for a class, so that it is graded once, whatever worker it falls to."""
    shutil.copytree(HERE / "examples", course.root / "examples")
    shutil.copytree(HERE / "source" / assignment, course.root / "source" / assignment, dirs_exist_ok=True)
    done = CliRunner().invoke(main, ["--course", str(course.root), "autograde", assignment])
    assert done.exit_code == 0, done.output
    assert "filled submitted/ with the sample class" in done.output

    written = rows(sample_class.folder(assignment) / "scores.csv")
    graded = rows(course.report_file(assignment, "csv"))
    assert scores(graded) == scores(written)
    silent = {
        name: row["feedback"]
        for name, row in written.items()
        if row["feedback"].replace("`", "") not in page(course, assignment, name)  # it is set as code there
    }
    assert silent == {}
    secrets = hidden_values(assignment)
    for name in written:
        said = re.sub(r"yours is \S+|你算出的是 \S+", "", page(course, assignment, name))
        assert not [
            secret for secret in ("HIDDEN", "reference", "hidden_tests.", "visible=") if secret in said
        ], name
        assert not secrets & set(re.findall(r"-?\d+\.\d+", said)), name
    look = course.report_file(assignment, "html").read_text(encoding="utf-8").partition('id="look"')[2]
    for name, problem in {name: row["problem"] for name, row in written.items() if not row["total"]}.items():
        assert problem in graded[name]["problem"]
        assert f"  {name}: {graded[name]['problem']}" in done.output
        assert page(course, assignment, name) == ""
        assert name in look
    if assignment == STEP_BY_STEP:
        reports_of_step_by_step(course, written, look)


def reports_of_step_by_step(course, written, look):
    """What its report says, beyond scores and messages."""
    told = rows_of(course.report_file(STEP_BY_STEP, "mistakes.csv"))
    named = {(row["student"], row["mistake"]) for row in told}
    assert {("stride-ignored", "stride-ignored"), ("bias-per-element", "bias-per-element")} <= named
    alike = rows_of(course.report_file(STEP_BY_STEP, "alike.csv"))
    assert {(row["student"], row["other"]) for row in alike} == {
        ("infinite-loop", "right-while-loops"),
        ("edited-test-cell", "stride-ignored"),  # it has that answer, to the letter
    }
    assert all(name in look for name in ("infinite-loop", "edited-test-cell", "not-json"))
    assert sum(not row["total"] for row in written.values()) == 4


def scores(table):
    """The marks of each student, without what is said about them."""
    said = {"max", "problem", "feedback", "why"}
    return {name: {key: mark for key, mark in row.items() if key not in said} for name, row in table.items()}


def page(course, assignment, student):
    """The text of a student's feedback page, or none."""
    path = course.folder("feedback", assignment, student) / f"{assignment}.html"
    return html.unescape(re.sub("<[^>]*>", "", path.read_text(encoding="utf-8"))) if path.exists() else ""


def hidden_values(assignment):
    """Every number that only a hidden test knows to be right, as a message would write it."""
    hidden = set()
    exercises = importlib.import_module(f"reference.{assignment.replace('-', '_')}.hidden_tests").EXERCISES
    for exercise in exercises:
        for case in exercise.cases:
            if "notebook's" not in case.label:
                wanted = exercise.reference(*case.args, **case.kwargs)
                parts = wanted if isinstance(wanted, tuple) else (wanted,)
                for part in parts[:1] if "cache" in "".join(exercise.parts) else parts:
                    for array in part.values() if isinstance(part, dict) else [part]:
                        hidden |= {f"{value:.6g}" for value in np.ravel(array).tolist() if value % 1}
    return {number for number in hidden if len(number) > 6}
