"""The sample class, graded as `make grade` does it: every score and every message as examples/ says."""

import csv
import html
import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from grader.cli import main

COURSE = Path(__file__).parent.parent
ASSIGNMENT = "cnn-step-by-step"

pytestmark = pytest.mark.xdist_group("sample-class")


def rows(path):
    with path.open(newline="", encoding="utf-8-sig") as file:
        return {row["student"]: row for row in csv.DictReader(file)}


WRITTEN = rows(COURSE / "examples" / "scores.csv")
GRADABLE = [student for student, row in WRITTEN.items() if row["total"]]
UNGRADABLE = [student for student, row in WRITTEN.items() if not row["total"]]
NOT_COMPARED = {"problem", "feedback", "why"}


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A course in which the class was graded."""
    course = tmp_path_factory.mktemp("course")
    shutil.copy(COURSE / "nbgrader_config.py", course)
    for name in ("source", "release", "examples"):
        shutil.copytree(COURSE / name, course / name)
    result = CliRunner().invoke(main, ["--course", str(course), "grade"])
    assert result.exit_code == 0, result.output
    (course / "shown.txt").write_text(result.output, encoding="utf-8")
    return course


@pytest.fixture(scope="module")
def graded(course):
    return rows(course / "report" / f"{ASSIGNMENT}.csv")


def test_all_are_there(graded):
    assert sorted(graded) == sorted(WRITTEN)


@pytest.mark.parametrize("student", GRADABLE)
def test_the_score_is_the_written_one(graded, student):
    wanted = {key: value for key, value in WRITTEN[student].items() if key not in NOT_COMPARED}
    assert {key: graded[student][key] for key in wanted} == wanted
    assert graded[student]["problem"] == ""


@pytest.mark.parametrize("student", GRADABLE)
def test_the_feedback_says_what_the_mistake_is(course, student):
    page = (course / "feedback" / student / ASSIGNMENT / f"{ASSIGNMENT}.html").read_text(encoding="utf-8")
    text = html.unescape(re.sub(r"<[^>]*>", "", page))
    assert WRITTEN[student]["feedback"] in text


@pytest.mark.parametrize("student", UNGRADABLE)
def test_who_cannot_be_graded_is_named_with_the_reason(course, graded, student):
    assert graded[student]["total"] == ""
    assert WRITTEN[student]["problem"] in graded[student]["problem"]
    assert f"  {student}: {graded[student]['problem']}" in (course / "shown.txt").read_text(encoding="utf-8")
    assert not (course / "feedback" / student).exists()
