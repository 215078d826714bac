"""nbgrader's step from source/ to release/, and into the gradebook."""

from __future__ import annotations

import shutil
import tempfile

import nbformat
from nbgrader.api import Base, Gradebook
from nbgrader.converters import GenerateAssignment
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import compute_checksum, is_locked
from sqlalchemy import create_engine

from nbexaminer.course import notebook_cells, queries
from nbexaminer.course.course import Course
from nbexaminer.course.notebook_cells import NotebookCells
from nbexaminer.errors import StepFailed


def release(course: Course, assignment: str) -> None:
    """Make release/ from source/ and enter it in the gradebook.

    May raise StepFailed; release/ is then as it was, while nbgrader would leave it empty.
    """
    folder = course.folder("release", assignment)
    with tempfile.TemporaryDirectory() as kept:
        if folder.exists():
            shutil.copytree(folder, kept, dirs_exist_ok=True)
        try:
            _generate(course, assignment, course.directory())
        except (StepFailed, KeyboardInterrupt):
            shutil.copytree(kept, folder, dirs_exist_ok=True)
            raise


def is_current(course: Course, assignment: str) -> bool:
    """Return whether the gradebook holds the locked cells as they are in source/ now."""
    known = queries.released_cells(course, assignment)
    paths = course.folder("source", assignment).glob("*.ipynb")
    return bool(known) and all(
        known.get(path.stem, {}).get(cell.metadata.nbgrader.grade_id) == compute_checksum(cell)
        for path in paths
        for cell in nbformat.read(path, as_version=4).cells
        if is_locked(cell)
    )


def cells_in_source(course: Course, assignment: str) -> dict[str, NotebookCells]:
    """Return the cells that a release would enter now, by notebook. May raise StepFailed; nothing is
    changed: it is released into a folder and a gradebook that are then removed."""
    with tempfile.TemporaryDirectory() as scratch:
        url = f"sqlite:///{scratch}/gradebook.db"
        engine = create_engine(url)
        Base.metadata.create_all(engine)  # nbgrader would start alembic for it
        engine.dispose()
        _generate(course, assignment, course.directory(db_url=url, release_directory=scratch))
        with course.logged(assignment), Gradebook(url, course.database[1]) as gradebook:
            return notebook_cells.read(gradebook, assignment)


def _generate(course: Course, assignment: str, directory: CourseDirectory) -> None:
    directory.assignment_id, directory.student_id = assignment, ""
    with course.logged(assignment) as last_error:
        try:
            step = GenerateAssignment(coursedir=directory, config=course.config.copy(), log=course.log)
            step.force = True
            step.start()
        except Exception as error:
            cause = last_error.exception or error
            raise StepFailed(str(cause).strip() or type(cause).__name__) from cause
