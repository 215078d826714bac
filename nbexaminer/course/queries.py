"""What the gradebook and the folders of a course know of an assignment."""

from __future__ import annotations

import json

from nbgrader.api import MissingEntry
from nbgrader.utils import is_solution

from nbexaminer.course import notebook_cells
from nbexaminer.course.course import Course
from nbexaminer.course.notebook_cells import NotebookCells
from nbexaminer.engine.restore import known_cells


def released_cells(course: Course, assignment: str) -> dict[str, dict[str, str]]:
    """Return the checksum of each source cell that the gradebook keeps, by notebook and grade_id; {} if the
    assignment was not released yet."""
    with course.gradebook(assignment) as gradebook:
        try:
            notebooks = gradebook.find_assignment(assignment).notebooks
        except MissingEntry:
            return {}
        return {
            notebook.name: {cell.name: cell.checksum for cell in notebook.source_cells}
            for notebook in notebooks
        }


def cells(course: Course, assignment: str) -> dict[str, NotebookCells]:
    """Return the assignment's cells as the gradebook has them, by notebook; {} before the release."""
    with course.gradebook(assignment) as gradebook:
        return notebook_cells.read(gradebook, assignment)


def absent(course: Course, assignment: str) -> list[str]:
    """Return the students of the gradebook who have no folder for the assignment in submitted/."""
    with course.gradebook(assignment) as gradebook:
        return sorted({student.id for student in gradebook.students} - {*course.students(assignment)})


def with_submissions(course: Course, assignment: str) -> set[str]:
    """Return the students who have a submission in the gradebook."""
    with course.gradebook(assignment) as gradebook:
        return {one.student_id for one in gradebook.find_assignment(assignment).submissions}


def groups(course: Course, assignment: str) -> dict[str, str]:
    """Return the group of each student who handed in with others, as collecting has noted it."""
    path = course.root / "records" / f"{assignment}.groups.json"
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else {}


def answers(course: Course, assignment: str) -> tuple[dict[str, dict[str, str]], dict[str, str]]:
    """Return what is in the autograded solution cells of code: by exercise, each student's text, and the
    text that it came with. Of a group, which handed in one notebook, there is one member."""
    with course.gradebook(assignment) as gradebook:
        notebooks = gradebook.find_assignment(assignment).notebooks
        known = {
            (notebook.name, name): cell.source
            for notebook in notebooks
            for name, cell in known_cells(notebook).items()
            if cell.cell_type == "code" and is_solution(cell)
        }
    labels = {key: key[1] if len(notebooks) == 1 else ": ".join(key) for key in known}
    texts: dict[str, dict[str, str]] = {label: {} for label in labels.values()}
    group = groups(course, assignment)
    students = course.students(assignment)
    one_of_each = {group[student]: student for student in students if student in group}.values()
    for student in (one for one in students if one not in group or one in one_of_each):
        for path in course.folder("autograded", assignment, student).glob("*.ipynb"):
            for cell in json.loads(path.read_bytes())["cells"]:
                name = cell["metadata"].get("nbgrader", {}).get("grade_id")
                if (path.stem, name) in known:
                    texts[labels[path.stem, name]][student] = "".join(cell["source"])
    return texts, {labels[key]: source for key, source in known.items()}
