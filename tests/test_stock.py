"""Stock nbgrader and our engine side by side: cheats win there and lose here; honest work scores alike.

Guards promises 3 and 4 of docs/architecture.md.
"""

import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from gradebooks import rows
from mutants import mutants
from nbformat.v4 import new_code_cell, new_notebook
from nbgraders_own_tests import outcomes
from notebook_answers import solution_cells

from examples import sample_class

HERE = Path(__file__).parent.parent
ASSIGNMENT = "cnn-step-by-step"
BIN = Path(sys.executable).parent
LIMIT = 900  # seconds for a command that takes a tenth of it
STOCK = "c = get_config()\nc.CourseDirectory.course_id = 'stock'\n"
IN_ONE_KERNEL = (
    "\nfrom nbgrader.converters import Autograde"
    "\nc.Autograde.autograde_preprocessors = Autograde.autograde_preprocessors.default()"
    "\nc.Execute.timeout = 10"  # for a loop without end
    "\ndel c.GenerateFeedback.exporter_class\n"
)

TEST = "assert square(3) == 9\n### BEGIN HIDDEN TESTS\nassert square(5) == 25\n### END HIDDEN TESTS"
CHEATS = {
    "display-hook": "def square(x):\n    import sys; sys.displayhook(5.0); return 0",
    "transformer": """
no_code = type("NoCode", (), {"visit": lambda self, tree: tree.body.clear() or tree})()
get_ipython().ast_transformers.append(no_code)
def square(x):
    return 0""",
    "always-equal": "def square(x):\n    return type('Any', (), {'__eq__': lambda self, other: True})()",
    "skipped-test": "def square(x):\n    return 0",
    "calling-frame": """
def square(x):
    import re, sys
    test = sys._getframe(1).f_globals["In"][-1]
    return int(re.search(rf"square\\({x}\\) == (\\d+)", test)[1])""",
    "source-file": """
def square(x):
    import re
    test = open("../../../source/squares/squares.ipynb").read()
    return int(re.search(rf"square\\({x}\\) == (\\d+)", test)[1])""",
    "honest": "def square(x):\n    return 0",
}


def run(root, *command):
    """Run a command in a course folder, as with .venv activated: stock nbgrader calls alembic by its name."""
    path = os.pathsep.join((str(BIN), os.environ["PATH"]))
    done = subprocess.run(
        [BIN / command[0], *command[1:]],
        cwd=root,
        env=os.environ | {"PATH": path},
        capture_output=True,
        text=True,
        timeout=LIMIT,
    )
    assert done.returncode == 0, done.stderr


def totals(root):
    """Return each student's total in a gradebook."""
    found = {}
    for student, _, _, auto, manual, *_ in rows(root)["grades"]:
        found[student] = found.get(student, 0) + (auto if manual is None else manual)
    return found


def cell(grade_id, source, **roles):
    plain = {"grade": False, "solution": False, "locked": False, "task": False, "schema_version": 3}
    marks = plain | {"grade_id": grade_id} | roles
    return new_code_cell(source, id=grade_id.replace("_", "-"), metadata={"nbgrader": marks})


@pytest.fixture
def squares(tmp_path):
    """A course of one small assignment in plain nbgrader style, and wrong answers that cheat."""
    answer = "def square(x):\n    ### BEGIN SOLUTION\n    return x * x\n    ### END SOLUTION"
    notebook = new_notebook(
        cells=[
            cell("square", answer, solution=True),
            cell("test_square", TEST, grade=True, locked=True, points=5),
        ]
    )
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    folder = tmp_path / "source" / "squares"
    folder.mkdir(parents=True)
    nbformat.write(notebook, folder / "squares.ipynb")
    (tmp_path / "nbgrader_config.py").write_text(STOCK)
    run(tmp_path, "nbgrader", "generate_assignment", "squares")
    for student, source in CHEATS.items():
        submission = nbformat.read(tmp_path / "release" / "squares" / "squares.ipynb", as_version=4)
        submission.cells[0].source = source.strip()
        if student == "skipped-test":
            submission.cells[1].metadata["tags"] = ["skip-execution"]
        (tmp_path / "submitted" / student / "squares").mkdir(parents=True)
        nbformat.write(submission, tmp_path / "submitted" / student / "squares" / "squares.ipynb")
    return tmp_path


def test_cheats_that_win_under_stock_nbgrader_lose_here(squares):
    run(squares, "nbgrader", "autograde", "squares")
    assert totals(squares) == dict.fromkeys(CHEATS, 5) | {"honest": 0}

    for made in ("gradebook.db", "autograded", "release"):
        path = squares / made
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    ours = (HERE / "nbgrader_config.py").read_text(encoding="utf-8")
    for marker in ("begin", "end"):
        ours = ours.replace(f"{marker.upper()} CODE HERE", f"{marker.upper()} SOLUTION")
    (squares / "nbgrader_config.py").write_text(ours.replace("START CODE HERE", "BEGIN SOLUTION"))
    run(squares, "nbexaminer", "autograde", "squares")
    assert totals(squares) == dict.fromkeys(CHEATS, 0)


@pytest.mark.parametrize("half", [0, 1])
def test_honest_samples_and_mutants_score_alike_in_one_kernel_and_in_two_processes(course, half):
    ours = course.root
    written = sample_class.write(ours, ASSIGNMENT)
    ungradable = {"not-json", "no-notebook", "other-notebook", "wrong-file-name"}
    for student in ungradable | set(written[half::2]):
        shutil.rmtree(ours / "submitted" / student)
    chance = random.Random(half)
    choices = {name: chance.sample(found, 3) for name in solution_cells() if (found := mutants(name))}
    for number in range(3):
        submit(ours, f"mutants-{number}", {name: chosen[number].source for name, chosen in choices.items()})
    theirs = Path(shutil.copytree(ours, ours.with_name(f"one-kernel-{half}")))
    config = theirs / "nbgrader_config.py"
    config.write_text(config.read_text(encoding="utf-8") + IN_ONE_KERNEL)

    run(ours, "nbexaminer", "autograde", ASSIGNMENT)
    run(theirs, "nbgrader", "autograde", ASSIGNMENT)
    assert rows(ours)["grades"] == rows(theirs)["grades"]
    print(f"\n{len(totals(ours))} submissions, {3 * len(choices)} mutants among them: scored alike")


def test_nbgraders_own_tests_of_options_and_written_files_pass():
    """All of them: python -m tests.nbgraders_own_tests"""
    assert outcomes("no_execute or side_effects", with_steps=True) == {
        "test_side_effects": "passed",
        "test_no_execute": "passed",
    }


def submit(root, student, answers):
    """Hand in the released notebook with these texts in its solution cells."""
    notebook = nbformat.read(root / "release" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb", as_version=4)
    for part in notebook.cells:
        name = part.metadata.get("nbgrader", {}).get("grade_id")
        part.source = answers.get(name, part.source)
    folder = root / "submitted" / student / ASSIGNMENT
    folder.mkdir(parents=True)
    nbformat.write(notebook, folder / f"{ASSIGNMENT}.ipynb")
