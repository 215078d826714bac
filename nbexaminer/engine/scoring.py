"""What came of a test cell: its score, and the verdict that the student is told."""

from __future__ import annotations

import numbers
import traceback

import numpy as np

from nbexaminer.errors import CallStopped, CheckFailed, MissingFunction, reason_of
from nbexaminer.isolation.shell import CellResult
from nbexaminer.messages import STOPPED, hint, raised, sentence
from nbexaminer.model import InstructorCell, Reason, Score, Text, Verdict

NOT_IN_NOTEBOOK = Verdict(Reason.MISSING, text=Text("The notebook holds no such test."))
_PASSED = Verdict(Reason.PASSED, 1.0)
_NO_SCORE = Verdict(
    Reason.NO_SCORE,
    text=Text(
        "This check ended without a score that counts, so it earns nothing.",
        "这项检查没有给出有效的分数，所以不得分。",
    ),
)
_HIDDEN = Text("A hidden test failed.", "隐藏测试未通过。")


def score_and_verdict(ran: CellResult, known: InstructorCell) -> tuple[float, Verdict]:
    """Return score and verdict of a test cell that was run: an error scores nothing, a number is the score,
    and a test that ends without a number has passed."""
    if ran.error is not None:
        return 0.0, _of_error(ran.error, known.source)
    results = [output for output in ran.outputs if output["output_type"] == "execute_result"]
    if not results:
        return known.points, _PASSED
    try:
        score = float(results[-1]["data"].get("text/plain", ""))
    except ValueError:
        if isinstance(ran.value, (numbers.Number, np.number)) and not isinstance(ran.value, bool):
            return 0.0, _NO_SCORE  # nbgrader can't read it, and would give all points
        return known.points, _PASSED  # it is no number, and to nbgrader, too, the test has passed
    if len(results) > 1 or not 0 <= score <= known.points:
        return 0.0, _NO_SCORE
    if isinstance(ran.value, Score) and ran.value == score:
        return score, ran.value.verdict
    if score == known.points:
        return score, _PASSED
    return score, Verdict(Reason.WRONG, score / known.points)


def _of_error(error: BaseException, source: str) -> Verdict:
    if isinstance(error, CheckFailed):
        return error.verdict
    if isinstance(error, CallStopped):
        return Verdict(error.reason, text=sentence(STOPPED[error.reason]), call_stopped=True)
    if isinstance(error, MissingFunction):
        return Verdict(Reason.MISSING, text=sentence(error.text), error=error.error)
    kind, text = type(error).__name__, str(error)
    line = getattr(error, "own_line", None)  # of the student's code, if it was raised there
    if line is not None:
        said = sentence(raised(kind, text, line))
        return Verdict(reason_of(error), text=said, remark=hint(text), error=kind)
    reason = Reason.MISSING if isinstance(error, NameError) else reason_of(error)
    if _may_be_secret(error, source):  # what it says might give away what it wanted
        return Verdict(reason, text=_HIDDEN, error=kind)
    own = text if isinstance(error, AssertionError) and text else f"{kind}: {text}".rstrip(": ")
    return Verdict(reason, text=Text(own), error=kind)


def _may_be_secret(error: BaseException, source: str) -> bool:
    """Return whether an error may speak of the hidden part of a test: it was raised there, or below it."""
    lines = source.split("\n")
    hidden = next((number for number, line in enumerate(lines, 1) if "BEGIN HIDDEN TESTS" in line), None)
    if hidden is None:
        return "HIDDEN TESTS" in source
    raised_at = [
        number
        for frame, number in traceback.walk_tb(error.__traceback__)
        if frame.f_code.co_filename.startswith("<ipython-input-") and frame.f_code.co_name == "<module>"
    ]
    return not raised_at or raised_at[-1] >= hidden
