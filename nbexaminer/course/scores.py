"""The scores of a class at one moment, as plain data: to compare them with those after a regrade."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from nbexaminer.course.course import Course
from nbexaminer.course.gradebook import submissions
from nbexaminer.course.ledger import Ledger
from nbexaminer.model import Reason, Verdict

LATE = "late penalty"


@dataclass(frozen=True)
class CellScore:
    """A student's score for one cell: the one that counts, the test's and the one given by hand.

    waits: whether somebody must look at it; reason: as in Verdict; message: its first line.
    """

    score: float
    points: float = 0.0
    auto: float | None = None
    manual: float | None = None
    waits: bool = False
    reason: str = ""
    message: str = ""


@dataclass(frozen=True)
class StudentScores:
    """A student's total, less what is off for being late, or the problem; cells: by NOTEBOOK/CELL."""

    total: float | None
    problem: str = ""
    cells: dict[str, CellScore] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return it as plain data."""
        return asdict(self)

    @classmethod
    def from_json(cls, plain: dict[str, Any]) -> StudentScores:
        cells = {key: CellScore(**cell) for key, cell in plain["cells"].items()}
        return cls(plain["total"], plain["problem"], cells)


def class_scores(course: Course, assignment: str) -> dict[str, StudentScores]:
    """Return the scores of all who were graded, by student."""
    ledger = Ledger(course.report_file(assignment, "jsonl")).read()
    scores = {}
    with course.gradebook(assignment) as gradebook:
        for submission in submissions(gradebook, assignment):
            entry = ledger.get(submission.student_id)
            cells = {
                f"{notebook.name}/{grade.name}": CellScore(
                    grade.score,
                    grade.max_score,
                    grade.auto_score,
                    grade.manual_score,
                    grade.needs_manual_grade,
                    *_reason_and_message(entry.verdicts.get(grade.name) if entry else None),
                )
                for notebook in submission.notebooks
                for grade in notebook.grades
            }
            penalty = submission.late_submission_penalty or 0.0
            cells[f"/{LATE}"] = CellScore(0.0 - penalty, reason="late" if penalty else "")
            total = max(0.0, sum(cell.score for cell in cells.values()))
            scores[submission.student_id] = StudentScores(total, cells=cells)
    for student, entry in ledger.items():
        if entry.problem:
            scores[student] = StudentScores(None, problem=entry.problem.en)
    return scores


def _reason_and_message(verdict: Verdict | None) -> tuple[str, str]:
    if verdict is None or (verdict.reason == Reason.PASSED and not verdict.mistake):
        return (verdict.reason if verdict else ""), ""
    return verdict.reason, verdict.headline.en
