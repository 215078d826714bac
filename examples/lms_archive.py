"""Make what an LMS gives, of an assignment's sample class, to try `nbexaminer collect` and the way back on.

    python -m examples.lms_archive FOLDER [ASSIGNMENT]     by default of cnn-step-by-step

writes into FOLDER what Moodle's "Download all submissions" and "Download grading worksheet" give:
submissions.zip and worksheet.csv. Students have the labels of the sample class; the first is late, the second
has only a draft, and one who is called `absent` handed in nothing.
"""

from __future__ import annotations

import csv
import sys
import tempfile
import zipfile
from pathlib import Path

from examples import sample_class

COURSE = sample_class.HERE.parent
_TITLES = ("Identifier", "Full name", "ID number", "Email address", "Status", "Grade", "Maximum grade")
_TITLES += (
    "Grade can be changed",
    "Last modified (submission)",
    "Last modified (grade)",
    "Feedback comments",
)
_FIRST = 4101  # Moodle's number of the first participant


def write(folder: Path, assignment: str) -> list[str]:
    """Write both files; return who handed in. The assignment must be in release/."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        place = Path(scratch)
        for step in ("source", "release"):
            (place / step).symlink_to(COURSE / step)
        students = sample_class.write(place, assignment)
        rows = []
        with zipfile.ZipFile(folder / "submissions.zip", "w", zipfile.ZIP_DEFLATED) as archive:
            for number, student in enumerate(students, _FIRST):
                start = f"{student}_{number}_assignsubmission_file"
                for file in sorted((place / "submitted" / student / assignment).rglob("*")):
                    if file.is_file():
                        archive.write(file, f"{start}/{file.name}")
                rows.append(_row(number, student, len(rows)))
    rows.append(_row(_FIRST + len(students), "absent", None))
    with (folder / "worksheet.csv").open("w", newline="", encoding="utf-8") as worksheet:
        csv.writer(worksheet).writerows([_TITLES, *rows])
    return students


def _row(number: int, student: str, place: int | None) -> list[str]:
    """Return a row of the worksheet; place: among those who handed in, None for who did not."""
    said = {None: "No submission", 0: "Submitted for grading - 2 days late", 1: "Draft (not submitted)"}
    when = "-" if place is None else f"Tuesday, 3 February 2026, 9:{place:02} AM"
    who = [f"Participant {number}", student, f"S{number}", f"{student}@example.org"]
    return [*who, said.get(place, "Submitted for grading"), "", "100.00", "Yes", when, "-", ""]


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    target, name = Path(sys.argv[1]), (sys.argv[2:] or ["cnn-step-by-step"])[0]
    print(f"Wrote {target}/submissions.zip with the work of {len(write(target, name))}, and worksheet.csv.")
