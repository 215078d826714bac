"""Grade a class: workers run the submissions, one writer alone enters them in the gradebook.

A submission is done when its scores, its autograded notebooks and its feedback page are all there; only
then is it noted as done. So a batch may be stopped anywhere, and goes on from there the next time.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import shutil
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, wait
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import nbformat
from nbgrader.api import SubmittedAssignment
from nbgrader.utils import find_all_files

from nbexaminer.batch.pool import LocalPool, Pool
from nbexaminer.batch.worker import Graded, Plan
from nbexaminer.course.course import Course
from nbexaminer.course.gradebook import GradebookWriter, submissions
from nbexaminer.errors import PoolError, SandboxError
from nbexaminer.isolation.supervisor import Rules
from nbexaminer.model import Text

_LOOK_AGAIN = 0.5  # seconds
# What `nbgrader release_feedback` wants to find beside a page.
OF_THE_EXCHANGE = ("timestamp.txt", "submission_secret.txt")

_VERDICT = re.compile(r"^[✓◐✗] ", re.MULTILINE)


@dataclass(frozen=True)
class Mark:
    """What one exercise earned; no score yet if somebody must grade it by hand.

    passed: whether its check passed, which is all there is to say of 0 points.
    reason: of Verdict's, or "" if no check of ours ran; mistake: its name, if it is a known one;
    said: what the student is told, if there is more to say than that it passed.
    """

    score: float | None
    points: float
    passed: bool
    reason: str = ""
    mistake: str | None = None
    said: str = ""


@dataclass(frozen=True)
class Result:
    """What became of a submission: its marks, by exercise, or the problem why it has none; what had to be
    put right before, and how long it took."""

    student: str
    marks: dict[str, Mark] = field(default_factory=dict)
    total: float | None = None
    problem: Text | None = None
    mended: tuple[Text, ...] = ()
    seconds: float = 0.0


@dataclass(frozen=True)
class Done:
    """What is noted of a submission once it is done: a hash of all that went in, and what came out.

    reasons, mistakes, said: of each test, as in Mark; mended: as in Result.
    """

    student: str
    state: str
    problem: Text | None
    reasons: dict[str, str]
    seconds: float
    mistakes: dict[str, str] = field(default_factory=dict)
    said: dict[str, str] = field(default_factory=dict)
    mended: tuple[Text, ...] = ()


def grade(
    course: Course,
    assignment: str,
    students: list[str],
    rules: Rules,
    jobs: int = 1,
    force: bool = False,
    tell: Callable[[Done, bool], Any] = lambda done, fresh: None,
    cluster: Callable[[Plan], Pool] | None = None,
) -> None:
    """Grade these students' submissions, enter their scores, and write their feedback.

    A submission that has not changed since it was done, nor the assignment, is passed over unless
    `force`. `tell` is called for each one, with whether it is fresh. They run in `jobs` processes of this
    machine, or in the pool that `cluster` makes.
    Raises SandboxError if this machine can't shut students' code in, PoolError if a cluster can't go on.
    """
    plan = course.plan(assignment, rules)
    notes = Notes(course.report(assignment, "jsonl"))
    known = {} if force else notes.read()
    course_state = _course_state(course, plan)
    todo = deque()
    for student in students:
        state = _state(course.folder("submitted", assignment, student), course_state)
        if (
            student in known
            and known[student].state == state
            and _is_there(course, assignment, student, known)
        ):
            tell(known[student], False)
        else:
            todo.append((student, state))
    if todo:
        log = course.report(assignment, "log")
        pool = cluster(plan) if cluster else LocalPool(plan, min(jobs, len(todo)), log)
        with contextlib.closing(pool), contextlib.closing(course.writer()) as writer:
            _Batch(course, assignment, plan, pool, writer, notes, tell).run(todo)


class _Batch:
    """One run over the submissions that are not done."""

    def __init__(
        self,
        course: Course,
        assignment: str,
        plan: Plan,
        pool: Pool,
        writer: GradebookWriter,
        notes: Notes,
        tell: Callable,
    ) -> None:
        self.course, self.assignment, self.plan = course, assignment, plan
        self.pool, self.writer, self.notes, self.tell = pool, writer, notes, tell
        self.lost: Counter[str] = Counter()  # how often the process ended that had a submission
        self.running: dict[Future, tuple[str, str, Graded | None]] = {}

    def run(self, todo: deque[tuple[str, str]]) -> None:
        heard = time.monotonic()
        while todo or self.running:
            while todo and self._has_room_for(todo[0][0]):
                student, state = todo.popleft()
                folder = self.course.folder("submitted", self.assignment, student)
                self.running[self.pool.grade(folder)] = (student, state, None)
            finished, _ = wait(self.running, _LOOK_AGAIN, FIRST_COMPLETED)  # there may be more room now
            if finished:
                heard = time.monotonic()
            elif time.monotonic() - heard > self.plan.rules.patience:
                self.pool.hurry()
                heard = time.monotonic()
            for future in finished:
                student, state, graded = self.running.pop(future)
                try:
                    self._go_on(future, student, state, graded)
                except self.pool.broken:
                    self.lost[student] += 1
                    if self.lost[student] < 2:
                        todo.appendleft((student, state))
                    else:
                        text = Text(
                            "Grading it ended the process that did it, twice.", "评分进程两次意外终止。"
                        )
                        self._failed(student, text)

    def _has_room_for(self, student: str) -> bool:
        """Several may be lost when a process ends; alone, the one that ends it shows."""
        if self.lost and (
            self.lost[student] or any(self.lost[other] for other, _, _ in self.running.values())
        ):
            return not self.running
        return len(self.running) < 2 * self.pool.size()

    def _go_on(self, future: Future, student: str, state: str, graded: Graded | None) -> None:
        """Take what a worker has done one step further; raises what tells that its process broke."""
        try:
            result = future.result()
            if graded is not None:
                self._write_feedback(student, result)
                self._done(student, state, graded)
            elif result.problem:
                self._done(student, state, result)
            else:
                pages = self._record(student, result)
                folder = self.course.folder("autograded", self.assignment, student)
                self.running[self.pool.pages(pages, folder)] = (student, state, result)
        except (*self.pool.broken, PoolError, SandboxError):
            raise
        except CancelledError as error:
            raise PoolError("the scheduler is gone") from error
        except Exception as error:
            self.course.note(self.assignment, error)
            where = self.course.report(self.assignment, "log").relative_to(self.course.root)
            reason = f"Grading it failed: {type(error).__name__}: {error}"[:300]
            self._failed(student, Text(f"{reason} (more in {where})", f"评分失败，详见 {where}"))

    def _record(self, student: str, graded: Graded) -> dict:
        timestamp = self.course.timestamp(self.assignment, student)
        self._write_autograded(student, graded)
        return self.writer.record(self.assignment, student, timestamp, graded.notebooks)

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
        for name, nb in graded.notebooks.items():
            nbformat.write(nb, new / f"{name}.ipynb", indent=None)  # a line breaks nowhere, but it is quick
        _replace(folder, new)

    def _write_feedback(self, student: str, pages: dict[str, str]) -> None:
        folder = self.course.folder("feedback", self.assignment, student)
        new = folder.with_name(f".{folder.name}.new")
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(parents=True)
        for name, page in pages.items():
            (new / f"{name}.html").write_text(page, encoding="utf-8")
        for name in OF_THE_EXCHANGE:
            path = self.course.folder("autograded", self.assignment, student) / name
            if path.is_file():
                shutil.copyfile(path, new / name)
        _replace(folder, new)

    def _failed(self, student: str, problem: Text) -> None:
        """Note trouble that may be ours; the next batch tries again."""
        self._done(student, "", Graded({}, problem=problem))

    def _done(self, student: str, state: str, graded: Graded) -> None:
        done = Done(
            student,
            state,
            graded.problem,
            reasons={one.grade_id: one.reason for one in graded.outcomes},
            seconds=round(graded.seconds, 3),
            mistakes={one.grade_id: one.mistake for one in graded.outcomes if one.mistake},
            said={
                one.grade_id: _verdict(one.message)
                for one in graded.outcomes
                if one.mistake or one.reason != "passed"
            },
            mended=graded.mended,
        )
        self.notes.add(done)
        self.tell(done, True)


class Notes:
    """What is done, one line of JSON for each time that a submission was; the last one counts."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> dict[str, Done]:
        done = {}
        if self._path.exists():
            for line in self._path.read_text(encoding="utf-8").splitlines():
                with contextlib.suppress(ValueError, TypeError):  # the last line may be cut short
                    entry = json.loads(line)
                    entry["problem"] = Text(**entry["problem"]) if entry["problem"] else None
                    entry["mended"] = tuple(Text(**text) for text in entry.get("mended", ()))
                    done[entry["student"]] = Done(**entry)
        return done

    def add(self, done: Done) -> None:
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(done), ensure_ascii=False) + "\n")


def standing(course: Course, assignment: str) -> list[Result]:
    """Return what is known of all submissions that were graded once, now or earlier."""
    noted = Notes(course.report(assignment, "jsonl")).read()
    with course.quietly(assignment), course.gradebook() as gradebook:
        results = {
            submission.student_id: _result(noted[submission.student_id], submission)
            for submission in submissions(gradebook, assignment)
            if submission.student_id in noted
        }
    return [
        results.get(student) or _result(noted[student], None)
        for student in course.students(assignment)
        if student in noted
    ]


def exercises(course: Course, assignment: str) -> dict[str, float]:
    """Return the points of each graded cell, in the order of the source."""
    with course.quietly(assignment), course.gradebook() as gradebook:
        notebooks = gradebook.find_assignment(assignment).notebooks
        return {
            _label(cell.name, notebook.name, len(notebooks)): cell.max_score
            for notebook in notebooks
            for cell in (*notebook.grade_cells, *notebook.task_cells)
        }


def _result(done: Done, submission: SubmittedAssignment | None) -> Result:
    if done.problem:
        return Result(done.student, problem=done.problem)
    if submission is None:
        text = Text(
            "Its scores are not in the gradebook; grade it again with --force.", "成绩册里没有它的分数。"
        )
        return Result(done.student, problem=text)
    marks = {}
    for notebook in submission.notebooks:
        for grade in notebook.grades:
            score = None if grade.needs_manual_grade else grade.score
            reason = done.reasons.get(grade.name, "")
            label = _label(grade.name, notebook.name, len(submission.notebooks))
            marks[label] = Mark(
                score,
                grade.max_score,
                reason == "passed",
                reason,
                done.mistakes.get(grade.name),
                done.said.get(grade.name, ""),
            )
    total = max(0.0, submission.score - (submission.late_submission_penalty or 0))
    return Result(done.student, marks, total, mended=done.mended, seconds=done.seconds)


def _verdict(message: str) -> str:
    """Return the end of what a test printed, from its verdict on, and not too much of it."""
    return _VERDICT.split(message)[-1].strip()[:1000]


def _label(cell: str, notebook: str, count: int) -> str:
    """Name an exercise as its students do, with the notebook where there are several."""
    name = cell.removeprefix("test_")
    return f"{notebook}: {name}" if count > 1 else name


def _course_state(course: Course, plan: Plan) -> bytes:
    """Return a hash of all that submissions are graded with: cells, data, hidden tests, rules."""
    digest = hashlib.sha256(repr(plan.rules).encode())
    for name, cells in plan.known.items():
        for cell in cells.values():
            digest.update(f"{name}\0{cell.source}\0{json.dumps(cell.metadata, sort_keys=True)}\0".encode())
    for folder in (plan.files, course.root / "reference"):
        if folder and folder.exists():
            _add_files(digest, folder)
    return digest.digest()


def _state(folder: Path, course_state: bytes) -> str:
    digest = hashlib.sha256(course_state)
    _add_files(digest, folder)
    return digest.hexdigest()


def _add_files(digest: Any, folder: Path) -> None:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            digest.update(os.fsencode(path.relative_to(folder)) + b"\0")
            with contextlib.suppress(OSError):
                digest.update(path.read_bytes())


def _is_there(course: Course, assignment: str, student: str, known: dict[str, Done]) -> bool:
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
