"""Grade a class: workers run the submissions, one writer alone enters them in the gradebook.

A submission is done when its scores, its autograded notebooks and its feedback page are all there; only
then is it noted as done. So a batch may be stopped anywhere, and goes on from there the next time.
"""

from __future__ import annotations

import contextlib
import errno
import time
from collections import Counter, deque
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, wait
from typing import Any, NamedTuple

from sqlalchemy.exc import OperationalError

from nbexaminer.batch.output import Output
from nbexaminer.batch.pool import LocalPool, Pool
from nbexaminer.batch.worker import Graded
from nbexaminer.course.course import Course
from nbexaminer.course.gradebook import GradebookWriter
from nbexaminer.course.grades import GradingTask, ManualGrades
from nbexaminer.course.input_hash import course_hash, input_hash
from nbexaminer.course.ledger import Ledger, LedgerEntry
from nbexaminer.course.plan import GradingPlan, grading_plan
from nbexaminer.course.results import Person, people
from nbexaminer.errors import PoolError, SandboxError
from nbexaminer.isolation.limits import RunLimits
from nbexaminer.model import Text

_LOOK_AGAIN = 0.5  # seconds

Progress = Callable[[LedgerEntry, bool], Any]


def grade(
    course: Course,
    assignment: str,
    students: list[str],
    limits: RunLimits,
    jobs: int = 1,
    force: bool = False,
    progress: Progress = lambda entry, is_fresh: None,
    cluster: Callable[[GradingPlan], Pool] | None = None,
) -> None:
    """Grade these students' submissions, enter their scores, and write their feedback.

    A submission that has not changed since it was done, nor the assignment, is passed over unless
    `force`. `progress` is called for each one, with whether it is fresh. They run in `jobs` processes of this
    machine, or in the pool that `cluster` makes.
    Raises SandboxError if this machine can't sandbox students' code, PoolError if a cluster can't go on.
    """
    plan = grading_plan(course, assignment, limits)
    ledger = Ledger(course.report_file(assignment, "jsonl"))
    known = {} if force else ledger.read()
    graded_with = course_hash(plan)
    todo: deque[_Todo] = deque()
    for student in students:
        now = input_hash(course.folder("submitted", assignment, student), graded_with)
        entry = known.get(student)
        if entry and entry.input_hash == now and _is_there(course, assignment, entry):
            progress(entry, False)
        else:
            todo.append(_Todo(student, now))
    if todo:
        log = course.report_file(assignment, "log")
        pool: Pool = cluster(plan) if cluster else LocalPool(plan, min(jobs, len(todo)), log)
        with contextlib.closing(pool), contextlib.closing(GradebookWriter(*course.database)) as gradebook:
            output = Output(course, assignment, plan, gradebook, ledger)
            _Batch(course, assignment, plan, pool, gradebook, output, progress).run(todo)


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
        gradebook: GradebookWriter,
        output: Output,
        progress: Progress,
    ) -> None:
        self.course, self.assignment, self.plan = course, assignment, plan
        self.pool, self.gradebook, self.output, self.progress = pool, gradebook, output, progress
        self.lost: Counter[str] = Counter()  # how often the process ended that had a submission
        self.running: dict[Future[Graded], _Todo] = {}
        self.people = people(course, assignment)

    def run(self, todo: deque[_Todo]) -> None:
        last_result = time.monotonic()
        tasks = self._tasks([one.student for one in todo])
        while todo or self.running:
            while todo and self._has_room_for(todo[0].student):
                one = todo.popleft()
                self.running[self.pool.grade(tasks[one.student])] = one
            finished, _ = wait(self.running, _LOOK_AGAIN, FIRST_COMPLETED)  # there may be more room now
            if finished:
                last_result = time.monotonic()
            elif time.monotonic() - last_result > self.plan.limits.hang_timeout:
                self.pool.kill_stuck()
                last_result = time.monotonic()
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
                        en = "Grading it ended the process that did it, twice."
                        self._failed(one.student, Text(en, "评分进程两次意外终止。"))

    def _tasks(self, students: list[str]) -> dict[str, GradingTask]:
        """Return what workers are to do, with what people have entered until now."""
        noted = {student: self.course.timestamp(self.assignment, student) for student in students}
        timestamps = {student: when for student, when in noted.items() if when}
        manual = self.gradebook.manual_grades(self.assignment, timestamps)
        return {
            student: GradingTask(
                student,
                self.course.folder("submitted", self.assignment, student),
                manual.get(student, ManualGrades()),
                self.people.get(student, Person()).name,
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
        passed_on: tuple[type[BaseException], ...] = (*self.pool.broken, PoolError, SandboxError)
        try:
            entry = self.output.write(one.student, one.input_hash, future.result())
        except passed_on:
            raise
        except CancelledError as error:
            raise PoolError("the scheduler is gone") from error
        except BaseException as error:
            if isinstance(error, (KeyboardInterrupt, SystemExit)) or _concerns_all(error):
                raise
            self.course.log_error(self.assignment, error)
            where = self.course.report_file(self.assignment, "log").relative_to(self.course.root)
            reason = f"Grading it failed: {type(error).__name__}: {error}"[:300]
            self._failed(one.student, Text(f"{reason} (more in {where})", f"评分失败，详见 {where}"))
        else:
            if entry is None:
                return False
            self.progress(entry, True)
        return True

    def _failed(self, student: str, problem: Text) -> None:
        """Note trouble that may be ours; the next batch tries again."""
        self.progress(self.output.note(student, "", Graded({}, problem=problem)), True)


def _concerns_all(error: BaseException) -> bool:
    """Whether it is no trouble of one submission: a disk or a gradebook that takes nothing any more."""
    if isinstance(error, OSError):
        return error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EROFS)
    return isinstance(error, OperationalError)


def _is_there(course: Course, assignment: str, entry: LedgerEntry) -> bool:
    folders = (course.folder(step, assignment, entry.student) for step in ("autograded", "feedback"))
    return entry.problem is not None or all(folder.exists() for folder in folders)
