"""The course authors' API: exercises, cases, known mistakes; comparing and diagnosing."""

from nbexaminer.checks.exercise import Case, Exercise, Mistake
from nbexaminer.model import Picture, Text

__all__ = ["Case", "Exercise", "Mistake", "Picture", "Text"]
