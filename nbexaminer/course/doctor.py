"""What a machine and a course can do: the sandbox, versions, limits, and what each test needs."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import platform
from collections.abc import Iterator
from dataclasses import dataclass

from nbexaminer.course import queries
from nbexaminer.course.course import Course
from nbexaminer.course.input_hash import engine_version
from nbexaminer.course.lint import Level, lint
from nbexaminer.course.plan import run_limits
from nbexaminer.course.preprocessors import IsolatedExecute, RestoreCells
from nbexaminer.course.release import is_current
from nbexaminer.course.solution_check import check_solutions
from nbexaminer.errors import NbexaminerError
from nbexaminer.isolation import packages, sandbox

_VERSIONS = ("nbgrader", "nbconvert", "ipython", "matplotlib")


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: whether it is as it should be, and what it is."""

    is_fine: bool
    text: str


def checkup(course: Course, assignments: list[str]) -> list[Finding]:
    """Return what was found of the machine, the configuration and these assignments."""
    found = [*_machine(), *_configuration(course)]
    for assignment in assignments:
        found += _assignment(course, assignment)
    return found


def _machine() -> Iterator[Finding]:
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in _VERSIONS)
    yield Finding(True, f"{engine_version()}, {versions}")
    lacks = sandbox.missing()
    if lacks:
        yield Finding(False, f"sandbox: this machine lacks {'; '.join(lacks)}")
    else:
        yield Finding(
            True, f"sandbox: all of it can be built on this {platform.system()} {platform.release()}"
        )


def _configuration(course: Course) -> Iterator[Finding]:
    steps = course.config.get("Autograde", {})
    isolated = IsolatedExecute in steps.get("autograde_preprocessors", ())
    restored = RestoreCells in steps.get("sanitize_preprocessors", ())
    if isolated and restored:
        yield Finding(True, "configuration: nbgrader grades by nbexaminer")
    else:
        yield Finding(
            False,
            "configuration: nbgrader grades without nbexaminer, in one kernel and without a sandbox; "
            "run `nbexaminer quickstart`",
        )
    limits = run_limits(course)
    if not limits.sandbox:
        yield Finding(
            False, "configuration: IsolatedExecute.sandbox is off; students' code can do what you can"
        )
    yield Finding(
        True,
        f"limits: {limits.call_seconds:g} s for a cell or call, {limits.submission_seconds:g} s for a "
        f"submission, {limits.process.memory / 2**20:g} MiB",
    )
    for name in limits.hidden_packages:
        where = packages.locations(name, course.root)
        said = f"in {where[0]}" if where else "not found in the course folder, nor installed"
        yield Finding(bool(where), f"hidden tests: the package {name} is {said}")
    for name in limits.preload:
        there = importlib.util.find_spec(name) is not None
        yield Finding(there, f"preload: {name} is {'there' if there else 'not installed'}")


def _assignment(course: Course, assignment: str) -> Iterator[Finding]:
    problems = lint(course, assignment)
    for problem in problems:
        if problem.level > Level.STYLE:
            yield Finding(not problem.is_error, problem.text)
    if not any(problem.is_error for problem in problems):
        yield Finding(True, f"{assignment}: can be released")
    if not queries.released_cells(course, assignment):
        yield Finding(True, f"{assignment}: not released yet")
    elif is_current(course, assignment):
        yield Finding(True, f"{assignment}: released as it is in source/")
        yield from _tests(course, assignment)
    else:
        yield Finding(False, f"{assignment}: source/ has changed since it was released")


def _tests(course: Course, assignment: str) -> Iterator[Finding]:
    """Say what each test needs: found out by grading the instructor's own solution."""
    try:
        found = check_solutions(course, assignment)
    except NbexaminerError as error:
        yield Finding(False, f"{assignment}: your own solution was not graded: {error}")
        return
    if found.apart:
        yield Finding(True, f"{assignment}: run apart from students' code: {', '.join(found.apart)}")
    if declared := [name for name in found.declared if name not in found.apart]:
        yield Finding(
            True, f"{assignment}: run together with students' code, as declared: {', '.join(declared)}"
        )
    for line in found.lines:
        yield Finding(False, f"{assignment}: {line}")
