"""Every exception that this package defines. A message says what is wrong, where, and what to do about it."""

from __future__ import annotations


class NbexaminerError(Exception):
    """Base of all exceptions that a caller may want to catch; CallStopped alone stands outside."""


# --------------------------------------------------------------------------------------------------
# what a test of a student's work raises


class CheckFailed(NbexaminerError, AssertionError):
    """A check did not pass. Jupyter shows the message alone, without a traceback.

    reason: why, as in Verdict; mistake: the name of the known mistake, if it is one.
    """

    def __init__(self, text: object, reason: str = "wrong", mistake: str | None = None) -> None:
        super().__init__(str(text))
        self.reason, self.mistake = reason, mistake

    def _render_traceback_(self) -> list[str]:
        return [f"✗ {self}"]


class MissingFunction(NbexaminerError, NameError):
    """A test calls a function that the student's cells do not define; the message says why not."""


class CallStopped(BaseException):
    """Student's code that did not come to its end.

    It is no Exception, so that neither a test's nor a student's `except Exception` swallows it.
    reason: "timed out", "out of memory" or "died".
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


# --------------------------------------------------------------------------------------------------
# running students' code


class WireError(NbexaminerError):
    """Bytes from another process are no message, or a value can't be made one."""


class SandboxError(NbexaminerError):
    """This machine can't build the sandbox, or can't start a process in it."""


class PoolError(NbexaminerError):
    """No worker is left that could go on grading."""


# --------------------------------------------------------------------------------------------------
# the course folder and its gradebook


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
