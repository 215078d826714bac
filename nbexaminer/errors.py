"""Every exception that this package defines. A message says what is wrong, where, and what to do about it."""

from __future__ import annotations

from nbexaminer.messages import shown_verdict
from nbexaminer.model import Reason, Text, Verdict


class NbexaminerError(Exception):
    """Base of all exceptions that a caller may want to catch; CallStopped alone stands outside."""


# --------------------------------------------------------------------------------------------------
# what a test of a student's work raises


class CheckFailed(NbexaminerError, AssertionError):
    """A check that earns nothing. Jupyter shows the message alone, without a traceback."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(str(verdict.message))
        self.verdict = verdict

    def _render_traceback_(self) -> list[str]:
        return [shown_verdict(self.verdict)]


class MissingFunction(NbexaminerError, NameError):
    """A test calls a function that the student's cells do not define.

    text: why not; error: the class name of the exception that ended the function's cell, if one did.
    """

    def __init__(self, text: Text, error: str = "") -> None:
        super().__init__(text.en)
        self.text, self.error = text, error


class CallStopped(BaseException):
    """Student's code that did not come to its end.

    It is no Exception, so that neither a test's nor a student's `except Exception` swallows it.
    reason: one of those in messages.STOPPED.
    """

    def __init__(self, reason: Reason | str) -> None:
        super().__init__(reason)
        self.reason = Reason(reason)

    def _render_traceback_(self) -> list[str]:
        """What IPython shows of it: no frames, which are the examiner's."""
        return [f"✗ Stopped: {self.reason}. 已被停止。"]


def reason_of(error: BaseException) -> Reason:
    """Return why a check fails that this exception ends."""
    if isinstance(error, CallStopped):
        return error.reason
    kinds = {
        MissingFunction: Reason.MISSING,
        NotImplementedError: Reason.NOT_ANSWERED,
        MemoryError: Reason.OUT_OF_MEMORY,
    }
    if isinstance(error, AssertionError) and not hasattr(error, "own_line"):  # else it is the student's own
        return Reason.WRONG
    return next((reason for kind, reason in kinds.items() if isinstance(error, kind)), Reason.RAISED)


# --------------------------------------------------------------------------------------------------
# running students' code


class UnusableSubmission(NbexaminerError):
    """What was handed in can't be graded; the text says why, and what to do."""

    def __init__(self, en: str, zh: str) -> None:
        super().__init__(en)
        self.text = Text(en, zh)


class WireError(NbexaminerError):
    """Bytes from another process are no message, or a value can't be made one."""


class SandboxError(NbexaminerError):
    """This machine can't build the sandbox, or can't start a process in it."""


class PoolError(NbexaminerError):
    """No worker is left that could go on grading."""


# --------------------------------------------------------------------------------------------------
# the course folder and its gradebook


class CourseError(NbexaminerError):
    """A course folder, or its configuration, is not as a command needs it."""


class StepFailed(NbexaminerError):
    """A step of nbgrader (release, autograde, ...) failed; message and cause are those of its error."""


class RegradeRefused(NbexaminerError):
    """A change of an assignment's cells would lose answers or grades; nothing was changed."""


# --------------------------------------------------------------------------------------------------
# files of an LMS


class ArchiveRefused(NbexaminerError):
    """An archive, or a file in it, is not taken in."""


class SpreadsheetError(NbexaminerError):
    """A CSV file can't be read, or does not hold what it should."""


class ExportRefused(NbexaminerError):
    """Scores can't be exported; nothing was written."""


class NoScore(NbexaminerError):
    """A student has no score that could be exported."""
