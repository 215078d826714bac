"""The answers of a class as plain Python files, for tools that compare programs, such as JPlag and Dolos."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from nbexaminer.engine.cell_names import python_text

CLASS, RELEASE = "students", "release"  # JPlag's root directory, and its base code


def write_answer_files(
    folder: Path, assignment: str, answers: Mapping[str, Mapping[str, str]], given: Mapping[str, str]
) -> int:
    """Write students/STUDENT/ASSIGNMENT.py for each student, and release/ASSIGNMENT.py, all of the same cells
    in the same order; return how many students there are. Raises FileExistsError if the folder has these.

    answers: by exercise, each student's text; given: by exercise, the text that it came with.
    """
    students = sorted({student for texts in answers.values() for student in texts})
    for name in (CLASS, RELEASE):
        (folder / name).mkdir(parents=True)  # what a tool compares is this assignment, and nothing older
    for student in students:
        own = (texts[student] for texts in answers.values() if student in texts)
        _write(folder / CLASS / student / f"{assignment}.py", own)
    _write(folder / RELEASE / f"{assignment}.py", given.values())
    return len(students)


def _write(path: Path, cells: Iterable[str]) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n\n".join(python_text(text).strip() + "\n" for text in cells), encoding="utf-8")
