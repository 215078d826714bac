"""The command line and its reports."""

import csv
import unicodedata

import nbformat
import pytest
from click.testing import CliRunner

from nbexaminer.cli.commands import main
from nbexaminer.course.release import is_current, release
from nbexaminer.course.results import ExerciseResult, SubmissionResult
from nbexaminer.model import Reason, Text, Verdict
from nbexaminer.pages import class_report, tables

ASSIGNMENT = "cnn-step-by-step"


def run(course, *arguments):
    return CliRunner().invoke(main, ["--course", str(course.root), *arguments])


def test_help_names_every_command():
    output = CliRunner().invoke(main, ["--help"]).output
    assert all(
        f"\n  {command} " in output
        for command in (
            "autograde",
            "collect",
            "export",
            "lab",
            "lint",
            "regrade",
            "release",
            "report",
            "return",
        )
    )


def test_help_is_not_cut():
    output = CliRunner().invoke(main, ["--help"]).output.partition("Commands:")[2]
    assert "..." not in output and "and show what became of whom." in " ".join(output.split())


def test_a_release_that_would_lose_something_is_refused(course):
    """Without its end, a solution's region would go on to the end of the cell."""
    before = contents(course.root / "release")
    path = course.root / "source" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("    ### END CODE HERE ###", "    ###", 1), encoding="utf-8")
    result = run(course, "release")
    assert result.exit_code == 1 and "is not released" in result.output and "its partner" in result.output
    assert contents(course.root / "release") == before


def test_a_folder_that_is_no_course(tmp_path):
    result = CliRunner().invoke(main, ["--course", str(tmp_path), "release"])
    assert result.exit_code == 1 and "no course folder" in result.output


def test_an_assignment_that_is_not_there(course):
    result = run(course, "release", "week-9")
    assert result.exit_code == 2 and f"source/ has: {ASSIGNMENT}" in result.output


def test_a_report_before_anything_is_graded(course):
    result = run(course, "report")
    assert result.exit_code == 1 and f"nbexaminer autograde {ASSIGNMENT}" in result.output


def contents(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_second_release_changes_nothing(course):
    before = contents(course.root / "release")
    result = run(course, "release")
    assert result.exit_code == 0 and "8 exercises" in result.output
    assert contents(course.root / "release") == before


def test_a_changed_check_is_noticed(course):
    assert is_current(course, ASSIGNMENT)
    path = course.root / "source" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    path.write_text(path.read_text(encoding="utf-8").replace("points=15", "points=16"), encoding="utf-8")
    assert not is_current(course, ASSIGNMENT)
    release(course, ASSIGNMENT)
    assert is_current(course, ASSIGNMENT)


def test_a_release_that_is_refused_says_what_to_do_and_leaves_release_as_it_was(course):
    before = contents(course.root / "release")
    with course.gradebook() as gradebook:
        gradebook.add_student("ada")
        gradebook.add_submission(ASSIGNMENT, "ada")
    path = course.root / "source" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    names = [cell.metadata.get("nbgrader", {}).get("grade_id") for cell in notebook.cells]
    del notebook.cells[names.index("demo_zero_pad")]
    nbformat.write(notebook, path)
    result = run(course, "release")
    assert result.exit_code == 1
    assert "Cannot add or remove cells" in result.output
    assert f"nbexaminer regrade {ASSIGNMENT} --dry-run" in result.output
    assert contents(course.root / "release") == before


def test_lint(course):
    pytest.importorskip("nbexaminer.course.lint")
    assert run(course, "lint").exit_code == 0
    path = course.root / "source" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    path.write_text(
        path.read_text(encoding="utf-8").replace("    ### END CODE HERE ###", "    ###", 1), encoding="utf-8"
    )
    assert run(course, "lint").exit_code == 1


def test_lab_copies_the_release_once_and_passes_options_on(course, monkeypatch):
    started = []
    monkeypatch.setattr("os.execve", lambda program, arguments, environment: started.append(arguments))
    monkeypatch.chdir(course.root)
    work = course.root / "work" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    assert "Copied" in run(course, "lab", "--no-browser").output
    assert work.read_bytes() == (course.root / "release" / ASSIGNMENT / work.name).read_bytes()
    work.write_text("my work")
    assert "Going on" in run(course, "lab", ASSIGNMENT, "--port", "9999").output
    assert work.read_text() == "my work"
    assert started[0][-1] == "--no-browser" and started[1][-2:] == ["--port", "9999"]
    assert str(work) in started[0] and f"--ServerApp.root_dir={course.root}" in started[0]


RIGHT, WRONG = Verdict(Reason.PASSED, 1.0), Verdict(Reason.WRONG)
EXERCISES = {"zero_pad": 15.0, "pool_backward": 0.0, "essay": 5.0}
RESULTS = [
    SubmissionResult(
        "ada",
        {
            "zero_pad": ExerciseResult(7.5, 15, RIGHT),
            "pool_backward": ExerciseResult(0, 0, RIGHT),
            "essay": ExerciseResult(None, 5, RIGHT),
        },
        7.5,
    ),
    SubmissionResult(
        "王小明 <b>",
        {"zero_pad": ExerciseResult(15, 15, RIGHT), "pool_backward": ExerciseResult(0, 0, WRONG)},
        15.0,
    ),
    SubmissionResult("eve", problem=Text("There is no notebook.", "没有笔记本文件。")),
]


def test_the_table_is_aligned():
    lines = tables.score_table(EXERCISES, RESULTS).splitlines()
    assert [line.split() for line in lines[-2:]] == [
        ["ada", "7.5", "✓", "?", "7.5"],
        ["王小明", "<b>", "15", "✗", "–", "15"],
    ]
    widths = [sum(1 + (unicodedata.east_asian_width(char) in "WF") for char in line) for line in lines]
    assert len(set(widths)) == 1 + (min(widths) != max(widths)) and widths[-1] == widths[-2] == max(widths)
    assert tables.problems(RESULTS) == "  eve: There is no notebook."


def test_the_csv_file(tmp_path):
    tables.write_csv(tmp_path / "class.csv", EXERCISES, RESULTS)
    with (tmp_path / "class.csv").open(newline="", encoding="utf-8-sig") as file:
        ada, ming, eve = csv.DictReader(file)
    assert ada == dict(
        student="ada", zero_pad="7.5", pool_backward="✓", essay="?", total="7.5", max="20", problem=""
    )
    assert ming["essay"] == "–" and (eve["total"], eve["problem"]) == ("", "There is no notebook.")


def test_the_page(tmp_path):
    class_report.write_html(tmp_path / "class.html", "week 1", ["lab"], EXERCISES, RESULTS)
    page = (tmp_path / "class.html").read_text(encoding="utf-8")
    assert 'href="../feedback/ada/week%201/lab.html"' in page
    assert "王小明 &lt;b&gt;" in page and "<b>" not in page
    assert '<span lang="zh">没有笔记本文件。</span>' in page
    assert "://" not in page  # it is in need of no other file
