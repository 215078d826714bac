"""Read a roster, whichever LMS it is of."""

from __future__ import annotations

from pathlib import Path

from nbexaminer.errors import SpreadsheetError
from nbexaminer.lms.rosters import CanvasRoster, Roster
from nbexaminer.lms.spreadsheet import Spreadsheet
from nbexaminer.lms.worksheet import MoodleRoster


def read_roster(path: Path, lms: str = "auto", groups: Path | None = None) -> Roster:
    """Return the roster in a CSV file of "canvas" or "moodle"; "auto" tells by its columns.

    groups: Canvas's file of who is in which group. Raises SpreadsheetError.
    """
    if lms == "auto":
        titles = {cell.strip() for cell in Spreadsheet(path).rows[0]}
        lms = "canvas" if {"ID", "Section"} <= titles else "moodle"
    if lms == "canvas":
        return CanvasRoster(path, groups)
    if groups:
        raise SpreadsheetError(f"{groups}: groups are read of Canvas; Moodle's are in the grading worksheet")
    return MoodleRoster(path)
