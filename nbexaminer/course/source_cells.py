"""What a cell of a source notebook is, by the metadata that nbgrader gives it."""

from __future__ import annotations

from typing import Any

from nbformat import NotebookNode


def is_solution(cell: NotebookNode) -> bool:
    """Whether students answer in this cell and a test cell grades it (not a person)."""
    return bool(_metadata(cell).get("solution") and not _metadata(cell).get("grade"))


def is_answer(cell: NotebookNode) -> bool:
    """Whether students answer in this cell, whoever grades it."""
    return bool(_metadata(cell).get("solution"))


def is_test(cell: NotebookNode) -> bool:
    """Whether this cell grades what stands in others."""
    return bool(_metadata(cell).get("grade") and not _metadata(cell).get("solution"))


def is_locked(cell: NotebookNode) -> bool:
    """Whether a student's change of this cell is undone."""
    return bool(_metadata(cell).get("locked") and not _metadata(cell).get("solution"))


def _metadata(cell: NotebookNode) -> dict[str, Any]:
    return dict(cell.metadata.get("nbgrader", {}))
