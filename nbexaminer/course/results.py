"""What became of a class: the ledger and the gradebook read together."""

from __future__ import annotations

from dataclasses import dataclass, field

from nbgrader.api import Student, SubmittedAssignment

from nbexaminer.course.course import Course
from nbexaminer.course.gradebook import submissions
from nbexaminer.course.ledger import Ledger, LedgerEntry
from nbexaminer.model import Reason, Text, Verdict


@dataclass(frozen=True)
class ExerciseResult:
    """What one exercise earned.

    score: None if somebody must grade it by hand yet; verdict: None if no check of ours ran.
    """

    score: float | None
    points: float
    verdict: Verdict | None = None

    @property
    def passed(self) -> bool:
        """Whether its check passed, which is all there is to say of 0 points."""
        return self.verdict is not None and self.verdict.reason == Reason.PASSED


@dataclass(frozen=True)
class SubmissionResult:
    """What became of a submission: its results, by exercise, or the problem why it has none; what had to be
    repaired before, and how long it took."""

    student: str
    marks: dict[str, ExerciseResult] = field(default_factory=dict)
    total: float | None = None
    problem: Text | None = None
    repairs: tuple[Text, ...] = ()
    seconds: float = 0.0
    late: bool = False


@dataclass(frozen=True)
class Person:
    """What the gradebook, or a roster that was read into it, says of a student; "" where it says nothing."""

    name: str = ""
    email: str = ""


def people(course: Course, assignment: str) -> dict[str, Person]:
    """Return who the students of the gradebook are, by their ids."""
    with course.gradebook(assignment) as gradebook:
        return {student.id: Person(full_name(student), student.email or "") for student in gradebook.students}


def full_name(student: Student) -> str:
    """Return a student's name as the gradebook has it; "" if it has none."""
    return " ".join(filter(None, (student.first_name, student.last_name)))


def class_results(course: Course, assignment: str) -> list[SubmissionResult]:
    """Return what is known of all submissions that were graded once, now or earlier."""
    entries = Ledger(course.report_file(assignment, "jsonl")).read()
    with course.gradebook(assignment) as gradebook:
        results = {
            submission.student_id: _result(entries[submission.student_id], submission)
            for submission in submissions(gradebook, assignment)
            if submission.student_id in entries
        }
    return [
        results.get(student) or _result(entries[student], None)
        for student in course.students(assignment)
        if student in entries
    ]


def exercise_points(course: Course, assignment: str) -> dict[str, float]:
    """Return the points of each graded cell, in the order of the source."""
    with course.gradebook(assignment) as gradebook:
        notebooks = gradebook.find_assignment(assignment).notebooks
        return {
            _label(cell.name, notebook.name, len(notebooks)): cell.max_score
            for notebook in notebooks
            for cell in (*notebook.grade_cells, *notebook.task_cells)
        }


def _result(entry: LedgerEntry, submission: SubmittedAssignment | None) -> SubmissionResult:
    if entry.problem:
        return SubmissionResult(entry.student, problem=entry.problem)
    if submission is None:
        text = Text(
            "Its scores are not in the gradebook; grade it again with --force.", "成绩册里没有它的分数。"
        )
        return SubmissionResult(entry.student, problem=text)
    marks = {}
    for notebook in submission.notebooks:
        for grade in notebook.grades:
            score = None if grade.needs_manual_grade else grade.score
            label = _label(grade.name, notebook.name, len(submission.notebooks))
            marks[label] = ExerciseResult(score, grade.max_score, entry.verdicts.get(grade.name))
    total = max(0.0, submission.score - (submission.late_submission_penalty or 0))
    late = submission.total_seconds_late > 0
    return SubmissionResult(
        entry.student, marks, total, repairs=entry.repairs, seconds=entry.seconds, late=late
    )


def _label(cell: str, notebook: str, count: int) -> str:
    """Name an exercise as its students do, with the notebook where there are several."""
    name = cell.removeprefix("test_")
    return f"{notebook}: {name}" if count > 1 else name
