"""The command line and its reports."""

import csv
import errno
import shutil
import sqlite3
import subprocess
import sys
import unicodedata

import nbformat
import pytest
from click.testing import CliRunner
from sqlalchemy.exc import OperationalError

from nbexaminer.cli.commands import main
from nbexaminer.course.release import is_current, release
from nbexaminer.course.results import ExerciseResult, Person, SubmissionResult
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


def test_house_style_counts_only_where_it_is_asked_for(course):
    path = course.root / "source" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[0].id = "5b1e0c7a"
    nbformat.write(notebook, path)
    assert run(course, "lint").exit_code == 0
    strict = run(course, "lint", "--style")
    assert strict.exit_code == 1 and "not '5b1e0c7a'" in strict.output
    assert run(course, "release", "--no-check").exit_code == 0


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
    assert str(work) in started[0] and f"--ServerApp.root_dir={course.root / 'work'}" in started[0]
    assert run(course, "lab", "--instructor").exit_code == 0
    source = course.root / "source" / ASSIGNMENT / work.name
    assert str(source) in started[2] and f"--ServerApp.root_dir={course.root}" in started[2]


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


def test_a_long_name_widens_the_table_no_further_than_a_line_has():
    people = {"ada": Person("很长的名字" * 18), "王小明 <b>": Person("Bo")}
    lines = tables.score_table(EXERCISES, RESULTS, people).splitlines()
    assert "…" in lines[-2] and max(map(tables.width, lines)) < 130


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


# ----------------------------------------------------------------- what can happen to a person, in a line


def told(course, *arguments):
    """Return what a command says that can't do its work: a line, and no traceback."""
    result = run(course, *arguments)
    assert result.exit_code in (1, 2) and isinstance(result.exception, SystemExit), result.output
    return result.output


def test_a_full_disk(course):
    said = told(course, "export", "--to", "csv", "--out", "/dev/full")
    assert said == "Error: No space left on device. Make room, and run it again to go on.\n"


def test_a_folder_that_can_not_be_written(course, monkeypatch):
    def refused(*_, **__):
        raise OSError(errno.EROFS, "Read-only file system", "report/lab.log")

    monkeypatch.setattr("nbexaminer.cli.release.releasing.release", refused)
    said = told(course, "release")
    assert said == "Error: report/lab.log: Read-only file system. The folder is write-protected.\n"


def test_a_disk_that_fills_up_while_a_class_is_graded_is_no_students_problem(course, monkeypatch):
    """Whoever came last would be told so, and all the others after."""
    folder = course.root / "submitted" / "ada" / ASSIGNMENT
    shutil.copytree(course.root / "release" / ASSIGNMENT, folder)

    def full(*_, **__):
        raise OperationalError("INSERT", {}, sqlite3.OperationalError("database or disk is full"))

    monkeypatch.setattr("nbexaminer.course.gradebook.GradebookWriter.record", full)
    said = told(course, "autograde", "--jobs", "1")
    end = (
        "Error: the gradebook can't be used: database or disk is full. Make room, and run it again to go on."
    )
    assert said.endswith(f"{end}\n") and "needs a look" not in said
    assert not course.report_file(ASSIGNMENT, "jsonl").exists(), "the next run grades it"


def test_a_machine_that_can_not_build_the_sandbox(course, monkeypatch):
    """Guards "grading refuses and says what is missing" (docs/security.md), and what to do about it."""
    shutil.copytree(course.root / "release" / ASSIGNMENT, course.root / "submitted" / "ada" / ASSIGNMENT)
    monkeypatch.setattr("nbexaminer.isolation.landlock.version", lambda: 0)
    said = told(course, "autograde")
    assert said.startswith("Error: Students' code can't be sandboxed on this machine; it lacks: Landlock")
    assert said.endswith("Use another machine, or `--sandbox none` if you trust every submission.\n")
    assert not course.report_file(ASSIGNMENT, "jsonl").exists() and not (course.root / "autograded").exists()


@pytest.mark.parametrize("command", ["status", "report", "release", "export --to csv"])
def test_a_gradebook_that_is_damaged(course, command):
    (course.root / "gradebook.db").write_text("no database " * 99)
    said = told(course, *command.split())
    assert said.startswith(
        "Error: the gradebook can't be used: file is not a database. Put a copy of it back"
    )


def test_a_gradebook_that_can_not_be_opened(course):
    (course.root / "gradebook.db").unlink()
    (course.root / "gradebook.db").mkdir()
    said = told(course, "status")
    assert said.startswith("Error: the gradebook can't be used: unable to open database file. Is it write-pr")


def test_ctrl_c_in_any_command(course, monkeypatch):
    def interrupt(*_, **__):
        raise KeyboardInterrupt

    before = contents(course.root / "release")
    monkeypatch.setattr("nbgrader.preprocessors.SaveCells.preprocess", interrupt)
    result = run(course, "release")
    assert (result.exit_code, result.output) == (130, "\nStopped; run it again to go on.\n")
    assert contents(course.root / "release") == before


def test_ctrl_c_while_python_still_imports(course):
    """Of the command's own modules, not of Python's."""
    program = "import builtins; imported = builtins.__import__\n"
    program += "def late(name, *rest):\n    if name == 'nbexaminer.cli.commands': raise KeyboardInterrupt\n"
    program += "    return imported(name, *rest)\nbuiltins.__import__ = late\n"
    program += "from nbexaminer.__main__ import main; main()"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (130, "\nStopped; run it again to go on.\n")


def test_an_assignment_that_can_not_be_written_leaves_no_half(course, monkeypatch):
    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    before = contents(course.root)
    monkeypatch.setattr("nbexaminer.course.new_assignment.nbformat.write", full)
    assert "Make room" in told(course, "new", "week-2")
    assert contents(course.root) == before
    monkeypatch.undo()
    assert run(course, "new", "week-2").exit_code == 0


def test_an_empty_folder_is_told_how_to_begin(tmp_path):
    result = CliRunner().invoke(main, ["--course", str(tmp_path), "status"])
    assert result.output.endswith("nbexaminer quickstart makes it one.\n")


def test_a_class_of_three_hundred_is_shown_in_short(course, monkeypatch):
    marks = {name: ExerciseResult(15, 15, RIGHT) for name in ("zero_pad",)}
    many = [SubmissionResult(f"s{number}", marks, number / 3) for number in range(300)]
    many += [SubmissionResult(f"t{n}", problem=Text("There is no notebook.", "没有。")) for n in range(30)]
    monkeypatch.setattr("nbexaminer.cli.show.class_results", lambda *_: many)
    monkeypatch.setattr("nbexaminer.cli.grade.class_results", lambda *_: many)
    short = run(course, "report").output
    assert "300 of 330 graded" in short and "half have 49.8333 of 100 or more" in short
    assert "... and 10 more, in the report" in short
    assert max(map(tables.width, short.splitlines())) <= 80 and len(short.splitlines()) < 60
    assert "s299" in run(course, "report", "--table").output
