"""A whole class: on many machines, in another database, and past workers that end.

Guards promises 2 and 3 of docs/architecture.md, wherever submissions are graded.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import nbformat
import psutil
import pytest
from gradebooks import rows
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from PIL import Image
from postgres import server

import reference
from bench.cluster import cluster
from examples import sample_class
from nbexaminer.course.course import Course
from nbexaminer.course.release import release

ASSIGNMENT = "cnn-step-by-step"
STUDENTS = ("right", "half-done", "stride-ignored", "deleted-test-cell", "syntax-error", "not-json")
GRADER = Path(sys.executable).with_name("nbexaminer")
LIMIT = 300  # seconds for a command that takes far less


@pytest.fixture(scope="module")
def submitted(released, tmp_path_factory):
    """A course with a small class; one shows pictures of their own. Not to be changed."""
    root = shutil.copytree(released, tmp_path_factory.mktemp("scale") / "submitted")
    sample_class.write(root, ASSIGNMENT)
    for folder in (root / "submitted").iterdir():
        if folder.name not in STUDENTS:
            shutil.rmtree(folder)
    folder = root / "submitted" / "right" / ASSIGNMENT
    Image.new("RGB", (3, 2), "teal").save(folder / "mine.png")
    nb = nbformat.read(folder / f"{ASSIGNMENT}.ipynb", as_version=4)
    nb.cells.append(new_markdown_cell("![mine](mine.png) and ![the course's](images/sliding_window.gif)"))
    nbformat.write(nb, folder / f"{ASSIGNMENT}.ipynb")
    (root / "submitted" / "half-done" / ASSIGNMENT / "timestamp.txt").write_text("2026-02-03 10:00:00 UTC")
    return root


@pytest.fixture(scope="module")
def here(submitted):
    """The same course, graded on this machine."""
    root = copied(submitted, "here")
    assert autograde(root).wait(LIMIT) == 3  # one is no notebook
    return root


def copied(root, name):
    return Path(shutil.copytree(root, root.with_name(name)))


def autograde(root, *options):
    """Start it; what it tells of each submission can be read from its standard error."""
    command = [GRADER, "autograde", *options]
    return subprocess.Popen(command, cwd=root, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)


def pages(root):
    return {path.relative_to(root): path.read_text() for path in (root / "feedback").rglob("*.html")}


def notes(root, assignment=ASSIGNMENT):
    """What is noted of each student, but for how long it took."""
    lines = (root / "report" / f"{assignment}.jsonl").read_text().splitlines()
    return {(done := json.loads(line))["student"]: done | {"seconds": 0} for line in lines}


def test_a_cluster_that_loses_a_worker_comes_to_the_same_end(submitted, here, tmp_path):
    """Its workers have neither the course folder nor the hidden tests; all they need is sent to them."""
    root = copied(submitted, "cluster")
    with cluster(tmp_path, hidden=(root, Path(reference.__file__).parent)) as client:
        with pytest.raises(PermissionError, match="not on this machine"):
            client.run(os.listdir, str(root))
        workers = client.run(os.getpid)
        first, second = sorted(
            workers, key=lambda a: client.scheduler_info()["workers"][a]["name"] != "first"
        )
        batch = autograde(root, "--scheduler", client.scheduler.address)
        assert "[1/6]" in batch.stderr.readline()
        assert all(client.run(lambda: len(psutil.Process().children())).values())  # both grade
        os.kill(workers[first], signal.SIGKILL)
        told = batch.communicate(timeout=LIMIT)[1]
        assert batch.returncode == 3, told
        assert first not in client.run(os.getpid)
        assert rows(root) == rows(here)
        assert notes(root) == notes(here)
        assert pages(root) == pages(here) and len(pages(root)) == 5
        own = (root / "feedback" / "right" / ASSIGNMENT / f"{ASSIGNMENT}.html").read_text()
        assert own.count('alt="mine"') == own.count('alt="the course\'s"') == 1
        again = autograde(root, "--scheduler", client.scheduler.address)
        assert again.communicate(timeout=LIMIT)[1].count("(unchanged)") == len(STUDENTS)


def test_a_scheduler_that_is_not_there(submitted):
    batch = autograde(submitted, "--scheduler", "tcp://127.0.0.1:1")
    told = batch.communicate(timeout=LIMIT)[1]
    assert batch.returncode == 1 and "no Dask scheduler answers at tcp://127.0.0.1:1" in told
    assert "Traceback" not in told


def test_a_gradebook_in_postgresql(submitted, here):
    root = copied(submitted, "postgresql")
    (root / "gradebook.db").unlink()
    with server() as url:
        with (root / "nbgrader_config.py").open("a") as config:
            config.write(f"\nc.CourseDirectory.db_url = {url!r}\n")
        release(Course(root), ASSIGNMENT)
        assert autograde(root).wait(LIMIT) == 3
        assert rows(root, url) == rows(here)
        again = autograde(root)
        assert again.communicate(timeout=LIMIT)[1].count("(unchanged)") == len(STUDENTS)
        command = [GRADER.with_name("nbgrader"), "export", "--to", "grades.csv"]
        subprocess.run(command, cwd=root, check=True, capture_output=True, timeout=LIMIT)
        assert (root / "grades.csv").read_text().count(ASSIGNMENT) == len(STUDENTS) - 1
    assert not (root / "gradebook.db").exists()


ANSWER = "def answer():\n    ### START CODE HERE ###\n    return {}\n    ### END CODE HERE ###"
TEST = """
import os, signal
if answer() == "poison":
    os.kill(os.getpid(), signal.SIGKILL)
assert answer() == 42
"""


def test_a_submission_that_ends_its_worker_is_the_only_one_lost(tmp_path):
    """The test is the instructor's, so that it can do to its process what no student can."""
    shutil.copy(Path(__file__).parent.parent / "nbgrader_config.py", tmp_path)
    answers = {"a": 42, "b": '"poison"', "c": 42, "d": 41, "e": '"poison"', "f": 42}
    write(tmp_path / "source" / "toy" / "toy.ipynb", ANSWER.format(42))
    release(Course(tmp_path), "toy")
    for student, answer in answers.items():
        write(tmp_path / "submitted" / student / "toy" / "toy.ipynb", ANSWER.format(answer))
    batch = autograde(tmp_path, "--jobs", "2")
    told = batch.communicate(timeout=LIMIT)[1]
    assert batch.returncode == 3, told
    found = notes(tmp_path, "toy")
    assert {student for student in found if found[student]["problem"]} == {"b", "e"}
    assert "ended the process that did it, twice" in found["b"]["problem"][0]
    scores = {row[0]: row[3] for row in rows(tmp_path)["grades"]}
    assert scores == {"a": 5, "c": 5, "d": 0, "f": 5}


def write(path, answer):
    path.parent.mkdir(parents=True)
    nb = new_notebook(cells=[new_code_cell(answer), new_code_cell(TEST)])
    for number, (cell, name) in enumerate(zip(nb.cells, ("answer", "test_answer"), strict=True)):
        tested = bool(number)
        cell.metadata.nbgrader = {
            "grade_id": name,
            "solution": not tested,
            "grade": tested,
            "locked": tested,
            "task": False,
            "schema_version": 3,
            "cell_type": "code",
        } | ({"points": 5} if tested else {})
    nbformat.write(nb, path)
