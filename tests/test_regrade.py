"""Changing a test after submissions came in: new scores for all, and nothing that a person gave is lost.

Guards promises 2 and 3 of docs/architecture.md.
"""

import csv
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest
from click.testing import CliRunner
from gradebooks import rows
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from nbgrader.api import Gradebook
from sqlalchemy import text

from nbexaminer.batch.regrade import plan_regrade, regrade
from nbexaminer.cli.commands import main
from nbexaminer.course import notebook_cells, queries
from nbexaminer.course.backup import copy_rows
from nbexaminer.course.course import Course
from nbexaminer.course.release import release

HERE = Path(__file__).parent.parent
GRADER = Path(sys.executable).parent / "nbexaminer"
LIMIT = 120  # seconds for a command that takes a few
LATE = "\nc.LateSubmissionPlugin.penalty_method = 'zero'\n"
ROLES = {"grade": False, "solution": False, "locked": False, "task": False, "schema_version": 3}
TEST = {"grade": True, "locked": True}
ANSWERS = {
    "right": ("return a * b", "return 2 * (a + b)"),
    "wrong": ("return a + b", "return 0"),
    "late": ("return a * b", "return a + b"),
    "blank": None,
    "broken": None,
}


def code(grade_id, source, **roles):
    return new_code_cell(source, id=grade_id.replace("_", "-"), metadata=marks(grade_id, roles))


def marks(grade_id, roles):
    return {"nbgrader": ROLES | {"grade_id": grade_id} | roles}


def answer(name):
    region = "    ### START CODE HERE ###\n    return 0\n    ### END CODE HERE ###"
    return code(name, f"def {name}(a, b):\n{region}", solution=True)


def hidden(visible, secret):
    return f"{visible}\n### BEGIN HIDDEN TESTS\n{secret}\n### END HIDDEN TESTS"


def first_version():
    """Its test of `area` is wrong: the right answer fails it, the wrong one passes."""
    essay = new_markdown_cell(
        "Why?", id="essay", metadata=marks("essay", dict(solution=True, grade=True, points=5))
    )
    return [
        code("setup", "import math", locked=True),
        answer("area"),
        code(
            "test_area", hidden("assert area(1, 0) is not None", "assert area(2, 3) == 5"), **TEST, points=10
        ),
        answer("border"),
        code("test_round", "assert border(1, 1) == 4", **TEST, points=4),
        code("test_long", "assert border(3, 1) == 8", **TEST, points=2),
        essay,
        code("test_optional", "assert border(0, 0) == 0", **TEST, points=0),
    ]


def second_version():
    """A hidden test corrected, points changed, a test renamed, one removed, a locked cell and a test new."""
    cells = {cell.metadata.nbgrader.grade_id: cell for cell in first_version()}
    cells["test_area"].source = cells["test_area"].source.replace("== 5", "== 6")
    cells["test_round"].metadata.nbgrader.grade_id = "test_square"
    cells["essay"].metadata.nbgrader.points = 6
    del cells["test_long"]
    added = [
        code("units", "unit = 'm'", locked=True),
        code("test_zero", "assert area(0, 7) == 0", **TEST, points=3),
    ]
    return [*[*cells.values()][:3], *added, *[*cells.values()][3:]]


def write_source(root, cells):
    notebook = new_notebook(cells=cells)
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    folder = root / "source" / "shapes"
    folder.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, folder / "shapes.ipynb")


def make_course(root, cells):
    root.mkdir(exist_ok=True)
    config = (HERE / "nbgrader_config.py").read_text(encoding="utf-8") + LATE
    (root / "nbgrader_config.py").write_text(config, encoding="utf-8")
    write_source(root, cells)
    release(Course(root), "shapes")


def hand_in(root):
    for student, bodies in ANSWERS.items():
        notebook = nbformat.read(root / "release" / "shapes" / "shapes.ipynb", as_version=4)
        cells = {cell.metadata.nbgrader.grade_id: cell for cell in notebook.cells}
        for name, body in zip(("area", "border"), bodies or (), strict=False):
            cells[name].source = f"def {name}(a, b):\n    {body}"
            cells["essay"].source = "Because."
        folder = root / "submitted" / student / "shapes"
        folder.mkdir(parents=True)
        nbformat.write(notebook, folder / "shapes.ipynb")
    (root / "submitted" / "late" / "shapes" / "timestamp.txt").write_text("2026-02-03 10:00:00 UTC")
    (root / "submitted" / "broken" / "shapes" / "shapes.ipynb").write_text("{")


def gradebook(root):
    return Gradebook(f"sqlite:///{root / 'gradebook.db'}")


def give_by_hand(root, *given):
    """Give scores, extra credit and comments as the formgrader does."""
    with gradebook(root) as book:
        book.update_or_create_assignment("shapes", duedate="2026-02-01 00:00:00 UTC")
        for student, cell, what, value in given:
            book.update_or_create_student(student)
            book.update_or_create_submission("shapes", student)
            find = book.find_comment if what == "manual_comment" else book.find_grade
            entry = find(cell, "shapes", "shapes", student)
            setattr(entry, what, value)
            if what == "manual_score":
                entry.needs_manual_grade = False
            book.db.commit()


STAYS = (
    ("right", "essay", "manual_score", 4.5),
    ("right", "essay", "manual_comment", "Well said."),
    ("wrong", "test_area", "manual_score", 8.0),
    ("late", "test_area", "extra_credit", 1.5),
    ("blank", "area", "manual_comment", "Come and see me."),
)
GOES = (("right", "test_long", "manual_score", 1.0), ("wrong", "test_long", "extra_credit", -0.5))
RENAMED = ("late", "{}", "manual_score", 3.0)


def given_in(name):
    """What is given by hand, if the renamed test is called so."""
    return (*STAYS, *(tuple(part.format(name) if part == "{}" else part for part in RENAMED),))


def run(root, *arguments):
    return CliRunner().invoke(main, ["--course", str(root), *arguments])


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """A course that was graded, by hand too, and whose source changed since."""
    root = tmp_path_factory.mktemp("shapes")
    make_course(root, first_version())
    hand_in(root)
    give_by_hand(root)
    assert run(root, "autograde").exit_code == 3  # one is broken
    give_by_hand(root, *given_in("test_round"), *GOES)
    write_source(root, second_version())
    return root


@pytest.fixture(scope="module")
def regraded(graded):
    root = graded.with_name("regraded")
    shutil.copytree(graded, root)
    result = run(root, "regrade")
    assert result.exit_code == 3, result.output
    return root, result.output


@pytest.fixture
def course(graded, tmp_path):
    shutil.copytree(graded, tmp_path, dirs_exist_ok=True)
    return tmp_path


def contents(root):
    return {
        path.relative_to(root): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file() and path.suffix != ".log"
    }


def renamed(cells, before, now, old="", new=""):
    """Return the cells with one called otherwise, and a part of its text replaced."""
    for cell in cells:
        if cell.metadata.nbgrader.grade_id == before:
            cell.metadata.nbgrader.grade_id = now
            cell.source = cell.source.replace(old, new)
    return cells


def test_nbgrader_refuses_and_the_advice_is_to_regrade(course):
    result = run(course, "release")
    assert result.exit_code == 1 and "Cannot add or remove cells" in result.output
    assert "nbexaminer regrade shapes" in result.output


def test_a_dry_run_says_what_would_change_and_changes_nothing(course):
    before = contents(course)
    result = run(course, "regrade", "--dry-run")
    assert result.exit_code == 0
    said = [line.split(maxsplit=2) for line in result.output.splitlines() if line.startswith("  ")]
    assert said == [
        ["test_area", "test", "+1 −1 lines"],
        ["units", "added"],
        ["test_zero", "added", "3 points"],
        ["test_square", "renamed", "was test_round"],
        ["essay", "points", "5 → 6"],
        ["test_long", "removed", "2 points"],
    ]
    assert "right (test_long), wrong (test_long)" in result.output
    assert contents(course) == before


def test_the_gradebook_is_that_of_a_course_that_began_with_the_new_version(regraded, tmp_path):
    root, _ = regraded
    make_course(tmp_path, second_version())
    shutil.copytree(root / "submitted", tmp_path / "submitted")
    give_by_hand(tmp_path, *given_in("test_square"))
    assert run(tmp_path, "autograde").exit_code == 3
    assert rows(root) == rows(tmp_path)
    assert len(rows(root)["grades"]) == 5 * 4
    ours, theirs = Course(root), Course(tmp_path)
    assert queries.cells(ours, "shapes") == queries.cells(theirs, "shapes")
    assert contents(root / "release") == contents(tmp_path / "release")
    with gradebook(root) as book:
        kept = [table.name for table in notebook_cells.GradeCell.metadata.sorted_tables]
        orphans = {name: book.db.scalar(text(f"select count(*) from {name}")) for name in kept}
    with gradebook(tmp_path) as book:
        assert orphans == {name: book.db.scalar(text(f"select count(*) from {name}")) for name in kept}


def test_what_was_given_by_hand_stays_and_is_to_be_confirmed(regraded):
    root, output = regraded
    with gradebook(root) as book:
        for student, cell, what, value in given_in("test_square"):
            find = book.find_comment if what == "manual_comment" else book.find_grade
            entry = find(cell, "shapes", "shapes", student)
            assert getattr(entry, what) == value
            assert what != "manual_score" or entry.needs_manual_grade  # as after nbgrader's autograde
        assert book.find_submission("shapes", "late").late_submission_penalty == 10 + 1.5 + 3 + 3
    line = next(line for line in output.splitlines() if line.startswith("Given by hand, stays"))
    assert line.endswith("area (1), essay (1), square (1)")


def test_what_was_given_by_hand_for_a_cell_that_is_gone_is_kept(regraded):
    root, output = regraded
    with (root / "records" / "shapes.removed.csv").open(newline="", encoding="utf-8-sig") as file:
        kept = [*csv.reader(file)]
    assert kept[1:] == [
        ["right", "shapes", "test_long", "1.0", "", ""],
        ["wrong", "shapes", "test_long", "", "-0.5", ""],
    ]
    (backup,) = root.glob("gradebook.db.*.backup")
    assert backup.name in output
    assert ("right", "shapes", "test_long", 2.0, 1.0) in {row[:5] for row in rows_of(backup)}


def rows_of(path):
    """Return the grades in a gradebook that is called otherwise."""
    folder = path.parent / f"{path.name}.opened"
    folder.mkdir()
    shutil.copy(path, folder / "gradebook.db")
    return rows(folder)["grades"]


def test_the_summary_says_whose_score_changed_and_why(regraded):
    root, output = regraded
    with (root / "report" / "shapes-regraded.csv").open(newline="", encoding="utf-8-sig") as file:
        summary = {(row["student"], row["exercise"]): row for row in csv.DictReader(file)}
    right, wrong = summary["right", "area"], summary["wrong", "area"]
    assert (right["score_before"], right["score_now"]) == ("0.0", "10.0")
    assert (right["total_before"], right["total_now"]) == ("9.5", "21.5")  # 4 + 1 + 4.5; 10 + 3 + 4 + 4.5
    assert (right["reason_before"], right["reason_now"]) == ("wrong", "passed")
    assert (wrong["score_before"], wrong["score_now"], wrong["given_by_hand"]) == ("8.0", "8.0", "8.0")
    assert "stays (its test: 10 → 0)" in wrong["why"]
    assert summary["late", "late penalty"]["score_now"] == "-17.5"
    assert summary["right", "zero"]["why"].startswith("new")
    assert (summary["right", "long"]["why"], summary["wrong", "long"]["score_now"]) == ("removed", "")
    assert not {student for student, _ in summary} & {"blank", "broken"}
    table = output[output.index("Totals that changed") :]
    assert "3 of 5\n" in table
    assert re.search(r"^right +9\.5 → 21\.5 +area +0 → 10 +wrong → passed$", table, re.MULTILINE)
    assert "shapes-regraded.csv" in table


def test_a_second_time_nothing_changes(regraded):
    root, _ = regraded
    kept = "release", "autograded", "feedback"
    summary = root / "report" / "shapes-regraded.csv"
    before = rows(root), [contents(root / name) for name in kept], {*root.iterdir()}, summary.read_bytes()
    result = run(root, "regrade")
    assert "as they are in source/" in result.output and "0 of 5\n" in result.output
    after = rows(root), [contents(root / name) for name in kept], {*root.iterdir()}, summary.read_bytes()
    assert after == before


def test_killed_at_each_step_and_started_again_it_comes_to_the_same_end(course, regraded):
    report, records = course / "report", course / "records"
    notes = (report / "shapes.jsonl").read_bytes()
    steps = (
        lambda: (records / "shapes.regrade.json").exists(),
        lambda: (records / "shapes.removed.csv").exists(),
        lambda: "test_zero" in (course / "release" / "shapes" / "shapes.ipynb").read_text(encoding="utf-8"),
        lambda: len((report / "shapes.jsonl").read_bytes()) > len(notes),
    )
    for reached in steps:
        process = subprocess.Popen(
            [GRADER, "regrade", "--jobs", "1"],
            cwd=course,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        while process.poll() is None and not is_there(reached):
            time.sleep(0.01)
        process.kill()
        assert process.wait(LIMIT) == -signal.SIGKILL
    result = run(course, "regrade")
    assert "Going on" in result.output
    done, _ = regraded
    assert rows(course) == rows(done)
    for name in ("records/shapes.removed.csv", "report/shapes-regraded.csv"):
        assert (course / name).read_bytes() == (done / name).read_bytes()
    assert contents(course / "release") == contents(done / "release")
    assert not (records / "shapes.regrade.json").exists()


def is_there(reached):
    try:
        return reached()
    except FileNotFoundError:  # release/ is written anew
        return False


def test_a_renamed_cell_whose_text_changed_too_must_be_named(course):
    write_source(course, renamed(first_version(), "test_long", "test_side", "3, 1", "1, 3"))
    apart = run(course, "regrade", "--dry-run").output
    assert re.search("test_side +added", apart) and re.search("test_long +removed", apart)
    together = run(course, "regrade", "--dry-run", "--renamed", "test_long=test_side").output
    assert re.search("test_side +renamed +was test_long\n", together) and "removed" not in together
    wrong = run(course, "regrade", "--dry-run", "--renamed", "test_short=test_side")
    assert wrong.exit_code == 1 and "test_short can't be renamed test_side" in wrong.output


def test_a_renamed_answer_to_a_test_is_told_apart(course):
    write_source(course, renamed(first_version(), "border", "edge"))
    output = run(course, "regrade", "--dry-run").output
    assert re.search("edge +renamed +was border; in submissions it stays a cell of the student's own", output)


def test_an_answer_graded_by_hand_keeps_its_name(course):
    """Submissions have it under the old one, so it would get no score under the new one."""
    write_source(course, renamed(first_version(), "essay", "reason"))
    before = contents(course)
    result = run(course, "regrade")
    assert result.exit_code == 1 and "Give the cell the grade_id essay again" in result.output
    assert contents(course) == before


def change_cells(root):
    """Take over the cells in source/, without grading anybody."""
    regrade(Course(root), plan_regrade(Course(root), "shapes", {}), grade=lambda: None)


def test_a_notebook_more_and_then_less(course):
    write_source(course, first_version())
    shapes = course / "source" / "shapes" / "shapes.ipynb"
    more = shapes.with_name("more.ipynb")
    shutil.copy(shapes, more)
    before = rows(course)
    change_cells(course)
    with gradebook(course) as book:
        waiting = book.find_submission_notebook("more", "shapes", "right")
        assert len(waiting.grades) == 5 and all(grade.needs_manual_grade for grade in waiting.grades)
        grade = book.find_grade("test_area", "more", "shapes", "right")
        grade.manual_score = 7.0
        book.db.commit()
    release(Course(course), "shapes")  # which nbgrader does not refuse any more
    more.unlink()
    change_cells(course)
    assert rows(course) == before
    assert "right,more,test_area,7.0,," in (course / "records" / "shapes.removed.csv").read_text(
        encoding="utf-8"
    )


def test_a_backup_of_another_database_holds_all_of_nbgraders_rows(graded, tmp_path):
    with gradebook(graded) as book:
        copy_rows(book, tmp_path / "gradebook.db")
    assert rows(tmp_path) == rows(graded)
    with gradebook(tmp_path) as copy, gradebook(graded) as book:
        assert notebook_cells.read(copy, "shapes") == notebook_cells.read(book, "shapes") != {}
