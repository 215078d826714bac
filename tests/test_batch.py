"""The batch: the gradebook that nbgrader's own command would leave, whatever happens on the way.

Guards promises 2 and 3 of docs/architecture.md.
"""

import contextlib
import random
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from gradebooks import rows
from nbgrader.api import Gradebook

from examples import sample_class
from nbexaminer.course.gradebook import GradebookWriter
from nbexaminer.course.grades import CellComment, CellGrade, NotebookGrades

ASSIGNMENT = "cnn-step-by-step"
STUDENTS = ("right", "half-done", "stride-ignored", "deleted-test-cell", "other-order", "syntax-error")
BIN = Path(sys.executable).parent
LIMIT = 300  # seconds for a command that takes far less


@pytest.fixture
def submitted(course):
    """A course with six submissions, one of them late, and one with a manual grade from before."""
    sample_class.write(course.root, ASSIGNMENT)
    for folder in (course.root / "submitted").iterdir():
        if folder.name not in STUDENTS:
            shutil.rmtree(folder)
    late = course.root / "submitted" / "half-done" / ASSIGNMENT / "timestamp.txt"
    late.write_text("2026-02-03 10:00:00 UTC")
    with Gradebook(f"sqlite:///{course.root / 'gradebook.db'}") as gradebook:
        gradebook.update_or_create_assignment(ASSIGNMENT, duedate="2026-02-01 00:00:00 UTC")
        gradebook.update_or_create_student("right")
        gradebook.update_or_create_submission(ASSIGNMENT, "right")
        grade = gradebook.find_grade("test_pool_forward", ASSIGNMENT, ASSIGNMENT, "right")
        grade.manual_score = 29.5
        gradebook.db.commit()
    return course.root


def run(root, *command):
    return subprocess.run(
        [BIN / command[0], *command[1:]], cwd=root, capture_output=True, text=True, timeout=LIMIT
    )


def copied(root, name):
    """Return a copy of a course folder, in which nbgrader finds its own gradebook."""
    return Path(shutil.copytree(root, root.with_name(name)))


def test_the_gradebook_is_what_nbgrader_makes_of_it(submitted):
    theirs = copied(submitted, "theirs")
    ours = run(submitted, "nbexaminer", "autograde", "--force")
    assert ours.returncode == 0, ours.stderr
    done = run(theirs, "nbgrader", "autograde", ASSIGNMENT)
    assert done.returncode == 0, done.stderr
    assert rows(submitted) == rows(theirs)
    assert len(rows(submitted)["grades"]) == 8 * len(STUDENTS)
    assert run(submitted, "nbgrader", "export").returncode == 0


def test_a_batch_killed_at_any_moment_goes_on_to_the_same_end(submitted):
    students = STUDENTS[:4]  # with what is late, given by hand and repaired
    for name in STUDENTS[4:]:
        shutil.rmtree(submitted / "submitted" / name)
    undisturbed = copied(submitted, "undisturbed")
    assert run(undisturbed, "nbexaminer", "autograde").returncode == 0
    chance = random.Random(7)
    killed = 0
    for told in 2 * list(range(len(students) + 1)):  # so many are graded when it is killed
        with subprocess.Popen(
            [BIN / "nbexaminer", "autograde", "--force"],
            cwd=submitted,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        ) as batch:
            for _ in range(told):
                assert "graded" in batch.stderr.readline()
            with contextlib.suppress(subprocess.TimeoutExpired):
                batch.wait(timeout=chance.uniform(0, 0.5) if told else chance.uniform(0.5, 2.5))
            batch.kill()
        killed += batch.returncode == -signal.SIGKILL
    assert killed > len(students)
    last = run(submitted, "nbexaminer", "autograde")
    assert last.returncode == 0, last.stderr
    assert rows(submitted) == rows(undisturbed)
    for student in students:
        for place, kind in (("feedback", "html"), ("autograded", "ipynb")):
            path = Path(place, student, ASSIGNMENT, f"{ASSIGNMENT}.{kind}")
            assert (submitted / path).stat().st_size > 10_000
    again = run(submitted, "nbexaminer", "autograde")
    assert again.stderr.count("(unchanged)") == len(students)


def test_what_people_enter_while_a_submission_is_graded_is_not_lost(course):
    """Grades that were decided without it are not entered; the batch decides on them again."""
    points = dict(test_zero_pad=15.0, test_conv_single_step=20.0)
    with contextlib.closing(GradebookWriter(*course.database)) as writer:
        with course.gradebook() as gradebook:
            gradebook.update_or_create_student("ada")
            gradebook.update_or_create_submission(ASSIGNMENT, "ada")
            names = [cell.name for cell in gradebook.find_assignment(ASSIGNMENT).notebooks[0].grade_cells]
            solutions = gradebook.find_assignment(ASSIGNMENT).notebooks[0].solution_cells
            comments = [cell.name for cell in solutions]
            grade = gradebook.find_grade(names[0], ASSIGNMENT, ASSIGNMENT, "ada")
            grade.manual_score = 3.5
            gradebook.db.commit()
        given = writer.manual_grades(ASSIGNMENT, {})["ada"].scores
        assert given == {(ASSIGNMENT, names[0]): (3.5, None)}
        for manual, entered in ((None, False), (3.5, True)):
            grades = {name: CellGrade(points.get(name, 0.0), auto_score=1.0) for name in names}
            grades[names[0]].manual_score = manual
            decided = NotebookGrades(grades, {name: CellComment() for name in comments})
            assert writer.record(ASSIGNMENT, "ada", None, {ASSIGNMENT: decided}) is entered
    with course.gradebook() as gradebook:
        assert gradebook.find_grade(names[0], ASSIGNMENT, ASSIGNMENT, "ada").manual_score == 3.5
