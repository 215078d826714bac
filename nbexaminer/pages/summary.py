"""What came of each exercise, read from an autograded notebook: the lines at the top of a feedback page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from nbformat import NotebookNode
from nbgrader.utils import determine_grade, is_grade, is_solution, is_task

from nbexaminer.engine.restore import grade_id
from nbexaminer.model import Text

OUTCOMES = {
    "right": ("✓", Text("right", "正确")),
    "part": ("◐", Text("partly right", "部分正确")),
    "wrong": ("✗", Text("not right yet", "还不正确")),
    "open": ("–", Text("not answered", "未作答")),
}
_VERDICT = ("✓", "◐", "✗")  # how a line begins with which a check says what came of it
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")


@dataclass(frozen=True)
class Line:
    """One exercise.

    anchor: the grade_id of its test (or of the answer itself, if that is graded by hand).
    outcome: a key of OUTCOMES; told: what the student is told, "" if nothing; printed: what the test
    printed before.
    """

    anchor: str
    name: str
    score: float
    points: float
    outcome: str
    told: Text
    printed: str = ""

    @property
    def mark(self) -> str:
        return OUTCOMES[self.outcome][0]

    @property
    def word(self) -> Text:
        return OUTCOMES[self.outcome][1]

    @property
    def first(self) -> Text:
        """The first line of what the student is told, in both languages."""
        return Text(self.told.en.partition("\n")[0], self.told.zh.partition("\n")[0])


def summary(nb: NotebookNode) -> Iterator[Line]:
    """Yield a line for each exercise; the notebook is as feedback.without_secrets leaves it."""
    return (line(cell) for cell in nb.cells if is_grade(cell) or is_task(cell))


def line(cell: NotebookNode) -> Line:
    """Return what came of a graded cell, with the score of the gradebook if that was asked."""
    marks = cell.metadata.nbgrader
    points = float(marks.get("points") or 0)
    score = float(marks["score"] if "score" in marks else determine_grade(cell)[0] or 0)
    name = grade_id(cell).removeprefix("test_")
    if is_task(cell) or is_solution(cell):
        by_hand = Text("graded by hand", "人工评分")
        return Line(grade_id(cell), name, score, points, _outcome(score, points, "wrong"), by_hand)
    printed, verdict = _said(cell)
    reason = cell.metadata.get("nbexaminer", {}).get("reason") or ("wrong" if _failed(cell) else "passed")
    told = _without_name(in_both_languages(verdict), name)
    return Line(grade_id(cell), name, score, points, _outcome(score, points, reason), told, printed)


def plain(text: str) -> str:
    """Return what a terminal would show, without its colours."""
    return _COLOUR.sub("", text)


def in_both_languages(message: str) -> Text:
    """Take a message apart: English, then Chinese on the lines (or in the rest of the line) after it."""
    lines = message.strip().split("\n")
    begin = len(lines)
    while begin > 1 and _CHINESE.search(lines[begin - 1]):
        begin -= 1
    if begin == len(lines) == 1 and (found := re.search(r"(?<=[.!?:] )(?=[^.!?:]*[\u4e00-\u9fff])", message)):
        return Text(message[: found.start()].strip(), message[found.start() :].strip())
    return Text("\n".join(lines[:begin]), "\n".join(lines[begin:]))


def _outcome(score: float, points: float, reason: str) -> str:
    if score >= points > 0 or (not points and reason == "passed"):
        return "right"
    if score:
        return "part"
    return "open" if reason in ("not answered", "missing") else "wrong"


def _said(cell: NotebookNode) -> tuple[str, str]:
    """Return what a test printed, and its verdict: the last thing that begins with a mark."""
    outputs = cell.get("outputs", ())
    printed = plain("".join(output.text for output in outputs if output.output_type == "stream"))
    failed = _failed(cell)
    if failed:
        noted = cell.metadata.get("nbexaminer", {}).get("message")
        verdict = noted or "\n".join(failed[-1].traceback).rstrip()
        return printed.strip("\n"), plain(verdict).removeprefix("✗ ")
    lines = printed.rstrip().split("\n")
    begin = max((k for k, text in enumerate(lines) if text.startswith(_VERDICT)), default=len(lines))
    return "\n".join(lines[:begin]), "\n".join(lines[begin:])[2:]


def _failed(cell: NotebookNode) -> list[NotebookNode]:
    return [output for output in cell.get("outputs", ()) if output.output_type == "error"]


def _without_name(told: Text, name: str) -> Text:
    """The name of the exercise stands beside the message already."""
    colon = re.compile(rf"^{re.escape(name)}\s*[:：]\s*")
    return Text(colon.sub("", told.en), colon.sub("", told.zh))
