"""The sample class, graded as `make grade` does it: every score and every message as examples/ says."""

import csv
import html
import re
import shutil
from pathlib import Path

import numpy as np
from click.testing import CliRunner

from nbexaminer.cli.commands import main
from reference.cnn_step_by_step.hidden_tests import EXERCISES

EXAMPLES = Path(__file__).parent.parent / "examples"
ASSIGNMENT = "cnn-step-by-step"


def rows_of(path):
    with path.open(newline="", encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


def rows(path):
    return {row["student"]: row for row in rows_of(path)}


def test_every_student_gets_what_is_written(course):
    """One test, so that the class is graded once, whatever worker it falls to."""
    shutil.copytree(EXAMPLES, course.root / "examples")
    done = CliRunner().invoke(main, ["--course", str(course.root), "autograde"])
    assert done.exit_code == 0, done.output
    assert "filled submitted/ with the sample class" in done.output

    written, graded = rows(EXAMPLES / "scores.csv"), rows(course.report(ASSIGNMENT, "csv"))
    assert scores(graded) == scores(written)
    silent = {
        name: row["feedback"]
        for name, row in written.items()
        if row["feedback"].replace("`", "") not in page(course, name)  # it is set as code there
    }
    assert silent == {}
    secrets = hidden_values()
    for name in written:
        said = re.sub(r"yours is \S+|你算出的是 \S+", "", page(course, name))
        assert not [
            secret for secret in ("HIDDEN", "reference", "hidden_tests.", "visible=") if secret in said
        ], name
        assert not secrets & set(re.findall(r"-?\d+\.\d+", said)), name
    told = rows_of(course.report(ASSIGNMENT, "mistakes.csv"))
    named = {(row["student"], row["mistake"]) for row in told}
    assert {("stride-ignored", "stride-ignored"), ("bias-per-element", "bias-per-element")} <= named
    alike = rows_of(course.report(ASSIGNMENT, "alike.csv"))
    assert [(row["student"], row["other"]) for row in alike] == [("infinite-loop", "right-while-loops")]
    look = course.report(ASSIGNMENT, "html").read_text(encoding="utf-8").partition('id="look"')[2]
    assert all(name in look for name in ("infinite-loop", "edited-test-cell", "not-json"))
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


def hidden_values():
    """Every number that only a hidden test knows to be right, as a message would write it."""
    hidden = set()
    for exercise in EXERCISES:
        for case in exercise.cases:
            if "notebook's" not in case.label:
                wanted = exercise.reference(*case.args, **case.kwargs)
                parts = wanted if isinstance(wanted, tuple) else (wanted,)
                for part in parts[:1] if "cache" in exercise.parts else parts:
                    hidden |= {f"{value:.6g}" for value in np.ravel(part).tolist() if value % 1}
    return {number for number in hidden if len(number) > 6}
