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
from collections import Counter, deque
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import nbformat
from nbgrader.api import MissingEntry
from nbgrader.utils import find_all_files

from grader import sandbox, worker
from grader.course import Course
from grader.gradebook import GradebookWriter
from grader.model import Text
from grader.nursery import nursery
from grader.sandbox import SandboxError
from grader.supervisor import Rules
from grader.worker import Graded, Plan

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
) -> None:
    """Grade these students' submissions, enter their scores, and write their feedback.

    A submission that has not changed since it was done, nor the assignment, is passed over unless
    `force`. `tell` is called for each one, with whether it is fresh.
    Raises SandboxError if this machine can't shut students' code in.
    """
    if rules.sandbox and (lacks := sandbox.missing()):
        raise SandboxError(f"this machine lacks: {'; '.join(lacks)}")
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
        _Batch(course, assignment, plan, min(jobs, len(todo)), notes, tell).run(todo)


class _Batch:
    """One run over the submissions that are not done."""

    def __init__(
        self, course: Course, assignment: str, plan: Plan, jobs: int, notes: Notes, tell: Callable
    ) -> None:
        self.course, self.assignment, self.plan, self.jobs = course, assignment, plan, jobs
        self.notes, self.tell = notes, tell
        self.tries: Counter[str] = Counter()
        self.running: dict[Future, tuple] = {}

    def run(self, todo: deque[tuple[str, str]]) -> None:
        patience = 2 * self.plan.rules.submission_seconds + 60
        pool = self._pool()
        writer = self.course.writer()
        try:
            while todo or self.running:
                while todo and len(self.running) < 2 * self.jobs:
                    self._start(pool, *todo.popleft())
                finished, _ = wait(self.running, timeout=patience, return_when=FIRST_COMPLETED)
                if not finished:
                    _kill(pool)
                for future in finished:
                    try:
                        self._go_on(pool, writer, future)
                    except BrokenProcessPool:
                        todo.extendleft(self._lost())
                        pool.shutdown(cancel_futures=True)
                        pool = self._pool()
                        break
        finally:
            _kill(pool)
            pool.shutdown(cancel_futures=True)
            writer.close()

    def _pool(self) -> ProcessPoolExecutor:
        source = nursery()
        log = self.course.report(self.assignment, "log")
        return ProcessPoolExecutor(self.jobs, source.workers, worker.start, (self.plan, log, source.students))

    def _start(self, pool: ProcessPoolExecutor, student: str, state: str) -> None:
        self.tries[student] += 1
        folder = self.course.folder("submitted", self.assignment, student)
        if self.tries[student] > 2:
            text = Text("Grading it ended the process that did it, twice.", "评分进程两次意外终止。")
            self._failed(student, text)
        else:
            self.running[pool.submit(worker.grade, folder)] = (student, state, None)

    def _go_on(self, pool: ProcessPoolExecutor, writer: GradebookWriter, future: Future) -> None:
        """Take what a worker has done one step further; raises BrokenProcessPool if it broke."""
        student, state, graded = self.running[future]
        try:
            result = future.result()
            del self.running[future]
            if graded is not None:
                self._write_feedback(student, result)
                self._done(student, state, graded)
            elif result.problem:
                self._done(student, state, result)
            else:
                pages = self._record(writer, student, result)
                folder = self.course.folder("autograded", self.assignment, student)
                self.running[pool.submit(worker.pages, pages, folder)] = (student, state, result)
        except (BrokenProcessPool, SandboxError):
            raise
        except Exception as error:
            self.running.pop(future, None)
            self.course.note(self.assignment, error)
            where = self.course.report(self.assignment, "log").relative_to(self.course.root)
            reason = f"Grading it failed: {type(error).__name__}: {error}"[:300]
            self._failed(student, Text(f"{reason} (more in {where})", f"评分失败，详见 {where}"))

    def _record(self, writer: GradebookWriter, student: str, graded: Graded) -> dict:
        timestamp = self.course.timestamp(self.assignment, student)
        self._write_autograded(student, graded)
        return writer.record(self.assignment, student, timestamp, graded.notebooks)

    def _lost(self) -> list[tuple[str, str]]:
        """Return what ran when a worker broke; all of it is done again."""
        lost = [(student, state) for student, state, _ in self.running.values()]
        self.running.clear()
        return lost

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
        return [
            _result(gradebook, assignment, noted[student])
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


def _result(gradebook: Any, assignment: str, done: Done) -> Result:
    if done.problem:
        return Result(done.student, problem=done.problem)
    try:
        submission = gradebook.find_submission(assignment, done.student)
    except MissingEntry:
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


def _kill(pool: ProcessPoolExecutor) -> None:
    for process in list((pool._processes or {}).values()):
        process.kill()
