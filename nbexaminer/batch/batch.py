"""Grade a class: workers run the submissions, one writer alone enters them in the gradebook.

A submission is done when its scores, its autograded notebooks and its feedback page are all there; only
then is it noted as done. So a batch may be stopped anywhere, and goes on from there the next time.
"""

from __future__ import annotations

import contextlib
import shutil
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, wait
from pathlib import Path
from typing import Any, NamedTuple

from nbgrader.utils import find_all_files

from nbexaminer.batch.pool import LocalPool, Pool
from nbexaminer.batch.worker import Graded
from nbexaminer.course.course import Course
from nbexaminer.course.gradebook import GradebookWriter
from nbexaminer.course.grades import GradingTask, ManualGrades
from nbexaminer.course.input_hash import course_hash, input_hash
from nbexaminer.course.ledger import Ledger, LedgerEntry
from nbexaminer.course.plan import GradingPlan, grading_plan
from nbexaminer.errors import PoolError, SandboxError
from nbexaminer.isolation.limits import RunLimits
from nbexaminer.model import Text

_LOOK_AGAIN = 0.5  # seconds
# What `nbgrader release_feedback` wants to find beside a page.
OF_THE_EXCHANGE = ("timestamp.txt", "submission_secret.txt")


def grade(
    course: Course,
    assignment: str,
    students: list[str],
    rules: RunLimits,
    jobs: int = 1,
    force: bool = False,
    tell: Callable[[LedgerEntry, bool], Any] = lambda done, fresh: None,
    cluster: Callable[[GradingPlan], Pool] | None = None,
) -> None:
    """Grade these students' submissions, enter their scores, and write their feedback.

    A submission that has not changed since it was done, nor the assignment, is passed over unless
    `force`. `tell` is called for each one, with whether it is fresh. They run in `jobs` processes of this
    machine, or in the pool that `cluster` makes.
    Raises SandboxError if this machine can't shut students' code in, PoolError if a cluster can't go on.
    """
    plan = grading_plan(course, assignment, rules)
    ledger = Ledger(course.report_file(assignment, "jsonl"))
    known = {} if force else ledger.read()
    graded_with = course_hash(plan)
    todo: deque[_Todo] = deque()
    for student in students:
        now = input_hash(course.folder("submitted", assignment, student), graded_with)
        if (
            student in known
            and known[student].input_hash == now
            and _is_there(course, assignment, student, known)
        ):
            tell(known[student], False)
        else:
            todo.append(_Todo(student, now))
    if todo:
        log = course.report_file(assignment, "log")
        pool = cluster(plan) if cluster else LocalPool(plan, min(jobs, len(todo)), log)
        with (
            contextlib.closing(pool),
            contextlib.closing(GradebookWriter(*course.database)) as writer,
        ):
            _Batch(course, assignment, plan, pool, writer, ledger, tell).run(todo)


class _Todo(NamedTuple):
    """A submission to grade, and the hash of all that decides what becomes of it."""

    student: str
    input_hash: str


class _Batch:
    """One run over the submissions that are not done."""

    def __init__(
        self,
        course: Course,
        assignment: str,
        plan: GradingPlan,
        pool: Pool,
        writer: GradebookWriter,
        ledger: Ledger,
        tell: Callable,
    ) -> None:
        self.course, self.assignment, self.plan = course, assignment, plan
        self.pool, self.writer, self.ledger, self.tell = pool, writer, ledger, tell
        self.lost: Counter[str] = Counter()  # how often the process ended that had a submission
        self.running: dict[Future[Graded], _Todo] = {}

    def run(self, todo: deque[_Todo]) -> None:
        heard = time.monotonic()
        tasks = self._tasks([one.student for one in todo])
        while todo or self.running:
            while todo and self._has_room_for(todo[0].student):
                one = todo.popleft()
                self.running[self.pool.grade(tasks[one.student])] = one
            finished, _ = wait(self.running, _LOOK_AGAIN, FIRST_COMPLETED)  # there may be more room now
            if finished:
                heard = time.monotonic()
            elif time.monotonic() - heard > self.plan.rules.hang_timeout:
                self.pool.hurry()
                heard = time.monotonic()
            for future in finished:
                one = self.running.pop(future)
                try:
                    if not self._is_finished(future, one):
                        tasks |= self._tasks([one.student])
                        todo.append(one)
                except self.pool.broken:
                    self.lost[one.student] += 1
                    if self.lost[one.student] < 2:
                        todo.appendleft(one)
                    else:
                        text = Text(
                            "Grading it ended the process that did it, twice.", "评分进程两次意外终止。"
                        )
                        self._failed(one.student, text)

    def _tasks(self, students: list[str]) -> dict[str, GradingTask]:
        """Return what workers are to do, with what people have entered until now."""
        noted = {student: self.course.timestamp(self.assignment, student) for student in students}
        timestamps = {student: when for student, when in noted.items() if when}
        manual = self.writer.manual_grades(self.assignment, timestamps)
        return {
            student: GradingTask(
                student,
                self.course.folder("submitted", self.assignment, student),
                manual.get(student, ManualGrades()),
            )
            for student in students
        }

    def _has_room_for(self, student: str) -> bool:
        """Several may be lost when a process ends; alone, the one that ends it shows."""
        if self.lost and (
            self.lost[student] or any(self.lost[other.student] for other in self.running.values())
        ):
            return not self.running
        return len(self.running) < 2 * self.pool.size()

    def _is_finished(self, future: Future[Graded], one: _Todo) -> bool:
        """Write what came of a submission; return whether it is finished. If not, people have entered
        something meanwhile. Raises what tells that the worker's process broke."""
        try:
            graded = future.result()
            if not graded.problem:
                timestamp = self.course.timestamp(self.assignment, one.student)
                grades = {name: notebook.grades for name, notebook in graded.notebooks.items()}
                self._write_autograded(one.student, graded)
                if not self.writer.record(self.assignment, one.student, timestamp, grades):
                    return False
                self._write_feedback(one.student, graded)
            self._done(one, graded)
        except (*self.pool.broken, PoolError, SandboxError):
            raise
        except CancelledError as error:
            raise PoolError("the scheduler is gone") from error
        except Exception as error:
            self.course.log_error(self.assignment, error)
            where = self.course.report_file(self.assignment, "log").relative_to(self.course.root)
            reason = f"Grading it failed: {type(error).__name__}: {error}"[:300]
            self._failed(one.student, Text(f"{reason} (more in {where})", f"评分失败，详见 {where}"))
        return True

    def _write_autograded(self, student: str, graded: Graded) -> None:
        """Put the notebooks beside the submission's and the assignment's files; the folder is there whole
        or not at all."""
        folder = self.course.folder("autograded", self.assignment, student)
        new = folder.with_name(f".{folder.name}.new")
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(parents=True)
        for source in (self.course.folder("submitted", self.assignment, student), self.plan.files):
            if source:
                _copy_files(source, new, self.course.ignored)
        for name, notebook in graded.notebooks.items():
            (new / f"{name}.ipynb").write_text(notebook.text, encoding="utf-8")
        _replace(folder, new)

    def _write_feedback(self, student: str, graded: Graded) -> None:
        folder = self.course.folder("feedback", self.assignment, student)
        new = folder.with_name(f".{folder.name}.new")
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(parents=True)
        for name, notebook in graded.notebooks.items():
            (new / f"{name}.html").write_text(notebook.page, encoding="utf-8")
        for name in OF_THE_EXCHANGE:
            path = self.course.folder("autograded", self.assignment, student) / name
            if path.is_file():
                shutil.copyfile(path, new / name)
        _replace(folder, new)

    def _failed(self, student: str, problem: Text) -> None:
        """Note trouble that may be ours; the next batch tries again."""
        self._done(_Todo(student, ""), Graded({}, problem=problem))

    def _done(self, one: _Todo, graded: Graded) -> None:
        verdicts = {outcome.grade_id: outcome.verdict for outcome in graded.outcomes}
        seconds = round(graded.seconds, 3)
        entry = LedgerEntry(*one, graded.problem, verdicts, seconds, graded.repairs)
        self.ledger.add(entry)
        self.tell(entry, True)


def _is_there(course: Course, assignment: str, student: str, known: dict[str, LedgerEntry]) -> bool:
    folders = (course.folder(step, assignment, student) for step in ("autograded", "feedback"))
    return known[student].problem is not None or all(folder.exists() for folder in folders)


def _copy_files(source: Path, folder: Path, ignored: Iterable[str]) -> None:
    """Copy plain files, but no notebooks; nor links, which may point anywhere."""
    for name in find_all_files(str(source), [*ignored, "*.ipynb"]):
        path = Path(name)
        if path.is_file() and not path.is_symlink():
            target = folder / path.relative_to(source)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)


def _replace(folder: Path, new: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    new.rename(folder)
