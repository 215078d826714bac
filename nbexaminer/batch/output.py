"""What a batch leaves of a submission: rows in the gradebook, autograded/, feedback/, and a ledger entry."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

from nbgrader.utils import find_all_files

from nbexaminer.batch.worker import Graded
from nbexaminer.course.course import Course
from nbexaminer.course.gradebook import GradebookWriter
from nbexaminer.course.ledger import Ledger, LedgerEntry
from nbexaminer.course.plan import GradingPlan
from nbexaminer.course.written_files import OF_THE_EXCHANGE, add_written


class Output:
    """The only writer of a batch. Each folder is there whole or not at all; the ledger entry comes last."""

    def __init__(
        self, course: Course, assignment: str, plan: GradingPlan, gradebook: GradebookWriter, ledger: Ledger
    ) -> None:
        self._course, self._assignment = course, assignment
        self._gradebook, self._ledger = gradebook, ledger
        files = _files(plan.files, course.ignored) if plan.files else ()
        self._course_files = [(name, path) for name, path in files if name not in plan.own_files]

    def write(self, student: str, input_hash: str, graded: Graded) -> LedgerEntry | None:
        """Write all; None, and nothing is done yet, if people have entered something in the gradebook
        meanwhile that these grades were not decided with."""
        if not graded.problem:
            timestamp = self._course.timestamp(self._assignment, student)
            grades = {name: notebook.grades for name, notebook in graded.notebooks.items()}
            self._write_autograded(student, graded)
            if not self._gradebook.record(self._assignment, student, timestamp, grades):
                return None
            self._write_feedback(student, graded)
        return self.note(student, input_hash, graded)

    def note(self, student: str, input_hash: str, graded: Graded) -> LedgerEntry:
        """Note in the ledger what became of a submission; with an empty hash the next batch tries again."""
        verdicts = {outcome.grade_id: outcome.verdict for outcome in graded.outcomes}
        seconds = round(graded.seconds, 3)
        entry = LedgerEntry(student, input_hash, graded.problem, verdicts, seconds, graded.repairs)
        self._ledger.add(entry)
        return entry

    def _write_autograded(self, student: str, graded: Graded) -> None:
        """Put the notebooks beside the submission's and the assignment's files."""
        folder = self._course.folder("autograded", self._assignment, student)
        new = _emptied(folder)
        submitted = self._course.folder("submitted", self._assignment, student)
        _copy(_files(submitted, self._course.ignored), new)
        _copy(self._course_files, new)
        add_written(new, graded.written)
        for name, notebook in graded.notebooks.items():
            (new / f"{name}.ipynb").write_bytes(notebook.text.encode("utf-8", "replace"))
        _replace(folder, new)

    def _write_feedback(self, student: str, graded: Graded) -> None:
        folder = self._course.folder("feedback", self._assignment, student)
        new = _emptied(folder)
        for name, notebook in graded.notebooks.items():
            (new / f"{name}.html").write_bytes(notebook.page.encode("utf-8", "replace"))
        for name in OF_THE_EXCHANGE:  # `nbgrader release_feedback` wants them beside a page
            path = self._course.folder("autograded", self._assignment, student) / name
            if path.is_file():
                shutil.copyfile(path, new / name)
        _replace(folder, new)


def _files(source: Path, ignored: Iterable[str]) -> Iterator[tuple[str, Path]]:
    """Yield plain files by their path below a folder, but no notebooks; nor links, which may point
    anywhere."""
    for name in find_all_files(str(source), [*ignored, "*.ipynb"]):
        path = Path(name)
        if path.is_file() and not path.is_symlink():
            yield str(path.relative_to(source)), path


def _copy(files: Iterable[tuple[str, Path]], folder: Path) -> None:
    made = {folder}
    for name, path in files:
        target = folder / name
        if target.parent not in made:
            target.parent.mkdir(parents=True, exist_ok=True)
            made.add(target.parent)
        shutil.copyfile(path, target)


def _emptied(folder: Path) -> Path:
    """Return an empty folder beside another, to be put in its place."""
    new = folder.with_name(f".{folder.name}.new")
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(parents=True)
    return new


def _replace(folder: Path, new: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    new.rename(folder)
