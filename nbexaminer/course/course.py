"""A course folder: its configuration, and where things are in it."""

from __future__ import annotations

import contextlib
import glob
import logging
import os
import sys
import traceback
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook
from nbgrader.apps.baseapp import NbGrader
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from nbexaminer.engine import intake

_ANY = "\0"  # stands for a name in a path


class Course:
    """A course folder as its nbgrader_config.py describes it.

    root: the folder; config: all configuration; log: nbgrader's.
    """

    def __init__(self, root: Path) -> None:
        """Raises what nbgrader_config.py raises."""
        self.root = root.resolve()
        app = NbGrader(raise_config_file_errors=True)
        with contextlib.chdir(self.root):
            app.initialize([])
        app.log.propagate = False
        self.config: Config = app.config
        self.log: logging.Logger = app.log
        self._app = app
        self._directory: CourseDirectory = app.coursedir

    def directory(self, **traits: Any) -> CourseDirectory:
        """Return nbgrader's own view of the folder, with some traits set otherwise."""
        return CourseDirectory(parent=self._app, root=str(self.root), **traits)

    def folder(self, step: str, assignment: str, student: str = ".") -> Path:
        """Return an assignment's folder in source, release, submitted, autograded or feedback."""
        name = getattr(self._directory, f"{step}_directory")
        return Path(self._directory.format_path(name, student, assignment))

    def report_file(self, assignment: str, kind: str) -> Path:
        """Return a file that is made anew from what is there: `html`, `csv`, `jsonl` (the ledger), `log`."""
        return self.root / "report" / f"{assignment}.{kind}"

    def record_file(self, assignment: str, kind: str) -> Path:
        """Return a file that can't be made anew, such as of grades that were given by hand; its folder is
        made."""
        folder = self.root / "records"
        folder.mkdir(exist_ok=True)
        return folder / f"{assignment}.{kind}"

    def assignments(self) -> list[str]:
        """Return the names of the folders in source/, sorted."""
        return _names(str(self.folder("source", _ANY)))

    def students(self, assignment: str, step: str = "submitted") -> list[str]:
        """Return who has a folder for the assignment in submitted/, or in another step's, sorted."""
        return _names(str(self.folder(step, assignment, _ANY)))

    def strays(self) -> list[str]:
        """Return the notebooks in submitted/ that lie in no assignment's folder, so that none is lost."""
        submitted = self.folder("submitted", ".", ".")
        known = {
            self.folder("submitted", assignment, student)
            for assignment in self.assignments()
            for student in self.students(assignment)
        }
        return sorted(
            str(path.relative_to(submitted))
            for path in submitted.rglob("*.ipynb")
            if ".ipynb_checkpoints" not in path.parts and known.isdisjoint(path.parents)
        )

    def timestamp(self, assignment: str, student: str) -> datetime | None:
        """Return when a submission was handed in, if that was noted in a form that can be read."""
        with contextlib.suppress(ValueError):
            return intake.timestamp(self.folder("submitted", assignment, student))
        return None

    @property
    def ignored(self) -> list[str]:
        """Names of files that nbgrader never copies."""
        return list(self._directory.ignore)

    @property
    def database(self) -> tuple[str, str]:
        """The address of the gradebook's database, and the name of the course in it."""
        return self._directory.db_url, self._directory.course_id

    @contextlib.contextmanager
    def gradebook(self, assignment: str = "") -> Iterator[Gradebook]:
        """Open the gradebook; what is said meanwhile goes into the assignment's log."""
        with contextlib.ExitStack() as stack:
            if assignment:
                stack.enter_context(self.logged(assignment))
            yield stack.enter_context(Gradebook(*self.database))

    @contextlib.contextmanager
    def logged(self, assignment: str) -> Iterator[LastError]:
        """Send into the assignment's log what nbgrader logs, and what is written on standard error.

        Yields the last error that was logged: nbgrader then goes on, cleans up, and raises a general one.
        """
        path = self.report_file(assignment, "log")
        path.parent.mkdir(exist_ok=True)
        last_error = LastError()
        sys.stderr.flush()
        screen = os.dup(2)
        with path.open("a", encoding="utf-8") as file, contextlib.redirect_stderr(file):
            lines = logging.StreamHandler(file)
            lines.setLevel(logging.INFO)
            lines.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
            self.log.handlers = [lines, last_error]
            os.dup2(file.fileno(), 2)
            try:
                yield last_error
            finally:
                os.dup2(screen, 2)
                os.close(screen)
                self.log.handlers = []

    def log_error(self, assignment: str, error: BaseException) -> None:
        """Write an error into the assignment's log, with its traceback."""
        with self.report_file(assignment, "log").open("a", encoding="utf-8") as file:
            traceback.print_exception(error, file=file)


class LastError(logging.Handler):
    """Remembers the exception behind the last error that was logged."""

    exception: BaseException | None = None

    def emit(self, record: logging.LogRecord) -> None:
        if record.levelno >= logging.ERROR:
            self.exception = sys.exc_info()[1] or self.exception


def _names(pattern: str) -> list[str]:
    """Return, sorted, the names that stand for _ANY in the folders that match; hidden ones are left out."""
    before, after = map(glob.escape, pattern.split(_ANY))
    found = (path for path in glob.glob(f"{before}*{after}") if os.path.isdir(path))
    begin, end = pattern.index(_ANY), len(pattern) - pattern.index(_ANY) - 1
    return sorted(path[begin : len(path) - end] for path in found)
