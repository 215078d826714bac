"""The API for authors of hidden tests.

An `Exercise` is a function that students write: its reference solution, the `Case`s that answers are tried
on, and the `Mistake`s that are known. Calling it with a student's function gives the test.
"""

from nbexaminer.checks.cases import Case, Mistake
from nbexaminer.checks.comparing import describe, difference
from nbexaminer.checks.exercise import Exercise
from nbexaminer.model import Picture, Text

__all__ = ["Case", "Exercise", "Mistake", "Picture", "Text", "describe", "difference"]
