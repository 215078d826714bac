"""What came of each exercise, read from an autograded notebook: the lines at the top of a feedback page."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from dataclasses import dataclass

from nbformat import NotebookNode
from nbgrader.preprocessors import ClearHiddenTests
from nbgrader.utils import determine_grade, is_grade, is_solution, is_task

from nbexaminer.engine.cells import grade_id
from nbexaminer.model import Reason, Text, Verdict

OUTCOMES = {
    "right": ("✓", Text("right", "正确")),
    "part": ("◐", Text("partly right", "部分正确")),
    "wrong": ("✗", Text("not right yet", "还不正确")),
    "open": ("–", Text("not answered", "未作答")),
}
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_BY_HAND = Text("graded by hand", "人工评分")


@dataclass(frozen=True)
class SummaryLine:
    """One exercise.

    anchor: the grade_id of its test (or of the answer itself, if that is graded by hand).
    outcome: a key of OUTCOMES; text, remark: what the student is told, as in Verdict; printed: what the
    test printed; together: as in Verdict.
    """

    anchor: str
    name: str
    score: float
    points: float
    outcome: str
    text: Text
    remark: Text = Text()
    printed: str = ""
    together: bool = False

    @property
    def mark(self) -> str:
        return OUTCOMES[self.outcome][0]

    @property
    def word(self) -> Text:
        return OUTCOMES[self.outcome][1]


def summary(nb: NotebookNode) -> Iterator[SummaryLine]:
    """Yield a line for each exercise; the notebook is as feedback.without_secrets leaves it."""
    return (summary_line(cell) for cell in nb.cells if is_grade(cell) or is_task(cell))


def summary_line(cell: NotebookNode) -> SummaryLine:
    """Return what came of a graded cell, with the score of the gradebook if that was asked."""
    marks = cell.metadata.nbgrader
    points = float(marks.get("points") or 0)
    score = float(marks["score"] if "score" in marks else determine_grade(cell)[0] or 0)
    anchor = grade_id(cell) or ""
    name = anchor.removeprefix("test_")
    if is_task(cell) or is_solution(cell):
        return SummaryLine(anchor, name, score, points, _outcome(score, points, Reason.WRONG), _BY_HAND)
    verdict = verdict_of(cell)
    text = verdict.text if verdict.exercise in ("", name) else verdict.headline
    printed = plain("".join(one.text for one in cell.get("outputs", ()) if one.output_type == "stream"))
    outcome = _outcome(score, points, verdict.reason)
    return SummaryLine(
        anchor, name, score, points, outcome, text, verdict.remark, printed.strip("\n"), verdict.together
    )


def verdict_of(cell: NotebookNode) -> Verdict:
    """Return the verdict on a test cell: the engine's, or what the outputs say if something else ran it."""
    if noted := cell.metadata.get("nbexaminer", {}).get("verdict"):
        return Verdict.from_json(noted)
    failed = [output for output in cell.get("outputs", ()) if output.output_type == "error"]
    if not failed:
        return Verdict(Reason.PASSED, 1.0)
    kind, text = failed[-1].ename, plain(failed[-1].evalue)
    hidden = ClearHiddenTests()._remove_hidden_test_region(copy.deepcopy(cell))
    if kind not in ("CheckFailed", "AssertionError") or not text:
        text = f"{kind}: {text}".rstrip(": ")
    if hidden and kind != "CheckFailed":
        text = kind
    return Verdict(Reason.WRONG, text=Text(text), error=kind)


def plain(text: str) -> str:
    """Return what a terminal would show, without its colours."""
    return _COLOUR.sub("", text)


def _outcome(score: float, points: float, reason: Reason) -> str:
    if score >= points > 0 or (not points and reason == Reason.PASSED):
        return "right"
    if score:
        return "part"
    return "open" if reason in (Reason.NOT_ANSWERED, Reason.MISSING) else "wrong"
