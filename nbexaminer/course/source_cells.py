"""What a cell of a source notebook is, by the metadata that nbgrader gives it."""

from __future__ import annotations

from nbformat import NotebookNode


def grade_id(cell: NotebookNode) -> str:
    """Return the id that nbgrader knows a cell by; "" if it has none."""
    return str(_marks(cell).get("grade_id", ""))


def is_solution(cell: NotebookNode) -> bool:
    """Whether students answer in this cell and a test cell grades it (not a person)."""
    return bool(_marks(cell).get("solution") and not _marks(cell).get("grade"))


def is_answer(cell: NotebookNode) -> bool:
    """Whether students answer in this cell, whoever grades it."""
    return bool(_marks(cell).get("solution"))


def is_test(cell: NotebookNode) -> bool:
    """Whether this cell grades what stands in others."""
    return bool(_marks(cell).get("grade") and not _marks(cell).get("solution"))


def is_locked(cell: NotebookNode) -> bool:
    """Whether a student's change of this cell is undone."""
    return bool(_marks(cell).get("locked") and not _marks(cell).get("solution"))


def _marks(cell: NotebookNode) -> NotebookNode:
    return cell.metadata.get("nbgrader", {})
