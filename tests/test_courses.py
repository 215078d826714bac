"""Courses of several assignments, and courses of others: nothing outside source/ and the like needs an edit.

Guards docs/architecture.md: the engine knows no course.
"""

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
from nbformat.v4 import new_code_cell

from nbexaminer.cli.commands import main
from nbexaminer.course.course import Course
from nbexaminer.course.plan import grading_plan, run_limits
from nbexaminer.errors import CourseError

HERE = Path(__file__).parent.parent
NBEXAMINER = Path(sys.executable).parent / "nbexaminer"
LIMIT = 120  # seconds for a command that takes a few


def run(root, *arguments):
    return CliRunner().invoke(main, ["--course", str(root), *arguments])


@pytest.fixture(scope="module")
def two(tmp_path_factory):
    """A course with two assignments, made by `nbexaminer new`; one was handed in by two."""
    root = tmp_path_factory.mktemp("two")
    shutil.copy(HERE / "nbgrader_config.py", root)
    (root / "source").mkdir()
    for name in ("lab-one", "lab-two"):
        assert "Wrote source/" in run(root, "new", name).output
    hand_in(root, "ada", root / "source" / "lab-one")
    assert run(root, "release").exit_code == 0
    hand_in(root, "bob", root / "release" / "lab-one")
    return root


def hand_in(root, student, folder):
    shutil.copytree(folder, root / "submitted" / student / folder.name)


@pytest.fixture(scope="module")
def graded(two):
    result = run(two, "autograde")
    assert result.exit_code == 0, result.output
    return two, result.output


def test_what_new_writes_lints_and_releases(two):
    result = run(two, "lint")
    assert result.output.split("\n")[:2] == ["lab-one: well-formed.", "lab-two: well-formed."]
    released = (two / "release" / "lab-two" / "lab-two.ipynb").read_text(encoding="utf-8")
    assert "HIDDEN" not in released and "np.max(np.abs(x))" not in released and "def scale(x)" in released
    again = run(two, "new", "lab-two")
    assert again.exit_code == 1 and "already" in again.output
    assert run(two, "new", "../lab").exit_code == 1


def test_every_assignment_is_graded_and_who_has_not_handed_in_is_no_submission(graded):
    root, output = graded
    lines = [line.split() for line in output.splitlines() if line[:3] in ("ada", "bob")]
    table = {student: scores for student, *scores in lines}
    assert table == {"ada": ["2", "3", "5"], "bob": ["0", "0", "0"]}
    assert "Nobody has submitted lab-two yet" in output
    with Course(root).gradebook() as gradebook:
        assert [one.student_id for one in gradebook.assignment_submissions("lab-two")] == []
    assert "well-formed" in run(root, "lint").output


def test_status_names_the_next_command(graded):
    root, _ = graded
    lines = {line.split()[0]: line for line in run(root, "status").output.splitlines()}
    assert re.search(r"yes +2 +2 +0 +2 +nbexaminer export lab-one", lines["lab-one"])
    assert re.search(r"yes +0 +0 +0 +0 +nbexaminer collect ARCHIVE --assignment lab-two", lines["lab-two"])


def test_one_is_asked_for_where_it_must_be_and_its_name_may_be_a_path(graded):
    root, _ = graded
    asked = run(root, "export", "--to", "canvas", "--roster", str(root / "nbgrader_config.py"))
    assert asked.exit_code == 2 and "lab-one, lab-two" in asked.output
    for name in ("lab-one", "lab-one/", "source/lab-one", "source/lab-one/lab-one.ipynb"):
        assert run(root, "lint", name).output == "lab-one: well-formed.\n"
    wrong = run(root, "report", "lab-on")
    assert wrong.exit_code == 2 and "Did you mean lab-one?" in wrong.output
    assert run(root, "export", "--to", "csv", "--out", str(root / "new" / "grades.csv")).exit_code == 0
    assert (root / "new" / "grades.csv").read_text().count("lab-one") == 2


def test_a_narrow_terminal_gets_a_summary(graded, monkeypatch):
    root, _ = graded
    monkeypatch.setenv("COLUMNS", "20")
    short = run(root, "report", "lab-one").output
    assert "2 of 2 graded" in short and "scale" not in short
    assert re.search(r"^ +5 +1 +█", short, re.MULTILINE)
    assert "scale" in run(root, "report", "lab-one", "--table").output


def test_a_command_that_is_misspelt():
    result = CliRunner().invoke(main, ["autograd"])
    assert result.exit_code == 2 and "Did you mean autograde?" in result.output


def test_below_a_course_folder_the_course_is_named(two):
    result = run(two / "source", "lint")
    assert result.exit_code == 1 and f"Did you mean --course {two}?" in result.output


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ("c = get_config()\nc.X.y = 1 / 0\n", "ZeroDivisionError"),
        ("import nothing_like_it\n", "No module named"),
    ],
)
def test_a_configuration_that_raises_is_named(tmp_path, config, said):
    (tmp_path / "nbgrader_config.py").write_text(config)
    result = run(tmp_path, "lint")
    assert result.exit_code == 1 and "nbgrader_config.py" in result.output and said in result.output
    assert isinstance(result.exception, SystemExit)


def test_a_full_disk_is_told_in_a_line(two, monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device", "report/lab-one.html")

    monkeypatch.setattr("nbexaminer.cli.status.chosen", full)
    result = run(two, "status")
    assert (
        result.exit_code == 1 and "report/lab-one.html: No space left on device. Make room" in result.output
    )


def _hear_ctrl_c():
    """What runs in the background of a shell, as these tests may, ignores it, and so do its children."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_ctrl_c_ends_a_batch_that_can_go_on(two, tmp_path):
    root = Path(shutil.copytree(two, tmp_path / "course"))
    cell = new_code_cell("while True: pass")
    notebook = nbformat.read(root / "release" / "lab-one" / "lab-one.ipynb", as_version=4)
    notebook.cells.insert(0, cell)
    nbformat.write(notebook, root / "submitted" / "bob" / "lab-one" / "lab-one.ipynb")
    command = [NBEXAMINER, "autograde", "lab-one", "--force", "--jobs", "2", "--time-limit", "100"]
    batch = subprocess.Popen(
        command,
        cwd=root,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=_hear_ctrl_c,
    )
    assert "ada: graded" in batch.stderr.readline()
    time.sleep(0.1)
    subprocess.run(["kill", "-INT", "--", f"-{batch.pid}"], check=True)  # as a terminal does
    output, errors = batch.communicate(timeout=LIMIT)
    assert batch.returncode == 128 + signal.SIGINT
    assert "Stopped; run it again to go on." in errors and "Traceback" not in errors + output


def test_a_notebook_of_another_language_is_refused(tmp_path):
    config = (HERE / "nbgrader_config.py").read_text(encoding="utf-8")
    stub = "\nc.ClearSolutions.code_stub['R'] = 'stop()'\n"
    (tmp_path / "nbgrader_config.py").write_text(config + stub, encoding="utf-8")
    run(tmp_path, "new", "lab")
    path = tmp_path / "source" / "lab" / "lab.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.metadata["kernelspec"] = {"name": "ir", "display_name": "R", "language": "R"}
    nbformat.write(notebook, path)
    assert run(tmp_path, "release", "lab").exit_code == 0
    course = Course(tmp_path)
    with pytest.raises(CourseError, match="the kernel R"):
        grading_plan(course, "lab", run_limits(course))
    hand_in(tmp_path, "ada", tmp_path / "release" / "lab")
    result = run(tmp_path, "autograde", "lab")
    assert result.exit_code == 1 and "the kernel R" in result.output


def test_limits_are_nbgraders_unless_ours_are_set(tmp_path):
    for line, seconds in (
        ("", (30, 120)),
        ("c.Execute.timeout = 60\n", (60, 240)),
        ("c.Execute.timeout = 60\nc.IsolatedExecute.call_seconds = 5\n", (5, 120)),
        ("c.Execute.timeout = -1\n", (600, 2400)),
    ):
        config = f"c = get_config()\nimport nbexaminer\nnbexaminer.configure(c)\n{line}"
        (tmp_path / "nbgrader_config.py").write_text(config)
        limits = run_limits(Course(tmp_path))
        assert (limits.call_seconds, limits.submission_seconds) == seconds


OWN_STEP = """
from nbgrader.preprocessors import NbGraderPreprocessor

class Stamp(NbGraderPreprocessor):
    def preprocess(self, nb, resources):
        place = resources["nbgrader"]
        nb.metadata["stamp"] = [place["student"], place["assignment"], place["notebook"]]
        return nb, resources
"""
OPTIONS = """
import os, sys
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import own_steps
from nbgrader.converters import Autograde

c.Autograde.autograde_preprocessors = [own_steps.Stamp, *c.Autograde.autograde_preprocessors]
c.Autograde.exclude_overwriting = {"lab": ["mine.py"]}
c.CourseDirectory.ignore = [*os.environ.get("NOTHING", "").split(), "*.secret", ".ipynb_checkpoints"]
c.CourseDirectory.submitted_directory = "handed-in"
c.CourseDirectory.directory_structure = "{nbgrader_step}/{assignment_id}/{student_id}"
"""


def test_nbgraders_options_are_respected(tmp_path):
    """Other folders; files for nobody, or students' own; a step of the course's with its resources."""
    config = (HERE / "nbgrader_config.py").read_text(encoding="utf-8")
    (tmp_path / "nbgrader_config.py").write_text(config + OPTIONS, encoding="utf-8")
    (tmp_path / "own_steps.py").write_text(OWN_STEP)
    run(tmp_path, "new", "lab")
    made = Course(tmp_path).folder("source", "lab")
    assert made == tmp_path / "source" / "lab" / "."
    notebook = nbformat.read(made / "lab.ipynb", as_version=4)
    answer = next(cell for cell in notebook.cells if "def mean" in cell.source)
    answer.source = answer.source.replace("def mean", "import os\nseen = sorted(os.listdir())\ndef mean")
    nbformat.write(notebook, made / "lab.ipynb")
    for name, text in (("data.csv", "1"), ("answers.secret", "2"), ("mine.py", "solution = 3")):
        (made / name).write_text(text)
    assert run(tmp_path, "release", "lab").exit_code == 0
    released = Course(tmp_path).folder("release", "lab")
    assert not (released / "answers.secret").exists()
    handed_in = tmp_path / "handed-in" / "lab" / "ada"
    shutil.copytree(made, handed_in)
    notebook = nbformat.read(handed_in / "lab.ipynb", as_version=4)
    notebook.cells.append(new_code_cell("import os\nprint(sorted(os.listdir()), open('mine.py').read())"))
    nbformat.write(notebook, handed_in / "lab.ipynb")
    (handed_in / "mine.py").write_text("solution = 4")
    (handed_in / "answers.secret").unlink()
    result = run(tmp_path, "autograde", "lab")
    assert result.exit_code == 0, result.output
    folder = tmp_path / "autograded" / "lab" / "ada"
    graded = nbformat.read(folder / "lab.ipynb", as_version=4)
    assert graded.metadata["stamp"] == ["ada", "lab", "lab"]
    assert graded.cells[-1].outputs[0].text == "['data.csv', 'mine.py'] solution = 4\n"
    assert {path.name for path in folder.iterdir()} == {"data.csv", "lab.ipynb", "mine.py"}
    assert (folder / "mine.py").read_text() == "solution = 4"
    assert (tmp_path / "feedback" / "lab" / "ada" / "lab.html").exists()
    report = tmp_path / "report" / "lab.html"
    links = {*re.findall(r'href="(\.\./[^"]+)"', report.read_text(encoding="utf-8"))}
    assert links == {"../feedback/lab/ada/lab.html", "../autograded/lab/ada/lab.ipynb"}


def test_make_clean_keeps_records(tmp_path):
    """Grades given by hand for cells that are gone, and a regrade that was stopped, can't be made anew."""
    shutil.copy(HERE / "Makefile", tmp_path)
    kept = [
        "records/lab.removed.csv",
        "records/lab.regrade.json",
        "records/lab.collected.csv",
        "submitted/ada/lab/lab.ipynb",
        "gradebook.db",
    ]
    gone = ["report/lab.html", "feedback/ada/lab/lab.html", "autograded/ada/lab/lab.ipynb"]
    for name in (*kept, *gone):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    subprocess.run(["make", "clean"], cwd=tmp_path, check=True, capture_output=True, timeout=LIMIT)
    assert [name for name in (*kept, *gone) if (tmp_path / name).exists()] == kept
