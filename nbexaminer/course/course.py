"""A course folder, and nbgrader's steps run in it."""

from __future__ import annotations

import contextlib
import glob
import json
import logging
import os
import shutil
import sys
import tempfile
import traceback
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import nbformat
from nbgrader.api import Base, Gradebook, MissingEntry, Notebook
from nbgrader.apps.baseapp import NbGrader
from nbgrader.converters import Autograde, GenerateAssignment, GenerateFeedback
from nbgrader.preprocessors import (
    AssignLatePenalties,
    CheckCellMetadata,
    ClearOutput,
    DeduplicateIds,
    Execute,
    OverwriteCells,
    OverwriteKernelspec,
    SaveAutoGrades,
)
from nbgrader.utils import compute_checksum, is_locked, is_solution
from sqlalchemy import create_engine

from nbexaminer.course import notebook_cells as definition
from nbexaminer.course.gradebook import GradebookWriter
from nbexaminer.course.notebook_cells import Sheet
from nbexaminer.course.plan import GradingPlan
from nbexaminer.course.preprocessors import IsolatedExecute, RestoreCells
from nbexaminer.engine.restore import known_cells
from nbexaminer.errors import StepFailed
from nbexaminer.isolation.supervisor import Rules

# What a worker does itself (nbexaminer.batch.worker), or the writer (nbexaminer.course.gradebook).
_DONE_BEFORE = (
    ClearOutput,
    RestoreCells,
    DeduplicateIds,
    OverwriteKernelspec,
    OverwriteCells,
    CheckCellMetadata,
)
_DONE_AFTER = (IsolatedExecute, Execute, SaveAutoGrades, AssignLatePenalties, CheckCellMetadata)


class Course:
    """nbgrader's steps with the course's own configuration, each for one assignment, and quiet."""

    def __init__(self, root: Path) -> None:
        """Raises what nbgrader_config.py raises."""
        self.root = root.resolve()
        app = NbGrader(raise_config_file_errors=True)
        with contextlib.chdir(self.root):
            app.initialize([])
        app.log.propagate = False
        self._config, self._log, self._folders = app.config, app.log, app.coursedir

    def folder(self, step: str, assignment: str, student: str = ".") -> Path:
        """Return an assignment's folder in source, release, submitted, autograded or feedback."""
        name = getattr(self._folders, f"{step}_directory")
        return Path(self._folders.format_path(name, student, assignment))

    def report(self, assignment: str, kind: str) -> Path:
        """Return a file that we keep about an assignment; `log` is what nbgrader has to say."""
        return self.root / "report" / f"{assignment}.{kind}"

    def assignments(self) -> list[str]:
        """Return the names of the folders in source/, sorted."""
        return sorted(Path(folder).name for folder in _folders(self.folder("source", "*")))

    def students(self, assignment: str) -> list[str]:
        """Return who has a folder for the assignment in submitted/, sorted."""
        folders = _folders(self.folder("submitted", assignment, "*"))
        return sorted(Path(folder).parent.name for folder in folders)

    def strays(self) -> list[str]:
        """Return the notebooks in submitted/ that lie in no assignment's folder, so that none is lost."""
        submitted, names = self.folder("submitted", ".", "."), self.assignments()
        paths = (path.relative_to(submitted) for path in submitted.rglob("*.ipynb"))
        return sorted(
            str(path)
            for path in paths
            if not (len(path.parts) > 2 and path.parts[1] in names or ".ipynb_checkpoints" in path.parts)
        )

    def absent(self, assignment: str) -> list[str]:
        """Return the students of the gradebook who have no folder for the assignment in submitted/."""
        with self.quietly(assignment), self.gradebook() as gradebook:
            return sorted({student.id for student in gradebook.students} - {*self.students(assignment)})

    def answers(self, assignment: str) -> tuple[dict[str, dict[str, str]], dict[str, str]]:
        """Return what is in the autograded solution cells of code: by exercise, each student's text, and
        the text that it came with."""
        with self.quietly(assignment), self.gradebook() as gradebook:
            notebooks = gradebook.find_assignment(assignment).notebooks
            known = {
                (notebook.name, name): cell.source
                for notebook in notebooks
                for name, cell in known_cells(notebook).items()
                if cell.cell_type == "code" and is_solution(cell)
            }
        labels = {place: place[1] if len(notebooks) == 1 else ": ".join(place) for place in known}
        texts: dict[str, dict[str, str]] = {label: {} for label in labels.values()}
        for student in self.students(assignment):
            for path in self.folder("autograded", assignment, student).glob("*.ipynb"):
                for cell in json.loads(path.read_bytes())["cells"]:
                    name = cell["metadata"].get("nbgrader", {}).get("grade_id")
                    if (path.stem, name) in known:
                        texts[labels[path.stem, name]][student] = "".join(cell["source"])
        return texts, {labels[place]: source for place, source in known.items()}

    def gradebook(self) -> Gradebook:
        return Gradebook(self._folders.db_url, self._folders.course_id)

    def notebooks(self, assignment: str) -> dict[str, dict[str, str]]:
        """Return what the gradebook keeps: the checksum of each source cell, by notebook and grade_id.

        It is empty if the assignment was not released yet.
        """
        with self.quietly(assignment), self.gradebook() as gradebook:
            try:
                notebooks: list[Notebook] = gradebook.find_assignment(assignment).notebooks
            except MissingEntry:
                return {}
            return {
                notebook.name: {cell.name: cell.checksum for cell in notebook.source_cells}
                for notebook in notebooks
            }

    def is_current(self, assignment: str) -> bool:
        """Return whether the gradebook holds the locked cells as they are in source/ now."""
        known = self.notebooks(assignment)
        paths = self.folder("source", assignment).glob("*.ipynb")
        return bool(known) and all(
            known.get(path.stem, {}).get(cell.metadata.nbgrader.grade_id) == compute_checksum(cell)
            for path in paths
            for cell in nbformat.read(path, as_version=4).cells
            if is_locked(cell)
        )

    def release(self, assignment: str) -> None:
        """Make release/ from source/ and enter it in the gradebook.

        May raise StepFailed; release/ is then as it was, while nbgrader would leave it empty.
        """
        folder = self.folder("release", assignment)
        with tempfile.TemporaryDirectory() as kept:
            if folder.exists():
                shutil.copytree(folder, kept, dirs_exist_ok=True)
            try:
                self._run(GenerateAssignment, assignment, "")
            except StepFailed:
                shutil.copytree(kept, folder, dirs_exist_ok=True)
                raise

    def cells(self, assignment: str) -> dict[str, Sheet]:
        """Return the assignment's cells as the gradebook has them, by notebook; {} before the release."""
        with self.quietly(assignment), self.gradebook() as gradebook:
            return definition.read(gradebook, assignment)

    def cells_in_source(self, assignment: str) -> dict[str, Sheet]:
        """Return the cells that a release would enter now. May raise StepFailed; nothing is changed."""
        folders = self._folders
        kept = folders.db_url, folders.release_directory
        with tempfile.TemporaryDirectory() as scratch:
            try:
                folders.db_url, folders.release_directory = f"sqlite:///{scratch}/gradebook.db", scratch
                Base.metadata.create_all(create_engine(folders.db_url))  # nbgrader would start alembic for it
                self._run(GenerateAssignment, assignment, "")
                return self.cells(assignment)
            finally:
                folders.db_url, folders.release_directory = kept

    def rules(self) -> Rules:
        """Return the limits that the course's configuration sets."""
        return IsolatedExecute(config=self._config).rules

    def plan(self, assignment: str, rules: Rules) -> GradingPlan:
        """Return what workers need to grade an assignment; raises MissingEntry if it was not released."""
        step = Autograde(coursedir=self._folders, config=self._config)
        before = [step for step in step.sanitize_preprocessors if step not in _DONE_BEFORE]
        after = [step for step in step.autograde_preprocessors if step not in _DONE_AFTER]
        files = self.folder("source", assignment)
        with self.quietly(assignment), self.gradebook() as gradebook:
            notebooks = gradebook.find_assignment(assignment).notebooks
            return GradingPlan(
                known={notebook.name: known_cells(notebook) for notebook in notebooks},
                kernelspecs={nb.name: json.loads(nb.kernelspec or "null") for nb in notebooks},
                files=files if files.is_dir() else None,
                packages=self.root,
                rules=rules,
                steps_before=tuple(before),
                steps_after=tuple(after),
                config=GenerateFeedback(coursedir=self._folders, config=self._config.copy()).config,
            )

    def writer(self) -> GradebookWriter:
        return GradebookWriter(self._folders.db_url, self._folders.course_id, self._config)

    def timestamp(self, assignment: str, student: str) -> datetime | None:
        """Return when a submission was handed in, if that was noted."""
        return self._folders.get_existing_timestamp(str(self.folder("submitted", assignment, student)))

    def note(self, assignment: str, error: BaseException) -> None:
        """Put an error into the log, with its traceback."""
        with self.report(assignment, "log").open("a", encoding="utf-8") as file:
            traceback.print_exception(error, file=file)

    @property
    def ignored(self) -> list[str]:
        """Names of files that nbgrader never copies."""
        return list(self._folders.ignore)

    def _run(self, step: type, assignment: str, student: str) -> None:
        self._folders.assignment_id = assignment
        self._folders.student_id = glob.escape(student)
        with self.quietly(assignment) as causes:
            try:
                converter = step(coursedir=self._folders, config=self._config.copy(), log=self._log)
                converter.force = True
                converter.start()
            except Exception as error:
                cause = causes.last or error
                raise StepFailed(str(cause).strip() or type(cause).__name__) from cause

    @contextlib.contextmanager
    def quietly(self, assignment: str) -> Iterator[_Causes]:
        """Send into the log what nbgrader logs, and what it and its kernels write on standard error."""
        path = self.report(assignment, "log")
        path.parent.mkdir(exist_ok=True)
        causes = _Causes()
        sys.stderr.flush()
        screen = os.dup(2)
        with path.open("a", encoding="utf-8") as file, contextlib.redirect_stderr(file):
            lines = logging.StreamHandler(file)
            lines.setLevel(logging.INFO)
            lines.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
            self._log.handlers = [lines, causes]
            os.dup2(file.fileno(), 2)
            try:
                yield causes
            finally:
                os.dup2(screen, 2)
                os.close(screen)
                self._log.handlers = []


def _folders(pattern: Path) -> list[str]:
    """Return the folders that match, hidden ones left out."""
    return [found for found in glob.glob(str(pattern)) if os.path.isdir(found)]


class _Causes(logging.Handler):
    """Remembers the error behind: nbgrader logs it, cleans up, and then raises a general one."""

    last: BaseException | None = None

    def emit(self, record: logging.LogRecord) -> None:
        if record.levelno >= logging.ERROR:
            self.last = sys.exc_info()[1] or self.last
