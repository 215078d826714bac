"""What decides whether a submission is graded again: all that could change its result, and nothing else.

Guards docs/architecture.md: a regrade never silently regrades nobody.
"""

import json
import os
import shutil
from dataclasses import replace

import pytest
from nbformat.v4 import new_code_cell
from traitlets.config import Config

from nbexaminer.course import input_hash as hashes
from nbexaminer.course.course import Course
from nbexaminer.course.input_hash import course_hash, input_hash
from nbexaminer.course.ledger import Ledger, LedgerEntry
from nbexaminer.course.plan import GradingPlan, grading_plan, run_limits
from nbexaminer.isolation.limits import RunLimits

ASSIGNMENT = "cnn-step-by-step"


@pytest.fixture
def plan(tmp_path):
    """A plan of an assignment whose test imports a hidden package, which imports a helper beside it."""
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "__init__.py").write_text("import helper_of_secret\n")
    (tmp_path / "helper_of_secret.py").write_text("WANTED = 5\n")
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "data.csv").write_text("1\n")
    cell = new_code_cell("from secret import check\nimport numpy, math\ncheck()")
    cells = {"lab": {"test_area": cell}}
    limits = RunLimits(hidden_packages=("secret",))
    return GradingPlan("lab", cells, {"lab": None}, tmp_path / "files", tmp_path, limits, (), (), Config())


@pytest.mark.parametrize("file", ["secret/__init__.py", "helper_of_secret.py", "files/data.csv"])
def test_a_change_of_what_tests_import_or_read_is_noticed(plan, file):
    before = course_hash(plan)
    assert course_hash(plan) == before
    path = plan.packages / file
    path.write_text(path.read_text() + "\n")
    assert course_hash(plan) != before


def test_hidden_tests_that_are_imported_from_elsewhere_count_too(plan, tmp_path_factory, monkeypatch):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    shutil.move(plan.packages / "secret", elsewhere)
    monkeypatch.syspath_prepend(elsewhere)
    before = course_hash(plan)
    (elsewhere / "secret" / "__init__.py").write_text("WANTED = 6\n")
    assert course_hash(plan) != before


def test_cells_limits_configuration_and_steps_count(plan):
    step = type("Step", (), {})
    others = [
        replace(plan, limits=replace(plan.limits, call_seconds=3.0)),
        replace(plan, config=Config({"ClearOutput": {"enabled": False}})),
        replace(plan, steps_after=(step,)),
        replace(plan, known={"lab": {"test_area": new_code_cell("check()")}}),
    ]
    assert len({course_hash(one) for one in (plan, *others)}) == 5
    moved = replace(plan, config=Config({"CourseDirectory": {"db_url": "sqlite:///elsewhere.db"}}))
    assert course_hash(moved) == course_hash(plan), "where the gradebook is changes no result"


def test_the_engine_and_what_it_runs_on_count(plan, monkeypatch):
    before = course_hash(plan)
    monkeypatch.setattr(hashes, "engine_version", lambda: "another")
    assert course_hash(plan) != before
    monkeypatch.undo()
    monkeypatch.setattr(hashes, "_version", lambda name: "999" if name == "numpy" else "")
    assert course_hash(plan) != before


def test_the_course_in_a_folder_of_its_own(course):
    """As docs/instructors.md has it: a copy of source/ and reference/ for each term."""
    before = course_hash(grading_plan(course, ASSIGNMENT, run_limits(course)))
    hidden = course.root / "reference" / "cnn_step_by_step" / "hidden_tests.py"
    hidden.write_text(hidden.read_text(encoding="utf-8") + "\n# mended\n", encoding="utf-8")
    again = Course(course.root)
    assert course_hash(grading_plan(again, ASSIGNMENT, run_limits(again))) != before


def test_what_is_no_plain_file_is_not_read(tmp_path):
    """A file of holes, a pipe and a link to a device would keep a batch for ever."""
    before = input_hash(tmp_path, b"")
    with (tmp_path / "holes").open("wb") as file:
        file.truncate(2**40)
    os.mkfifo(tmp_path / "timestamp.txt")
    (tmp_path / "zero").symlink_to("/dev/zero")
    assert input_hash(tmp_path, b"") != before


def test_the_ledger_keeps_any_text_and_mends_a_line_that_was_cut_short(tmp_path):
    path = tmp_path / "class.jsonl"
    names = ["a\u2028b", "c\u2029{}", "\ud800", "王"]
    for name in names:
        Ledger(path).add(LedgerEntry(name, "hash"))
    path.write_bytes(path.read_bytes()[:-9])
    Ledger(path).add(LedgerEntry("last", "hash"))
    assert list(Ledger(path).read()) == [*names[:-1], "last"]
    assert json.loads(path.read_text(encoding="ascii").split("\n")[0])["student"] == names[0]
