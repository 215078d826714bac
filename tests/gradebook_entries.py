"""Scores in the gradebook as grading enters them, and CSV files compared cell by cell."""

import csv
import warnings

from nbgrader.api import Gradebook
from sqlalchemy.exc import SAWarning

from nbexaminer.course.ledger import Ledger, LedgerEntry
from nbexaminer.model import Text

ASSIGNMENT = "cnn-step-by-step"


def grade(course, scores, assignment=ASSIGNMENT):
    """Enter scores in the gradebook, as grading would: by student, of the exercises in order."""
    with warnings.catch_warnings(), Gradebook(f"sqlite:///{course.root / 'gradebook.db'}") as gradebook:
        warnings.simplefilter("ignore", SAWarning)  # nbgrader lets SQLAlchemy guess, and it guesses right
        for student, score in scores.items():
            gradebook.update_or_create_student(student)
            gradebook.update_or_create_submission(assignment, student)
            for cell in gradebook.find_assignment(assignment).notebooks[0].grade_cells:
                part = gradebook.find_grade(cell.name, assignment, assignment, student)
                part.auto_score, part.needs_manual_grade = min(score, cell.max_score), False
                score -= part.auto_score
            gradebook.db.commit()


def note(course, student, problem):
    """Note what a batch notes of a submission that it could not grade."""
    path = course.report_file(ASSIGNMENT, "jsonl")
    path.parent.mkdir(exist_ok=True)
    (course.root / "submitted" / student / ASSIGNMENT).mkdir(parents=True)
    Ledger(path).add(LedgerEntry(student, "", Text(problem, problem)))


def cells(text):
    return list(csv.reader(text.removeprefix("\ufeff").splitlines(keepends=True)))


def changed(before, after):
    """Return the cells that differ, by row and column; both files must have the same form."""
    before, after = cells(before), cells(after)
    assert [len(row) for row in before] == [len(row) for row in after]
    return {
        (row, column): cell
        for row, line in enumerate(after)
        for column, cell in enumerate(line)
        if cell != before[row][column]
    }
